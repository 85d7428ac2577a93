import { existsSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Argument } from 'commander';
import { LsRecordError } from '../../errors.js';
import type { JournalSummary } from '../../recorder/journal/lines.js';
import { readDataFolder } from '../access/destination.js';
import { declare, type Session } from '../command.js';
import { yesOption } from '../common-options.js';
import { makePrivateFolder } from '../home/data-folder.js';
import { findRunningHome, homeFile } from '../home/home-server.js';
import { openJournals } from '../home/open-journals.js';
import { forPrograms } from '../screen/for-programs.js';
import { printable } from '../screen/printable.js';
import type { Terminal } from '../screen/terminal.js';
import { count, showBytes, showTime } from '../screen/words.js';

interface HomeOptions {
  readonly yes?: boolean;
}

/** A recording that was cut off, and what it keeps. */
type Unfinished = JournalSummary & { readonly bytes: number };

/** What a killed process left in the folder of things read from stdin is nobody's after a day. */
const SPOOL_KEPT_MS = 24 * 3_600_000;

export const command = declare<HomeOptions, [string | undefined]>({
  details:
    'Includes its size and unfinished recordings. clean removes unfinished recordings and their rows, and what models answered to judges, and frees disk space. Experiments are kept.',
  arguments: [new Argument('[action]', 'clean (shows if omitted)').choices(['clean'])],
  options: [yesOption],
  examples: ['home', 'home clean', 'home --json | jq -r .home.folder'],
  async run(session, [action], options) {
    const folder = readDataFolder(session.context, options);
    await (action === undefined ? showHome(folder, session) : clean(folder, options, session));
  },
});

async function showHome(folder: string, { terminal, answer }: Session): Promise<void> {
  const [bytes, judges, unfinished, running] = await Promise.all([
    sizeOf(folder),
    sizeOf(join(folder, 'judges')),
    findUnfinished(folder),
    findRunningHome(folder),
  ]);
  const json = unfinished.map((one) =>
    forPrograms(one, 'id', 'source', 'dataset', 'startedAt', 'rowsDone', 'bytes'),
  );
  const served = running?.url ?? null;
  answer({ home: { folder, bytes, judges, served_at: served, unfinished: json } }, () => {
    terminal.answerProse(`folder      ${folder}`);
    terminal.answerProse(`size        ${showBytes(bytes)}`);
    terminal.answerProse(`served      ${running ? `at ${running.url}` : 'no: ls-record serve'}`);
    terminal.answerProse(`judges      ${showBytes(judges)} of answers`);
    terminal.answerProse(`unfinished  ${describe(unfinished)}`);
    for (const { id, source, startedAt, bytes: kept } of unfinished) {
      const name = source === '-' ? 'stdin' : source;
      terminal.answerProse(
        `  ${id}  ${showTime(startedAt)}  ${showBytes(kept)}  ${printable(name)}`,
      );
    }
    if (unfinished.length > 0)
      terminal.say('To finish one: ls-record resume ID. To remove them all: ls-record home clean.');
  });
}

async function clean(folder: string, { yes }: HomeOptions, session: Session): Promise<void> {
  const { terminal, confirm, answer } = session;
  const unfinished = await findUnfinished(folder);
  const judges = join(folder, 'judges');
  const answers = await sizeOf(judges);
  if (unfinished.length + answers > 0) {
    const action = `delete unfinished recordings: ${describe(unfinished)}, and answers of judges: ${showBytes(answers)}`;
    const explain = () => {
      if (unfinished.length > 0) terminal.warn('rows that were piped in are lost');
      if (answers > 0) terminal.warn('judges ask their models again about the same rows');
    };
    if (!(await confirm({ yes, action, explain }))) return;
  }

  const before = await sizeOf(folder);
  const removed = await discard(unfinished, folder, terminal);
  await removeLeftovers(join(folder, 'spool'));
  await rm(judges, { recursive: true, force: true });
  if (existsSync(homeFile(folder))) {
    makePrivateFolder(folder);
    const { openStore } = await import('../../server/store.js');
    const store = openStore({ file: homeFile(folder) });
    try {
      store.compact();
    } finally {
      store.close();
    }
  }
  const freed = Math.max(0, before - (await sizeOf(folder)));
  answer({ cleaned: { recordings: removed, bytes: freed } }, () =>
    terminal.say(`Removed ${count(removed, 'unfinished recording')}, freed ${showBytes(freed)}.`),
  );
}

async function discard(
  unfinished: readonly Unfinished[],
  folder: string,
  terminal: Terminal,
): Promise<number> {
  const journals = await openJournals(folder);
  await journals.sweep();
  let removed = 0;
  for (const { id } of unfinished) {
    try {
      await journals.discard(id);
      removed++;
    } catch (error) {
      if (!(error instanceof LsRecordError && error.code === 'BUSY')) throw error;
      terminal.warn(`recording ${id} is in progress and was kept`);
    }
  }
  return removed;
}

async function removeLeftovers(spool: string): Promise<void> {
  for (const name of await readdir(spool).catch(() => [])) {
    const path = join(spool, name);
    const { mtimeMs } = await lstat(path);
    if (Date.now() - mtimeMs > SPOOL_KEPT_MS) await rm(path, { recursive: true, force: true });
  }
}

async function findUnfinished(folder: string): Promise<Unfinished[]> {
  const recordings = join(folder, 'recordings');
  const names: readonly string[] = await readdir(recordings).catch(() => []);
  const unfinished = await (await openJournals(folder)).interrupted();
  return Promise.all(
    unfinished.map(async (one) => {
      const own = names.filter((name) => name.startsWith(one.id));
      const sizes = await Promise.all(own.map((name) => sizeOf(join(recordings, name))));
      return { ...one, bytes: sum(sizes) };
    }),
  );
}

/** The size of a file, or of all files in a folder; links are not followed. */
async function sizeOf(path: string): Promise<number> {
  // Absent, or gone meanwhile: another command may be at work.
  const stat = await lstat(path).catch(() => undefined);
  if (!stat?.isDirectory()) return stat?.size ?? 0;
  const names = await readdir(path).catch(() => []);
  return sum(await Promise.all(names.map((name) => sizeOf(join(path, name)))));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function describe(unfinished: readonly Unfinished[]): string {
  if (unfinished.length === 0) return 'none';
  const bytes = sum(unfinished.map((one) => one.bytes));
  return `${count(unfinished.length, 'recording')}, ${showBytes(bytes)}`;
}
