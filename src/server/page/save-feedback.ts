import { giveHumanScore } from '../human-feedback.js';
import { Refusal } from '../refusal.js';
import type { Store } from '../store.js';

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
  const [score, comment, correction] = [text('score'), text('comment'), text('correction')];
  if (score + comment + correction === '')
    throw new Refusal(422, 'type a score, a comment or a correction');
  const given = { key: text('key'), score, comment, correction };
  giveHumanScore(store, run, given, { by, nowUs: Date.now() * 1000 });
}
