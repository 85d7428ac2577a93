import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LsRecordError } from '../../errors.js';
import { makeFolder } from '../../make-folder.js';
import { unwritable } from './faults.js';
import { Journal } from './journal.js';
import {
  type Header,
  type JournalKey,
  type JournalSummary,
  newLines,
  readLines,
  summarise,
} from './lines.js';
import { type JournalOwner, takeLock } from './lock.js';
import { isPart } from './spool.js';

const KEPT_DAYS = 90;
const DAY_MS = 24 * 3600 * 1000;

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
      makeFolder(this.#folder);
      const lock = await takeLock(join(this.#folder, `${id}.lock`), this.#owner);
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
      if (!name.endsWith('.jsonl') || isPart(name)) continue;
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
}

function noSuchRecording(id: string): LsRecordError {
  return new LsRecordError('RECORDING_NOT_FOUND', `there is no unfinished recording ${id}`, {
    hint: 'ls-record resume lists those that there are.',
  });
}
