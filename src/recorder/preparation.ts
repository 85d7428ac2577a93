import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Source } from '../input/row.js';
import type { LangSmith } from '../langsmith/client.js';
import type * as wire from '../langsmith/wire.js';
import { ExampleTable } from '../prepare/example-table.js';
import { asExperiment, type ExperimentRows, prepare } from '../prepare/prepare.js';
import type { Prepared, PrepareOptions } from '../prepare/prepared.js';
import {
  endOfStream,
  type StreamOptions,
  streamAsExperiment,
  streamFacts,
} from '../prepare/stream.js';
import { nativeSource } from '../results/native.js';
import type { RecognisedSource } from '../results/recognised.js';
import type { Account } from './account.js';
import { sentOptions } from './experiment.js';
import { nameFor } from './identify.js';
import { sourceId } from './ids.js';
import { invalidRows, noRows } from './invalid-rows.js';
import type { Journal } from './journal/journal.js';
import { checkPart, memberOf } from './members.js';
import { checkNames } from './naming.js';
import { groupId, recall } from './recall.js';
import type { RecordOptions } from './record-options.js';

/** The dataset that rows are recorded against. */
export interface DatasetTarget {
  /** The id that the dataset has, or will get. */
  readonly id: string;
  /** Undefined: it is created. */
  readonly found: wire.Dataset | undefined;
}

/** What is to be recorded, read to its end or as a stream, and what is known of where it goes. */
export interface Preparation {
  readonly experiments: readonly ExperimentRows[];
  /** As far as it is known; another process may create it meanwhile. */
  dataset: DatasetTarget;
  /** Remembers which examples are in place, where several parts or experiments share them. */
  readonly known?: ExampleTable | undefined;
  /** What was assumed of the files once all rows were read. */
  readonly assumed?: readonly string[] | undefined;
  /** What was read, for a plan that is only shown: it holds the ids of all examples. */
  readonly prepared?: Prepared | undefined;
  /** The journal of a stream, or of a recording that is continued. */
  readonly journal?: Journal | undefined;
  /** Journals of experiments whose turn has not come, by id. */
  readonly waiting: Set<string>;
  /** The experiment that has the given name. */
  readonly namesake?: Promise<wire.Experiment | undefined> | undefined;
  /** Removes what is not needed to continue. */
  close(): Promise<void>;
}

/**
 * Looks up the dataset, then reads the sources once into packages, or finds those of an earlier call.
 *
 * @param journal of a recording that was cut off.
 * @throws {LsRecordError} `RESULT_INVALID` if rows are bad and `onInvalid` is `fail`, or if there are none.
 */
export async function prepareRecording(
  given: readonly (RecognisedSource | Source)[],
  options: RecordOptions,
  journal?: Journal,
): Promise<Preparation> {
  const { client, journals, experiment: name, dryRun } = options;
  const sources = given.map(nativeSource);
  checkPart(sources, options);
  const namesake = name === undefined ? undefined : client.findExperiment(name);
  namesake?.catch(() => {});
  const found = await client.findDataset(options.dataset);
  options.onDataset?.(found);
  const { bytes: maxRowBytes } = await client.limits();
  let discard: Prepared['discard'] | undefined;
  const folder = journals ? undefined : await mkdtemp(join(tmpdir(), 'ls-record-'));
  const preparation = {
    dataset: { id: found?.id ?? randomUUID(), found },
    namesake,
    journal,
    waiting: new Set<string>(),
    close: async () => {
      await discard?.();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
  const reading: StreamReading = {
    identity: options.identity,
    // As it is known then: another process may create the dataset while a stream is read.
    nameExample: (result) => nameFor(preparation.dataset.id, options)(result),
    maxRowBytes,
  };

  try {
    const [stream] = sources;
    if (stream?.live && sources.length === 1 && !stream.hasExperiments && !dryRun)
      return Object.assign(preparation, await followStream(stream, reading, options));
    const known = await journal?.prepared();
    if (known) return Object.assign(preparation, { experiments: [asExperiment(known)] });
    // What is planned follows from the rows themselves.
    const recalled = journals && !dryRun && (await recall(sources, options, found));
    if (recalled) return Object.assign(preparation, { experiments: recalled });

    const prepared = await prepare(sources, {
      ...reading,
      ...options,
      datasetId: preparation.dataset.id,
      newPackage: dryRun ? undefined : await roomForPackages(sources, options, folder),
      keepsNumbers: journal !== undefined,
      onProgress: readingProgress(options),
    });
    discard = prepared.discard;
    if (journal && stream && prepared.survey.rows === 0) {
      if (found && (await isBegun(journal, client)))
        return Object.assign(preparation, { experiments: [endOfStream(stream)] });
      await journal.discard();
    }
    if (prepared.survey.badRows === prepared.survey.rows)
      throw noRows(stream?.name ?? 'rows', prepared.survey);
    const { assumed } = prepared;
    const all = checkedExperiments(prepared, options, journal !== undefined);
    if (dryRun) return Object.assign(preparation, { prepared, experiments: all });
    if (all.length === 1) return Object.assign(preparation, { assumed, experiments: all });
    const experiments = await keepAll(all, options, preparation.waiting);
    return Object.assign(preparation, { assumed, known: new ExampleTable(), experiments });
  } catch (error) {
    await forgetWaiting(preparation, options);
    await preparation.close();
    await journal?.close();
    throw error;
  }
}

/** How rows are named and bounded, whether they are read to their end or as they come. */
type StreamReading = Pick<StreamOptions, 'identity' | 'nameExample' | 'maxRowBytes'>;

/** A stream is recorded while it is read: its journal holds what has been taken from it. */
async function followStream(
  stream: RecognisedSource,
  reading: StreamReading,
  options: RecordOptions,
): Promise<Pick<Preparation, 'known' | 'journal' | 'experiments'>> {
  const facts = streamFacts(stream);
  const journal = await beginJournal({ ...facts, isLive: true }, sourceId(facts.sources), options);
  const experiment = streamAsExperiment(stream, facts, {
    ...reading,
    path: journal?.packagePath,
    signal: options.signal,
  });
  return { known: new ExampleTable(), journal, experiments: [experiment] };
}

/** Names the next package: among the journals, or in `folder` where none are kept. */
async function roomForPackages(
  sources: readonly Source[],
  { journals }: RecordOptions,
  folder = '',
): Promise<() => string> {
  await journals?.sweep();
  await journals?.checkRoom(sources.reduce((sum, { bytes = 0 }) => sum + bytes, 0));
  let packages = 0;
  return () => journals?.newPackage() ?? join(folder, String(packages++));
}

function readingProgress({
  onProgress,
  client,
}: RecordOptions): PrepareOptions['onProgress'] | undefined {
  return onProgress && ((at) => onProgress({ phase: 'reading', ...at, retries: client.retries }));
}

/** Whether the experiment of a recording that was cut off is there. */
async function isBegun({ experiment }: Journal, client: LangSmith): Promise<boolean> {
  return experiment !== undefined && (await client.findExperiment(experiment.id)) !== undefined;
}

/** @throws {LsRecordError} `RESULT_INVALID` for bad rows, unless they are to be skipped. */
function checkedExperiments(
  prepared: Prepared,
  options: RecordOptions,
  isRestOfStream: boolean,
): ExperimentRows[] {
  const { survey, experiments, sources } = prepared;
  // A stream records what it can, and so does the rest of one.
  const skips = options.onInvalid === 'skip' || isRestOfStream;
  if (survey.badRows > 0 && !skips) throw invalidRows(survey);
  checkNames(experiments, options);
  const id = groupId(sources, options);
  return experiments.map((one, place) =>
    asExperiment(one, { id, size: experiments.length, place }),
  );
}

/** After a refusal there is nothing to continue. */
export async function forgetWaiting(
  { waiting }: Pick<Preparation, 'waiting'>,
  { journals }: RecordOptions,
): Promise<void> {
  for (const id of waiting) await journals?.discard(id);
}

/** Takes up the journal of an experiment, or begins it; undefined where none are kept. */
export async function beginJournal(
  experiment: JournaledExperiment,
  source: string,
  options: RecordOptions,
): Promise<Journal | undefined> {
  const { journals, client, dataset, place, experiment: name, command } = options;
  const { label, isOneOfSeveral, files, sources, group, isLive } = experiment;
  return journals?.begin(
    {
      place: place ?? client.endpoint.root,
      dataset,
      experiment: name ?? null,
      shard: memberOf(options),
      options: sentOptions(options),
      sourceId: source,
    },
    { label, isOneOfSeveral, files, sources, group, live: isLive, command: command ?? null },
  );
}

/** Before the first of several is begun: each can be continued then, whatever becomes of the others. */
async function keepAll(
  experiments: readonly ExperimentRows[],
  options: RecordOptions,
  waiting: Set<string>,
): Promise<ExperimentRows[]> {
  const kept: ExperimentRows[] = [];
  for (const experiment of experiments) {
    const journal = await beginJournal(experiment, sourceId(experiment.sources), options);
    if (journal && !journal.experiment && !journal.finished) waiting.add(journal.id);
    kept.push(journal?.finished ? experiment : await keepIn(journal, experiment));
    await journal?.close();
  }
  return kept;
}

/** The journal takes the package over, so that the recording can be continued without its source. */
export async function keepIn(
  journal: Journal | undefined,
  experiment: ExperimentRows,
): Promise<ExperimentRows> {
  const { prepared } = experiment;
  if (!journal || !prepared || prepared.path === journal.packagePath) return experiment;
  return asExperiment(await journal.adopt(prepared), experiment.group);
}

type JournaledExperiment = Pick<
  ExperimentRows,
  'label' | 'isOneOfSeveral' | 'files' | 'sources' | 'group' | 'isLive'
>;

/** What the verbs below share about one experiment. */
export interface Work {
  readonly preparation: Preparation;
  readonly options: RecordOptions;
  readonly journal: Journal | undefined;
  readonly account: Account;
  readonly sourceId: string;
}
