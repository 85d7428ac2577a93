import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { LangSmith } from '../../langsmith/client.js';
import { type Place, type PlaceOptions, readDataFolder, readPlace } from '../access/settings.js';
import type { Context } from '../context.js';
import { recall, remember } from '../home/data-folder.js';

/** What the shell completes that only a server knows, and what takes too long to find out. */
export interface Names {
  readonly datasets: readonly string[];
  readonly experiments: readonly { readonly name: string; readonly dataset: string | null }[];
  readonly formats: readonly string[];
}

const NONE: Names = { datasets: [], experiments: [], formats: [] };
const FRESH_FOR_MS = 30_000;
/** Long enough for one refresh to end before the next begins. */
const REFRESH_WITHIN_MS = 5_000;
const MOST = 1_000;
const BIN = new URL('../../bin/ls-record.js', import.meta.url);

/**
 * What was found out last about a place.
 *
 * @param refresh is called if that was a while ago.
 */
export function recallNames(
  context: Context,
  options: PlaceOptions,
  refresh: () => void,
  now = Date.now(),
): Names {
  const folder = cacheFolder(context, options, readPlace(withPerson(context), options));
  const { names = NONE, asked_at: askedAt = 0 } = recall(folder, 'completion') ?? {};
  // A clock that was put back is no reason to wait.
  if (Math.abs(now - askedAt) > FRESH_FOR_MS) {
    remember(folder, 'completion', { asked_at: now, names });
    refresh();
  }
  return names;
}

/** Asks the server for the names, and keeps as many as came in time. */
export async function refreshNames(context: Context, options: PlaceOptions): Promise<void> {
  const place = readPlace(withPerson(context), options);
  const [{ connect }, { Terminal }, { FORMATS }] = await Promise.all([
    import('../access/connect.js'),
    import('../screen/terminal.js'),
    import('../../results/formats/all.js'),
  ]);
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(REFRESH_WITHIN_MS)]);
  const terminal = await Terminal.open(context, { quiet: true, input: false });
  const connection = await connect({ ...context, signal }, place, terminal);
  try {
    remember(cacheFolder(context, options, place), 'completion', {
      asked_at: Date.now(),
      names: {
        ...(await readNames(connection.client, signal)),
        formats: FORMATS.map(({ name }) => name).sort(),
      },
    });
  } finally {
    await connection.close();
  }
}

/** Refreshes in a process of its own, which nobody waits for. */
export function refreshInBackground(context: Context, options: PlaceOptions): void {
  const argv = [fileURLToPath(BIN), '__complete', 'refresh', JSON.stringify(options)];
  const child = spawn(process.execPath, argv, {
    cwd: context.workingFolder,
    env: context.environment,
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  // Who waits for Tab is not told that no process could be started.
  child.on('error', () => {});
  child.unref();
}

async function readNames(client: LangSmith, signal: AbortSignal): Promise<Omit<Names, 'formats'>> {
  const nameOf = new Map<string, string>();
  const experiments: { name: string; dataset: string | null }[] = [];
  try {
    for await (const { id, name } of client.listDatasets({ limit: MOST })) nameOf.set(id, name);
    for await (const { name, datasetId } of client.listAllExperiments()) {
      experiments.push({ name, dataset: nameOf.get(datasetId ?? '') ?? null });
      if (experiments.length === MOST) break;
    }
  } catch (error) {
    if (!signal.aborted || nameOf.size === 0) throw error;
  }
  return {
    datasets: [...nameOf.values()].filter(isTypable),
    experiments: experiments.filter(({ name }) => isTypable(name)),
  };
}

/** Somebody pressed Tab, although no stream is a terminal: without a key, home is meant. */
function withPerson(context: Context): Context {
  return { ...context, stderr: Object.assign(Object.create(context.stderr), { isTTY: true }) };
}

/** No shell completes a line break, and a terminal is not to be moved by a name. */
function isTypable(name: string): boolean {
  return name !== '' && !/\p{Cc}|\p{Bidi_Control}/u.test(name);
}

/** One for each place and login, named by a hash: no key is written down. */
function cacheFolder(context: Context, options: PlaceOptions, place: Place): string {
  const { where } = place;
  const parts =
    where === 'home'
      ? [where]
      : [where, place.endpoint.value, place.workspace?.value, place.credential.value];
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
  return join(readDataFolder(context, options), 'completion', hash);
}
