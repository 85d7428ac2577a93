import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { LsRecordError } from '../../errors.js';
import type { Source } from '../../input/row.js';
import type { Journal } from '../../recorder/journal/journal.js';
import type { Journals } from '../../recorder/journal/journals.js';
import type { Identity, Recording, RecordOptions, Verify } from '../../recorder/recording.js';
import { addCommonOptions, type CommonOptions, collect } from '../common-options.js';
import { type Connection, connect } from '../connect.js';
import type { Context } from '../context.js';
import { remember } from '../data-folder.js';
import { describeError } from '../error-for-programs.js';
import { EXIT_STATUS, exitStatusOf, type Finish } from '../exit-status.js';
import { openJournals } from '../journals.js';
import { pickDataset } from '../pick-dataset.js';
import { ProgressWords } from '../progress.js';
import {
  describeForPeople,
  describeForPrograms,
  describePlan,
  type Recorded,
} from '../recording-words.js';
import { RejectsFile } from '../rejects-file.js';
import { readDataFolder, readPlace } from '../settings.js';
import { stemOf } from '../stem.js';
import { describeSurroundings } from '../surroundings.js';
import { Terminal } from '../terminal.js';
import { unlessStopped } from '../until-stopped.js';
import { count } from '../words.js';

export interface RecordCommandOptions extends CommonOptions {
  readonly dataset?: string;
  readonly experiment?: string;
  readonly description?: string;
  readonly metadata?: readonly string[];
  readonly append?: boolean;
  readonly new?: boolean;
  readonly shard?: string;
  readonly identity?: Identity;
  readonly runName?: string;
  readonly runType?: string;
  readonly onInvalid?: 'fail' | 'skip';
  readonly rejects?: string;
  readonly keepTimes?: boolean;
  readonly verify?: Verify;
  readonly format?: Source['format'];
  /** Milliseconds. */
  readonly retryFor?: number;
  readonly dryRun?: boolean;
}

type Options = RecordCommandOptions;

export function recordCommand(context: Context, finish: Finish): Command {
  const command = new Command('record')
    .summary('record evaluation results as an experiment')
    .description('Records evaluation results as an experiment, one for each file.')
    .argument(
      '[files...]',
      'JSONL, JSON, CSV or TSV; - is stdin, as is no file when something is piped in',
    )
    .optionsGroup('What it becomes:')
    .option('-d, --dataset <name>', 'dataset of the examples, by name or id; made if there is none')
    .option('-e, --experiment <name>', 'name of the experiment')
    .option('--description <text>', 'what the experiment is about')
    .option('--metadata <key=value>', 'a fact about the experiment (repeatable)', collectPair)
    .option('--append', 'add to the experiment that --experiment names')
    .option('--new', 'a new experiment, even if these rows were recorded before')
    .option('--shard <name>', 'what tells this machine from others that fill the same experiment')
    .addOption(
      new Option(
        '--identity <what>',
        'what makes two rows the same example; default: content',
      ).choices(['content', 'inputs', 'id']),
    )
    .option('--run-name <name>', 'name of runs whose row has none')
    .option('--run-type <type>', 'type of runs whose row has none')
    .option('--keep-times', "the times of the rows, even if older than LangSmith's cloud takes")
    .optionsGroup('How it is read and checked:')
    .addOption(
      new Option(
        '--format <format>',
        'what the input is, if it is taken for something else',
      ).choices(['jsonl', 'json', 'csv', 'tsv']),
    )
    .addOption(
      new Option(
        '--on-invalid <action>',
        'fail (default): a bad row stops it all; skip: record the others',
      ).choices(['fail', 'skip']),
    )
    .option(
      '--rejects <path>',
      'file for the rows that are not recorded; default: beside the source',
    )
    .addOption(
      new Option('--verify <how>', 'what to read back at the end; default: normal').choices([
        'normal',
        'strict',
        'off',
      ]),
    )
    .option(
      '--retry-for <time>',
      'how long to go on while nothing gets through, such as 90s or 10m (default: 5m)',
      parseDuration,
    )
    .option('--dry-run', 'read, check and plan, but write nothing')
    .action(async (files: string[], options: Options) => {
      finish(await recordFiles(context, files, options));
    });
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record record results.jsonl --dataset capitals
  $ ls-record record may.csv june.csv -d capitals --metadata model=gpt-5
  $ my-eval | ls-record record -d capitals --local
  $ ls-record record results.jsonl -d capitals --dry-run
`,
  );
}

interface Work {
  readonly context: Context;
  /** What each experiment's metadata says of where it was recorded. */
  readonly surroundings: Readonly<Record<string, unknown>>;
  readonly options: Options;
  readonly terminal: Terminal;
  readonly connection: Connection;
  readonly journals: Journals;
  readonly journal: Journal | undefined;
}

/** @param journal of a stream that was cut off; the rest of it is then what is recorded. */
export async function recordFiles(
  context: Context,
  files: readonly string[],
  options: Options,
  journal?: Journal,
): Promise<number> {
  const terminal = await Terminal.open(context, options);
  const paths = journal ? [] : choosePaths(files, context);
  checkOptions(options, paths, terminal);
  // Before anything is read: nobody wants to wait for the word that there is no key.
  const place = readPlace(context, options);
  const sources = journal ? [journal.spooledSource()] : await openPaths(paths, context, options);
  const done: Recorded[] = [];
  let connection: Connection | undefined;
  try {
    checkNames(sources, options);
    connection = await connect(context, place, terminal, options.retryFor);
    const surroundings = await describeSurroundings(context);
    const journals = await openJournals(readDataFolder(context, options));
    const work = { context, surroundings, options, terminal, connection, journals, journal };
    const dataset = options.dataset ?? (await askDataset(sources, work));
    for (const source of sources) {
      done.push(await recordSource(source, dataset, work));
      if (context.signal.aborted) break;
    }
  } catch (error) {
    if (!terminal.json || done.length === 0 || !(error instanceof LsRecordError)) throw error;
    // Still one object: what was recorded before the failure is not to be lost from sight.
    const experiments = done.map(describeForPrograms);
    terminal.answerJson({ experiments, error: describeError(error) });
    terminal.error(error);
    return exitStatusOf(error.code, context.signal);
  } finally {
    await connection?.close();
    for (const source of sources) await source.close?.();
  }

  if (terminal.json) terminal.answerJson({ experiments: done.map(describeForPrograms) });
  return Math.max(0, ...done.map(({ recording }) => statusOf(recording, options, context)));
}

async function recordSource(source: Source, dataset: string, work: Work): Promise<Recorded> {
  const { context, surroundings, options, terminal, connection, journals, journal } = work;
  const { record } = await import('../../recorder/record.js');
  const rejects = new RejectsFile(context.workingFolder, source.name, options.rejects);
  const progress = new ProgressWords(source.name === '-' ? 'stdin' : source.name);

  let recording: Recording;
  try {
    recording = await terminal.spin('Recording', (update) =>
      record(source, {
        ...toRecordOptions(options),
        metadata: { ...surroundings, ...toMetadata(options) },
        // Only LangSmith's cloud minds how old a run is; at home the true times are kept.
        keepTimes: options.keepTimes === true || connection.where === 'home',
        client: connection.client,
        dataset,
        place: connection.name,
        journals,
        ...(journal && { journal }),
        command: {
          folder: context.workingFolder,
          file: source.name,
          options: { ...options, dataset },
        },
        signal: context.signal,
        onProgress: (at) => update(progress.describe(at, performance.now())),
        onReject: (line) => rejects.add(line),
      }),
    );
  } finally {
    await rejects.close();
  }

  const done = { source: source.name, recording, rejects: rejects.path };
  if (recording.status === 'planned') {
    const planned = { ...done, url: null };
    if (!terminal.json) describePlan(planned, terminal);
    return planned;
  }
  const url = connection.link(recording.experiment.url);
  const recorded = { ...done, url };
  rememberRecording(recording.experiment.name, url, work);
  await noteCutOff(source.name, work);
  describeForPeople(recorded, connection, terminal);
  if (!terminal.json) terminal.answer(url);
  return recorded;
}

function toMetadata({ metadata = [] }: Options): Record<string, string> {
  return Object.fromEntries(metadata.map(splitPair));
}

function toRecordOptions(
  options: Options,
): Omit<RecordOptions, 'client' | 'dataset' | 'metadata' | 'keepTimes'> {
  return {
    ...(options.experiment !== undefined && { experiment: options.experiment }),
    ...(options.description !== undefined && { description: options.description }),
    ...(options.append && { append: true }),
    ...(options.new && { another: true }),
    ...(options.shard !== undefined && { shard: options.shard }),
    ...(options.identity && { identity: options.identity }),
    ...(options.runName !== undefined && { runName: options.runName }),
    ...(options.runType !== undefined && { runType: options.runType }),
    ...(options.onInvalid && { onInvalid: options.onInvalid }),
    ...(options.verify && { verify: options.verify }),
    ...(options.dryRun && { dryRun: true }),
  };
}

function choosePaths(files: readonly string[], { stdin }: Context): readonly string[] {
  if (files.length > 0) return files;
  if (!stdin.isTTY) return ['-'];
  throw new LsRecordError('USAGE', 'no file was named, and nothing is piped in', {
    hint: 'For example: ls-record record results.jsonl --dataset capitals',
  });
}

function checkOptions(options: Options, paths: readonly string[], terminal: Terminal): void {
  const { append, new: another, experiment, dataset } = options;
  if (append && another) {
    throw new LsRecordError('USAGE', '--append and --new contradict each other', {
      hint: '--append adds to an experiment, --new makes another one.',
    });
  }
  if (append && experiment === undefined) {
    throw new LsRecordError('USAGE', '--append does not say to which experiment', {
      hint: 'Name it with --experiment.',
    });
  }
  if (paths.indexOf('-') !== paths.lastIndexOf('-')) {
    throw new LsRecordError('USAGE', 'stdin (-) can be read only once', { hint: 'Name - once.' });
  }
  if (dataset?.trim() === '') {
    throw new LsRecordError('USAGE', '--dataset is empty', {
      hint: 'Give it the name of a dataset.',
    });
  }
  if (dataset === undefined && !terminal.mayAsk) {
    throw new LsRecordError('USAGE', 'no dataset was named', {
      hint: 'Name one with --dataset; it is made if there is none of that name.',
    });
  }
}

/** Several sources become several experiments, which cannot all have one name. */
function checkNames(sources: readonly Source[], { experiment, append }: Options): void {
  if (sources.length < 2 || experiment === undefined || append) return;
  throw new LsRecordError(
    'USAGE',
    `--experiment names one experiment, but ${count(sources.length, 'file')} become one each`,
    {
      hint: 'Leave --experiment out, record them one by one, or add them to one that is there: --append.',
    },
  );
}

async function openPaths(
  paths: readonly string[],
  context: Context,
  options: Options,
): Promise<readonly Source[]> {
  const { openSources } = await import('../../input/open.js');
  const opened = openSources(paths, {
    stdin: context.stdin,
    spoolFolder: join(readDataFolder(context, options), 'spool'),
    ...(options.format && { format: options.format }),
  });
  // A stream that says nothing would keep Ctrl-C waiting.
  return unlessStopped(opened, context.signal);
}

async function askDataset(sources: readonly Source[], work: Work): Promise<string> {
  const proposal = stemOf(sources[0]?.name ?? '-');
  return pickDataset(work.connection.client, proposal, work.context);
}

/** A file that was written anew is another recording; the old one is named, so that it can be forgotten. */
async function noteCutOff(name: string, { journals, context, terminal }: Work): Promise<void> {
  if (name === '-') return;
  for (const one of await journals.list()) {
    const { folder } = one.command as { folder?: string };
    if (one.finished || one.source !== name || folder !== context.workingFolder) continue;
    terminal.note(
      `an earlier recording of ${name}, with other rows or options, was cut off after ${count(one.rowsDone, 'row')}; ls-record resume --discard ${one.id} forgets it`,
    );
  }
}

/** For `ls-record open`. */
function rememberRecording(name: string, url: string, work: Work): void {
  const folder = readDataFolder(work.context, work.options);
  try {
    remember(folder, 'last-recording', { where: work.connection.where, url });
  } catch (error) {
    // The recording itself is safe; only open without a name will not find it.
    work.terminal.detail(`cannot remember ${name} in ${folder}: ${error}`);
  }
}

function statusOf({ status, rows, verified }: Recording, options: Options, context: Context) {
  if (status === 'stopped') return exitStatusOf('STOPPED', context.signal);
  if (rows.refused + rows.skipped > 0) return EXIT_STATUS.ROWS_REFUSED;
  if (options.verify === 'strict' && verified === 'not yet') return EXIT_STATUS.NOT_VERIFIED;
  return 0;
}

function parseDuration(text: string): number {
  const match = /^(\d+)(s|m|h)$/.exec(text.trim());
  if (!match) throw new InvalidArgumentError('It looks like 90s, 10m or 1h.');
  return Number(match[1]) * { s: 1000, m: 60_000, h: 3_600_000 }[match[2] as 's' | 'm' | 'h'];
}

function collectPair(text: string, earlier: readonly string[] = []): string[] {
  if (splitPair(text)[0] === '') throw new InvalidArgumentError('It looks like key=value.');
  return collect(text, earlier);
}

function splitPair(text: string): [key: string, value: string] {
  const at = text.indexOf('=');
  return at === -1 ? ['', text] : [text.slice(0, at).trim(), text.slice(at + 1)];
}
