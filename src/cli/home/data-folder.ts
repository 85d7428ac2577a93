import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { LsRecordError } from '../../errors.js';
import { makeFolder } from '../../make-folder.js';
import { quoteForShell } from '../../quote-for-shell.js';
import type { KnownNames } from '../completion/candidates.js';
import type { Context } from '../context.js';

type FolderFacts = Pick<Context, 'environment' | 'homeFolder' | 'platform' | 'workingFolder'>;

/**
 * Where home keeps its data: where the platform keeps such things, unless another folder is named.
 *
 * @param named what `LS_RECORD_HOME` says.
 */
export function dataFolder(
  { environment, homeFolder, platform, workingFolder }: FolderFacts,
  named: string | undefined,
): string {
  if (named) return resolve(workingFolder, named);
  if (platform === 'darwin') return join(homeFolder, 'Library', 'Application Support', 'ls-record');
  if (platform === 'win32') {
    return join(environment.LOCALAPPDATA || join(homeFolder, 'AppData', 'Local'), 'ls-record');
  }
  return join(environment.XDG_DATA_HOME || join(homeFolder, '.local', 'share'), 'ls-record');
}

/**
 * Makes a folder that only its owner can read, or takes the one that is there.
 *
 * @throws {LsRecordError} `HOME_UNAVAILABLE` if that cannot be done, or others may write to the folder.
 */
export function makePrivateFolder(folder: string): string {
  try {
    // The umask may have taken bits away.
    if (makeFolder(folder)) chmodSync(folder, 0o700);
  } catch (error) {
    throw unwritable(`cannot create the folder ${folder}`, error);
  }
  if (othersMayWrite(folder)) {
    throw new LsRecordError('HOME_UNAVAILABLE', `other users can write to ${folder}`, {
      hint: `They could change your recordings. Run chmod 700 ${quoteForShell(folder)}, or set LS_RECORD_HOME to another folder.`,
    });
  }
  return folder;
}

/** They could put files of their own in place of ours. Windows knows no such modes. */
function othersMayWrite(folder: string): boolean {
  const { mode, uid } = statSync(folder);
  const own = process.getuid?.();
  return own !== undefined && ((mode & 0o022) !== 0 || (uid !== own && uid !== 0 && own !== 0));
}

export function unwritable(what: string, error: unknown): LsRecordError {
  const why = error instanceof Error ? error.message : String(error);
  return new LsRecordError('HOME_UNAVAILABLE', `${what}: ${why}`, {
    hint: 'Set LS_RECORD_HOME to a writable folder.',
    cause: error,
  });
}

/** What the data folder remembers from one command to the next, a small file each. */
export interface Remembered {
  /** The server that runs now. */
  server: { readonly port: number; readonly pid: number; readonly start: string };
  /** Where home was served last, and will be again. */
  port: { readonly port: number };
  'last-recording': { readonly where: 'home' | 'langsmith'; readonly url: string };
  /** Where `.env` files may send things: a folder, a host, and the hash of a key each. */
  consents: { readonly given: readonly string[] };
  /** When the server was asked last, in milliseconds, and what it said. */
  completion: { readonly asked_at: number; readonly names: KnownNames };
}

/** @throws {LsRecordError} `HOME_UNAVAILABLE` if that cannot be done. */
export function remember<Name extends keyof Remembered>(
  folder: string,
  name: Name,
  value: Remembered[Name],
): void {
  const path = join(makePrivateFolder(folder), `${name}.json`);
  const unfinished = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(unfinished, `${JSON.stringify(value)}\n`, { mode: 0o600 });
    renameSync(unfinished, path);
  } catch (error) {
    throw unwritable(`cannot write ${path}`, error);
  }
}

/** Undefined if there is nothing, or nothing that can be read. */
export function recall<Name extends keyof Remembered>(
  folder: string,
  name: Name,
): Partial<Remembered[Name]> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // A file that is absent or damaged is no worse than a first start.
    return undefined;
  }
}

export function forget(folder: string, name: keyof Remembered): void {
  rmSync(join(folder, `${name}.json`), { force: true });
}
