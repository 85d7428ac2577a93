import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { PageReads } from './reads.js';

const LOOK_EVERY_MS = 1000;

/** Tells a page whenever something was written to this home, until the page is left. */
export function streamChanges(context: Context, reads: PageReads): Response {
  return streamSSE(context, async (stream) => {
    for (let known = reads.changes(); !stream.aborted; await stream.sleep(LOOK_EVERY_MS)) {
      const now = reads.changes();
      if (now !== known) await stream.writeSSE({ data: 'changed' });
      known = now;
    }
  });
}
