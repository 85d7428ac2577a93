import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Source } from '../input/row.js';
import type * as wire from '../langsmith/wire.js';
import { ExampleTable } from '../prepare/example-table.js';
import { asExperiment, type Experiment, type Prepared, prepare } from '../prepare/prepare.js';
import { endOfStream, streamAsExperiment, streamFacts } from '../prepare/stream.js';
import { nativeSource, type RecognisedSource } from '../results/recognise.js';
import type { Result } from '../results/result.js';
import type { Account } from './account.js';
import { sentOptions } from './experiment.js';
import { nameFor } from './identify.js';
import { sourceId } from './ids.js';
import { invalidRows, noRows } from './invalid-rows.js';
import type { Journal } from './journal/journal.js';
import { checkNames } from './naming.js';
import type { DatasetTarget } from './plan.js';
import { groupId, recall } from './recall.js';
import type { RecordOptions } from './recording.js';

/** What is to be recorded, read to its end or as a stream, and what is known of where it goes. */
export interface Preparation {
  readonly experiments: readonly Experiment[];
  /** As far as it is known; another process may create it meanwhile. */
  dataset: DatasetTarget;
  /** Remembers which examples are in place, where several parts or experiments share them. */
  readonly known?: ExampleTable | undefined;
  /** What was read, for a plan that is only shown: it holds the ids of all examples. */
  readonly prepared?: Prepared | undefined;
  /** Of a stream, or of a recording that is continued. */
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
  const { client, journals, experiment: name, signal, onProgress, dryRun } = options;
  const sources = given.map(nativeSource);
  const namesake = name === undefined ? undefined : client.findExperiment(name);
  namesake?.catch(() => {});
  const found = await client.findDataset(options.dataset);
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
  const naming = {
    identity: options.identity,
    // As it is known then: another process may create the dataset while a stream is read.
    nameExample: (result: Result) => nameFor(preparation.dataset.id, options)(result),
  };

  const [stream] = sources;
  if (stream?.live && sources.length === 1 && !stream.hasExperiments && !dryRun) {
    const facts = streamFacts(stream);
    const begun = await beginJournal({ ...facts, isLive: true }, sourceId(facts.sources), options);
    const experiment = streamAsExperiment(stream, facts, {
      ...naming,
      path: begun?.packagePath,
      maxRowBytes,
      signal,
    });
    const known = new ExampleTable();
    return Object.assign(preparation, { known, journal: begun, experiments: [experiment] });
  }

  try {
    const known = journal ? await journal.prepared() : undefined;
    if (known) return Object.assign(preparation, { experiments: [asExperiment(known)] });
    // What is planned follows from the rows themselves.
    const recalled = journals && !dryRun && (await recall(sources, options, found));
    if (recalled) return Object.assign(preparation, { experiments: recalled });

    await journals?.sweep();
    if (!dryRun) await journals?.checkRoom(sources.reduce((sum, { bytes = 0 }) => sum + bytes, 0));
    let packages = 0;
    const prepared = await prepare(sources, {
      ...naming,
      ...options,
      datasetId: preparation.dataset.id,
      newPackage: dryRun
        ? undefined
        : () => journals?.newPackage() ?? join(folder ?? '', String(packages++)),
      maxRowBytes,
      keepsNumbers: journal !== undefined,
      onProgress:
        onProgress && ((at) => onProgress({ phase: 'reading', ...at, retries: client.retries })),
    });
    discard = prepared.discard;
    const { survey } = prepared;
    const name = sources[0]?.name ?? 'rows';
    if (journal && stream && survey.rows === 0) {
      const { id } = journal.experiment ?? {};
      const begun = found && id !== undefined && (await client.findExperiment(id));
      if (begun) return Object.assign(preparation, { experiments: [endOfStream(stream)] });
      await journal.discard();
    }
    if (survey.badRows === survey.rows) throw noRows(name, survey);
    // A stream records what it can, and so does the rest of one.
    const skips = options.onInvalid === 'skip' || journal !== undefined;
    if (survey.badRows > 0 && !skips) throw invalidRows(survey);
    const { experiments } = prepared;
    checkNames(experiments, options);
    const group = groupId(prepared.sources, options);
    const all = experiments.map((one, place) =>
      asExperiment(one, { id: group, size: experiments.length, place }),
    );
    const { waiting } = preparation;
    const isOneOfSeveral = all.length > 1 && !dryRun;
    return Object.assign(preparation, {
      known: all.length > 1 ? new ExampleTable() : undefined,
      prepared: dryRun ? prepared : undefined,
      experiments: isOneOfSeveral ? await keepAll(all, options, waiting) : all,
    });
  } catch (error) {
    await forgetWaiting(preparation, options);
    await preparation.close();
    await journal?.close();
    throw error;
  }
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
  const { journals, client, dataset, place, experiment: name, shard = '', command } = options;
  const { label, isOneOfSeveral, files, sources, group, isLive } = experiment;
  return journals?.begin(
    {
      place: place ?? client.endpoint.root,
      dataset,
      experiment: name ?? null,
      shard,
      options: sentOptions(options),
      sourceId: source,
    },
    { label, isOneOfSeveral, files, sources, group, live: isLive, command: command ?? null },
  );
}

/** Before the first of several is begun: each can be continued then, whatever becomes of the others. */
async function keepAll(
  experiments: readonly Experiment[],
  options: RecordOptions,
  waiting: Set<string>,
): Promise<Experiment[]> {
  const kept: Experiment[] = [];
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
  experiment: Experiment,
): Promise<Experiment> {
  const { prepared } = experiment;
  if (!journal || !prepared || prepared.path === journal.packagePath) return experiment;
  return asExperiment(await journal.adopt(prepared), experiment.group);
}

type JournaledExperiment = Pick<
  Experiment,
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
