import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { LsRecordError } from '../../errors.js';
import type { Context } from '../context.js';
import { readSmallFile } from './small-file.js';
import { clean, type Variables } from './variables.js';

type ProfileFields = Record<string, unknown>;

/** The file of profiles that the official LangSmith tools share with us. */
export interface ProfileFile {
  readonly path: string;
  readonly profiles: ProfileFields;
  /** The profile that is used when none is named. */
  readonly current: string | undefined;
  /** All that is in the file. */
  readonly fields: ProfileFields;
}

/** `LANGSMITH_CONFIG_FILE` of the environment itself, or where the official tools look. */
export function profilePath(context: Context, variables: Variables): string {
  const configured = variables.findInEnvironment('LANGSMITH_CONFIG_FILE');
  if (configured === undefined) return join(context.homeFolder, '.langsmith', 'config.json');
  // As the official tools do, for where no shell has done it.
  const expanded = configured.replace(/^~(?=$|[/\\])/, context.homeFolder);
  return resolve(context.workingFolder, expanded);
}

/** As a person writes it: `~/.langsmith/config.json`. */
export function shortPath(path: string, { homeFolder }: Pick<Context, 'homeFolder'>): string {
  const home = join(homeFolder, sep);
  return path.startsWith(home) ? `~${sep}${path.slice(home.length)}` : path;
}

/** A file that is missing or broken has no profiles: the official tools take it so, too. */
export function readProfileFile(path: string): ProfileFile {
  try {
    return understand(path, JSON.parse(readSmallFile(path)));
  } catch {
    return understand(path, {});
  }
}

/** Whether other users of this machine may read the file. Windows knows no such modes. */
export function othersMayRead(path: string, { platform }: Pick<Context, 'platform'>): boolean {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  return platform !== 'win32' && (mode & 0o044) !== 0;
}

/**
 * Replaces one profile, and leaves all else in the file as it is. Readers see the old file or the new one.
 *
 * @param change what the profile becomes, from what it was.
 * @param makeCurrent use it when none is named.
 * @throws {LsRecordError} `USAGE` if the file is there but cannot be read or written.
 */
export function changeProfile(
  path: string,
  name: string,
  change: (profile: ProfileFields) => ProfileFields,
  makeCurrent = false,
): void {
  const { fields, profiles } = readForChange(path);
  const changed = change(toObject(Object.hasOwn(profiles, name) ? profiles[name] : undefined));
  const next = {
    ...fields,
    ...(makeCurrent && { current_profile: name }),
    // Not by assignment: `__proto__` is a name like any other.
    profiles: Object.fromEntries([...Object.entries(profiles), [name, changed]]),
  };
  replaceFile(path, `${JSON.stringify(next, null, 2)}\n`);
}

function readForChange(path: string): ProfileFile {
  let text: string;
  try {
    text = readSmallFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return understand(path, {});
    throw unusable(path, 'cannot be read', error);
  }
  try {
    return understand(path, JSON.parse(text || '{}'));
  } catch (error) {
    throw unusable(path, 'is not JSON', error);
  }
}

function replaceFile(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const real = realPath(path);
    const unfinished = `${real}.${randomBytes(4).toString('hex')}`;
    try {
      writeFileSync(unfinished, text, { mode: 0o600, flag: 'wx', flush: true });
      // The umask may have taken away what the owner needs.
      chmodSync(unfinished, 0o600);
      renameSync(unfinished, real);
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw error;
    }
  } catch (error) {
    throw unusable(path, 'cannot be written', error);
  }
}

/** Behind a link, so that the link stays one. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It does not exist yet.
    return path;
  }
}

function understand(path: string, value: unknown): ProfileFile {
  const fields = toObject(value);
  return {
    path,
    fields,
    profiles: toObject(fields.profiles),
    current: clean(toText(fields.current_profile)),
  };
}

function unusable(path: string, what: string, cause: unknown): LsRecordError {
  const why = what === 'is not JSON' || !(cause instanceof Error) ? '' : `: ${cause.message}`;
  return new LsRecordError('USAGE', `the profile file ${path} ${what}${why}`, {
    hint: 'Fix or remove it, or set LANGSMITH_CONFIG_FILE to another file.',
    cause,
  });
}

export function toObject(value: unknown): ProfileFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as ProfileFields)
    : {};
}

export function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
