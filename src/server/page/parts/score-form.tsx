import type { Html } from '../html.js';
import { visibleText } from './visible.js';

/** What a person says of a run: a score or a word under a key, a comment, and what would have been right. */
export function ScoreForm(props: {
  /** Where it is sent. */
  readonly action: string;
  readonly runId: string;
  /** Where the browser goes afterwards. */
  readonly back: string;
  /** Those that are in use; others can be typed. */
  readonly keys: readonly string[];
}): Html {
  const { action, runId, back, keys } = props;
  const listId = `keys-${runId}`;
  return (
    <details class="score-form">
      <summary>Score this answer</summary>
      <form method="post" action={action}>
        <input type="hidden" name="run_id" value={runId} />
        <input type="hidden" name="back" value={back} />
        <label>
          Key
          <input name="key" required maxlength={180} list={listId} autocomplete="off" />
        </label>
        <datalist id={listId}>
          {keys.map((key) => (
            <option value={visibleText(key)} />
          ))}
        </datalist>
        <label>
          Score
          <input name="score" placeholder="1, 0.5, true, or a word" autocomplete="off" />
        </label>
        <label>
          Comment
          <textarea name="comment" rows={2} />
        </label>
        <label>
          Correction
          <textarea name="correction" rows={2} />
        </label>
        <button type="submit">Save</button>
      </form>
    </details>
  );
}
