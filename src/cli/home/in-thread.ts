import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type ErrorCode, LsRecordError } from '../../errors.js';

/** A home that answers, until it is closed. */
export interface HomeServer {
  readonly url: string;
  readonly port: number;
  /** What it takes as a key. */
  readonly token: string;
  close(): Promise<void>;
}

/** Requests come by the megabyte: with less room, the collector of garbage would copy what is at work again and again. */
const YOUNG_MB = 96;

/** What the thread says first: where home answers, or why it does not. */
export type Opened =
  | Omit<HomeServer, 'close'>
  | { readonly code: ErrorCode; readonly message: string; readonly hint?: string };

/**
 * Serves home from a thread of its own: server and client then work at the same time.
 *
 * @throws {LsRecordError} `HOME_UNAVAILABLE`
 */
export async function openHomeInThread(folder: string): Promise<HomeServer> {
  const thread = new Worker(new URL('./thread.js', import.meta.url), {
    workerData: folder,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  const [opened] = (await once(thread, 'message')) as [Opened];
  if ('code' in opened) throw new LsRecordError(opened.code, opened.message, opened);
  return {
    ...opened,
    close: async () => {
      const ended = once(thread, 'exit');
      thread.postMessage('close');
      await ended;
    },
  };
}
