import { readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, sep } from 'node:path';
import { LsRecordError } from '../errors.js';

/** Files that may hold results, by the end of their names. */
const RESULTS =
  /\.((?:jsonl|ndjson|json|csv|tsv|yaml|yml|parquet|traj)(?:\.(?:gz|zst))?|gz|zst|zip|eval|xlsx)$/i;
/** Inspect names a log by the time when it began. */
const LOG = /^\d{4}-\d\d-\d\dT.*\.(?:eval|json)$/;
const MAGIC = /[*?[{]/;
const MAX_LISTED = 10;

/** What a harness leaves in a folder, or in a folder for each model or run. */
interface Left {
  readonly files: RegExp;
  /** What tells such a folder, where the files' name alone does not. */
  readonly nextTo?: RegExp;
  /** In the folders below alone. */
  readonly isBelow?: boolean;
}

const HARNESSES: readonly Left[] = [
  { files: /^samples_.*\.jsonl$/ },
  { files: /^scenario_state\.json$/ },
  { files: /\.traj(?:\.json)?$/ },
  { files: /^results\.json$/, nextTo: /^run_metadata\.json$/ },
  // Totals of a job of Harbor are called as its trials are.
  { files: /^result\.json$/, nextTo: /^result\.json$/, isBelow: true },
];

/** Whether the end of a name is one of files that hold results. */
export function isResultsName(name: string): boolean {
  return RESULTS.test(name);
}

/**
 * Finds the files that a folder or a pattern stands for; any other path stands for itself.
 *
 * @throws {LsRecordError} `INPUT_NOT_FOUND` if nothing matches, `INPUT_UNREADABLE` if it cannot be known which of a
 * folder's files are meant.
 */
export async function findFiles(path: string): Promise<readonly string[]> {
  const kind = await kindOf(path);
  if (kind === 'folder') return resultsIn(path);
  if (kind !== undefined || !MAGIC.test(path)) return [path];

  const { files, folders } = await matching(path);
  if (files.length > 0) return files;
  if (folders.length > 0) return (await Promise.all(folders.map(resultsIn))).flat();
  throw new LsRecordError('INPUT_NOT_FOUND', `no file matches ${path}`, {
    hint: 'In a pattern, * and ? match part of a name, ** matches folders, [ab] and {a,b} match alternatives.',
  });
}

/** Tells an entry of an archive, which is named as if the archive were a folder. */
export async function findEntry(
  path: string,
): Promise<{ archive: string; entry: string } | undefined> {
  if ((await kindOf(path)) !== undefined) return undefined;
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    const archive = path.slice(0, at);
    const kind = await kindOf(archive);
    if (kind === 'file') return { archive, entry: path.slice(at + 1) };
    if (kind !== undefined) return undefined;
  }
  return undefined;
}

type Kind = 'file' | 'folder' | 'other';

async function kindOf(path: string): Promise<Kind | undefined> {
  try {
    const facts = await stat(path);
    return facts.isDirectory() ? 'folder' : facts.isFile() ? 'file' : 'other';
  } catch {
    // What cannot be looked at is reported where it is opened.
    return undefined;
  }
}

async function resultsIn(folder: string): Promise<readonly string[]> {
  const names = await namesIn(folder);
  const logs = names.filter((name) => name.endsWith('.eval') || LOG.test(name));
  if (logs.length > 0) return logs.map((name) => join(folder, name));
  for (const { files, nextTo, isBelow = false } of HARNESSES) {
    if (nextTo && !names.some((name) => nextTo.test(name))) continue;
    const here = isBelow ? [] : names.filter((name) => files.test(name));
    if (here.length > 0) return here.map((name) => join(folder, name));
    const below: string[] = [];
    for (const name of names)
      for (const match of await matchesIn(join(folder, name), files)) below.push(match);
    if (below.length > 0) return below;
  }
  const results = names.filter(isResultsName);
  const endings = new Set(results.map(endingOf));
  if (endings.size === 1) return results.map((name) => join(folder, name));
  throw notTold(folder, names, [...endings]);
}

function endingOf(name: string): string {
  return RESULTS.exec(name)?.[1]?.toLowerCase() ?? '';
}

async function matchesIn(folder: string, files: RegExp): Promise<string[]> {
  if ((await kindOf(folder)) !== 'folder') return [];
  const names = await namesIn(folder);
  return names.filter((name) => files.test(name)).map((name) => join(folder, name));
}

/** Names that are not hidden, in their order; Excel locks a workbook by a file whose name begins with `~$`. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !/^(?:\.|~\$)/.test(name)).sort();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LsRecordError('INPUT_UNREADABLE', `cannot read ${folder}: ${reason}`, {
      hint: 'Check the folder and its permissions.',
      cause: error,
    });
  }
}

function notTold(folder: string, names: readonly string[], endings: readonly string[]) {
  const listed = names.slice(0, MAX_LISTED).join(', ') + (names.length > MAX_LISTED ? ', …' : '');
  const [first] = endings;
  const isNone = first === undefined;
  return new LsRecordError(
    'INPUT_UNREADABLE',
    isNone
      ? `no results in the folder ${folder}: it contains ${listed || 'nothing'}`
      : `the folder ${folder} contains several kinds of files: ${listed}`,
    {
      hint: isNone
        ? 'Give the files to record.'
        : `Choose some, such as '${join(folder, `*.${first}`)}'.`,
    },
  );
}

/** What a pattern matches, in the order of names; a file that is reached through a link, too, counts once. */
async function matching(pattern: string): Promise<{ files: string[]; folders: string[] }> {
  const { glob } = await import('tinyglobby');
  const steps = sep === '\\' ? pattern.replaceAll('\\', '/') : pattern;
  // Brackets of regular expressions and a leading ! are characters of names.
  const found = await glob(steps.replace(/[()]|^!/g, '\\$&'), {
    absolute: isAbsolute(pattern),
    expandDirectories: false,
    extglob: false,
    onlyFiles: false,
  });
  const files = new Map<string, string>();
  const folders: string[] = [];
  for (const path of found.sort()) {
    const kind = await kindOf(path);
    if (kind === 'folder') folders.push(path.replace(/\/$/, ''));
    if (kind !== 'file') continue;
    const real = await realpath(path);
    if (!files.has(real)) files.set(real, join(path));
  }
  return { files: [...files.values()], folders };
}
