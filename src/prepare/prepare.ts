import { hash } from 'node:crypto';
import { LsRecordError } from '../errors.js';
import type { Source } from '../input/row.js';
import { pythonJson } from '../json/canonical.js';
import type { JsonObject, JsonValue } from '../json/value.js';
import { nativeSource } from '../results/native.js';
import type { checkRow } from '../results/parse.js';
import type { RecognisedSource } from '../results/recognise.js';
import type { Result } from '../results/result.js';
import { partLikeOthers } from '../results/variants/part-source.js';
import type { ExampleName, ExampleTable } from './example-table.js';
import type { ExperimentSummary } from './experiment-tally.js';
import { readFacts, readPackage } from './package.js';
import type { PackedRow, RowHead } from './packed-row.js';
import type { Naming } from './packer.js';
import { groupsOf, Pass, type ReadOnce } from './pass.js';
import type { RowProblem, Survey } from './survey.js';

/** What tells a source's rows from any other: its bytes, and all that was decided about how they are read. */
export interface SourceIdentity {
  /** sha256, in hex; of a stream a random id. */
  readonly bytes: string;
  readonly reading: JsonObject;
  /** Of several experiments in the file, this one. */
  readonly label?: string | undefined;
}

/** A stretch of rows that is sent at once: all of a file, or about a second of a live stream. */
export interface Part {
  /** All that the source holds: its bad rows can still stop everything. */
  readonly isWhole: boolean;
  readonly rows: number;
  readonly badRows: number;
  /** The first of them. */
  readonly problems: readonly RowProblem[];
  readonly facts: ExperimentSummary;
  /** What was assumed, and in how many rows; then what was replaced, and how often. */
  readonly notes: Counts;
  readonly changes: Counts;
  /** @param wants payloads are read only where it says so. */
  read(wants?: (head: RowHead) => boolean): AsyncIterable<PackedRow[]>;
  /** Removes what is kept of a stream, once the server has it. */
  drop?(): Promise<void>;
}

export type Counts = readonly (readonly [what: string, count: number])[];

/** The rows that become one experiment. */
export interface Experiment {
  /** What the files call it; '' if they do not tell experiments apart. */
  readonly label: string;
  /** There are other experiments in the files, wanted or not. */
  readonly isOneOfSeveral: boolean;
  /** The files' names as typed; the first stands for all. */
  readonly files: readonly string[];
  /** Of the files, where it is known. */
  readonly bytes?: number | undefined;
  readonly isLive: boolean;
  readonly sources: readonly SourceIdentity[];
  /** By which all experiments of one command are known, how many they are, and which of them it is. */
  readonly group: { readonly id: string; readonly size: number; readonly place: number } | null;
  /** Of the dataset that its examples are named for; undefined: of the one that is known when they are read. */
  readonly datasetId?: string | undefined;
  /** Its package, where it has one. */
  readonly prepared?: PreparedExperiment | undefined;
  /** Scores of the experiment itself, each as in a row's `feedback`; known once all parts were read. */
  summary(): readonly JsonValue[];
  parts(): AsyncIterable<Part>;
}

/** An experiment that was read to its end, and where `path` is given, packed. All but the examples can be printed. */
export interface PreparedExperiment extends Omit<Part, 'isWhole' | 'read' | 'drop'> {
  readonly label: string;
  readonly isOneOfSeveral: boolean;
  readonly files: readonly string[];
  readonly bytes?: number | undefined;
  readonly sources: readonly SourceIdentity[];
  readonly datasetId?: string | undefined;
  readonly scores: readonly JsonValue[];
  /** Where its package is. */
  readonly path?: string | undefined;
}

/** The experiment of a package. */
export function asExperiment(
  prepared: PreparedExperiment,
  group: Experiment['group'] = null,
): Experiment {
  const { label, isOneOfSeveral, files, bytes, sources, datasetId, path = '' } = prepared;
  const part: Part = { ...prepared, isWhole: true, read: (wants) => readPackage(path, wants) };
  return {
    label,
    isOneOfSeveral,
    files,
    bytes,
    sources,
    datasetId,
    group,
    prepared,
    isLive: false,
    summary: () => prepared.scores,
    async *parts() {
      yield part;
    },
  };
}

/** What was prepared at a path; undefined if there is no whole package. */
export async function readPrepared(path: string): Promise<PreparedExperiment | undefined> {
  const facts = (await readFacts(path)) as PreparedExperiment | undefined;
  return facts && { ...facts, path };
}

export interface Prepared {
  readonly survey: Survey;
  readonly experiments: readonly PreparedExperiment[];
  /** All that were read, as they were given. */
  readonly sources: readonly SourceIdentity[];
  /** What is assumed of them since all rows were read. */
  readonly assumed: readonly string[];
  /** Those of all experiments. */
  readonly examples: ExampleTable;
  /** By experiment, the numbers of its examples. */
  readonly examplesOf: ReadonlyMap<PreparedExperiment, Iterable<number>>;
  /** Removes the packages that nothing took over. */
  discard(): Promise<void>;
}

export interface PrepareOptions extends Pick<Naming, 'identity'> {
  /** Default: by what rows hold. */
  readonly nameExample?: Naming['nameExample'] | undefined;
  /** Of the dataset that `nameExample` names examples for. */
  readonly datasetId?: string | undefined;
  /** Rows have the number that their source gives them, not their place in their experiment. */
  readonly keepsNumbers?: boolean | undefined;
  /** Gives the path of each new package; without it nothing is kept of the rows. */
  readonly newPackage?: (() => string) | undefined;
  /** An experiment for each file. */
  readonly each?: boolean | undefined;
  /** Labels of the experiments that are wanted. */
  readonly only?: readonly string[] | undefined;
  /** Default 100. */
  readonly maxProblems?: number | undefined;
  /** Of a request, before compression; default: LangSmith's. */
  readonly maxRowBytes?: number | undefined;
  /** Default: against the schema of a result. */
  readonly check?: typeof checkRow | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((at: ReadingProgress) => void) | undefined;
}

export interface ReadingProgress {
  readonly rows: number;
  readonly bytes: number;
  /** Where it is known. */
  readonly totalBytes?: number | undefined;
}

/**
 * Reads sources once: rows are checked, counted, named and packed, those of each experiment by themselves. All files
 * together become one experiment, unless they tell several models, prompts or tasks apart. Where only all rows together
 * tell that they do, the sources are read once more.
 *
 * @throws {LsRecordError} `INPUT_INVALID` where the rest of a file cannot be read; `USAGE` if `only` names no
 * experiment; `HOME_UNAVAILABLE` if the disk is full. Packages are removed then.
 */
export async function prepare(
  sources: readonly (RecognisedSource | Source)[],
  options: PrepareOptions = {},
): Promise<Prepared> {
  const groups = groupsOf(sources.map(nativeSource), options.each === true);
  const { prepared, parted } = await readWhole(groups.flatMap(partLikeOthers), options);
  if (!parted) return prepared;
  await prepared.discard();
  const again = await readOnce(parted, options);
  // By its sources as they were given, the same command finds its packages again before it has read a row.
  return { ...again.prepared, sources: prepared.sources, assumed: prepared.assumed };
}

/** Reads all rows, and tells how they are to be parted if only that tells. */
async function readWhole(
  given: readonly RecognisedSource[],
  options: PrepareOptions,
): Promise<ReadOnce> {
  try {
    return await readOnce(given, options);
  } catch (error) {
    const isUnknown = error instanceof LsRecordError && error.code === 'USAGE';
    if (!isUnknown || options.only === undefined) throw error;
    // What is wanted may be an experiment that only all rows tell.
    const whole = await readOnce(given, { ...options, only: undefined, newPackage: undefined });
    if (!whole.parted) throw error;
    return whole;
  }
}

async function readOnce(
  sources: readonly RecognisedSource[],
  options: PrepareOptions,
): Promise<ReadOnce> {
  const pass = new Pass({ ...options, nameExample: options.nameExample ?? nameByContent });
  try {
    return await pass.read(sources);
  } catch (error) {
    await pass.discard();
    throw error;
  }
}

/** Rows that are known by what they hold, where no dataset is known yet. */
export function nameByContent({
  exampleId,
  inputs = {},
  referenceOutputs = {},
}: Result): ExampleName {
  const text = exampleId ?? `${pythonJson(inputs)}-${pythonJson(referenceOutputs)}`;
  return { id: hash('sha256', text, 'buffer').subarray(0, 16), content: 0 };
}
