import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Row, Source } from '../../input/row.js';
import { parseJson } from '../../json/parse.js';
import { printJson } from '../../json/print.js';
import { isJsonObject, type JsonObject } from '../../json/value.js';

/** A stream cannot be read again, so its rows are written down as they come, a file a part. */
export class Spool {
  readonly #journalPath: string;
  #number = 0;
  #file: number | undefined;

  constructor(journalPath: string) {
    this.#journalPath = journalPath;
  }

  add(row: Row): void {
    this.#file ??= openSync(partPath(this.#journalPath, this.#number), 'a', 0o600);
    const { origin, index, shape, value, problem, text } = row;
    const line: JsonObject = { origin: { ...origin }, index, shape, value };
    if (problem !== undefined) line.problem = problem;
    if (text !== undefined) line.text = text;
    writeSync(this.#file, `${printJson(line)}\n`);
  }

  /** Ends a part; call `drop` with its number when the server has it. */
  cut(): number {
    if (this.#file !== undefined) fsyncSync(this.#file);
    this.close();
    return this.#number++;
  }

  drop(part: number): Promise<void> {
    return rm(partPath(this.#journalPath, part), { force: true });
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  async discard(): Promise<void> {
    this.close();
    for (const path of await partPaths(this.#journalPath)) await rm(path, { force: true });
  }
}

/** What a spool holds, as a source: rows keep their number and place. */
export function spooledSource(journalPath: string, name: string): Source {
  return {
    name,
    live: false,
    async *rows({ onBytes } = {}) {
      for (const part of await partPaths(journalPath)) {
        const bytes = await readFile(part);
        onBytes?.(bytes);
        for (const line of bytes.toString().split('\n')) {
          const row = readSpooledRow(line);
          if (row) yield row;
        }
      }
    },
  };
}

function partPath(journalPath: string, part: number): string {
  return `${journalPath.slice(0, -'.jsonl'.length)}.part-${String(part).padStart(9, '0')}.jsonl`;
}

/** Whether a file in the folder of journals is a part of a spool. */
export function isPart(name: string): boolean {
  return name.includes('.part-');
}

export async function partPaths(journalPath: string): Promise<string[]> {
  const folder = dirname(journalPath);
  const stem = basename(journalPath, '.jsonl');
  const names = await readdir(folder);
  return names
    .filter((name) => isPart(name) && name.startsWith(stem))
    .sort()
    .map((name) => join(folder, name));
}

function readSpooledRow(line: string): Row | undefined {
  try {
    const row = parseJson(line);
    return isJsonObject(row) ? (row as unknown as Row) : undefined;
  } catch {
    // The process died while it wrote this line; the stream's end is where it was read to.
    return undefined;
  }
}
