import { resolve } from 'node:path';
import { Command } from 'commander';
import { LsRecordError } from '../../errors.js';
import type { JournalSummary } from '../../recorder/journal/lines.js';
import { readDataFolder } from '../access/settings.js';
import { addCommonOptions, type CommonOptions } from '../common-options.js';
import type { Context } from '../context.js';
import type { Finish } from '../exit-status.js';
import { openJournals } from '../home/journals.js';
import { askYes } from '../picking/ask-yes.js';
import { fitColumns, rowsOf } from '../screen/fit-columns.js';
import { printable } from '../screen/printable.js';
import { Terminal } from '../screen/terminal.js';
import { showNumber, showTime } from '../screen/words.js';
import { type RecordCommandOptions, recordFiles } from './record.js';

interface Options extends CommonOptions {
  readonly discard?: boolean;
  readonly yes?: boolean;
}

/** What `record` leaves in a journal, so that this command can do it again. */
interface StoredCommand {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly options: RecordCommandOptions;
}

export function resumeCommand(context: Context, finish: Finish): Command {
  const command = new Command('resume')
    .description('Lists recordings that were cut off, or goes on with one of them.')
    .argument('[id]', 'of the recording')
    .option('--discard', 'forget it instead; what it sent stays where it is')
    .option('--yes', 'do not ask')
    .action(async (id: string | undefined, options: Options) => {
      finish(await resume(context, id, options));
    });
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record resume
  $ ls-record resume 1f2e3d4c5b6a
  $ ls-record resume --discard 1f2e3d4c5b6a
`,
  );
}

async function resume(context: Context, id: string | undefined, options: Options): Promise<number> {
  const terminal = await Terminal.open(context, options);
  const journals = await openJournals(readDataFolder(context, options));
  const all = await journals.list();
  const unfinished = all.filter(({ finished }) => !finished);
  if (id === undefined) {
    if (options.discard) {
      throw new LsRecordError('USAGE', '--discard does not say which recording', {
        hint: 'ls-record resume lists their ids.',
      });
    }
    list(unfinished, terminal, context);
    return 0;
  }

  const found = unfinished.find((one) => one.id === id);
  if (!found) {
    // One of another version can only be forgotten.
    if (!options.discard) throw await journals.whyNot(id);
    await journals.discard(id);
    terminal.say(`Recording ${printable(id)} is forgotten; what it sent stays where it is.`);
    return 0;
  }
  if (options.discard) {
    if (!(await confirm(found, options, terminal, context))) {
      terminal.say('Nothing was discarded.');
      return 0;
    }
    await journals.discard(id);
    terminal.say(`Recording ${id} is forgotten; what it sent stays where it is.`);
    return 0;
  }

  const { folder, paths, options: stored } = found.command as StoredCommand;
  const again = { ...stored, ...toOutput(options) };
  // Where it was started, so that ./.env and the rejects file are the same.
  const there = { ...context, workingFolder: folder };
  const journal = await journals.take(id);
  const isKept = isGroupKept(found, all) && (await journal.prepared());
  if (found.live || isKept) return recordFiles(there, [], again, journal);
  // Not all was kept of what was read: from its files, then.
  await journal.close();
  const named = paths.map((path) => (path === '-' ? path : resolve(folder, path)));
  return recordFiles(there, named, again);
}

/** Whether each experiment of its command has a journal: the process can have died before it had begun them all. */
function isGroupKept({ group, dataset }: JournalSummary, all: readonly JournalSummary[]): boolean {
  const kept = all.filter((one) => one.group?.id === group?.id && one.dataset === dataset);
  return kept.length >= (group?.size ?? 0);
}

/** How this command talks is for its own options to say. */
function toOutput(options: Options): Partial<RecordCommandOptions> {
  const { json, quiet, verbose, progress, input } = options;
  const said = Object.entries({ json, quiet, verbose, progress, input });
  return Object.fromEntries(said.filter(([, value]) => value !== undefined));
}

function list(unfinished: readonly JournalSummary[], terminal: Terminal, context: Context): void {
  if (terminal.json) {
    const recordings = unfinished.map(
      ({ id, source, live, dataset, experiment, startedAt, rowsDone }) => ({
        id,
        source,
        live,
        dataset,
        experiment,
        startedAt,
        rowsDone,
      }),
    );
    terminal.answerJson({ recordings });
    return;
  }
  if (unfinished.length === 0) {
    terminal.say('No recording was cut off.');
    return;
  }
  const cells = (cellOf: (one: JournalSummary) => string) => unfinished.map(cellOf);
  const columns = fitColumns(
    [
      // Without the whole id, nothing can be resumed.
      { title: 'ID', cells: cells(({ id }) => id), dispensable: 0 },
      { title: 'SOURCE', cells: cells(({ source }) => (source === '-' ? 'stdin' : source)) },
      { title: 'DATASET', cells: cells(({ dataset }) => dataset), dispensable: 1 },
      { title: 'EXPERIMENT', cells: cells(({ experiment }) => experiment ?? ''), dispensable: 3 },
      {
        title: 'ROWS DONE',
        cells: cells(({ rowsDone }) => showNumber(rowsDone)),
        align: 'right',
        dispensable: 2,
      },
      { title: 'STARTED', cells: cells(({ startedAt }) => showTime(startedAt)), dispensable: 4 },
    ],
    context,
  );
  terminal.answerTable(columns, rowsOf(columns));
  terminal.say('ls-record resume ID goes on with one; with --discard it is forgotten.');
}

async function confirm(
  { id, source, rowsDone, live }: JournalSummary,
  { yes }: Options,
  terminal: Terminal,
  context: Context,
): Promise<boolean> {
  if (yes) return true;
  if (!terminal.mayAsk) {
    throw new LsRecordError('USAGE', `discarding ${id} wants a yes`, { hint: 'Add --yes.' });
  }
  const lost = live ? ' What it gave and LangSmith does not have is lost.' : '';
  const message = `Forget the recording of ${printable(source)} (${rowsDone} rows done)?${lost}`;
  return askYes(message, context);
}
