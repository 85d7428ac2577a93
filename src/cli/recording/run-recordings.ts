import { LsRecordError } from '../../errors.js';
import type { Dataset } from '../../langsmith/wire.js';
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
  readonly scoreName?: string;
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
  readonly options: RecordCommandOptions;
  readonly terminal: Terminal;
}

/** The same with what recordings of all its experiments have in common. */
interface RecordWork extends Typed {
  readonly connection: Connection;
  readonly journals: Journals;
  readonly common: RecordOptions;
  readonly progress: ProgressWords;
}

/**
 * Runs a command that records, and answers with what is recorded; with what was recorded before a failure, too.
 *
 * @param open connects to where rows go.
 * @param record adds to `done`, one experiment after another.
 * @returns the exit status.
 */
export async function answerRecordings(
  { context, options, terminal }: Typed,
  open: () => Promise<Connection>,
  record: (connection: Connection, done: Recorded[]) => Promise<void>,
): Promise<number> {
  const done: Recorded[] = [];
  const connection = await open();
  try {
    await record(connection, done);
  } catch (error) {
    const cutOff = error instanceof UnfinishedRecording ? error.recording : undefined;
    if (cutOff) done.push(unfinished(cutOff, connection));
    if (!(error instanceof LsRecordError) || done.length === 0) throw error;
    // Still one object: what was recorded before the failure is not to be lost from sight.
    const experiments = done.map(describeForPrograms);
    if (terminal.json) terminal.answerJson({ experiments, error: describeError(error) });
    terminal.error(error);
    if (cutOff) conclude(cutOff, '', terminal);
    return exitStatusOf(error.code, context.signal);
  } finally {
    await summariseJob(done, connection, context, terminal);
    await connection.close();
  }
  if (terminal.json) terminal.answerJson({ experiments: done.map(describeForPrograms) });
  const statuses = done.map((recorded) => statusOf(recorded, options, context));
  return statuses.reduce((worst, status) => Math.max(worst, status), 0);
}

/**
 * Records what sources hold, one experiment after another: reads and checks all, then for each sends its rows, has them
 * judged, and says what became of them.
 *
 * @param paths of the sources, as they were typed.
 * @param typed.options.dataset is chosen by now.
 * @param journal of a recording that was cut off: what is left of it is recorded then.
 */
export async function recordSources(
  sources: readonly RecognisedSource[],
  paths: readonly string[],
  typed: Typed & {
    readonly options: { readonly dataset: string };
    readonly scoring?: RecordOptions['scoring'];
  },
  connection: Connection,
  done: Recorded[],
  journal?: Journal,
): Promise<void> {
  const { context, options, terminal, scoring } = typed;
  const { metadata = [], ...own } = options;
  const { prepareRecording } = await import('../../recorder/preparation.js');
  const journals = await openJournals(readDataFolder(context, options));
  const common: RecordOptions = {
    ...own,
    client: connection.client,
    scoring,
    surroundings: describeSurroundings(context),
    metadata: toFacts(metadata),
    // Only LangSmith's cloud minds how old a run is; at home the true times are kept.
    isHome: connection.where === 'home',
    place: connection.name,
    journals,
    command: { folder: context.workingFolder, paths, options },
    signal: context.signal,
  };
  const names = sources.map(({ name }) => name);
  const progress = new ProgressWords(nameInWords(names, ''), sources[0]?.live);
  const work = { ...typed, connection, journals, common, progress };

  const judging = new Judging(options, work);
  const preparation = await terminal.spin('Reading', (update) => {
    const onProgress = tell(progress, update);
    const onDataset = (found?: Dataset) => judging.lookUp(found);
    return prepareRecording(sources, { ...common, onProgress, onDataset }, journal);
  });
  try {
    for (const line of preparation.assumed ?? []) terminal.note(line);
    const { survey } = preparation.prepared ?? {};
    if (options.dryRun && survey && !terminal.json) describeReport(survey, terminal);
    const { experiments } = preparation;
    for (const [number, experiment] of experiments.entries()) {
      progress.place(number, experiments.length);
      done.push(await recordOne(preparation, experiment, work, judging));
      if (context.signal.aborted) break;
    }
  } finally {
    await preparation.close();
  }
}

async function recordOne(
  preparation: Preparation,
  experiment: ExperimentRows,
  work: RecordWork,
  judging: Judging,
): Promise<Recorded> {
  const { options, terminal, connection } = work;
  const sent = await sendOne(preparation, experiment, work);
  const { recording } = sent;
  if (recording.status === 'planned') {
    if (!terminal.json) describePlan(sent, connection, terminal);
    return { ...sent, judged: await judging.judge(recording) };
  }

  const url = connection.link(recording.experiment.url);
  const recorded: Recorded = { ...sent, url, isOfSeveral: experiment.sources.length > 1 };
  const isStopped = recording.status === 'stopped';
  const isAlone = preparation.experiments.length === 1;
  rememberRecording(recording.experiment.name, url, work);
  if (!isStopped) await noteCutOff(experiment, work);
  if (isAlone) describeForPeople(recorded, terminal);
  else describeBriefly(recorded, terminal);
  // Before it is compared: scores that have not come would look lost.
  const judged = await judging.judge(recording);
  if (isAlone) {
    const isComing = judged.status === 'unfinished' && connection.where !== 'home';
    const isOpen = judged.status === 'started' || isComing || judged.isStopped;
    const { sayAgainstPrevious } = await import('../comparing/against-previous.js');
    if (!isOpen) await sayAgainstPrevious(recording, connection, terminal);
    if (!isStopped) sayHowToOpen(connection, terminal);
  }
  if (options.queue !== undefined && !isStopped) {
    const { queueRecorded } = await import('./queue-recorded.js');
    await queueRecorded(options.queue, recording, connection, terminal);
  }
  if (!terminal.json) terminal.answer(url);
  return { ...recorded, judged };
}

/** Sends the rows of one experiment, and keeps those that are refused in a file. */
async function sendOne(
  preparation: Preparation,
  experiment: ExperimentRows,
  { context, options, terminal, common, progress }: RecordWork,
): Promise<Recorded> {
  const { recordExperiment } = await import('../../recorder/record.js');
  const { files, label } = experiment;
  const rejects = new RejectsFile(context.workingFolder, files[0] ?? '-', options.rejects);
  const title = `Recording ${nameInWords(files, label)}`;
  const send = (update: Update) =>
    recordExperiment(preparation, experiment, {
      ...common,
      onProgress: tell(progress, update),
      onReject: (line) => rejects.add(line),
    });
  try {
    const recording = await terminal.group(title, () => terminal.spin(title, send));
    const rejectsTyped = rejects.typedPath ? [rejects.typedPath, ...typedAgain(options)] : [];
    const scoredBy = programTyped(options);
    return { recording, url: null, rejects: rejects.path, rejectsTyped, scoredBy };
  } finally {
    await rejects.close();
  }
}

/** What a failure left undone, as far as it can be shown. */
function unfinished(recording: Recording, { link }: Connection): Recorded {
  const { url } = recording.experiment;
  const isThere = recording.rows.recorded > 0 && url !== '';
  return { recording, url: isThere ? link(url) : null, rejects: undefined, rejectsTyped: [] };
}

function tell(words: ProgressWords, update: Update): (progress: Progress) => void {
  return (progress) => {
    words.note(progress, performance.now());
    update(() => words.describe());
  };
}

/** What was typed to say what becomes of rows, for a command that adds to them. */
function typedAgain(options: RecordCommandOptions): string[] {
  const { identity, runName, runType, keepTimes } = options;
  return [
    ...asTyped({ identity, 'run-name': runName, 'run-type': runType }),
    ...(keepTimes ? ['--keep-times'] : []),
  ];
}

/** How `score` runs the program that scored the rows. */
function programTyped({ scoreWith, scoreName, scoreKey }: RecordCommandOptions): string[] {
  return asTyped({ with: scoreWith, name: scoreName, key: scoreKey });
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

async function summariseJob(
  done: readonly Recorded[],
  connection: Connection,
  context: Context,
  terminal: Terminal,
): Promise<void> {
  if (!context.environment.GITHUB_STEP_SUMMARY) return;
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
