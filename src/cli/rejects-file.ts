import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join, parse, resolve } from 'node:path';
import { LsRecordError } from '../errors.js';
import { stemOf } from './stem.js';

/** Where refused rows wait to be mended; the file is there only once there is a row. */
export class RejectsFile {
  readonly #wanted: string;
  #file: { readonly path: string; readonly handle: FileHandle } | undefined;

  /** @param typed the path of `--rejects`; default: beside the source. */
  constructor(workingFolder: string, sourceName: string, typed: string | undefined) {
    const folder = sourceName === '-' ? '.' : dirname(sourceName);
    const beside = join(folder, `${stemOf(sourceName)}.rejects.jsonl`);
    this.#wanted = resolve(workingFolder, typed ?? beside);
  }

  /** The file's path, once a row is in it. */
  get path(): string | undefined {
    return this.#file?.path;
  }

  /** @throws {LsRecordError} `HOME_UNAVAILABLE` if the row cannot be kept. */
  async add(line: string): Promise<void> {
    try {
      this.#file ??= await create(this.#wanted);
      await this.#file.handle.appendFile(`${line}\n`);
    } catch (error) {
      throw new LsRecordError(
        'HOME_UNAVAILABLE',
        `cannot keep the refused rows in ${this.#wanted}: ${error}`,
        {
          hint: 'Name another file with --rejects.',
          cause: error,
        },
      );
    }
  }

  async close(): Promise<void> {
    await this.#file?.handle.close();
  }
}

/** Never overwrites: `x.rejects.jsonl`, then `x.rejects-2.jsonl` and so on. */
async function create(wanted: string): Promise<{ path: string; handle: FileHandle }> {
  const { dir, name, ext } = parse(wanted);
  for (let attempt = 1; ; attempt++) {
    const path = attempt === 1 ? wanted : join(dir, `${name}-${attempt}${ext}`);
    try {
      return { path, handle: await open(path, 'wx') };
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!isTaken) throw error;
    }
  }
}
