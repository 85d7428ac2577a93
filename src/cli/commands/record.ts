import { type Command, InvalidArgumentError, Option } from 'commander';
import { LsRecordError } from '../../errors.js';
import { quoteForShell } from '../../quote-for-shell.js';
import type { Journal } from '../../recorder/journal/journal.js';
import type { RecordOptions } from '../../recorder/record-options.js';
import type { RecognisedSource } from '../../results/recognised.js';
import { RUN_TYPES } from '../../results/run-types.js';
import { type Connection, connect } from '../access/connect.js';
import { type Destination, readDestination } from '../access/destination.js';
import { declare } from '../command.js';
import {
  collect,
  filesArgument,
  parseDuration,
  repeatable,
  retryForOption,
} from '../common-options.js';
import type { Context } from '../context.js';
import { EXIT_STATUS } from '../exit-status.js';
import { pickDataset } from '../picking/pick-dataset.js';
import { parsePart, shardOf } from '../recording/members.js';
import {
  addFirst,
  addReadingOptions,
  choosePaths,
  openReadable,
} from '../recording/reading-options.js';
import { describeTogether, PROBLEMS_SHOWN, type Recorded } from '../recording/recording-words.js';
import {
  answerRecordings,
  type RecordCommandOptions as Options,
  recordSources,
  withoutPlans,
} from '../recording/run-recordings.js';
import { stemOf } from '../recording/stem.js';
import { refuseStray } from '../scoring/refuse-stray.js';
import { Terminal } from '../screen/terminal.js';
import { asArgument } from '../screen/words.js';

const EXAMPLE = 'ls-record record results.jsonl --dataset capitals';

export const command = declare<Options, [string[]]>({
  details: 'Files are recorded together. Each model or prompt in them becomes an experiment.',
  arguments: [filesArgument],
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
    .addOption(repeatable('--only <label>', 'record one of several experiments'))
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
    .option('--score-name <name>', 'what it is called (default: its script)')
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
    .addOption(retryForOption());
  addReadingOptions(command);
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
  const { columns, scoring, strays } = await openScoring(options, context, terminal);
  const isReadTwice = scoring !== undefined;
  const sources = journal
    ? [await leftoverOf(journal)]
    : await openReadable(paths, { ...options, score: columns }, context, { isReadTwice });
  try {
    const open = () => {
      if (!options.dryRun) for (const source of sources) describeSource(source, terminal);
      const { retryFor: retryForMs } = options;
      return connect(context, destination, terminal, { retryForMs, isBusy: true });
    };
    const command = { context, options, terminal };
    const status = await answerRecordings(command, open, async (connection, done) => {
      // Asked while the rest of the program is loaded; who needs the answer sees the failure.
      connection.client.limits().catch(() => {});
      const dataset = options.dataset ?? (await askDataset(sources, connection, context));
      const typed = { context, options: { ...options, dataset }, terminal, scoring };
      await recordSources(sources, paths, typed, connection, done, journal);
      sayComparison(done, connection, terminal);
      sayHowToSend(destination, done, terminal);
    });
    return strays.count > 0 ? Math.max(status, EXIT_STATUS.ROWS_REFUSED) : status;
  } finally {
    for (const source of sources) await source.close?.();
  }
}

/** What gives rows scores, and what of it comes while they are scored. */
interface OpenScoring {
  /** What `--score` names that is not built in. */
  readonly columns: readonly string[] | undefined;
  readonly scoring: RecordOptions['scoring'];
  /** Answers that name no row. */
  readonly strays: { readonly count: number };
}

async function openScoring(
  options: Options,
  context: Context,
  terminal: Terminal,
): Promise<OpenScoring> {
  const {
    score = [],
    scoreWith: program,
    scoreName: name,
    scoreKey: key,
    scoreTimeout: timeout,
  } = options;
  if (score.length === 0 && program === undefined)
    return { columns: undefined, scoring: undefined, strays: { count: 0 } };
  const { parseBuiltIn } = await import('../../scoring/built-in.js');
  const builtIns = score.filter(parseBuiltIn);
  const columns = score.filter((text) => !builtIns.includes(text));
  const { openScorers } = await import('../scoring/scorers.js');
  const { scoringOf } = await import('../../scoring/score-rows.js');
  const { outputField, referenceField } = options;
  const typed = { program, name, builtIns, key, timeout, outputField, referenceField };
  const scorers = await openScorers(typed, context, terminal);
  const strays = { count: 0 };
  const onProblem = (problem: string) => {
    if (++strays.count <= PROBLEMS_SHOWN) terminal.warn(problem);
  };
  return {
    strays,
    columns: columns.length > 0 ? columns : undefined,
    scoring: scorers.length > 0 ? scoringOf(scorers, context.signal, onProblem) : undefined,
  };
}

/** Rows of our own, which a stream's journal kept. */
async function leftoverOf(journal: Journal): Promise<RecognisedSource> {
  // Not at the top: --help should not wait for the schema.
  const { nativeSource } = await import('../../results/native.js');
  return nativeSource(journal.leftover());
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
  refuseStray(options, ['scoreName', 'scoreKey', 'scoreTimeout'], 'scoreWith');
  refuseStray(options, ['outputField', 'referenceField'], 'score');
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

/** Where nobody asked for this machine: it is no place to stay. */
function sayHowToSend(destination: Destination, done: readonly Recorded[], terminal: Terminal) {
  const [only, ...others] = withoutPlans(done);
  if (destination.where !== 'home' || destination.asked || !only) return;
  const { name } = only.recording.experiment;
  const what = others.length > 0 ? '--all' : quoteForShell(asArgument(name));
  terminal.say(`To send it to LangSmith: ls-record login, then ls-record push ${what}`);
}

function askDataset(
  sources: readonly RecognisedSource[],
  { client }: Connection,
  context: Context,
): Promise<string> {
  return pickDataset(client, stemOf(sources[0]?.name ?? '-'), context);
}

/** `model=gpt-5` is one fact; `a,b` are columns. */
function collectFacts(text: string, earlier: readonly string[] = []): string[] {
  if (text.startsWith('=')) throw new InvalidArgumentError('Expected key=value.');
  return [
    ...earlier,
    ...(text.includes('=') ? [text] : text.split(',').map((name) => name.trim())),
  ];
}
