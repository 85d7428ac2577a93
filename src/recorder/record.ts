import { LsRecordError } from '../errors.js';
import type { Source } from '../input/row.js';
import { isoTime, type Micros } from '../langsmith/time.js';
import type { ExperimentRows } from '../prepare/prepare.js';
import type { Part } from '../prepare/prepared.js';
import type { RecognisedSource } from '../results/recognised.js';
import { Account } from './account.js';
import { close } from './close.js';
import { writeExamples } from './examples.js';
import { setDatasetVersion } from './experiment-metadata.js';
import { nameFor } from './identify.js';
import { sourceId } from './ids.js';
import { invalidRows, noRows } from './invalid-rows.js';
import { type Opened, open, timelineFor } from './open.js';
import { describe, foresee, type Plan, planFor } from './plan.js';
import {
  beginJournal,
  forgetWaiting,
  keepIn,
  type Preparation,
  prepareRecording,
  type Work,
} from './preparation.js';
import { findRecorded } from './recall.js';
import type { RecordOptions } from './record-options.js';
import type { Recording } from './recording.js';
import { renamePart } from './rename.js';
import type { RunTarget } from './run-rows.js';
import { sendRuns } from './runs.js';
import type { Timeline } from './times.js';
import { UnfinishedRecording } from './unfinished.js';

/**
 * Records rows as experiments: an accepted row becomes one run with its example, feedback and children. Ids follow from
 * the content, so doing it again sends what is missing and nothing twice.
 *
 * @returns a recording for each experiment that the rows tell apart, mostly one.
 * @throws {LsRecordError} `RESULT_INVALID` if rows are bad and `onInvalid` is `fail`; then nothing was written.
 */
export async function recordSources(
  sources: readonly (RecognisedSource | Source)[],
  options: RecordOptions,
): Promise<Recording[]> {
  const preparation = await prepareRecording(sources, options);
  try {
    const recordings: Recording[] = [];
    for (const experiment of preparation.experiments)
      recordings.push(await recordExperiment(preparation, experiment, options));
    return recordings;
  } finally {
    await preparation.close();
  }
}

/**
 * Records one of the experiments that were prepared: plan, open, write, close.
 *
 * @throws {UnfinishedRecording} where it was begun and cannot go on; it says what became of the rows.
 */
export async function recordExperiment(
  preparation: Preparation,
  experiment: ExperimentRows,
  options: RecordOptions,
): Promise<Recording> {
  const id = preparation.journal?.sourceId ?? sourceId(experiment.sources);
  const journal = options.dryRun
    ? undefined
    : (preparation.journal ?? (await beginJournal(experiment, id, options)));
  if (journal) preparation.waiting.delete(journal.id);
  const work = { preparation, options, journal, account: new Account(), sourceId: id };
  let plan: Plan | undefined;
  try {
    const before = await recordedBefore(work);
    if (before) return before;

    const kept = await keepIn(journal, experiment);
    const parts = partsOf(kept, work)[Symbol.asyncIterator]();
    const first = await nextPart(parts, work);
    checkFirst(first, kept, work);
    plan = await planFor(kept, work);
    if (options.dryRun) return await foresee(plan, first, work);

    const opened = await open(plan, first, work);
    plan = opened.plan;
    const { latestEnd, failure } = await write(opened, parts, work);
    const recording = await close(opened, latestEnd, work);
    if (failure)
      throw UnfinishedRecording.of(failure.error, { ...recording, status: 'unfinished' });
    return recording;
  } catch (error) {
    if (error instanceof UnfinishedRecording) throw error;
    const recording = { ...describe(experiment, plan, work), status: 'unfinished' as const };
    const thrown = UnfinishedRecording.of(error, recording);
    // Nothing was begun, so there is nothing to continue with.
    const isRefused = error instanceof LsRecordError && thrown === error;
    if (journal && !journal.experiment && isRefused) {
      await journal.discard();
      await forgetWaiting(preparation, options);
    }
    throw thrown;
  } finally {
    await journal?.close();
  }
}

/** What the same command came to, if it was done to the end and its experiment still exists. */
async function recordedBefore({
  preparation,
  options,
  journal,
}: Work): Promise<Recording | undefined> {
  const finished = journal?.finished;
  if (!finished) return undefined;
  const { found } = preparation.dataset;
  const known = await findRecorded(finished, found, options);
  if (!known) await journal.restart();
  return known;
}

/** The parts, their examples named for the dataset as it is known now. */
async function* partsOf(
  experiment: ExperimentRows,
  { preparation, options }: Work,
): AsyncGenerator<Part> {
  const { datasetId } = experiment;
  for await (const part of experiment.parts()) {
    const { id } = preparation.dataset;
    const isNamed = datasetId === undefined || datasetId === id;
    yield isNamed ? part : renamePart(part, nameFor(id, options));
  }
}

async function nextPart(parts: AsyncIterator<Part>, { account }: Work): Promise<Part | undefined> {
  const next = await parts.next();
  if (next.done) return undefined;
  account.addPart(next.value);
  return next.value;
}

/** Stops before anything is written, if it must. */
function checkFirst(
  part: Part | undefined,
  { files, isLive }: ExperimentRows,
  { options }: Work,
): asserts part is Part {
  if (!part) options.signal?.throwIfAborted();
  const [first = 'rows'] = files;
  if (!part || (part.badRows === part.rows && part.rows > 0)) throw noRows(first, part);
  const isStrict = part.isWhole && isLive && options.onInvalid !== 'skip';
  if (isStrict && part.badRows > 0) throw invalidRows(part);
}

/** Says what became of the rows' times, unless all of them were there before. */
async function sendPart(
  target: RunTarget,
  part: Part,
  timeline: Timeline,
  { account }: Work,
): Promise<void> {
  const before = account.runs;
  await sendRuns(target, part, timeline);
  const words = timeline.describe();
  if (words !== undefined && account.runs > before) account.note(words, part.rows);
}

interface Written {
  readonly latestEnd: Micros;
  /** Why a stream could not be read on: what was read before is recorded all the same. */
  readonly failure?: { readonly error: unknown } | undefined;
}

/** Sends all runs. Of a stream, the examples of each further part are put in place first. */
async function write(opened: Opened, parts: AsyncIterator<Part>, work: Work): Promise<Written> {
  const { client } = work.options;
  let { part, timeline } = opened;
  for (let latestEnd: Micros = 0; ; ) {
    await sendPart(opened.target, part, timeline, work);
    await part.drop?.();
    latestEnd = Math.max(latestEnd, timeline.latest(part.facts.range, work.account.read));

    let next: Part | undefined;
    try {
      next = await nextPart(parts, work);
    } catch (error) {
      return { latestEnd, failure: { error } };
    }
    if (!next) return { latestEnd };
    part = next;
    const changedUs = await writeExamples(opened.examples, part);
    timeline = timelineFor(part, changedUs, work, true);
    await setDatasetVersion(client, opened.stored.id, isoTime(changedUs));
  }
}
