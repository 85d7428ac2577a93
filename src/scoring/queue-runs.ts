import { hash, randomUUID } from 'node:crypto';
import { LsRecordError } from '../errors.js';
import type { LangSmith } from '../langsmith/client.js';
import { ApiRefusal } from '../langsmith/refusals.js';
import type { Queue, QueueUpload, RunScores } from '../langsmith/wire.js';

/** Which runs of an experiment people should look at. */
export type Selection =
  | { readonly kind: 'all' }
  /** The app failed on them. */
  | { readonly kind: 'failed' }
  | {
      readonly kind: 'low';
      readonly key: string;
      readonly below: number;
      readonly isIncluded: boolean;
    }
  | { readonly kind: 'sample'; readonly size: number };

const LOW = /^low:(.+?)(<=?)(-?\d+(?:\.\d+)?)$/;
const SAMPLE = /^sample:([1-9]\d{0,8})$/;
const AT_ONCE = 100;

/** Reads `all`, `failed`, `low:KEY<0.5` or `sample:20`. @throws {LsRecordError} `USAGE` */
export function parseSelection(text: string): Selection {
  if (text === 'all' || text === 'failed') return { kind: text };
  const [, key, compare, number] = LOW.exec(text) ?? [];
  if (key !== undefined)
    return { kind: 'low', key, below: Number(number), isIncluded: compare === '<=' };
  const [, size] = SAMPLE.exec(text) ?? [];
  if (size !== undefined) return { kind: 'sample', size: Number(size) };
  throw new LsRecordError('USAGE', `${text} does not say which runs`, {
    hint: 'Say all, failed, low:KEY<0.5 (a score below a number) or sample:20.',
  });
}

/** The root runs of an experiment that are selected. The same sample each time. */
export async function selectRuns(
  client: LangSmith,
  experimentId: string,
  selection: Selection,
): Promise<RunScores[]> {
  const found: RunScores[] = [];
  for await (const run of client.listScoresOf(experimentId))
    if (isIn(run, selection)) found.push(run);
  if (selection.kind !== 'sample') return found;
  const place = ({ id }: RunScores) => hash('sha256', id, 'hex');
  return found
    .map((run) => ({ run, at: place(run) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, selection.size)
    .map(({ run }) => run);
}

function isIn({ error, feedback }: RunScores, selection: Selection): boolean {
  if (selection.kind === 'failed') return error !== undefined;
  if (selection.kind !== 'low') return true;
  const { key, below, isIncluded } = selection;
  const mean = Object.hasOwn(feedback, key) ? feedback[key]?.avg : undefined;
  return mean !== undefined && (mean < below || (isIncluded && mean === below));
}

/**
 * The queue of this name, as it should be: created, changed, or found so.
 *
 * @throws {LsRecordError} `USAGE` if several queues have the name.
 */
export async function ensureQueue(
  client: LangSmith,
  wanted: QueueUpload,
): Promise<{ queue: Queue; became: 'created' | 'changed' | 'same' }> {
  const queue = await findQueue(client, wanted.name);
  if (!queue) return { queue: await create(client, wanted), became: 'created' };
  const next = { ...queue, ...defined(wanted) };
  if (JSON.stringify(next) === JSON.stringify(queue)) return { queue, became: 'same' };
  await client.updateQueue(queue.id, wanted);
  return { queue: next, became: 'changed' };
}

/** @throws {LsRecordError} `USAGE` if several queues have the name. */
export async function findQueue(client: LangSmith, name: string): Promise<Queue | undefined> {
  const [queue, another] = await client.findQueues(name);
  if (!another) return queue;
  throw new LsRecordError('USAGE', `several annotation queues are called "${name}"`, {
    hint: 'Rename or delete one of them in LangSmith.',
  });
}

/** An answer that was lost leaves a queue with the id behind. */
async function create(client: LangSmith, wanted: QueueUpload): Promise<Queue> {
  const id = randomUUID();
  try {
    return await client.createQueue(id, wanted);
  } catch (error) {
    const isThere = error instanceof ApiRefusal && error.status === 409;
    const queue = isThere ? await findQueue(client, wanted.name) : undefined;
    if (queue?.id !== id) throw error;
    return queue;
  }
}

function defined(queue: QueueUpload): Partial<QueueUpload> {
  return Object.fromEntries(Object.entries(queue).filter(([, value]) => value !== undefined));
}

/** Adds the runs that are not in the queue yet. @returns how many those are. */
export async function addRuns(
  client: LangSmith,
  queue: Queue,
  experimentId: string,
  runs: readonly RunScores[],
  options: { readonly extendRetention?: boolean | undefined } = {},
): Promise<number> {
  const known = new Set<string>();
  for await (const id of client.listQueueRunIds(queue.id)) known.add(id);
  const added = runs.filter(({ id }) => !known.has(id));
  for (let from = 0; from < added.length; from += AT_ONCE) {
    const some = added.slice(from, from + AT_ONCE).map(({ id, startTime }) => ({
      run_id: id,
      session_id: experimentId,
      start_time: startTime,
    }));
    await client.addToQueue(queue.id, some, options);
  }
  return added.length;
}
