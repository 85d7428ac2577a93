import { type Context, Hono } from 'hono';
import { parseJson } from '../../json/parse.js';
import { isJsonObject, type JsonValue } from '../../json/value.js';
import { readBytes } from '../body.js';
import { giveHumanScore } from '../human-feedback.js';
import { Refusal } from '../refusal.js';
import type { Home } from '../routes/context.js';
import type { QueueItem, QueueRow } from '../store/queues.js';
import { Addresses } from './addresses.js';
import { missingPage } from './pages/missing-page.js';
import { type Question, queuesPage, reviewPage, type ShownQueue } from './pages/review-page.js';
import { PageReads } from './reads.js';

const MOST_QUEUES = 100;
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

/** Where people review the runs of annotation queues. Forms, so that it works without scripts. */
export function reviewPages(home: Home): Hono {
  const app = new Hono();
  const { queues, feedback, runs, tenantId } = home.store;
  const reads = new PageReads(home.store);
  const at = new Addresses(tenantId);
  const root = at.queues();

  app.get(root, (context) => {
    const all = queues.list({ limit: MOST_QUEUES, offset: 0 });
    return context.html(queuesPage(at, all.map(shown)));
  });

  app.get(`${root}/:queue`, (context) => {
    const queue = find(context);
    return queue
      ? show(context, queue)
      : context.html(missingPage('There is no such queue', at), 404);
  });

  app.post(`${root}/:queue`, async (context) => {
    const queue = find(context);
    if (!queue) return context.html(missingPage('There is no such queue', at), 404);
    const form = new URLSearchParams((await readBytes(context)).toString());
    try {
      act(queue, form);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return show(context, queue, error.message);
    }
    return context.redirect(at.queue(queue.id), 303);
  });

  return app;

  function find(context: Context): QueueRow | undefined {
    const ids = [(context.req.param('queue') ?? '').toLowerCase()];
    return queues.list({ ids, limit: 1, offset: 0 })[0];
  }

  function show(context: Context, queue: QueueRow, problem?: string) {
    const [item] = queues.items(queue.id, { isReviewed: false, limit: 1, offset: 0 });
    const page = reviewPage(reads, at, {
      queue: shown(queue),
      questions: questionsOf(queue),
      run: item && reads.findRun(item.run_id),
      url: new URL(context.req.url),
      canUndo: queues.lastReviewed(queue.id) !== undefined,
      problem,
    });
    return context.html(page, problem === undefined ? 200 : 400);
  }

  function shown(queue: QueueRow): ShownQueue {
    const { id, name, description, rubric_instructions: instructions } = queue;
    return { id, name, description, instructions, size: queues.size(id) };
  }

  /** @throws {Refusal} for a review that cannot be kept; then nothing of it is. */
  function act(queue: QueueRow, form: URLSearchParams): void {
    home.store.transaction(() => {
      if (form.get('action') === 'undo') return undo(queue);
      const item = queues.findItem(queue.id, form.get('run') ?? '');
      // Reviewed in another window meanwhile.
      if (!item || item.reviewed_at !== null) return;
      const isSkipped = form.get('action') === 'skip';
      const feedbackIds = isSkipped ? [] : keep(queue, item, form);
      queues.review(item.id, { at: home.nowUs(), isSkipped, feedbackIds });
    });
  }

  function undo(queue: QueueRow): void {
    const item = queues.lastReviewed(queue.id);
    if (!item) return;
    for (const id of listIn(item.feedback_ids)) {
      // Deleted by somebody else meanwhile.
      if (typeof id === 'string' && feedback.find(id)) feedback.delete(id);
    }
    queues.review(item.id, null);
  }

  function keep(queue: QueueRow, item: QueueItem, form: URLSearchParams): string[] {
    const run = runs.find(item.run_id);
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
}

function questionsOf({ rubric_items: items }: QueueRow): readonly Question[] {
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

function listIn(text: string | null): readonly JsonValue[] {
  const value = text === null ? [] : parseJson(text);
  return Array.isArray(value) ? value : [];
}
