import { appendFileSync, closeSync, existsSync, fdatasyncSync, openSync } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { LsRecordError } from '../errors.js';
import { parseJson } from '../json/parse.js';
import { printJson } from '../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';
import type { PackedRow, RowHead } from './packed-row.js';

/** What a package holds, as the ends of its files' names; in the order in which they are removed. */
const ENDS = ['heads', 'payloads', 'facts'] as const;
const SMALLEST_BUFFER = 16 * 1024;
const LARGEST_BUFFER = 256 * 1024;
/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const BYTES_A_UNIT = 3;
const HEADS_AT_ONCE = 64 * 1024;
const NOTHING = Buffer.alloc(0);
const PAYLOADS_AT_ONCE = 256 * 1024;

/**
 * Writes rows into a package: one file of heads, a line of JSON each, and one of payloads, one after another, as the
 * bytes that requests carry.
 */
export class PackageWriter {
  readonly #path: string;
  readonly #heads: Appender;
  readonly #payloads: Appender;
  /** The file of the row before: it is written where it changes. */
  #file: string | undefined;

  /** @param path of the package; its files' names begin with it. */
  constructor(path: string) {
    this.#path = path;
    this.#payloads = new Appender(`${path}.payloads`);
    this.#heads = new Appender(`${path}.heads`);
  }

  /** @throws an error of the file system, such as ENOSPC; what was flushed before is whole. */
  add(file: string, head: RowHead, payloads: readonly string[]): void {
    const bytes = payloads.map((text) => Buffer.byteLength(text)).join();
    this.#payloads.add(payloads.join(''));
    const from = file === this.#file ? '' : `,"file":${JSON.stringify(file)}`;
    this.#file = file;
    this.#heads.add(`{"bytes":[${bytes}]${from},"head":${JSON.stringify(head)}}\n`);
  }

  /** Payloads first: a head that is there has all of its payloads. */
  flush(): void {
    this.#payloads.flush();
    this.#heads.flush();
  }

  /** Flushes, and waits until the disk has it: this process may die with the machine. */
  sync(): void {
    this.flush();
    for (const end of ['payloads', 'heads']) {
      const file = openSync(`${this.#path}.${end}`, 'r+');
      fdatasyncSync(file);
      closeSync(file);
    }
  }
}

/** Appends text to a file, which is open only while it is written: there may be a thousand at once. */
class Appender {
  readonly #path: string;
  #buffer = Buffer.allocUnsafe(SMALLEST_BUFFER);
  #filled = 0;

  constructor(path: string) {
    this.#path = path;
    appendFileSync(path, '', { mode: 0o600 });
  }

  add(text: string): void {
    const most = text.length * BYTES_A_UNIT;
    if (most > this.#buffer.length - this.#filled) {
      this.flush();
      if (this.#buffer.length < LARGEST_BUFFER)
        this.#buffer = Buffer.allocUnsafe(this.#buffer.length * 2);
    }
    if (most > this.#buffer.length) {
      appendFileSync(this.#path, text);
      return;
    }
    this.#filled += this.#buffer.write(text, this.#filled);
  }

  flush(): void {
    if (this.#filled === 0) return;
    appendFileSync(this.#path, this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }
}

/**
 * Reads a package's rows in their order, some at a time.
 *
 * @param wants payloads are read only where it says so; those of other rows may be missing.
 */
export async function* readPackage(
  path: string,
  wants: (head: RowHead) => boolean = () => true,
): AsyncGenerator<PackedRow[]> {
  const heads = await open(`${path}.heads`);
  const payloads = await open(`${path}.payloads`).catch(async (error: unknown) => {
    await heads.close();
    throw error;
  });
  try {
    let offset = 0;
    let file = '';
    for await (const lines of readLines(heads, path)) {
      for (const group of groupsOf(lines)) {
        const size = group.reduce((sum, { bytes }) => sum + total(bytes), 0);
        const isWanted = group.some(({ head }) => wants(head));
        const buffer = isWanted ? await readAt(payloads, offset, size) : undefined;
        // Cut off: the process died before it was written.
        if (buffer && buffer.length < size) return;
        offset += size;
        const cut = buffer && cutter(buffer);
        yield group.map((line) => {
          file = line.file ?? file;
          return { file, head: line.head, payloads: cut ? line.bytes.map(cut) : [] };
        });
      }
    }
  } finally {
    await payloads.close();
    await heads.close();
  }
}

interface HeadLine {
  /** The size of each payload. */
  readonly bytes: readonly number[];
  /** Absent where it is that of the line before. */
  readonly file?: string;
  readonly head: RowHead;
}

function* groupsOf(lines: readonly HeadLine[]): Generator<HeadLine[]> {
  let group: HeadLine[] = [];
  let size = 0;
  for (const line of lines) {
    const bytes = total(line.bytes);
    if (group.length > 0 && size + bytes > PAYLOADS_AT_ONCE) {
      yield group;
      group = [];
      size = 0;
    }
    group.push(line);
    size += bytes;
  }
  if (group.length > 0) yield group;
}

async function* readLines(file: FileHandle, path: string): AsyncGenerator<HeadLine[]> {
  let rest = '';
  const decoder = new TextDecoder();
  for (let offset = 0; ; ) {
    const bytes = await readAt(file, offset, HEADS_AT_ONCE);
    offset += bytes.length;
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    // Without its line break it was cut off.
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield lines.map((line) => parseLine(line, path));
    if (bytes.length === 0) return;
  }
}

function parseLine(line: string, path: string): HeadLine {
  try {
    return JSON.parse(line) as HeadLine;
  } catch (cause) {
    throw new LsRecordError('HOME_UNAVAILABLE', `the prepared rows in ${path}.heads are damaged`, {
      hint: 'Delete this file and run the same command again to read the source again.',
      cause,
    });
  }
}

async function readAt(file: FileHandle, offset: number, size: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(buffer, filled, size - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** Takes piece after piece of a buffer. */
function cutter(buffer: Buffer): (bytes: number) => Buffer {
  let at = 0;
  return (bytes) => {
    if (bytes === 0) return NOTHING;
    const piece = buffer.subarray(at, at + bytes);
    at += bytes;
    return piece;
  };
}

function total(sizes: readonly number[]): number {
  let sum = 0;
  for (const size of sizes) sum += size;
  return sum;
}

/** Written last: a package with facts, whose files are as large as they say, is whole. */
export async function writeFacts(path: string, facts: object): Promise<void> {
  const text = printJson({ sizes: await sizesOf(path), facts: facts as JsonObject });
  await writeFile(`${path}.facts`, text, { mode: 0o600 });
}

/** Undefined if there is no whole package. */
export async function readFacts(path: string): Promise<JsonValue | undefined> {
  try {
    const read = parseJson(await readFile(`${path}.facts`, 'utf8'));
    return isJsonObject(read) && read.sizes === (await sizesOf(path)) ? read.facts : undefined;
  } catch {
    // Never written, or only half: then the rows are read from their source again.
    return undefined;
  }
}

async function sizesOf(path: string): Promise<string> {
  const { size: heads } = await stat(`${path}.heads`);
  const { size: payloads } = await stat(`${path}.payloads`);
  return `${heads}+${payloads}`;
}

/** Whether there are rows to read: heads come after payloads, and go before them. */
export function holdsRows(path: string): boolean {
  return existsSync(`${path}.heads`);
}

export async function movePackage(from: string, to: string): Promise<void> {
  await removePackage(to);
  for (const end of ENDS) await rename(`${from}.${end}`, `${to}.${end}`);
}

export async function removePackage(path: string): Promise<void> {
  for (const end of ENDS) await rm(`${path}.${end}`, { force: true });
}

/** The path of the package that a file belongs to; undefined for any other file. */
export function packageOf(file: string): string | undefined {
  const end = ENDS.find((one) => file.endsWith(`.${one}`));
  return end && file.slice(0, -end.length - 1);
}
