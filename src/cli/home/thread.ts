/** Serves the home of a folder from this thread, until a message comes. */
import { parentPort, workerData } from 'node:worker_threads';
import { LsRecordError } from '../../errors.js';
import { openHome } from './home-server.js';
import type { Opened } from './in-thread.js';

async function serve(folder: string): Promise<void> {
  const answer = (opened: Opened) => parentPort?.postMessage(opened);
  try {
    const { close, ...opened } = await openHome(folder);
    parentPort?.once('message', close);
    answer(opened);
  } catch (error) {
    if (!(error instanceof LsRecordError)) throw error;
    const { code, message, hint } = error;
    answer({ code, message, ...(hint !== undefined && { hint }) });
  }
}

await serve(workerData as string);
