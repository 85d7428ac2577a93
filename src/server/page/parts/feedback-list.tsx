import { indentJson } from '../../../json/indent.js';
import type { JsonValue } from '../../../json/value.js';
import type { Html } from '../html.js';
import type { ShownFeedback } from '../shown.js';
import { cut } from './cut.js';
import { PayloadValue } from './payload.js';
import { visible } from './visible.js';

/** Characters of a score that is a text; the run's own page has the rest. */
const MAX_CHARACTERS = 80;

/**
 * What evaluators and people said of a run: scores, then those with comments, and what would have been right.
 *
 * @param props.differenceOf what a score is to be compared with, where there is anything.
 */
export function FeedbackList(props: {
  readonly feedback: readonly ShownFeedback[];
  readonly differenceOf?: (given: ShownFeedback) => Html | undefined;
}): Html {
  const { feedback, differenceOf } = props;
  const byKey = feedback.toSorted((one, other) => (one.key < other.key ? -1 : 1));
  const isBrief = (given: ShownFeedback) =>
    !given.comment && given.correction === null && (given.score === null || given.value === null);
  return (
    <ul class="feedback">
      {[...byKey.filter(isBrief), ...byKey.filter((given) => !isBrief(given))].map((given) => (
        <li class={isBrief(given) ? 'brief' : undefined}>
          <span class="muted" dir="auto">
            {visible(given.key)}
          </span>{' '}
          <b>{score(given)}</b> {differenceOf?.(given)}
          {given.by !== undefined && <small> by {visible(given.by)}</small>}
          {given.score !== null && given.value !== null && <PayloadValue value={given.value} />}
          {given.comment && <PayloadValue value={given.comment} />}
          {given.correction !== null && (
            <>
              <small>Correction</small>
              <PayloadValue value={given.correction} />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** One score. */
function score({ score, value, failed }: ShownFeedback): Html | string {
  return failed ? <span class="bad">failed</span> : visible(textOf(score ?? value));
}

function textOf(value: JsonValue): string {
  if (value === null) return '–';
  const text = typeof value === 'string' ? value : indentJson(value);
  return text.length > MAX_CHARACTERS ? `${cut(text, MAX_CHARACTERS)}…` : text;
}
