import { checkCategory, feedbackRow, newFeedback } from './feedback-body.js';
import { newId } from './new-id.js';
import { read } from './schemas.js';
import type { RunRow } from './store/runs.js';
import type { Store } from './store.js';

/** What a person says of a run under one key, as typed into a form. */
export interface HumanScore {
  readonly key: string;
  /** A number, true or false, or a word; '' where there is only a comment or a correction. */
  readonly score: string;
  readonly comment?: string | undefined;
  /** A right answer: an object as JSON, or text. */
  readonly correction?: string | undefined;
}

/**
 * Keeps what a person says, as the app of LangSmith would.
 *
 * @param by their name.
 * @returns the id of the feedback.
 * @throws {Refusal} 400 or 422 for a score that the key does not take.
 */
export function giveHumanScore(
  store: Store,
  run: RunRow,
  given: HumanScore,
  { by, nowUs }: { readonly by: string | undefined; readonly nowUs: number },
): string {
  const { key, comment, correction } = given;
  const sent = read(newFeedback, {
    key,
    ...scoreIn(given.score.trim()),
    ...(comment && { comment }),
    ...(correction && { correction: correctionIn(correction) }),
    feedback_source: { type: 'app', metadata: {}, ...(by && { user_name: by }) },
  });
  checkCategory(sent, store.feedbackConfigs.find(key)?.config);
  const { id: run_id, session_id, trace_id, start_time } = run;
  const id = newId();
  const about = { ...sent, run_id, trace_id, start_time };
  store.feedback.create([feedbackRow(about, { id, now: nowUs, session_id })]);
  return id;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A number and a truth are scores, all else is a word. */
function scoreIn(text: string): { score?: number | boolean; value?: string } {
  if (text === '') return {};
  if (/^(?:true|false)$/i.test(text)) return { score: text.toLowerCase() === 'true' };
  return NUMBER.test(text) ? { score: Number(text) } : { value: text };
}

/** An object as JSON, or the text itself. */
function correctionIn(text: string) {
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // It is no JSON.
  }
  return text;
}
