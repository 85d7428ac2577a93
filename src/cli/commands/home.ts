import { existsSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { LsRecordError } from '../../errors.js';
import type { JournalSummary } from '../../recorder/journal/lines.js';
import { readDataFolder } from '../access/settings.js';
import { addCommonOptions, type CommonOptions } from '../common-options.js';
import type { Context } from '../context.js';
import { makePrivateFolder } from '../home/data-folder.js';
import { findRunningHome, homeFile } from '../home/home.js';
import { openJournals } from '../home/journals.js';
import { askYes } from '../picking/ask-yes.js';
import { printable } from '../screen/printable.js';
import { Terminal } from '../screen/terminal.js';
import { count, showBytes, showTime } from '../screen/words.js';

interface Options extends CommonOptions {
  readonly yes?: boolean;
}

/** A recording that was cut off, and what it keeps. */
type Unfinished = JournalSummary & { readonly bytes: number };

/** What a killed process left in the folder of things read from stdin is nobody's after a day. */
const SPOOL_KEPT_MS = 24 * 3_600_000;

export function homeCommand(context: Context): Command {
  const command = new Command('home')
    .description(
      'Shows where this machine keeps what was recorded, how large it is, and which recordings are unfinished. clean removes those with the rows that they keep, and gives free space back to the disk; what was recorded stays.',
    )
    .addArgument(new Argument('[action]', 'what to do with it').choices(['clean']))
    .option('--yes', 'do not ask')
    .action((action: string | undefined, options: Options) =>
      action === undefined ? showHome(context, options) : clean(context, options),
    );
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record home
  $ ls-record home clean
  $ ls-record home --json | jq -r .home.folder
`,
  );
}

async function showHome(context: Context, options: Options): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const folder = readDataFolder(context, options);
  const [bytes, unfinished, running] = await Promise.all([
    sizeOf(folder),
    findUnfinished(folder),
    findRunningHome(folder),
  ]);
  if (terminal.json) {
    terminal.answerJson({
      home: {
        folder,
        bytes,
        served_at: running?.url ?? null,
        unfinished: unfinished.map(({ id, source, dataset, startedAt, rowsDone, bytes: kept }) => ({
          id,
          source,
          dataset,
          started_at: startedAt,
          rows_done: rowsDone,
          bytes: kept,
        })),
      },
    });
    return;
  }
  terminal.answerProse(`folder      ${folder}`);
  terminal.answerProse(`size        ${showBytes(bytes)}`);
  terminal.answerProse(`served      ${running ? `at ${running.url}` : 'no: ls-record serve'}`);
  terminal.answerProse(`unfinished  ${describe(unfinished)}`);
  for (const { id, source, startedAt, bytes: kept } of unfinished) {
    const name = source === '-' ? 'stdin' : source;
    terminal.answerProse(`  ${id}  ${showTime(startedAt)}  ${showBytes(kept)}  ${printable(name)}`);
  }
  if (unfinished.length > 0) {
    terminal.say('ls-record resume ID goes on with one; ls-record home clean removes them all.');
  }
}

async function clean(context: Context, options: Options): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const folder = readDataFolder(context, options);
  const unfinished = await findUnfinished(folder);
  if (unfinished.length > 0 && !options.yes && !(await confirm(unfinished, terminal, context))) {
    terminal.say('Nothing was removed.');
    return;
  }

  const before = await sizeOf(folder);
  const removed = await discard(unfinished, folder, terminal);
  await removeLeftovers(join(folder, 'spool'));
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
  if (terminal.json) terminal.answerJson({ cleaned: { recordings: removed, bytes: freed } });
  else
    terminal.say(`Removed ${count(removed, 'unfinished recording')}, freed ${showBytes(freed)}.`);
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
      terminal.warn(`recording ${id} is being made right now: it stays`);
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
  const unfinished = (await (await openJournals(folder)).list()).filter((one) => !one.finished);
  return Promise.all(
    unfinished.map(async (one) => {
      const own = names.filter((name) => name.startsWith(one.id));
      const sizes = await Promise.all(own.map((name) => sizeOf(join(recordings, name))));
      return { ...one, bytes: sum(sizes) };
    }),
  );
}

/** Of a file, or of all files in a folder; links are not followed. */
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

async function confirm(
  unfinished: readonly Unfinished[],
  terminal: Terminal,
  context: Context,
): Promise<boolean> {
  const what = describe(unfinished);
  if (!terminal.mayAsk) {
    throw new LsRecordError('USAGE', `this would forget what is unfinished: ${what}`, {
      hint: 'ls-record home lists it. To remove it, add --yes.',
    });
  }
  return askYes(`Forget what is unfinished (${what})? Rows that were piped in are lost.`, context);
}
