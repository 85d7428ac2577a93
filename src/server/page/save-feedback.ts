import { printJson } from '../../json/print.js';
import { checkCategory, feedbackRow, newFeedback } from '../feedback-body.js';
import { newId } from '../new-id.js';
import { Refusal } from '../refusal.js';
import { read } from '../schemas.js';
import type { Store } from '../store.js';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Stores what a person typed into the form of a run.
 *
 * @param by the name of the person, where it is known.
 * @throws {Refusal} if it is no feedback, or the run is none of this experiment's example.
 */
export function saveFeedback(
  store: Store,
  form: Readonly<Record<string, unknown>>,
  { exampleId, by }: { readonly exampleId: string; readonly by: string | undefined },
): void {
  const text = (name: string) => String(form[name] ?? '').trim();
  const run = store.runs.find(text('run_id').toLowerCase());
  if (run?.reference_example_id !== exampleId) throw new Refusal(404, 'Run not found');
  if (['score', 'comment', 'correction'].every((name) => text(name) === '')) {
    throw new Refusal(422, 'type a score, a comment or a correction');
  }
  const sent = read(newFeedback, {
    key: text('key'),
    run_id: run.id,
    ...scoreIn(text('score')),
    ...(text('comment') && { comment: text('comment') }),
    ...(text('correction') && { correction: text('correction') }),
  });
  checkCategory(sent, store.feedbackConfigs.find(sent.key)?.config);
  const source = printJson({ type: 'app', metadata: {}, ...(by && { user_name: by }) });
  store.feedback.create([
    feedbackRow(
      { ...sent, source, trace_id: run.trace_id },
      { id: newId(), now: Date.now() * 1000, session_id: run.session_id },
    ),
  ]);
}

/** A number and a truth are scores, all else is a word. */
function scoreIn(text: string): { score?: number | boolean; value?: string } {
  if (text === '') return {};
  if (/^(?:true|false)$/i.test(text)) return { score: text.toLowerCase() === 'true' };
  return NUMBER.test(text) ? { score: Number(text) } : { value: text };
}
