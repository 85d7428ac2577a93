import { Argument, type Command, Option } from 'commander';
import { LsRecordError } from '../../errors.js';
import type { Sample } from '../../input/row.js';
import type { ColumnOptions } from '../../results/named-columns/named-columns.js';
import type { MatchedScores } from '../../scoring/score-file.js';
import type { ScoreOptions } from '../../scoring/score-runs.js';
import { declare, type Session } from '../command.js';
import { type CommonOptions, collect, parseDuration } from '../common-options.js';
import { chooseExperiment } from '../datasets/chosen-experiments.js';
import { findNamedExperiment } from '../datasets/named-experiment.js';
import { EXIT_STATUS } from '../exit-status.js';
import {
  addReadingOptions,
  openReadable,
  type ReadingOptions,
} from '../recording/reading-options.js';
import { callOptions } from '../scoring/call-options.js';
import { type CallOptions, findJudges, openAllJudges, sayEstimates } from '../scoring/judges.js';
import { refuseStray } from '../scoring/refuse-stray.js';
import {
  describeScoring,
  hasTrouble,
  type Scored,
  scoringForPrograms,
} from '../scoring/score-words.js';
import { openScorers } from '../scoring/scorers.js';
import { tellAmounts } from '../screen/progress.js';

interface ScoreCommandOptions extends CommonOptions, ReadingOptions, CallOptions {
  readonly from?: readonly string[];
  readonly with?: string;
  readonly judge?: readonly string[];
  readonly outputField?: string;
  readonly referenceField?: string;
  readonly name?: string;
  readonly key?: string;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly missing?: string;
  readonly again?: boolean;
  readonly extendRetention?: boolean;
  readonly onInvalid?: 'fail' | 'skip';
  readonly dryRun?: boolean;
}

export const command = declare<ScoreCommandOptions, [string | undefined]>({
  details:
    'Scores come from a file, from a program in any language, or from built-in comparisons. Scoring again replaces scores that differ, and keeps the earlier ones.',
  arguments: [new Argument('[experiment]', 'name, ID or URL (prompts if omitted)')],
  addOptions: addScoreOptions,
  examples: [
    'score nightly --from scores.jsonl',
    "score nightly --with 'python judge.py'",
    'score nightly --score exact --score levenshtein',
    'score nightly --judge correctness',
    'score capitals@latest --score numeric:0.01 --output-field total --reference-field total',
  ],
  run: scoreExperiment,
});

function addScoreOptions(command: Command): void {
  command
    .optionsGroup('Where scores come from:')
    .option('--from <file>', 'scores by row ID, run ID, example ID or inputs (repeatable)', collect)
    .option('--with <command>', 'program that reads rows and writes scores, as JSON Lines')
    .option(
      '--score <check>',
      'exact, contains, regex:PATTERN, json-equal, levenshtein or numeric[:TOLERANCE] (repeatable); with --from, score columns',
      collect,
    )
    .option('--judge <name>', 'LLM judge of the dataset, or a file with one (repeatable)', collect)
    .option('--output-field <path>', 'output that --score compares (default: the only one)')
    .option('--reference-field <path>', 'reference output to compare with (default: the only one)')
    .option('--name <name>', 'what the program is called (default: its script)')
    .option('--key <name>', 'key of scores that a program gives without one (default: score)')
    .option(
      '--timeout <time>',
      'stop a program that is silent for this long: 90s, 10m (default: 5m)',
      parseDuration,
    )
    .optionsGroup('Which runs are scored:')
    .option('--missing <key>', 'only runs without a score under this key')
    .option('--again', 'give a program the runs that it scored before, too')
    .optionsGroup('Who answers for a judge:');
  for (const option of callOptions()) command.addOption(option);
  command
    .optionsGroup('What becomes of them:')
    .option('--dry-run', 'score and count, but write nothing')
    .option('--extend-retention', 'keep scored traces for 400 days, which LangSmith charges for')
    .addOption(
      new Option(
        '--on-invalid <action>',
        'on a row of --from without its run: stop (fail, default) or skip it',
      ).choices(['fail', 'skip']),
    );
  addReadingOptions(command);
}

/** @param typed the experiment, if one was named. */
export async function scoreExperiment(
  session: Session,
  [typed]: [string | undefined],
  options: ScoreCommandOptions,
): Promise<void> {
  checkOptions(options);
  const { context, terminal, connect, finish, answer } = session;
  const connection = await connect();
  const { client } = connection;
  const chosen = await chooseExperiment(typed, { client, context, terminal });
  const experiment = await findNamedExperiment(client, chosen);
  const title = `Scoring ${experiment.name}`;
  const found = await terminal.spin(title, (update) => {
    const { extendRetention, dryRun, missing, again } = options;
    const { signal } = context;
    const onProgress = tellAmounts(update, title, 'run');
    const common = {
      client,
      experiment,
      signal,
      extendRetention,
      dryRun,
      missing,
      again,
      onProgress,
    };
    const work = options.from
      ? scoreFromFiles(options.from, common, options, session)
      : scoreByScorers(common, options, session);
    return work.catch((error: unknown) => {
      throw signal.aborted && !dryRun ? interrupted(error) : error;
    });
  });
  const scored: Scored = {
    ...found,
    experiment,
    url: connection.link(client.links.experiments(experiment.datasetId, [experiment])),
    isPlan: options.dryRun === true,
    extendsRetention: options.extendRetention === true,
    missing: options.missing,
  };
  answer(scoringForPrograms(scored), () => {
    describeScoring(scored, connection, terminal);
    if (!scored.isPlan) terminal.answer(scored.url);
  });
  if (hasTrouble(scored)) finish(EXIT_STATUS.ROWS_REFUSED);
}

function interrupted(cause: unknown): LsRecordError {
  return new LsRecordError('STOPPED', 'interrupted', {
    hint: 'The scores so far are kept; to score the rest, run the same command again.',
    cause,
  });
}

type Found = Pick<Scored, 'scoring' | 'rows' | 'problems' | 'judges'>;

async function scoreByScorers(
  common: ScoreOptions,
  options: ScoreCommandOptions,
  { context, terminal }: Session,
): Promise<Found> {
  const { score: builtIns = [], with: program, judge: names = [], ...others } = options;
  const scorers = await openScorers({ ...others, builtIns, program }, context, terminal);
  const { client, experiment } = common;
  const found = await findJudges(names, client, experiment.datasetId, context);
  const { scorers: judges, close } = await openAllJudges(found, options, context, terminal);
  try {
    const { signal } = context;
    const reading = { client, experiment, datasetId: experiment.datasetId, signal };
    await sayEstimates(judges, reading, terminal);
    const { scoreRuns } = await import('../../scoring/score-runs.js');
    // A program first: where it scores no run at all, nothing is written.
    const scoring = await scoreRuns([...scorers.toReversed(), ...judges], common);
    return { scoring, rows: undefined, problems: [], judges };
  } finally {
    await close();
  }
}

async function scoreFromFiles(
  paths: readonly string[],
  common: ScoreOptions,
  options: ScoreCommandOptions,
  { context }: Session,
): Promise<Found> {
  const sources = await openReadable(paths, options, context, { known: knownIds });
  try {
    const { matchScores, sendMatched } = await import('../../scoring/score-file.js');
    const matched = await matchScores(sources, common);
    const { rows, badRows, problems } = matched;
    if (badRows > 0 && options.onInvalid !== 'skip') throw await unmatched(matched);
    const scoring = await sendMatched(matched, common);
    const { runCount = scoring.runs } = common.experiment;
    const counts = { read: rows, skipped: badRows };
    return { scoring: { ...scoring, runsRead: runCount }, rows: counts, problems };
  } finally {
    for (const source of sources) await source.close?.();
  }
}

const IDS = ['row_id', 'run_id', 'id', 'example_id'];

/** A table of scores has nothing that the app was given or gave: an id says which run each row is about. */
function knownIds({ columns, rows: [first = {}] }: Sample): ColumnOptions | undefined {
  const names = columns.length > 0 ? columns : Object.keys(first);
  const id = IDS.find((name) => names.includes(name));
  return id === undefined ? undefined : { id, inputs: [id], outputs: ['none'] };
}

function checkOptions(options: ScoreCommandOptions): void {
  const { from, with: program, score, judge } = options;
  const other = program !== undefined ? 'with' : judge ? 'judge' : undefined;
  if (from && other) {
    throw new LsRecordError('USAGE', `--from and --${other} contradict each other`, {
      hint: '--from adds scores that a file has, --with and --judge score the runs. Run one after the other.',
    });
  }
  refuseStray(options, ['name', 'key', 'timeout', 'again'], 'with');
  refuseStray(options, ['outputField', 'referenceField'], 'score');
  refuseStray(options, ['model', 'baseUrl', 'price'], 'judge');
  if (from || program !== undefined || score || judge) return;
  throw new LsRecordError('USAGE', 'nothing was named that gives scores', {
    hint: 'Name a file with --from, a program with --with, a check with --score exact, or a --judge.',
  });
}

async function unmatched({ rows, badRows, problems }: MatchedScores): Promise<LsRecordError> {
  const { InvalidRows, listProblems } = await import('../../recorder/invalid-rows.js');
  return new InvalidRows(
    `${badRows} of ${rows} rows cannot be added to a run; nothing was written\n${listProblems(problems)}`,
    problems,
    'Rows are found by row_id, run_id, example_id or equal inputs (--id names another column); --score names a column of scores. Fix them, or skip them with --on-invalid skip.',
  );
}
