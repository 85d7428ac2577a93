import { accessSync, constants, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join, parse, relative, resolve } from 'node:path';
import { LsRecordError } from '../../errors.js';
import { isFolder } from '../../make-folder.js';
import { stemOf } from './stem.js';

/** Where refused rows wait to be fixed; the file is there only once there is a row. */
export class RejectsFile {
  readonly #workingFolder: string;
  readonly #wanted: string;
  /** That of the source: the same rows are in both. */
  readonly #mode: number;
  #file: { readonly path: string; readonly handle: FileHandle } | undefined;

  /**
   * @param typed the path of `--rejects`, or a folder for it; default: next to the source.
   * @throws {LsRecordError} `USAGE` if it is typed, and its folder cannot be written to.
   */
  constructor(workingFolder: string, sourceName: string, typed: string | undefined) {
    this.#workingFolder = workingFolder;
    const onDisk = fileOnDisk(workingFolder, sourceName);
    const source = statSync(resolve(workingFolder, onDisk), { throwIfNoEntry: false });
    this.#mode = source?.isFile() ? source.mode & 0o666 : 0o600;
    const folder = sourceName === '-' ? '.' : dirname(onDisk);
    const name = `${stemOf(onDisk)}.rejects.jsonl`;
    if (typed === undefined) {
      this.#wanted = resolve(workingFolder, folder, name);
    } else {
      const path = resolve(workingFolder, typed);
      this.#wanted = isFolder(path) ? join(path, name) : path;
      checkFolder(dirname(this.#wanted));
    }
  }

  /** The file's path, once a row is in it. */
  get path(): string | undefined {
    return this.#file?.path;
  }

  /** The same as one would type it here. */
  get typedPath(): string | undefined {
    if (!this.#file) return undefined;
    const near = relative(this.#workingFolder, this.#file.path);
    return near.startsWith('..') ? this.#file.path : near;
  }

  /** @throws {LsRecordError} `HOME_UNAVAILABLE` if the row cannot be kept. */
  async add(line: string): Promise<void> {
    try {
      this.#file ??= await create(this.#wanted, this.#mode);
      await this.#file.handle.appendFile(`${line}\n`);
    } catch (error) {
      throw new LsRecordError(
        'HOME_UNAVAILABLE',
        `cannot write the refused rows to ${this.#wanted}: ${error instanceof Error ? error.message : error}`,
        {
          hint: 'Choose another file with --rejects.',
          cause: error,
        },
      );
    }
  }

  async close(): Promise<void> {
    await this.#file?.handle.close();
  }
}

/**
 * The archive, of a file in one: `runs.zip/../may.jsonl` is not next to it, and who made the archive
 * does not choose where something is written.
 */
function fileOnDisk(workingFolder: string, sourceName: string): string {
  for (const { index } of sourceName.matchAll(/[/\\]/g)) {
    const start = sourceName.slice(0, index);
    const there = statSync(resolve(workingFolder, start), { throwIfNoEntry: false });
    if (start !== '' && there?.isFile()) return start;
  }
  return sourceName;
}

/** Never overwrites: `x.rejects.jsonl`, then `x.rejects-2.jsonl` and so on. */
async function create(wanted: string, mode: number): Promise<{ path: string; handle: FileHandle }> {
  const { dir, name, ext } = parse(wanted);
  for (let attempt = 1; ; attempt++) {
    const path = attempt === 1 ? wanted : join(dir, `${name}-${attempt}${ext}`);
    try {
      return { path, handle: await open(path, 'wx', mode) };
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!isTaken) throw error;
    }
  }
}

/** While nothing is sent yet: later it would leave a recording unfinished. */
function checkFolder(folder: string): void {
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new LsRecordError('USAGE', `--rejects: ${folder} is not a writable folder`, {
      hint: 'Choose another folder; without --rejects the file is next to the source.',
    });
  }
}
