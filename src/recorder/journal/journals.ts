import { createHash, randomUUID } from 'node:crypto';
import { readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { LsRecordError } from '../../errors.js';
import { describeSize } from '../../json/size.js';
import { makeFolder } from '../../make-folder.js';
import { isCode, unwritable } from '../../prepare/disk.js';
import { packageOf, removePackage } from '../../prepare/package.js';
import { readPrepared } from '../../prepare/prepare.js';
import type { PreparedExperiment } from '../../prepare/prepared.js';
import { shorten } from '../../results/found.js';
import { canonical } from '../ids.js';
import { Journal } from './journal.js';
import { removePackages } from './leftover.js';
import {
  JOURNAL_VERSION,
  type JournalAbout,
  type JournalHeader,
  type JournalKey,
  type JournalSummary,
  newLines,
  readLines,
  summarise,
} from './lines.js';
import { isHeld, type JournalOwner, takeLock } from './lock.js';

/** What the name of a package begins with that no journal has yet. */
const NEW = 'new-';
const ID = /^[0-9a-f]+$/;
const KEPT_DAYS = 90;
const DAY_MS = 24 * 3600 * 1000;

/**
 * What is known of recordings, a file each: written before anything is sent, so that the same command continues where
 * an earlier one was cut off. Holds no key; payloads are in the packages next to it, until the server has them.
 */
export class Journals {
  constructor(
    private readonly folder: string,
    private readonly owner: JournalOwner,
  ) {}

  /**
   * Begins a recording, or takes up the same one where it was left.
   *
   * @throws {LsRecordError} `BUSY` if another process is at it, `HOME_UNAVAILABLE` if it cannot be written.
   */
  async begin(key: JournalKey, about: JournalAbout): Promise<Journal> {
    const id = createHash('sha256').update(canonical(key)).digest('hex').slice(0, 12);
    const header: JournalHeader = {
      version: JOURNAL_VERSION,
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

  /** Why a recording that is not in the list cannot be continued. */
  async whyNot(id: string): Promise<unknown> {
    if (!ID.test(id)) return noSuchRecording(id);
    try {
      readLines(join(this.folder, `${id}.jsonl`));
      return noSuchRecording(id);
    } catch (error) {
      return error;
    }
  }

  async #open(id: string, header: JournalHeader | undefined): Promise<Journal> {
    const path = join(this.folder, `${id}.jsonl`);
    try {
      makeFolder(this.folder);
      const lock = await takeLock(join(this.folder, `${id}.lock`), this.owner);
      try {
        const lines = readLines(path) ?? (header && newLines(header));
        if (!lines) throw noSuchRecording(id);
        return await Journal.open(path, lines, lock);
      } catch (error) {
        await lock.release();
        throw error;
      }
    } catch (error) {
      throw unwritable(error, 'the journal', this.folder);
    }
  }

  /** What a recording prepared, if it was kept; no other process may be at it. */
  async prepared(id: string): Promise<PreparedExperiment | undefined> {
    return readPrepared(join(this.folder, id));
  }

  /** The path of a package that no journal has yet. */
  newPackage(): string {
    makeFolder(this.folder);
    const { pid, host } = this.owner;
    return join(this.folder, `${NEW}${shortHash(host)}-${pid}-${randomUUID()}`);
  }

  /**
   * Checks that what is read of files will fit.
   *
   * @param bytes of the files; what is kept of them takes about as many.
   * @throws {LsRecordError} `HOME_UNAVAILABLE`
   */
  async checkRoom(bytes: number): Promise<void> {
    makeFolder(this.folder);
    const { bavail, bsize } = await statfs(this.folder);
    if (bytes <= bavail * bsize) return;
    const [wanted, free] = [bytes, bavail * bsize].map(describeSize);
    throw new LsRecordError(
      'HOME_UNAVAILABLE',
      `not enough disk space in ${this.folder}: ${wanted} needed, ${free} free`,
      { hint: 'Free some space there, or set LS_RECORD_HOME to a folder on another disk.' },
    );
  }

  /** Removes packages that were left behind by processes of this machine that are gone, or by finished recordings. */
  async sweep(): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      const path = packageOf(join(this.folder, name));
      if (path && this.#isLeftBehind(name)) await removePackage(path);
    }
  }

  #isLeftBehind(name: string): boolean {
    const { host, startOf } = this.owner;
    const [, ofHost, pid] = /^new-([0-9a-f]+)-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined) return ofHost === shortHash(host) && startOf(Number(pid)) === undefined;
    const [id] = name.split('.');
    return readKnownLines(join(this.folder, `${id}.jsonl`))?.finished !== undefined;
  }

  /** All recordings that are known, the latest first; finished ones are forgotten after 90 days. */
  async list(): Promise<JournalSummary[]> {
    const names = await readdir(this.folder).catch(() => []);
    const summaries: JournalSummary[] = [];
    for (const name of names) {
      if (!name.endsWith('.jsonl')) continue;
      const path = join(this.folder, name);
      const lines = readKnownLines(path);
      if (!lines) continue;
      const ageMs = Date.now() - (await stat(path)).mtimeMs;
      if (lines.finished && ageMs > KEPT_DAYS * DAY_MS) await rm(path, { force: true });
      else summaries.push(summarise(lines));
    }
    return summaries.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  /** Recordings that were interrupted: unfinished, and no process is at them now. */
  async interrupted(): Promise<JournalSummary[]> {
    const summaries = await this.list();
    const lockOf = ({ id }: JournalSummary) => join(this.folder, `${id}.lock`);
    const held = await Promise.all(summaries.map((one) => isHeld(lockOf(one), this.owner)));
    return summaries.filter(({ finished }, at) => !finished && !held[at]);
  }

  /** Forgets a recording, of another version too; what it sent stays where it is. */
  async discard(id: string): Promise<void> {
    const path = join(this.folder, id);
    if (!ID.test(id)) throw noSuchRecording(id);
    const lock = await takeLock(`${path}.lock`, this.owner);
    try {
      await rm(`${path}.jsonl`).catch((error: unknown) => {
        throw isCode(error, 'ENOENT') ? noSuchRecording(id) : error;
      });
      await removePackages(path);
    } finally {
      await lock.release();
    }
  }
}

/** Undefined also for a journal of another version, which only its own id names. */
function readKnownLines(path: string): ReturnType<typeof readLines> {
  try {
    return readLines(path);
  } catch (error) {
    if (error instanceof LsRecordError) return undefined;
    throw error;
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

function noSuchRecording(id: string): LsRecordError {
  return new LsRecordError(
    'RECORDING_NOT_FOUND',
    `no unfinished recording ${shorten(id) || '""'}`,
    { hint: 'To list them: ls-record resume' },
  );
}
