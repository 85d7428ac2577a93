import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { join } from 'node:path';
import { LsRecordError } from '../errors.js';
import type { Row, Source } from '../input/row.js';
import { parseJson } from '../json/parse.js';
import { printJson } from '../json/print.js';
import { isJsonObject, type JsonObject } from '../json/value.js';
import type { Recording } from './recording.js';
import { RowSet } from './row-set.js';
import type { TimelineState } from './times.js';

const KEPT_DAYS = 90;
const DAY_MS = 24 * 3600 * 1000;

/** Who holds a journal, and how to tell whether another holder is still there. */
export interface JournalOwner {
  readonly pid: number;
  readonly host: string;
  /** Something that tells a process from a later one with its pid; undefined if there is none with it. */
  readonly startOf: (pid: number) => string | undefined;
}

/** What makes a recording the same as an earlier one. */
export interface JournalKey {
  readonly endpoint: string;
  readonly dataset: string;
  readonly experiment: string | null;
  readonly shard: string;
  readonly options: readonly (string | null)[];
  /** The file's sha256, or a stream's random id. */
  readonly sourceId: string;
}

interface Header extends JournalKey {
  readonly version: 1;
  readonly id: string;
  readonly source: string;
  readonly live: boolean;
  readonly startedAt: string;
  /** What whoever started it needs to do it again. */
  readonly command: unknown;
}

/** A recording as its journal tells it. */
export interface JournalSummary {
  readonly id: string;
  readonly source: string;
  readonly sourceId: string;
  readonly live: boolean;
  readonly dataset: string;
  readonly experiment: string | undefined;
  readonly startedAt: string;
  readonly rowsDone: number;
  readonly finished: boolean;
  readonly command: unknown;
}

interface Lines {
  header: Header;
  experiment: { id: string; name: string } | undefined;
  timeline: TimelineState | undefined;
  finished: Recording | undefined;
  acknowledged: RowSet;
}

/**
 * What is known of recordings, a file each: written before anything is sent, so that the same command goes on where an
 * earlier one was cut off. Holds no key, and no payload but what a stream gave and the server has not acknowledged.
 */
export class Journals {
  readonly #folder: string;
  readonly #owner: JournalOwner;

  constructor(folder: string, owner: JournalOwner) {
    this.#folder = folder;
    this.#owner = owner;
  }

  /**
   * Begins a recording, or takes up the same one where it was left.
   *
   * @throws {LsRecordError} `BUSY` if another process is at it, `HOME_UNAVAILABLE` if it cannot be written.
   */
  async begin(
    key: JournalKey,
    about: { source: string; live: boolean; command: unknown },
  ): Promise<Journal> {
    const id = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 12);
    const header: Header = {
      version: 1,
      id,
      ...key,
      ...about,
      startedAt: new Date().toISOString(),
    };
    return this.#open(id, header);
  }

  /** Takes up a recording by its id. */
  async take(id: string): Promise<Journal> {
    return this.#open(id, undefined);
  }

  async #open(id: string, header: Header | undefined): Promise<Journal> {
    const path = join(this.#folder, `${id}.jsonl`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const lock = await this.#lock(id);
      try {
        const lines = readLines(path) ?? (header && newLines(header));
        if (!lines) throw noSuchRecording(id);
        return await Journal.open(path, lines, lock);
      } catch (error) {
        await lock.release();
        throw error;
      }
    } catch (error) {
      throw unwritable(error, this.#folder);
    }
  }

  /** All recordings that are known, the latest first; finished ones are forgotten after 90 days. */
  async list(): Promise<JournalSummary[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const summaries: JournalSummary[] = [];
    for (const name of names) {
      if (!name.endsWith('.jsonl') || name.includes('.part-')) continue;
      const path = join(this.#folder, name);
      const lines = readLines(path);
      if (!lines) continue;
      const ageMs = Date.now() - (await stat(path)).mtimeMs;
      if (lines.finished && ageMs > KEPT_DAYS * DAY_MS) await rm(path, { force: true });
      else summaries.push(summarise(lines));
    }
    return summaries.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  /** Forgets a recording; what it sent stays where it is. */
  async discard(id: string): Promise<void> {
    const journal = await this.take(id);
    await journal.discard();
  }

  async #lock(id: string): Promise<Lock> {
    const path = join(this.#folder, `${id}.lock`);
    const { pid, host, startOf } = this.#owner;
    for (;;) {
      try {
        const file = await open(path, 'wx', 0o600);
        await file.writeFile(JSON.stringify({ pid, host, start: startOf(pid) ?? null }));
        await file.close();
        return { release: () => rm(path, { force: true }) };
      } catch (error) {
        if (!isCode(error, 'EEXIST')) throw error;
      }
      const holder = await readFile(path, 'utf8')
        .then(JSON.parse)
        .catch(() => undefined);
      const isGone = holder?.host === host && startOf(holder.pid) !== (holder.start ?? undefined);
      if (holder && !isGone) throw busy(holder, path);
      // Cut off while it was written, or its process was killed: the recording is free.
      await rm(path, { force: true });
    }
  }
}

interface Lock {
  release(): Promise<void>;
}

/** One recording's journal, held by this process. */
export class Journal {
  readonly #path: string;
  readonly #lines: Lines;
  readonly #lock: Lock;
  #file: FileHandle;
  #syncing: Promise<void> | undefined;
  #spool: Spool | undefined;

  private constructor(path: string, lines: Lines, lock: Lock, file: FileHandle) {
    this.#path = path;
    this.#lines = lines;
    this.#lock = lock;
    this.#file = file;
  }

  static async open(path: string, lines: Lines, lock: Lock): Promise<Journal> {
    const file = await open(path, 'a', 0o600);
    const journal = new Journal(path, lines, lock, file);
    // A new file begins with its header; one whose last line was cut off goes on in a new line.
    await journal.#append((await file.stat()).size === 0 ? { header: lines.header } : undefined);
    await file.datasync();
    return journal;
  }

  get id(): string {
    return this.#lines.header.id;
  }

  get sourceId(): string {
    return this.#lines.header.sourceId;
  }

  get command(): unknown {
    return this.#lines.header.command;
  }

  get isLive(): boolean {
    return this.#lines.header.live;
  }

  /** The experiment that is being filled; it may not have been created yet. */
  get experiment(): { readonly id: string; readonly name: string } | undefined {
    return this.#lines.experiment;
  }

  get timeline(): TimelineState | undefined {
    return this.#lines.timeline;
  }

  get finished(): Recording | undefined {
    return this.#lines.finished;
  }

  isAcknowledged(row: number): boolean {
    return this.#lines.acknowledged.has(row);
  }

  /** Written before the experiment is created, so that it is never created twice. */
  async setExperiment(experiment: { id: string; name: string }): Promise<void> {
    this.#lines.experiment = experiment;
    await this.#append({ experiment: { id: experiment.id, name: experiment.name } });
    await this.#file.datasync();
  }

  async setTimeline(timeline: TimelineState): Promise<void> {
    this.#lines.timeline = timeline;
    await this.#append({ timeline });
    await this.#file.datasync();
  }

  /** The server has these rows, whole. Losing this costs a question, never a row: ids tell the rest. */
  async acknowledge(rows: readonly number[]): Promise<void> {
    for (const row of rows) this.#lines.acknowledged.add(row);
    await this.#append({ rows: toRanges(rows) });
    this.#syncing ??= this.#file.datasync().finally(() => {
      this.#syncing = undefined;
    });
  }

  /** Forgets all but who it is: what it was about is gone from the server, or shall be done once more. */
  async restart(): Promise<void> {
    await this.#rewrite([{ header: this.#lines.header }]);
    Object.assign(this.#lines, newLines(this.#lines.header));
  }

  /** Shrinks to what the same command will be told when it is given again. */
  async finish(recording: Recording): Promise<void> {
    await this.#rewrite([
      { header: this.#lines.header, finished: recording as unknown as JsonObject },
    ]);
    await this.close();
  }

  /** Removes it, and what it kept of a stream. */
  async discard(): Promise<void> {
    await this.#spool?.discard();
    for (const path of await partPaths(this.#path)) await rm(path, { force: true });
    await rm(this.#path, { force: true });
    await this.close();
  }

  async close(): Promise<void> {
    await this.#syncing;
    this.#spool?.close();
    await this.#file.close();
    await this.#lock.release();
  }

  /** Where a stream's rows are kept until the server has them. */
  spool(): Spool {
    this.#spool ??= new Spool(this.#path);
    return this.#spool;
  }

  /** The rows of a stream that the server may not have, as a source of their own. */
  spooledSource(): Source {
    const { source } = this.#lines.header;
    const path = this.#path;
    return {
      name: source,
      format: 'jsonl',
      live: false,
      async *rows({ onBytes } = {}) {
        for (const part of await partPaths(path)) {
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

  async #append(line: object | undefined): Promise<void> {
    try {
      await this.#file.appendFile(line ? `${printJson(line as JsonObject)}\n` : '\n');
    } catch (error) {
      throw unwritable(error, this.#path);
    }
  }

  async #rewrite(lines: readonly object[]): Promise<void> {
    const unfinished = `${this.#path}.${randomBytes(4).toString('hex')}`;
    const file = await open(unfinished, 'wx', 0o600);
    await file.writeFile(lines.map((line) => `${printJson(line as JsonObject)}\n`).join(''));
    await file.datasync();
    await file.close();
    await rename(unfinished, this.#path);
    await this.#syncing;
    await this.#file.close();
    this.#file = await open(this.#path, 'a', 0o600);
  }
}

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

function partPath(journalPath: string, part: number): string {
  return `${journalPath.slice(0, -'.jsonl'.length)}.part-${String(part).padStart(9, '0')}.jsonl`;
}

async function partPaths(journalPath: string): Promise<string[]> {
  const folder = join(journalPath, '..');
  const stem = journalPath.slice(folder.length + 1, -'.jsonl'.length);
  const names = await readdir(folder);
  return names
    .filter((name) => name.startsWith(`${stem}.part-`))
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

function newLines(header: Header): Lines {
  return {
    header,
    experiment: undefined,
    timeline: undefined,
    finished: undefined,
    acknowledged: new RowSet(),
  };
}

/** Undefined if there is no such journal, or not even its first line was written. */
function readLines(path: string): Lines | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  let lines: Lines | undefined;
  for (const line of text.split('\n')) {
    const event = readEvent(line);
    if (event?.header) lines = newLines(event.header);
    if (!event || !lines) continue;
    if (event.experiment) lines.experiment = event.experiment;
    if (event.timeline) lines.timeline = event.timeline;
    if (event.finished) lines.finished = event.finished;
    for (const [from, to] of event.rows ?? []) lines.acknowledged.addRange(from, to);
  }
  return lines;
}

interface Event {
  readonly header?: Header;
  readonly experiment?: { id: string; name: string };
  readonly timeline?: TimelineState;
  readonly finished?: Recording;
  readonly rows?: [from: number, to: number][];
}

function readEvent(line: string): Event | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as Event;
  } catch {
    // The process died while it wrote this line.
    return undefined;
  }
}

function summarise({ header, experiment, acknowledged, finished }: Lines): JournalSummary {
  return {
    id: header.id,
    source: header.source,
    sourceId: header.sourceId,
    live: header.live,
    dataset: header.dataset,
    experiment: experiment?.name ?? header.experiment ?? undefined,
    startedAt: header.startedAt,
    rowsDone: finished?.rows.recorded ?? acknowledged.size,
    finished: finished !== undefined,
    command: header.command,
  };
}

/** `[1, 2, 3, 7]` as `[[1, 3], [7, 7]]`. */
function toRanges(rows: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const row of rows) {
    const last = ranges.at(-1);
    if (last && last[1] === row - 1) last[1] = row;
    else ranges.push([row, row]);
  }
  return ranges;
}

function noSuchRecording(id: string): LsRecordError {
  return new LsRecordError('RECORDING_NOT_FOUND', `there is no unfinished recording ${id}`, {
    hint: 'ls-record resume lists those that there are.',
  });
}

function busy(holder: { pid?: number; host?: string }, path: string): LsRecordError {
  const who = `process ${holder.pid} on ${holder.host}`;
  return new LsRecordError('BUSY', `the same recording is under way already: ${who}`, {
    hint: `Wait until it is done, then run the same command again. If ${holder.host} is no more, delete ${path}.`,
  });
}

function unwritable(error: unknown, path: string): unknown {
  if (error instanceof LsRecordError || !(error instanceof Error) || !('code' in error))
    return error;
  return new LsRecordError(
    'HOME_UNAVAILABLE',
    `the journal cannot be kept in ${path}: ${error.message}`,
    {
      hint: 'Make room there, or set LS_RECORD_HOME to another folder; then run the same command again.',
      cause: error,
    },
  );
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
