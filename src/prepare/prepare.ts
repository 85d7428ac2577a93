import { createHash, hash } from 'node:crypto';
import type { Source } from '../input/row.js';
import { Tolerated } from '../input/tolerated.js';
import { pythonJson } from '../json/canonical.js';
import type { JsonObject, JsonValue } from '../json/value.js';
import { type CheckedRow, checkRow } from '../results/parse.js';
import { nativeSource, type RecognisedSource } from '../results/recognise.js';
import type { Result } from '../results/result.js';
import { unwritable } from './disk.js';
import { type ExampleName, ExampleTable } from './example-table.js';
import type { ExperimentSummary } from './experiment-tally.js';
import { PackageWriter, readFacts, readPackage, removePackage } from './package.js';
import type { PackedRow, RowHead } from './packed-row.js';
import { type Naming, Packer, type Shared } from './packer.js';
import { countNote, type RowProblem, type Survey, SurveyTally } from './survey.js';

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
  /** All that were read. */
  readonly sources: readonly SourceIdentity[];
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

const PROGRESS_ROWS = 1000;
const READING_VERSION = 1;

/**
 * Reads sources once: rows are checked, counted, named and packed, those of each experiment by themselves. All files
 * together become one experiment, unless they tell several models, prompts or tasks apart.
 *
 * @throws {LsRecordError} `INPUT_INVALID` where the rest of a file cannot be read; `USAGE` if `only` names no
 * experiment; `HOME_UNAVAILABLE` if the disk is full. Packages are removed then.
 */
export async function prepare(
  sources: readonly (RecognisedSource | Source)[],
  options: PrepareOptions = {},
): Promise<Prepared> {
  const pass = new Pass(options);
  try {
    return await pass.read(sources.map(nativeSource));
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

interface Packing {
  readonly packer: Packer;
  /** Undefined as long as all its rows are broken. */
  label: string | undefined;
  readonly writer: PackageWriter | undefined;
  readonly path: string | undefined;
}

class Pass {
  readonly #options: PrepareOptions;
  readonly #shared: Shared;
  readonly #survey: SurveyTally;
  readonly #paths: string[] = [];
  #bytes = 0;

  constructor(options: PrepareOptions) {
    const { nameExample = nameByContent, identity, maxRowBytes, keepsNumbers } = options;
    this.#options = options;
    this.#survey = new SurveyTally(options);
    this.#shared = {
      nameExample,
      identity,
      maxRowBytes,
      keepsNumbers,
      examples: new ExampleTable(),
      survey: this.#survey,
    };
  }

  async read(sources: readonly RecognisedSource[]): Promise<Prepared> {
    const totalBytes = addUp(sources.map(({ bytes }) => bytes));
    const found: { experiment: PreparedExperiment; packing: Packing }[] = [];
    const read: SourceIdentity[] = [];
    const identities = new Map<string, number>();
    for (const group of groupsOf(sources, this.#options.each === true)) {
      const packings = new Map<string | undefined, Packing>();
      const hashes = new Map<RecognisedSource, string>();
      const tolerated = new Tolerated();
      for (const source of group) {
        const bytes = await this.#readSource(source, packings, totalBytes, tolerated);
        hashes.set(source, bytes);
        read.push({ bytes, reading: readingOf(source) });
      }
      this.#survey.tolerated.addAll(tolerated);
      const [first] = packings.values();
      // Of the files, not of an experiment: it is said once.
      for (const sentence of tolerated.sentences())
        if (first) countNote(first.packer.notes, sentence);
      for (const packing of packings.values()) {
        const experiment = await this.#finish(packing, group, hashes);
        found.push({ experiment: this.#asOneOf(experiment, identities), packing });
      }
    }
    this.#survey.checkWanted();

    const isOneOfSeveral = found.length > 1 || this.#survey.labelCount > 1;
    const all = found.map(({ experiment, packing }) => ({
      experiment: { ...experiment, isOneOfSeveral },
      packing,
    }));
    const counted = all.filter(({ packing }) => packing.packer.row > packing.packer.badRows);
    return {
      survey: this.#survey.summarise(
        sources,
        counted.map(({ experiment }) => experiment.facts),
        all.flatMap(({ packing }) => [...packing.packer.changes.sentences()]),
      ),
      experiments: all.map(({ experiment }) => experiment),
      sources: read,
      discard: removing(this.#paths),
      examples: this.#shared.examples,
      examplesOf: new Map(
        all.map(({ experiment, packing }) => [experiment, packing.packer.tally.examples]),
      ),
    };
  }

  discard(): Promise<void> {
    return removing(this.#paths)();
  }

  /** @returns the sha256 of its bytes. */
  async #readSource(
    source: RecognisedSource,
    packings: Map<string | undefined, Packing>,
    totalBytes: number | undefined,
    tolerated: Tolerated,
  ): Promise<string> {
    const { signal, onProgress, check = checkRow } = this.#options;
    const sha256 = createHash('sha256');
    const onBytes = (chunk: Uint8Array) => {
      sha256.update(chunk);
      this.#bytes += chunk.length;
    };
    for await (const row of source.rows({ onBytes, signal, tolerated })) {
      signal?.throwIfAborted();
      const packing = this.#packingOf(
        row.problem === undefined ? (row.experiment ?? '') : undefined,
        source,
        packings,
      );
      if (!packing) continue;
      this.#add(packing, check(row), source);
      if (this.#survey.rows % PROGRESS_ROWS === 0)
        onProgress?.({ rows: this.#survey.rows, bytes: this.#bytes, totalBytes });
    }
    return sha256.digest('hex');
  }

  /**
   * @param label undefined of a row that cannot be read, which may belong to any; the first experiment answers for it.
   * @returns undefined where the experiment is not wanted.
   */
  #packingOf(
    label: string | undefined,
    source: RecognisedSource,
    packings: Map<string | undefined, Packing>,
  ): Packing | undefined {
    if (label === undefined) {
      const [first = this.#begin(undefined, packings)] = packings.values();
      return first;
    }
    if (!this.#survey.addLabel(label, source)) return undefined;
    const unlabelled = packings.get(undefined);
    if (unlabelled && !packings.has(label)) {
      packings.delete(undefined);
      packings.set(label, unlabelled);
      unlabelled.label = label;
    }
    return packings.get(label) ?? this.#begin(label, packings);
  }

  #begin(label: string | undefined, packings: Map<string | undefined, Packing>): Packing {
    const path = this.#options.newPackage?.();
    if (path !== undefined) this.#paths.push(path);
    const writer = keptIn(path, () => path && new PackageWriter(path)) || undefined;
    const packing = { label, path, writer, packer: new Packer(label ?? '', this.#shared, writer) };
    packings.set(label, packing);
    return packing;
  }

  #add({ packer, path }: Packing, checked: CheckedRow, { format }: RecognisedSource): void {
    keptIn(path, () => packer.add(checked, format === 'native'));
  }

  async #finish(
    { packer, writer, path, label = '' }: Packing,
    group: readonly RecognisedSource[],
    hashes: ReadonlyMap<RecognisedSource, string>,
  ): Promise<PreparedExperiment> {
    keptIn(path, () => writer?.flush());
    const parts = group.filter((source) => {
      const labels = this.#survey.labelsOf(source);
      return labels.has(label) || labels.size === 0;
    });
    const { row: rows, badRows, problems, notes, changes } = packer;
    return {
      label,
      isOneOfSeveral: false,
      files: parts.map(({ name }) => name),
      bytes: addUp(parts.map(({ bytes }) => bytes)),
      sources: parts.map((source) => ({
        bytes: hashes.get(source) ?? '',
        reading: readingOf(source),
        label: this.#survey.labelsOf(source).size > 1 ? wordsOf(label) : undefined,
      })),
      rows,
      badRows,
      problems,
      facts: { ...packer.tally.summarise(), label },
      notes: [...notes],
      changes: changes.counts,
      datasetId: this.#options.datasetId,
      scores: parts.flatMap((source) =>
        scoresOf(source, this.#survey.labelsOf(source).size > 1 ? label : undefined),
      ),
      path,
    };
  }

  /** Among equal files of one command, the second is another than the first. */
  #asOneOf(experiment: PreparedExperiment, identities: Map<string, number>): PreparedExperiment {
    const identity = JSON.stringify(experiment.sources);
    const place = identities.get(identity) ?? 0;
    identities.set(identity, place + 1);
    if (place === 0) return experiment;
    const [first, ...others] = experiment.sources as [SourceIdentity, ...SourceIdentity[]];
    const sources = [{ ...first, reading: { ...first.reading, place } }, ...others];
    return { ...experiment, sources };
  }
}

/** Holds on to nothing else of what was read. */
function removing(paths: readonly string[]): () => Promise<void> {
  return async () => {
    for (const path of paths) await removePackage(path);
  };
}

/** A label without what is put between its parts for people to read. */
function wordsOf(label: string): string {
  return label.split(/[^\p{L}\p{N}._:@+/-]+/u).join(' ');
}

/** All that rows depend on besides the bytes of their file. No text that is made for people is in it. */
export function readingOf(source: RecognisedSource): JsonObject {
  return { v: READING_VERSION, ...source.decisions() };
}

/** @param label undefined: all of the file is one experiment. */
function scoresOf({ summaries }: RecognisedSource, label: string | undefined): JsonValue[] {
  return summaries
    .filter(({ experiment = '' }) => label === undefined || experiment === label)
    .flatMap(({ scores }) => scores.map((score): JsonObject => ({ ...score })));
}

function groupsOf(
  sources: readonly RecognisedSource[],
  each: boolean,
): (readonly RecognisedSource[])[] {
  if (each) return sources.map((source) => [source]);
  return sources.length === 0 ? [] : [sources];
}

/** Undefined if one of them is not known. */
function addUp(sizes: readonly (number | undefined)[]): number | undefined {
  return sizes.reduce(
    (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );
}

function keptIn<T>(path: string | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw path === undefined ? error : unwritable(error, 'what was read', path);
  }
}
