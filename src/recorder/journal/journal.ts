import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { setImmediate as nextTick } from 'node:timers/promises';
import type { Source } from '../../input/row.js';
import { printJson } from '../../json/print.js';
import type { JsonObject } from '../../json/value.js';
import { unwritable } from '../../prepare/disk.js';
import { movePackage, removePackage, writeFacts } from '../../prepare/package.js';
import { readPrepared } from '../../prepare/prepare.js';
import type { PreparedExperiment } from '../../prepare/prepared.js';
import type { Recording } from '../recording.js';
import type { TimelineState } from '../times.js';
import { leftoverOf, packagesOf, removePackages } from './leftover.js';
import { type JournalLines, newLines, toRanges } from './lines.js';
import type { Lock } from './lock.js';

/** One recording's journal, held by this process. */
export class Journal {
  readonly #path: string;
  readonly #lines: JournalLines;
  readonly #lock: Lock;
  #file: FileHandle;
  #unwritten: number[] = [];
  #writing: Promise<void> | undefined;
  #failure: unknown;

  private constructor(path: string, lines: JournalLines, lock: Lock, file: FileHandle) {
    this.#path = path;
    this.#lines = lines;
    this.#lock = lock;
    this.#file = file;
  }

  static async open(path: string, lines: JournalLines, lock: Lock): Promise<Journal> {
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

  /** Where what was read is kept; its files' names begin with it. */
  get packagePath(): string {
    return this.#path.slice(0, -'.jsonl'.length);
  }

  /** Takes over the package of what is recorded, so that it goes on without its source. */
  async adopt(prepared: PreparedExperiment): Promise<PreparedExperiment> {
    const { path, ...facts } = prepared;
    if (path === undefined) return prepared;
    try {
      await writeFacts(path, facts);
      const parts = await packagesOf(this.packagePath);
      await movePackage(path, this.packagePath);
      for (const part of parts) if (part !== this.packagePath) await removePackage(part);
    } catch (error) {
      throw unwritable(error, 'what was read', this.#path);
    }
    return { ...prepared, path: this.packagePath };
  }

  /** What an earlier call prepared; undefined if it was not kept. */
  prepared(): Promise<PreparedExperiment | undefined> {
    return readPrepared(this.packagePath);
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

  /**
   * The server has this row, whole. Written down soon, with the others of its request: losing it costs a question,
   * never a row, for ids tell the rest.
   *
   * @throws {LsRecordError} `HOME_UNAVAILABLE` if what came before could not be written.
   */
  acknowledge(row: number): void {
    if (this.#failure) throw this.#failure;
    this.#lines.acknowledged.add(row);
    this.#unwritten.push(row);
    this.#writing ??= this.#write().catch((error: unknown) => {
      this.#failure = error;
    });
  }

  async #write(): Promise<void> {
    await nextTick();
    while (this.#unwritten.length > 0) {
      const rows = this.#unwritten.splice(0);
      await this.#append({ rows: toRanges(rows) });
      await this.#file.datasync();
    }
    this.#writing = undefined;
  }

  /** Forgets all but who it is: what it was about is gone from the server, or shall be done once more. */
  async restart(): Promise<void> {
    await this.#rewrite([{ header: this.#lines.header }]);
    Object.assign(this.#lines, newLines(this.#lines.header));
  }

  /** Shrinks to what the same command will be told when it is given again. */
  async finish(recording: Recording): Promise<void> {
    // What was wrong with rows quotes them; that is not kept.
    const finished = { ...recording, problems: [] };
    await this.#rewrite([{ header: this.#lines.header, finished }]);
    await removePackages(this.packagePath);
  }

  /** Removes it, and what it kept of the rows. */
  async discard(): Promise<void> {
    await removePackages(this.packagePath);
    await rm(this.#path, { force: true });
    await this.close();
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
    await this.#lock.release();
  }

  /** The rows of a stream that the server may not have, as a source of their own. */
  leftover(): Source {
    return leftoverOf(this.packagePath, this.#lines.header.files[0] ?? '-');
  }

  async #append(line: object | undefined): Promise<void> {
    try {
      await this.#file.appendFile(line ? `${printJson(line as JsonObject)}\n` : '\n');
    } catch (error) {
      throw unwritable(error, 'the journal', this.#path);
    }
  }

  async #rewrite(lines: readonly object[]): Promise<void> {
    const unfinished = `${this.#path}.${randomBytes(4).toString('hex')}`;
    const file = await open(unfinished, 'wx', 0o600);
    await file.writeFile(lines.map((line) => `${printJson(line as JsonObject)}\n`).join(''));
    await file.datasync();
    await file.close();
    await rename(unfinished, this.#path);
    await this.#writing;
    await this.#file.close();
    this.#file = await open(this.#path, 'a', 0o600);
  }
}
