import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { LsRecordError } from '../../errors.js';
import type { Origin, Source } from '../../input/row.js';
import { InvalidRows, listProblems } from '../../recorder/invalid-rows.js';
import type { RowProblem } from '../../recorder/recording.js';
import { checkExample, type ReadExample } from '../../results/example.js';
import type { Context } from '../context.js';
import { makePrivateFolder } from '../home/data-folder.js';
import { count } from '../screen/words.js';

const MAX_PROBLEMS = 100;

/** Files of examples, which can be read more than once; what is piped in is kept for as long as it takes. */
export class ExampleFile {
  readonly #sources: readonly Source[];
  readonly #signal: AbortSignal;
  readonly #spooled: string | undefined;

  private constructor(sources: readonly Source[], signal: AbortSignal, spooled?: string) {
    this.#sources = sources;
    this.#signal = signal;
    this.#spooled = spooled;
  }

  /** @param path of a file, or `-` for stdin. @throws {LsRecordError} as opening any input does. */
  static async open(path: string, context: Context, folder: string): Promise<ExampleFile> {
    const { openSources } = await import('../../input/open.js');
    const { signal } = context;
    const spoolFolder = join(folder, 'spool');
    const spooled = path === '-' ? await spool(context, spoolFolder) : undefined;
    try {
      const sources = await openSources([spooled ?? path], { spoolFolder, signal });
      return new ExampleFile(sources, signal, spooled);
    } catch (error) {
      if (spooled === undefined) throw error;
      await rm(spooled, { force: true });
      throw aboutStdin(error, spooled);
    }
  }

  /**
   * Reads all of it once, so that nothing is written of a file with a bad row.
   *
   * @returns how many rows there are, and which fields are not of an example.
   * @throws {LsRecordError} `RESULT_INVALID`
   */
  async survey(): Promise<{ rows: number; leftOut: ReadonlySet<string> }> {
    const problems: RowProblem[] = [];
    const leftOut = new Set<string>();
    let rows = 0;
    let badRows = 0;
    for await (const { origin, checked } of this.#checked()) {
      rows++;
      if ('problems' in checked) {
        badRows++;
        for (const problem of checked.problems.slice(0, MAX_PROBLEMS - problems.length))
          problems.push({ ...origin, ...problem });
      } else for (const field of checked.example.leftOut) leftOut.add(field);
    }
    if (badRows === 0) return { rows, leftOut };
    throw new InvalidRows(
      `${badRows} of ${count(rows, 'row')} cannot be read as examples; nothing was written\n${listProblems(problems)}`,
      problems,
      'An example is an object with inputs and, if there are any, reference outputs, metadata and split.',
    );
  }

  async *examples(): AsyncGenerator<{ origin: Origin; example: ReadExample }> {
    for await (const { origin, checked } of this.#checked()) {
      if ('problems' in checked) {
        throw new LsRecordError('INPUT_CHANGED', `${origin.file} changed while it was read`, {
          hint: 'Run the same command again when it is whole.',
        });
      }
      yield { origin, example: checked.example };
    }
  }

  async *#checked() {
    for (const source of this.#sources) {
      try {
        for await (const row of source.rows({ signal: this.#signal })) {
          const isPiped = this.#spooled !== undefined;
          const origin = isPiped ? { ...row.origin, file: 'stdin' } : row.origin;
          yield { origin, checked: checkExample(row) };
        }
      } catch (error) {
        throw this.#spooled === undefined ? error : aboutStdin(error, this.#spooled);
      }
    }
  }

  async close(): Promise<void> {
    for (const source of this.#sources) await source.close?.();
    if (this.#spooled !== undefined) await rm(this.#spooled, { force: true });
  }
}

async function spool({ stdin, signal }: Context, folder: string): Promise<string> {
  if (stdin.isTTY) {
    throw new LsRecordError('USAGE', 'nothing is piped in', {
      hint: 'Name a file, or pipe examples into the command.',
    });
  }
  const path = join(makePrivateFolder(folder), `stdin-${randomUUID()}`);
  await pipeline(stdin, createWriteStream(path, { mode: 0o600 }), { signal });
  return path;
}

/** Where what was piped in is kept, is nothing to a person. */
function aboutStdin(error: unknown, path: string): unknown {
  if (!(error instanceof LsRecordError) || !error.message.includes(path)) return error;
  const { code, message, hint, cause } = error;
  return new LsRecordError(code, message.replaceAll(path, 'stdin'), {
    ...(hint !== undefined && { hint }),
    cause,
  });
}
