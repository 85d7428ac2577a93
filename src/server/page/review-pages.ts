import { type Context, Hono } from 'hono';
import { readBytes } from '../body.js';
import { Refusal } from '../refusal.js';
import { questionsOf, review } from '../review.js';
import type { Home } from '../routes/context.js';
import type { QueueRow } from '../store/queues.js';
import { Addresses } from './addresses.js';
import { missingPage } from './pages/message-pages.js';
import { queuesPage, reviewPage, type ShownQueue } from './pages/review-page.js';
import { PageReads } from './reads.js';

const MOST_QUEUES = 100;
/** Where people review the runs of annotation queues. Forms, so that it works without scripts. */
export function reviewPages(home: Home): Hono {
  const app = new Hono();
  const { queues, tenantId } = home.store;
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
      review(home, queue, form);
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
}
