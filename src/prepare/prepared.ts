import type { JsonObject, JsonValue } from '../json/value.js';
import type { Feedback } from '../results/feedback.js';
import type { checkRow } from '../results/parse.js';
import type { CopiedExperiment } from '../results/recognised.js';
import type { Result } from '../results/result.js';
import type { ExampleTable } from './example-table.js';
import type { ExperimentSummary } from './experiment-tally.js';
import type { PackedRow, RowHead } from './packed-row.js';
import type { ExampleNaming } from './packer.js';
import type { RowShare } from './row-share.js';
import type { RowProblem, Survey } from './survey.js';

/** What tells a source's rows from any other: its bytes, and all that was decided about how they are read. */
export interface SourceIdentity {
  /** sha256, in hex; of a stream a random id. */
  readonly bytes: string;
  readonly reading: JsonObject;
  /** Which of several experiments in the file this is. */
  readonly label?: string | undefined;
}

/** An experiment that was read to its end, and where `path` is given, packed. All but the examples can be printed. */
export interface PreparedExperiment extends Omit<Part, 'isWhole' | 'read' | 'drop'> {
  /** What the files call it; '' if they do not tell experiments apart. */
  readonly label: string;
  /** There are other experiments in the files, wanted or not. */
  readonly isOneOfSeveral: boolean;
  /** The files' names as typed; the first stands for all. */
  readonly files: readonly string[];
  /** The size of the files, where it is known. */
  readonly bytes?: number | undefined;
  readonly sources: readonly SourceIdentity[];
  readonly copyOf?: CopiedExperiment | undefined;
  /** The dataset that its examples are named for; undefined: the one that is known when they are read. */
  readonly datasetId?: string | undefined;
  readonly scores: readonly JsonValue[];
  /** Where its package is. */
  readonly path?: string | undefined;
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

export interface PrepareOptions extends Pick<ExampleNaming, 'identity'> {
  /** Default: by what rows hold. */
  readonly nameExample?: ExampleNaming['nameExample'] | undefined;
  /** The dataset that `nameExample` names examples for. */
  readonly datasetId?: string | undefined;
  /** Rows have the number that their source gives them, not their place in their experiment. */
  readonly keepsNumbers?: boolean | undefined;
  /** Rows outside of it are counted, and otherwise left alone. */
  readonly part?: RowShare | undefined;
  /** Gives the path of each new package; without it nothing is kept of the rows. */
  readonly newPackage?: (() => string) | undefined;
  /** An experiment for each file. */
  readonly each?: boolean | undefined;
  /** Labels of the experiments that are wanted. */
  readonly only?: readonly string[] | undefined;
  /** Default 100. */
  readonly maxProblems?: number | undefined;
  /** The limit of a request, before compression; LangSmith's by default. */
  readonly maxRowBytes?: number | undefined;
  /** Default: against the schema of a result. */
  readonly check?: typeof checkRow | undefined;
  /** Scores rows before they are packed. They are read once more for that. */
  readonly scoring?: RowScoring | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((at: ReadingProgress) => void) | undefined;
}

/** Gives scores to rows that are to be recorded. */
export interface RowScoring {
  /** All that the scores depend on besides the rows. */
  readonly definition: JsonObject;
  /**
   * @param readRows reads the rows from the beginning.
   * @param onScored is called with how many rows are scored so far.
   * @returns scores by the number of the row.
   */
  score(
    readRows: () => AsyncIterable<NumberedResult>,
    onScored: (rows: number) => void,
  ): Promise<ReadonlyMap<number, readonly Feedback[]>>;
}

/** A good row, and its place among all rows of all sources, from 0; bad ones count. */
export interface NumberedResult {
  readonly number: number;
  readonly result: Result;
}

export interface ReadingProgress {
  /** Rows are scored, and read again after that. */
  readonly phase?: 'scoring';
  readonly rows: number;
  readonly bytes: number;
  /** Where it is known. */
  readonly totalBytes?: number | undefined;
}

/** A stretch of rows that is sent at once: all of a file, or about a second of a live stream. */
export interface Part {
  /** All that the source holds: its bad rows can still stop everything. */
  readonly isWhole: boolean;
  readonly rows: number;
  readonly badRows: number;
  /** Rows of other shares; undefined where all rows are wanted. */
  readonly others?: number | undefined;
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
