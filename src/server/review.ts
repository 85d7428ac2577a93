import { parseJson } from '../json/parse.js';
import { isJsonObject, type JsonValue } from '../json/value.js';
import { giveHumanScore } from './human-feedback.js';
import { Refusal } from './refusal.js';
import type { Home } from './routes/context.js';
import type { QueueItem, QueueRow } from './store/queues.js';

/** What people are asked about a run under one key. */
export interface Question {
  readonly key: string;
  readonly description: string | undefined;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

const YES_OR_NO = [
  { value: '1', label: 'Yes' },
  { value: '0', label: 'No' },
];
/** Where a queue has no rubric. */
const ONE_QUESTION: Question = {
  key: 'human',
  description: 'Is this a good answer?',
  choices: YES_OR_NO,
};

/** What the rubric of a queue asks. */
export function questionsOf({ rubric_items: items }: QueueRow): readonly Question[] {
  const questions = listIn(items).flatMap((item): Question[] => {
    if (!isJsonObject(item) || typeof item.feedback_key !== 'string') return [];
    const { feedback_key: key, description, score_descriptions, value_descriptions } = item;
    const named = [score_descriptions, value_descriptions].find(isJsonObject);
    return [
      {
        key,
        description: typeof description === 'string' ? description : undefined,
        choices: named
          ? Object.entries(named).map(([value, words]) => labelled(value, words))
          : YES_OR_NO,
      },
    ];
  });
  return questions.length > 0 ? questions : [ONE_QUESTION];
}

function labelled(value: string, words: JsonValue) {
  const isMore = typeof words === 'string' && words !== '' && words !== value;
  return { value, label: isMore ? `${value}: ${words}` : value };
}

/**
 * Keeps what a person said of a run in a queue, passes it over, or takes the last review back.
 *
 * @throws {Refusal} for a review that cannot be kept; then nothing of it is.
 */
export function review(home: Home, queue: QueueRow, form: URLSearchParams): void {
  const { store } = home;
  store.transaction(() => {
    if (form.get('action') === 'undo') return undo(home, queue);
    const item = store.queues.findItem(queue.id, form.get('run') ?? '');
    // Reviewed in another window meanwhile.
    if (!item || item.reviewed_at !== null) return;
    const isSkipped = form.get('action') === 'skip';
    const feedbackIds = isSkipped ? [] : keep(home, queue, item, form);
    store.queues.review(item.id, { at: home.nowUs(), isSkipped, feedbackIds });
  });
}

function undo({ store: { queues, feedback } }: Home, queue: QueueRow): void {
  const item = queues.lastReviewed(queue.id);
  if (!item) return;
  for (const id of listIn(item.feedback_ids)) {
    // Deleted by somebody else meanwhile.
    if (typeof id === 'string' && feedback.find(id)) feedback.delete(id);
  }
  queues.review(item.id, null);
}

function keep(home: Home, queue: QueueRow, item: QueueItem, form: URLSearchParams): string[] {
  const run = home.store.runs.find(item.run_id);
  if (!run) throw new Refusal(404, 'this run is no longer there');
  const comment = form.get('comment')?.trim() ?? '';
  const correction = form.get('correction')?.trim() ?? '';
  const given = questionsOf(queue)
    .map(({ key }) => ({ key, score: form.get(`score:${key}`) ?? '' }))
    .filter(({ score }) => score !== '');
  if (given.length === 0 && comment + correction === '')
    throw new Refusal(400, 'Choose a score, write a comment, or skip the run.');
  // What was written is kept once, with the first score.
  const [first = { key: 'note', score: '' }, ...others] = given;
  const by = { by: home.options.userName, nowUs: home.nowUs() };
  return [{ ...first, comment, correction }, ...others].map((score) =>
    giveHumanScore(home.store, run, score, by),
  );
}

function listIn(text: string | null): readonly JsonValue[] {
  const value = text === null ? [] : parseJson(text);
  return Array.isArray(value) ? value : [];
}
