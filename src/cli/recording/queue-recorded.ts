import type { Recording } from '../../recorder/recording.js';
import { addRuns, ensureQueue, parseSelection, selectRuns } from '../../scoring/queue-runs.js';
import type { Connection } from '../access/connect.js';
import type { Terminal } from '../screen/terminal.js';
import { count } from '../screen/words.js';

/** Splits `weekly=failed` into the name of a queue and which runs go there. @throws {LsRecordError} `USAGE` */
export function readQueueOption(typed: string) {
  const at = typed.indexOf('=');
  if (at < 0) return { name: typed, selection: parseSelection('all') };
  return { name: typed.slice(0, at), selection: parseSelection(typed.slice(at + 1)) };
}

/** Puts the runs of what was recorded into an annotation queue, which is created if there is none. */
export async function queueRecorded(
  typed: string,
  { experiment }: Recording,
  { client, link }: Connection,
  terminal: Terminal,
): Promise<void> {
  const { name, selection } = readQueueOption(typed);
  const { queue, became } = await ensureQueue(client, { name });
  const runs = await selectRuns(client, experiment.id, selection);
  const added = await addRuns(client, queue, experiment.id, runs);
  const fresh = became === 'created' ? 'the new queue ' : '';
  terminal.say(
    `${count(added, 'run')} added to ${fresh}"${name}": ${link(client.links.queue(queue))}`,
  );
}
