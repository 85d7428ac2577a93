import type { Html } from '../html.js';
import type { ShownFeedback } from '../shown.js';
import { PayloadValue } from './payload.js';
import { score } from './scores.js';
import { visible } from './visible.js';

/** What evaluators and people said of a run: scores with their comments, and what would have been right. */
export function FeedbackList({ feedback }: { readonly feedback: readonly ShownFeedback[] }): Html {
  const byKey = feedback.toSorted((one, other) => (one.key < other.key ? -1 : 1));
  return (
    <ul class="feedback">
      {byKey.map((given) => (
        <li>
          <span class="muted" dir="auto">
            {visible(given.key)}
          </span>{' '}
          <b>{score(given)}</b>
          {given.by !== undefined && <small class="muted"> by {visible(given.by)}</small>}
          {given.score !== null && given.value !== null && <PayloadValue value={given.value} />}
          {given.comment && <PayloadValue value={given.comment} />}
          {given.correction !== null && (
            <>
              <small class="muted">Correction</small>
              <PayloadValue value={given.correction} />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
