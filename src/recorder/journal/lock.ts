import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { LsRecordError } from '../../errors.js';
import { isCode } from '../../prepare/disk.js';

/** Who holds a journal, and how to tell whether another holder is still there. */
export interface JournalOwner {
  readonly pid: number;
  readonly host: string;
  /** Something that tells a process from a later one with its pid; undefined if there is none with it. */
  readonly startOf: (pid: number) => string | undefined;
}

/** Whether a live process holds a lock. */
export async function isHeld(path: string, owner: JournalOwner): Promise<boolean> {
  const holder = readHolder(await readFile(path, 'utf8').catch(() => ''));
  return holder !== undefined && !isGone(holder, owner);
}

/** Held until it is released, or its process is gone. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes a lock, also from a process of this machine that is no more.
 *
 * @throws {LsRecordError} `BUSY` if another process holds the lock.
 */
export async function takeLock(path: string, owner: JournalOwner): Promise<Lock> {
  const { pid, host, startOf } = owner;
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, JSON.stringify({ pid, host, start: startOf(pid) ?? null }), { mode: 0o600 });
  try {
    for (;;) {
      try {
        // Unlike opening a new file, this never shows an empty one.
        await link(own, path);
        return { release: () => rm(path, { force: true }) };
      } catch (error) {
        if (!isCode(error, 'EEXIST')) throw error;
      }
      const text = await readFile(path, 'utf8').catch(() => '');
      const holder = readHolder(text);
      if (holder && !isGone(holder, owner)) throw busy(holder, path);
      await putAside(path, text);
    }
  } finally {
    await rm(own, { force: true });
  }
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly start: string | null;
}

function isGone({ host, pid, start }: Holder, owner: JournalOwner): boolean {
  return host === owner.host && owner.startOf(pid) !== (start ?? undefined);
}

function readHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // Nobody wrote this: the recording is free.
    return undefined;
  }
}

/** Removes a lock whose process is gone, and no other: somebody may have been faster. */
async function putAside(path: string, text: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) !== text) await link(aside, path);
  } catch (error) {
    if (!isCode(error, 'ENOENT') && !isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

function busy(holder: Holder, path: string): LsRecordError {
  const who = `process ${holder.pid} on ${holder.host}`;
  return new LsRecordError('BUSY', `the same recording is already in progress: ${who}`, {
    hint: `Wait until it is done, then run the same command again. If ${holder.host} no longer exists, delete ${path}.`,
  });
}
