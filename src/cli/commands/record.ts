import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { LsRecordError } from '../../errors.js';
import type { ExperimentRows } from '../../prepare/prepare.js';
import type { Journal } from '../../recorder/journal/journal.js';
import type { Journals } from '../../recorder/journal/journals.js';
import type { Preparation } from '../../recorder/preparation.js';
import type { RecordOptions } from '../../recorder/record-options.js';
import type { Progress, Recording } from '../../recorder/recording.js';
import { UnfinishedRecording } from '../../recorder/unfinished.js';
import type { RecognisedSource } from '../../results/recognised.js';
import { RUN_TYPES } from '../../results/run-types.js';
import { type Connection, connect } from '../access/connect.js';
import { readDataFolder, readDestination } from '../access/destination.js';
import { declare } from '../command.js';
import { type CommonOptions, collect, parseDuration } from '../common-options.js';
import type { Context } from '../context.js';
import { describeError } from '../error-for-programs.js';
import { EXIT_STATUS, exitStatusOf } from '../exit-status.js';
import { remember } from '../home/data-folder.js';
import { openJournals } from '../home/open-journals.js';
import { pickDataset } from '../picking/pick-dataset.js';
import { Judging, type JudgingOptions } from '../recording/judging.js';
import { parsePart, shardOf } from '../recording/members.js';
import {
  addFirst,
  addReadingOptions,
  choosePaths,
  openReadable,
  type ReadingOptions,
} from '../recording/reading-options.js';
import {
  conclude,
  describeBriefly,
  describeForPeople,
  describeForPrograms,
  describePlan,
  describeTogether,
  nameInWords,
  type Recorded,
  sayHowToOpen,
} from '../recording/recording-words.js';
import { RejectsFile } from '../recording/rejects-file.js';
import { stemOf } from '../recording/stem.js';
import { describeSurroundings } from '../recording/surroundings.js';
import { describeReport } from '../recording/survey-words.js';
import { ProgressWords } from '../screen/progress.js';
import { Terminal, type Update } from '../screen/terminal.js';
import { count } from '../screen/words.js';

/** An option of `record` that the library has too has the same name there, and is handed on as it is. */
export interface RecordCommandOptions
  extends CommonOptions,
    ReadingOptions,
    Recordable,
    Pick<JudgingOptions, 'judges' | 'wait'> {
  readonly scoreWith?: string;
  readonly scoreKey?: string;
  /** Milliseconds. */
  readonly scoreTimeout?: number;
  readonly outputField?: string;
  readonly referenceField?: string;
  /** Facts about the experiment as `key=value`, and names of columns. */
  readonly metadata?: readonly string[];
  readonly rejects?: string;
  /** NAME, or NAME=failed. */
  readonly queue?: string;
  /** Milliseconds. */
  readonly retryFor?: number;
}

type Recordable = Partial<Omit<RecordOptions, 'metadata' | 'client' | 'journals' | 'signal'>>;

type Options = RecordCommandOptions;

const EXAMPLE = 'ls-record record results.jsonl --dataset capitals';

export const command = declare<Options, [string[]]>({
  details: 'Files are recorded together. Each model or prompt in them becomes an experiment.',
  arguments: [
    new Argument('[files...]', 'results files, folders or globs; use - (or pipe) to read stdin'),
  ],
  addOptions: addRecordOptions,
  examples: [
    'record results.jsonl --dataset capitals',
    'record promptfoo.json -d capitals --only gpt-5',
    'record answers.csv -d capitals --inputs question --reference truth',
    'my-eval | ls-record record -d capitals --local',
    'record results.jsonl -d capitals --dry-run',
  ],
  run: async ({ context, finish }, [files], options) =>
    finish(await recordFiles(context, files, options)),
});

/** What beginners need comes first, then all else in groups. */
function addRecordOptions(command: Command): void {
  command
    .optionsGroup('Most used:')
    .option('-d, --dataset <name>', 'dataset name or ID (created if missing)')
    .option('-e, --experiment <name>', 'experiment name (default: from the file)');
  addFirst(command, '--inputs', '--outputs', '--reference');
  command
    .option('--only <label>', 'record one of several experiments (repeatable)', collect)
    .option('--dry-run', 'read, check and plan, but write nothing')
    .option('--local', 'record on this machine, without an account')
    .optionsGroup('Experiment:')
    .option('--description <text>', 'description of the experiment')
    .option(
      '--metadata <key=value>',
      'key=value metadata (repeatable); a bare name keeps that column as metadata',
      collectFacts,
    )
    .option('--each', 'one experiment per file')
    .option('--append', 'add to the experiment given with --experiment')
    .option('--new', 'create another experiment, even if these rows are already recorded')
    .option(
      '--shard <name>',
      'unique name of this machine when several record into one experiment; auto: its index in a Kubernetes or Slurm job',
    )
    .option(
      '--part <n/of>',
      'record one part of the rows, as in 3/8; the other parts fill the same experiment',
      parsePart,
    )
    .addOption(
      new Option('--identity <what>', 'how examples are matched (default: content)').choices([
        'content',
        'inputs',
        'id',
      ]),
    )
    .option('--run-name <name>', 'name for runs whose row has none')
    .addOption(
      new Option('--run-type <type>', 'type for runs whose row has none').choices(RUN_TYPES),
    )
    .option('--keep-times', 'keep original times even if LangSmith Cloud may reject them')
    .option(
      '--queue <name[=rows]>',
      'put runs into an annotation queue: weekly, weekly=failed, weekly=sample:20',
    )
    .optionsGroup('How it is scored:')
    .option(
      '--score <what>',
      'exact, contains, regex:PATTERN, json-equal, levenshtein or numeric[:TOLERANCE]; else score columns (repeatable)',
      collect,
    )
    .option('--score-with <command>', 'program that reads rows and writes scores, as JSON Lines')
    .option('--score-key <name>', 'key of scores that it gives without one (default: score)')
    .option(
      '--score-timeout <time>',
      'stop it when it is silent for this long: 90s, 10m (default: 5m)',
      parseDuration,
    )
    .option('--output-field <path>', 'output that --score compares (default: the only one)')
    .option('--reference-field <path>', 'reference output to compare with (default: the only one)')
    .option('--no-judges', 'with --local, do not start the judges of the dataset')
    .option(
      '--wait [time]',
      "wait for the scores of LangSmith's judges: 90s, 10m (default: 10m)",
      parseDuration,
    )
    .optionsGroup('Checks:')
    .addOption(
      new Option('--on-invalid <action>', 'on a bad row: stop (fail, default) or skip it').choices([
        'fail',
        'skip',
      ]),
    )
    .option(
      '--rejects <path>',
      'file for rows that were not recorded (default: next to the source)',
    )
    .addOption(
      new Option('--verify <how>', 'what to read back at the end (default: normal)').choices([
        'normal',
        'strict',
        'off',
      ]),
    )
    .option(
      '--retry-for <time>',
      'give up after this long without progress: 90s, 10m (default: 5m)',
      parseDuration,
    );
  addReadingOptions(command);
}

interface RecordWork {
  readonly context: Context;
  readonly options: Options;
  readonly terminal: Terminal;
  readonly connection: Connection;
  readonly journals: Journals;
  /** What recordings of all experiments have in common. */
  readonly common: RecordOptions;
  readonly progress: ProgressWords;
}

/** @param journal of a recording that was cut off: what is left of it is recorded then. */
export async function recordFiles(
  context: Context,
  files: readonly string[],
  typed: Options,
  journal?: Journal,
): Promise<number> {
  const options = { ...typed, shard: shardOf(typed.shard, context) };
  const terminal = await Terminal.open(context, options);
  const paths = journal ? [] : choosePaths(files, context, EXAMPLE);
  checkOptions(options, paths, terminal);
  // Before anything is recorded: what cannot be done is said at once.
  if (options.queue !== undefined)
    (await import('../recording/queue-recorded.js')).readQueueOption(options.queue);
  // Before anything is read: nobody wants to wait for the word that there is no key.
  const destination = readDestination(context, options);
  const { columns, scoring } = await openScoring(options, context, terminal);
  const isReadTwice = scoring !== undefined;
  const sources = journal
    ? [await leftoverOf(journal)]
    : await openReadable(paths, { ...options, score: columns }, context, { isReadTwice });
  const done: Recorded[] = [];
  let connection: Connection | undefined;
  let preparation: Preparation | undefined;
  try {
    if (!options.dryRun) for (const source of sources) describeSource(source, terminal);
    const { retryFor: retryForMs } = options;
    connection = await connect(context, destination, terminal, { retryForMs, isBusy: true });
    // Asked while the rest of the program is loaded; who needs the answer sees the failure.
    connection.client.limits().catch(() => {});
    const dataset = options.dataset ?? (await askDataset(sources, connection, context));
    const work = await beginWork(connection, dataset, paths, {
      context,
      options,
      terminal,
      sources,
      scoring,
    });
    preparation = await prepareAll(sources, work, journal);
    for (const line of preparation.assumed ?? []) terminal.note(line);
    const { survey } = preparation.prepared ?? {};
    if (options.dryRun && survey && !terminal.json) describeReport(survey, terminal);
    const judging = await Judging.of(preparation.dataset, options, {
      connection,
      context,
      terminal,
    });
    const { experiments } = preparation;
    for (const [number, experiment] of experiments.entries()) {
      work.progress.place(number, experiments.length);
      done.push(await recordOne(preparation, experiment, work, judging));
      if (context.signal.aborted) break;
    }
    sayComparison(done, connection, terminal);
  } catch (error) {
    const isAccounted = error instanceof UnfinishedRecording;
    if (isAccounted && connection) done.push(unfinished(error.recording, connection));
    if (!(error instanceof LsRecordError) || done.length === 0) throw error;
    // Still one object: what was recorded before the failure is not to be lost from sight.
    const experiments = done.map(describeForPrograms);
    if (terminal.json) terminal.answerJson({ experiments, error: describeError(error) });
    terminal.error(error);
    if (isAccounted) conclude(error.recording, '', terminal);
    return exitStatusOf(error.code, context.signal);
  } finally {
    await summariseJob(done, connection, context, terminal);
    await preparation?.close();
    await connection?.close();
    for (const source of sources) await source.close?.();
  }

  if (terminal.json) terminal.answerJson({ experiments: done.map(describeForPrograms) });
  const statuses = done.map((recorded) => statusOf(recorded, options, context));
  return statuses.reduce((worst, status) => Math.max(worst, status), 0);
}

/** What gives rows scores; what `--score` names is built in, or else a column. */
async function openScoring(
  options: Options,
  context: Context,
  terminal: Terminal,
): Promise<{ columns: readonly string[] | undefined; scoring: RecordOptions['scoring'] }> {
  const { score = [], scoreWith: program, scoreKey: key, scoreTimeout: timeout } = options;
  if (score.length === 0 && program === undefined)
    return { columns: undefined, scoring: undefined };
  const { parseBuiltIn } = await import('../../scoring/built-in.js');
  const builtIns = score.filter(parseBuiltIn);
  const columns = score.filter((text) => !builtIns.includes(text));
  const { openScorers } = await import('../scoring/scorers.js');
  const { scoringOf } = await import('../../scoring/score-rows.js');
  const { outputField, referenceField } = options;
  const typed = { program, builtIns, key, timeout, outputField, referenceField };
  const scorers = await openScorers(typed, context, terminal);
  const onProblem = (problem: string) => terminal.warn(problem);
  return {
    columns: columns.length > 0 ? columns : undefined,
    scoring: scorers.length > 0 ? scoringOf(scorers, context.signal, onProblem) : undefined,
  };
}

async function beginWork(
  connection: Connection,
  dataset: string,
  paths: readonly string[],
  of: Pick<RecordWork, 'context' | 'options' | 'terminal'> & {
    sources: readonly RecognisedSource[];
    scoring: RecordOptions['scoring'];
  },
): Promise<RecordWork> {
  const { context, options, terminal, sources, scoring } = of;
  const { metadata = [], ...own } = options;
  const journals = await openJournals(readDataFolder(context, options));
  const common: RecordOptions = {
    ...own,
    client: connection.client,
    scoring,
    dataset,
    metadata: { ...describeSurroundings(context), ...toFacts(metadata) },
    // Only LangSmith's cloud minds how old a run is; at home the true times are kept.
    isHome: connection.where === 'home',
    place: connection.name,
    journals,
    command: { folder: context.workingFolder, paths, options: { ...options, dataset } },
    signal: context.signal,
  };
  const name = nameInWords(
    sources.map((source) => source.name),
    '',
  );
  const progress = new ProgressWords(name, sources[0]?.live);
  return { context, options, terminal, connection, journals, common, progress };
}

async function prepareAll(
  sources: readonly RecognisedSource[],
  { common, terminal, progress }: RecordWork,
  journal: Journal | undefined,
): Promise<Preparation> {
  const { prepareRecording } = await import('../../recorder/preparation.js');
  return terminal.spin('Reading', (update) => {
    const onProgress = tell(progress, update);
    return prepareRecording(sources, { ...common, onProgress }, journal);
  });
}

async function recordOne(
  preparation: Preparation,
  experiment: ExperimentRows,
  work: RecordWork,
  judging: Judging,
): Promise<Recorded> {
  const { context, options, terminal, connection, common, progress } = work;
  const { recordExperiment } = await import('../../recorder/record.js');
  const { files, label } = experiment;
  const rejects = new RejectsFile(context.workingFolder, files[0] ?? '-', options.rejects);
  const title = `Recording ${nameInWords(files, label)}`;
  let recording: Recording;
  try {
    recording = await terminal.group(title, () =>
      terminal.spin(title, (update) =>
        recordExperiment(preparation, experiment, {
          ...common,
          onProgress: tell(progress, update),
          onReject: (line) => rejects.add(line),
        }),
      ),
    );
  } finally {
    await rejects.close();
  }

  const rejectsTyped = rejects.typedPath ? [rejects.typedPath, ...typedAgain(options)] : [];
  const done = { recording, rejects: rejects.path, rejectsTyped };
  if (recording.status === 'planned') {
    const planned = { ...done, url: null };
    if (!terminal.json) describePlan(planned, connection, terminal);
    return planned;
  }
  const url = connection.link(recording.experiment.url);
  const recorded: Recorded = { ...done, url, isOfSeveral: experiment.sources.length > 1 };
  rememberRecording(recording.experiment.name, url, work);
  if (recording.status !== 'stopped') await noteCutOff(experiment, work);
  const isAlone = preparation.experiments.length === 1;
  if (isAlone) describeForPeople(recorded, terminal);
  else describeBriefly(recorded, terminal);
  // Before it is compared: scores that have not come would look lost.
  const judged = await judging.judge(recording);
  if (isAlone) {
    const { sayAgainstPrevious } = await import('../comparing/against-previous.js');
    await sayAgainstPrevious(recording, connection, placeTyped(options), terminal);
    if (recording.status !== 'stopped') sayHowToOpen(connection, terminal);
  }
  if (options.queue !== undefined && recording.status !== 'stopped') {
    const { queueRecorded } = await import('../recording/queue-recorded.js');
    await queueRecorded(options.queue, recording, connection, terminal);
  }
  if (!terminal.json) terminal.answer(url);
  return { ...recorded, judged };
}

/** What a failure left undone, as far as it can be shown. */
function unfinished(recording: Recording, connection: Connection): Recorded {
  const { url } = recording.experiment;
  const isThere = recording.rows.recorded > 0 && url !== '';
  return {
    recording,
    url: isThere ? connection.link(url) : null,
    rejects: undefined,
    rejectsTyped: [],
  };
}

function tell(words: ProgressWords, update: Update): (progress: Progress) => void {
  return (progress) => {
    words.note(progress, performance.now());
    update(() => words.describe());
  };
}

/** Rows of our own, which a stream's journal kept. */
async function leftoverOf(journal: Journal): Promise<RecognisedSource> {
  // Not at the top: --help should not wait for the schema.
  const { nativeSource } = await import('../../results/native.js');
  return nativeSource(journal.leftover());
}

/** What was typed to say where rows go and what becomes of them, for a command that adds to them. */
function typedAgain(options: Options): string[] {
  const { identity, runName, runType, keepTimes } = options;
  return [
    ...asTyped({ identity, 'run-name': runName, 'run-type': runType }),
    ...(keepTimes ? ['--keep-times'] : []),
    ...placeTyped(options),
  ];
}

/** What was typed to say where things go. */
function placeTyped({ local, endpoint, profile, workspace }: Options): string[] {
  return [...(local ? ['--local'] : []), ...asTyped({ endpoint, profile, workspace })];
}

function asTyped(named: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
}

/** `model=gpt-5` is a fact; a bare name is a column. */
function toFacts(metadata: readonly string[]): Record<string, string> {
  return Object.fromEntries(metadata.filter((text) => text.includes('=')).map(splitPair));
}

function checkOptions(options: Options, paths: readonly string[], terminal: Terminal): void {
  const { append, new: another, experiment, dataset } = options;
  if (append && another) {
    throw new LsRecordError('USAGE', '--append and --new cannot be combined', {
      hint: '--append adds to an experiment, --new creates another one.',
    });
  }
  if (append && experiment === undefined) {
    throw new LsRecordError('USAGE', '--append needs an experiment', {
      hint: 'Give it with --experiment.',
    });
  }
  if (paths.indexOf('-') !== paths.lastIndexOf('-')) {
    throw new LsRecordError('USAGE', 'stdin (-) can be read only once', { hint: 'Name - once.' });
  }
  for (const [flag, name] of [
    ['--dataset', dataset],
    ['--experiment', experiment],
  ]) {
    if (name?.trim() !== '') continue;
    throw new LsRecordError('USAGE', `${flag} is empty`, { hint: 'Give it a name.' });
  }
  if (dataset === undefined && !terminal.mayAsk) {
    throw new LsRecordError('USAGE', 'no dataset given', {
      hint: 'Give one with --dataset; it is created if missing.',
    });
  }
}

/** How a file is read, before anything is written; rows of our own need no words. */
function describeSource(source: RecognisedSource, terminal: Terminal): void {
  if (source.format !== 'native') terminal.say(`${source.name}: ${source.described}`);
  for (const line of source.columns) terminal.say(`  ${line}`);
  for (const line of source.assumptions) terminal.note(line);
}

/** Experiments that were recorded together are looked at side by side. */
function sayComparison(
  done: readonly Recorded[],
  connection: Connection,
  terminal: Terminal,
): void {
  const recorded = withoutPlans(done);
  if (recorded.length < 2) return;
  const urls = recorded.map(({ recording }) => recording.experiment.url);
  const url = connection.link(connection.client.links.together(urls));
  describeTogether(recorded, url, connection, terminal);
}

async function summariseJob(
  done: readonly Recorded[],
  connection: Connection | undefined,
  context: Context,
  terminal: Terminal,
): Promise<void> {
  if (!connection || !context.environment.GITHUB_STEP_SUMMARY) return;
  const { addToJobSummary } = await import('../recording/job-summary.js');
  await addToJobSummary(withoutPlans(done), connection.where, context, terminal);
}

function withoutPlans(done: readonly Recorded[]): Recorded[] {
  return done.filter(({ recording }) => recording.status !== 'planned');
}

function askDataset(
  sources: readonly RecognisedSource[],
  { client }: Connection,
  context: Context,
): Promise<string> {
  return pickDataset(client, stemOf(sources[0]?.name ?? '-'), context);
}

/** A file that was rewritten is another recording; the old one is named, so that it can be finished. */
async function noteCutOff(
  { files: [name = '-'], group }: ExperimentRows,
  { journals, context, terminal }: RecordWork,
): Promise<void> {
  if (name === '-') return;
  for (const one of await journals.list()) {
    const { folder } = (one.command ?? {}) as { folder?: string };
    if (one.finished || one.source !== name || folder !== context.workingFolder) continue;
    // Of the same command: its turn comes.
    if (group && group.size > 1 && one.group?.id === group.id) continue;
    terminal.note(
      `an earlier recording of ${name} with other rows or options was interrupted after ${count(one.rowsDone, 'row')}; to resume it: ls-record resume ${one.id}; to discard it, add --discard`,
    );
  }
}

/** For `ls-record open`. */
function rememberRecording(name: string, url: string, work: RecordWork): void {
  const folder = readDataFolder(work.context, work.options);
  try {
    remember(folder, 'last-recording', { where: work.connection.where, url });
  } catch (error) {
    // The recording itself is safe; only open without a name will not find it.
    work.terminal.detail(`cannot remember ${name} in ${folder}: ${error}`);
  }
}

function statusOf({ recording, judged }: Recorded, options: Options, context: Context) {
  const { status, rows, verified, failedScores } = recording;
  if (status === 'stopped' || judged?.isStopped) return exitStatusOf('STOPPED', context.signal);
  const hasFailed = judged?.hasFailed || rows.refused + rows.skipped + failedScores > 0;
  if (hasFailed) return EXIT_STATUS.ROWS_REFUSED;
  if (options.verify === 'strict' && verified === 'not yet') return EXIT_STATUS.NOT_VERIFIED;
  return 0;
}

/** `model=gpt-5` is one fact; `a,b` are columns. */
function collectFacts(text: string, earlier: readonly string[] = []): string[] {
  if (text.startsWith('=')) throw new InvalidArgumentError('Expected key=value.');
  return [
    ...earlier,
    ...(text.includes('=') ? [text] : text.split(',').map((name) => name.trim())),
  ];
}

function splitPair(text: string): [key: string, value: string] {
  const at = text.indexOf('=');
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}
