import { LsRecordError } from '../../errors.js';
import type { ExperimentRows } from '../../prepare/prepare.js';
import type { Journal } from '../../recorder/journal/journal.js';
import type { Journals } from '../../recorder/journal/journals.js';
import type { Preparation } from '../../recorder/preparation.js';
import type { RecordOptions } from '../../recorder/record-options.js';
import type { Progress, Recording } from '../../recorder/recording.js';
import { UnfinishedRecording } from '../../recorder/unfinished.js';
import type { RecognisedSource } from '../../results/recognised.js';
import type { Connection } from '../access/connect.js';
import { readDataFolder } from '../access/destination.js';
import type { CommonOptions } from '../common-options.js';
import type { Context } from '../context.js';
import { describeError } from '../error-for-programs.js';
import { EXIT_STATUS, exitStatusOf } from '../exit-status.js';
import { remember } from '../home/data-folder.js';
import { openJournals } from '../home/open-journals.js';
import { ProgressWords } from '../screen/progress.js';
import type { Terminal, Update } from '../screen/terminal.js';
import { count } from '../screen/words.js';
import { Judging, type JudgingOptions } from './judging.js';
import type { ReadingOptions } from './reading-options.js';
import {
  conclude,
  describeBriefly,
  describeForPeople,
  describeForPrograms,
  describePlan,
  nameInWords,
  type Recorded,
  sayHowToOpen,
} from './recording-words.js';
import { RejectsFile } from './rejects-file.js';
import { describeSurroundings } from './surroundings.js';
import { describeReport } from './survey-words.js';

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

/** A command that records, as it was typed. */
interface Typed {
  readonly context: Context;
  readonly options: RecordCommandOptions & { readonly dataset: string };
  readonly terminal: Terminal;
  readonly scoring?: RecordOptions['scoring'];
}

export interface RecordWork {
  readonly context: Context;
  readonly options: RecordCommandOptions;
  readonly terminal: Terminal;
  readonly connection: Connection;
  readonly journals: Journals;
  /** What recordings of all experiments have in common. */
  readonly common: RecordOptions;
  readonly progress: ProgressWords;
}

/** What recordings of these sources share. */
export async function beginWork(
  connection: Connection,
  paths: readonly string[],
  sources: readonly RecognisedSource[],
  { context, options, terminal, scoring }: Typed,
): Promise<RecordWork> {
  const { metadata = [], dataset, ...own } = options;
  const journals = await openJournals(readDataFolder(context, options));
  const common: RecordOptions = {
    ...own,
    client: connection.client,
    scoring,
    dataset,
    surroundings: describeSurroundings(context),
    metadata: toFacts(metadata),
    // Only LangSmith's cloud minds how old a run is; at home the true times are kept.
    isHome: connection.where === 'home',
    place: connection.name,
    journals,
    command: { folder: context.workingFolder, paths, options },
    signal: context.signal,
  };
  const name = nameInWords(
    sources.map((source) => source.name),
    '',
  );
  const progress = new ProgressWords(name, sources[0]?.live);
  return { context, options, terminal, connection, journals, common, progress };
}

/** Records what sources hold, one experiment after another. */
export async function recordSources(
  sources: readonly RecognisedSource[],
  work: RecordWork,
  done: Recorded[],
  journal?: Journal,
): Promise<void> {
  const { context, options, terminal } = work;
  const preparation = await prepareAll(sources, work, journal);
  try {
    for (const line of preparation.assumed ?? []) terminal.note(line);
    const { survey } = preparation.prepared ?? {};
    if (options.dryRun && survey && !terminal.json) describeReport(survey, terminal);
    const judging = await Judging.of(preparation.dataset, options, {
      connection: work.connection,
      context,
      terminal,
    });
    const { experiments } = preparation;
    for (const [number, experiment] of experiments.entries()) {
      work.progress.place(number, experiments.length);
      done.push(await recordOne(preparation, experiment, work, judging));
      if (context.signal.aborted) break;
    }
  } finally {
    await preparation.close();
  }
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
    const { queueRecorded } = await import('./queue-recorded.js');
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

/** What was typed to say where rows go and what becomes of them, for a command that adds to them. */
function typedAgain(options: RecordCommandOptions): string[] {
  const { identity, runName, runType, keepTimes } = options;
  return [
    ...asTyped({ identity, 'run-name': runName, 'run-type': runType }),
    ...(keepTimes ? ['--keep-times'] : []),
    ...placeTyped(options),
  ];
}

/** What was typed to say where things go. */
function placeTyped({ local, endpoint, profile, workspace }: RecordCommandOptions): string[] {
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

function splitPair(text: string): [key: string, value: string] {
  const at = text.indexOf('=');
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}

/** What was recorded so far, and where. */
interface SoFar {
  readonly done: Recorded[];
  connection: Connection | undefined;
}

/** Answers with what is recorded; with what was recorded before a failure, too. @returns the exit status. */
export async function answerRecordings(
  { context, options, terminal }: Pick<RecordWork, 'context' | 'options' | 'terminal'>,
  record: (soFar: SoFar) => Promise<void>,
): Promise<number> {
  const soFar: SoFar = { done: [], connection: undefined };
  const { done } = soFar;
  try {
    await record(soFar);
  } catch (error) {
    const isAccounted = error instanceof UnfinishedRecording;
    if (isAccounted && soFar.connection) done.push(unfinished(error.recording, soFar.connection));
    if (!(error instanceof LsRecordError) || done.length === 0) throw error;
    // Still one object: what was recorded before the failure is not to be lost from sight.
    const experiments = done.map(describeForPrograms);
    if (terminal.json) terminal.answerJson({ experiments, error: describeError(error) });
    terminal.error(error);
    if (isAccounted) conclude(error.recording, '', terminal);
    return exitStatusOf(error.code, context.signal);
  } finally {
    await summariseJob(done, soFar.connection, context, terminal);
    await soFar.connection?.close();
  }
  if (terminal.json) terminal.answerJson({ experiments: done.map(describeForPrograms) });
  const statuses = done.map((recorded) => statusOf(recorded, options, context));
  return statuses.reduce((worst, status) => Math.max(worst, status), 0);
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

export function withoutPlans(done: readonly Recorded[]): Recorded[] {
  return done.filter(({ recording }) => recording.status !== 'planned');
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

function statusOf(
  { recording, judged }: Recorded,
  options: RecordCommandOptions,
  context: Context,
) {
  const { status, rows, verified, failedScores } = recording;
  if (status === 'stopped' || judged?.isStopped) return exitStatusOf('STOPPED', context.signal);
  const hasFailed = judged?.hasFailed || rows.refused + rows.skipped + failedScores > 0;
  if (hasFailed) return EXIT_STATUS.ROWS_REFUSED;
  if (options.verify === 'strict' && verified === 'not yet') return EXIT_STATUS.NOT_VERIFIED;
  return 0;
}
