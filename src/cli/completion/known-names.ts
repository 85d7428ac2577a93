import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LangSmith } from '../../langsmith/client.js';
import type { Connection } from '../access/connect.js';
import {
  type Destination,
  type DestinationOptions,
  readDataFolder,
  readDestination,
} from '../access/destination.js';
import type { Context } from '../context.js';
import { recall, remember } from '../home/data-folder.js';
import type { CompletionWord, KnownNames } from './candidates.js';

/** Finds out the names of a place; ends when they are known, or cannot be. */
export type Refresh = (context: Context, options: DestinationOptions) => Promise<void>;

const NONE: KnownNames = { datasets: [], experiments: [], workspaces: [] };
const FRESH_FOR_MS = 30_000;
/** Whoever pressed Tab waits only where nothing was ever found out, and no longer than this. */
const FIRST_WAIT_MS = 1_500;
/** Long enough for one refresh to end before the next begins. */
const REFRESH_WITHIN_MS = 5_000;
const MOST = 1_000;
const BIN = new URL('../../../bin/ls-record.js', import.meta.url);

/** A person pressed Tab, although no stream is a terminal: without a key, home is meant. */
const PRESSED_TAB = { hasPerson: true };

/**
 * What was found out last about a place, at once; the first time, what can be found out in a moment.
 *
 * @param refresh is called if the last time was a while ago.
 */
export async function recallNames(
  context: Context,
  options: DestinationOptions,
  refresh: Refresh,
  now = Date.now(),
): Promise<KnownNames> {
  const folder = cacheFolder(context, options, readDestination(context, options, PRESSED_TAB));
  const known = recall(folder, 'completion');
  const { names = NONE, asked_at: askedAt = 0 } = known ?? {};
  // A clock that was put back is no reason to wait.
  if (Math.abs(now - askedAt) <= FRESH_FOR_MS) return { ...NONE, ...names };

  // Before the answer comes, so that no other Tab asks too, or waits again for a server that is not there.
  remember(folder, 'completion', { asked_at: now, names });
  const refreshed = refresh(context, options);
  if (known) return { ...NONE, ...names };
  await Promise.race([refreshed, sleep(FIRST_WAIT_MS)]);
  return { ...NONE, ...recall(folder, 'completion')?.names };
}

/** Asks the server for the names, and keeps as many as came in time. */
export async function refreshNames(context: Context, options: DestinationOptions): Promise<void> {
  const destination = readDestination(context, options, PRESSED_TAB);
  const [{ connect }, { Terminal }] = await Promise.all([
    import('../access/connect.js'),
    import('../screen/terminal.js'),
  ]);
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(REFRESH_WITHIN_MS)]);
  const terminal = await Terminal.open(context, { quiet: true, input: false });
  // A server that is not there is asked again with a later Tab.
  const connection = await connect({ ...context, signal }, destination, terminal, {
    retryForMs: 0,
  });
  try {
    const names = await readNames(connection, signal);
    remember(cacheFolder(context, options, destination), 'completion', {
      asked_at: Date.now(),
      names,
    });
  } finally {
    await connection.close();
  }
}

/** Refreshes in a process of its own, which goes on when nobody waits for it any more. */
export function refreshInBackground(context: Context, options: DestinationOptions): Promise<void> {
  const argv = [fileURLToPath(BIN), '__complete', 'refresh', JSON.stringify(options)];
  const child = spawn(process.execPath, argv, {
    cwd: context.workingFolder,
    env: context.environment,
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  child.unref();
  return new Promise((resolve) => {
    // Who waits for Tab is not told that no process could be started.
    child.on('error', () => resolve());
    child.on('exit', () => resolve());
  });
}

async function readNames({ client, where }: Connection, signal: AbortSignal): Promise<KnownNames> {
  const nameOf = new Map<string, string>();
  const experiments: { name: string; dataset: string | null }[] = [];
  let workspaces: CompletionWord[] = [];
  try {
    for await (const { id, name } of client.listDatasets({ limit: MOST })) nameOf.set(id, name);
    for await (const { name, datasetId } of client.listAllExperiments()) {
      experiments.push({ name, dataset: nameOf.get(datasetId ?? '') ?? null });
      if (experiments.length === MOST) break;
    }
    // Home has but one.
    if (where === 'langsmith') workspaces = await readWorkspaces(client);
  } catch (error) {
    if (!signal.aborted || nameOf.size === 0) throw error;
  }
  return {
    datasets: [...nameOf.values()].filter(isTypable),
    experiments: experiments.filter(({ name }) => isTypable(name)),
    workspaces,
  };
}

async function readWorkspaces(client: LangSmith): Promise<CompletionWord[]> {
  const { listUsableWorkspaces } = await import('../access/workspaces.js');
  const all = await listUsableWorkspaces(client);
  return all.map(({ id, name }) => ({ value: id, note: isTypable(name) ? name : '' }));
}

/** No shell completes a line break, and a terminal is not to be moved by a name. */
export function isTypable(name: string): boolean {
  return name !== '' && !/\p{Cc}|\p{Bidi_Control}/u.test(name);
}

/** One for each place and login, named by a hash: no key is written down. */
function cacheFolder(
  context: Context,
  options: DestinationOptions,
  destination: Destination,
): string {
  const { where } = destination;
  const parts =
    where === 'home'
      ? [where]
      : [
          where,
          destination.endpoint.value,
          destination.workspace?.value,
          destination.credential.value,
        ];
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
  return join(readDataFolder(context, options), 'completion', hash);
}
