import { resolve } from 'node:path';
import { Argument, Option } from 'commander';
import { LsRecordError } from '../../errors.js';
import type { Journals } from '../../recorder/journal/journals.js';
import type { JournalSummary } from '../../recorder/journal/lines.js';
import { readDataFolder } from '../access/destination.js';
import { declare, type Session } from '../command.js';
import { type CommonOptions, yesOption } from '../common-options.js';
import { openJournals } from '../home/open-journals.js';
import type { RecordCommandOptions } from '../recording/run-recordings.js';
import { answerList, field, type ListColumn, NUMBER } from '../screen/list.js';
import { printable } from '../screen/printable.js';
import { showTime } from '../screen/words.js';
import { recordFiles } from './record.js';

interface ResumeOptions {
  readonly discard?: boolean;
  readonly yes?: boolean;
}

/** What `record` leaves in a journal, so that this command can do it again. */
interface StoredCommand {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly options: RecordCommandOptions;
}

export const command = declare<ResumeOptions, [string | undefined]>({
  details: 'Lists interrupted recordings if no ID is given.',
  arguments: [new Argument('[id]', 'ID of the recording')],
  options: [new Option('--discard', 'discard it instead; rows that were sent are kept'), yesOption],
  examples: ['resume', 'resume 1f2e3d4c5b6a', 'resume --discard 1f2e3d4c5b6a'],
  async run(session, [id], options) {
    const journals = await openJournals(readDataFolder(session.context, options));
    const unfinished = await journals.interrupted();
    if (id === undefined) {
      if (options.discard) {
        throw new LsRecordError('USAGE', '--discard needs the ID of a recording', {
          hint: 'To list them: ls-record resume',
        });
      }
      await list(unfinished, session);
      return;
    }
    const found = unfinished.find((one) => one.id === id);
    if (options.discard) await discard(id, found, options, journals, session);
    else if (found) session.finish(await resume(found, options, journals, session));
    else throw await journals.whyNot(id);
  },
});

/** @param found undefined for one of another version, which can only be forgotten. */
async function discard(
  id: string,
  found: JournalSummary | undefined,
  { yes }: ResumeOptions,
  journals: Journals,
  { confirm, terminal }: Session,
): Promise<void> {
  if (found) {
    const action = `discard the recording of ${found.source} (${found.rowsDone} rows done)`;
    const explain = () => {
      if (found.live) terminal.warn('rows that were piped in and not sent are lost');
    };
    if (!(await confirm({ yes, action, explain }))) return;
  }
  await journals.discard(id);
  terminal.say(`Discarded recording ${printable(id)}; rows that it sent are kept.`);
}

async function resume(
  found: JournalSummary,
  options: ResumeOptions & CommonOptions,
  journals: Journals,
  { context }: Session,
): Promise<number> {
  const { folder, paths, options: stored } = found.command as StoredCommand;
  const again = { ...stored, ...toOutput(options) };
  // Where it was started, so that ./.env and the rejects file are the same.
  const there = { ...context, workingFolder: folder };
  const journal = await journals.take(found.id);
  const isKept = isGroupKept(found, await journals.list()) && (await journal.prepared());
  if (found.live || isKept) return recordFiles(there, [], again, journal);
  // Not all was kept of what was read: from its files, then.
  await journal.close();
  const named = paths.map((path) => (path === '-' ? path : resolve(folder, path)));
  return recordFiles(there, named, again);
}

/** Whether each experiment of its command has a journal: the process can have died before it had begun them all. */
function isGroupKept(
  { group, dataset, shard }: JournalSummary,
  all: readonly JournalSummary[],
): boolean {
  const kept = all.filter(
    (one) => one.group?.id === group?.id && one.dataset === dataset && one.shard === shard,
  );
  return kept.length >= (group?.size ?? 0);
}

/** How this command talks is for its own options to say. */
function toOutput(options: CommonOptions): Partial<RecordCommandOptions> {
  const { json, quiet, verbose, progress, input } = options;
  const said = Object.entries({ json, quiet, verbose, progress, input });
  return Object.fromEntries(said.filter(([, value]) => value !== undefined));
}

const COLUMNS: readonly ListColumn<JournalSummary>[] = [
  // Without the whole ID, nothing can be resumed.
  field('id', ({ id }) => id, 'ID', { dispensable: 0 }),
  field('source', ({ source }) => source, 'SOURCE', {
    show: (source) => (source === '-' ? 'stdin' : source),
  }),
  field('live', ({ live }) => live),
  field('dataset', ({ dataset }) => dataset, 'DATASET', { dispensable: 1 }),
  field('experiment', ({ experiment }) => experiment, 'EXPERIMENT', { dispensable: 3 }),
  field('rows_done', ({ rowsDone }) => rowsDone, 'ROWS DONE', { ...NUMBER, dispensable: 2 }),
  field('started_at', ({ startedAt }) => startedAt, 'STARTED', { show: showTime, dispensable: 4 }),
];

async function list(items: readonly JournalSummary[], session: Session): Promise<void> {
  const none = 'No interrupted recordings.';
  await answerList(session, { name: 'recordings', items, columns: COLUMNS, none });
  if (items.length > 0 && !session.terminal.json)
    session.terminal.say('To finish one: ls-record resume ID; to discard it, add --discard.');
}
