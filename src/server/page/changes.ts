import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { PageReads } from './reads.js';

const LOOK_EVERY_MS = 1000;

/**
 * Tells a page whenever something was written to this home, until the page is left. The address says since when; a
 * connection that was cut off goes on from the last change that the page has heard of.
 */
export function streamChanges(context: Context, reads: PageReads): Response {
  return streamSSE(context, async (stream) => {
    const { since } = context.req.query();
    let known = context.req.header('last-event-id') ?? since ?? reads.changes();
    for (; !stream.aborted; await stream.sleep(LOOK_EVERY_MS)) {
      const now = reads.changes();
      if (now !== known) await stream.writeSSE({ data: 'changed', id: now });
      known = now;
    }
  });
}
