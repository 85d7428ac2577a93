import type { Companion } from '../../input/companions.js';
import type { Row, Sample } from '../../input/row.js';
import type { JsonObject, JsonValue } from '../../json/value.js';
import type { ColumnReading } from '../named-columns/named-columns.js';

/** A harness whose result files are read. */
export interface Format {
  /** What `--format` takes. */
  readonly name: string;
  readonly title: string;
  /** Usual names of its files. */
  readonly files: string;
  /** What becomes a row, an experiment and a score, in a line. */
  readonly reads: string;
  /**
   * Tells by content whether a file is of this format, and how it is then read.
   *
   * @param sample is also given for other formats: nothing of it can be relied on.
   * @param isAsked it was said to be of this format. What else tells it may stand beyond the sample: what its
   * records are read by is enough.
   */
  recognise(sample: Sample, isAsked?: boolean): Reading | undefined;
}

/** How a file of a known format becomes rows of our own shape. */
export interface Reading {
  /** What gave it away, for a person: `results.version is 3`. */
  readonly why: string;
  /**
   * Of a document: the keys under which its records stand, `*` for each element of a list or each member of an object.
   * Without it the document itself is the only record. `['evals', '*', 'results']` gives the elements of each list.
   */
  readonly recordsAt?: readonly string[];
  /** Members of a document, by path, that are large and of no use. */
  readonly leaveOut?: readonly (readonly string[])[];
  /** What each column is, in a table where people have columns of their own. */
  readonly columns?: Pick<ColumnReading, 'described' | 'targets' | 'members'>;
  /** Its files are parts of a whole: those of one command are read as one, and its records are a list. */
  readonly isOfParts?: boolean;
  /** What is assumed for all rows, in words: `latency is in milliseconds`. */
  readonly assumptions?: readonly string[];
  /** Turns records into rows. A record that cannot be read is a row with a problem, never a thrown error. */
  rows(file: ResultsFile): AsyncIterable<FormatRow>;
}

/** A file of a known format, as its reading gets it. */
export interface ResultsFile {
  /** The path as typed; folders in it may tell the model. */
  readonly name: string;
  /** The document without its records; `{}` where there is none. */
  readonly header: JsonObject;
  /** The columns of a table, in order; names may be empty or repeat. */
  readonly columns: readonly string[];
  /**
   * The records in their order; those of a broken line never come here. Of a table, `value` is an object of
   * header → cell text, and `cells` the same by position.
   */
  readonly records: AsyncIterable<Row>;
  /** JSON documents and JSON Lines next to the file whose base name matches, in the order of their names. */
  companions(pattern: RegExp): Promise<readonly Companion[]>;
  /** What `--join` names: records of another file, each under its `custom_id` or `id`. */
  readonly joined: ReadonlyMap<string, JsonObject>;
}

/** A row in our own shape (see `result.ts`), or what is wrong with a record, or scores of a whole experiment. */
export type FormatRow =
  | {
      readonly origin: Row['origin'];
      readonly value: JsonObject;
      /** Which of the file's experiments it belongs to, in a few words: `gpt-4o-mini`. */
      readonly experiment?: string;
      /** What was assumed of it, in words that are the same for all rows. */
      readonly notes?: readonly string[];
    }
  | { readonly origin: Row['origin']; readonly problem: string }
  | { readonly summary: SummaryScores };

/** What a harness says of an experiment as a whole. */
export interface SummaryScores {
  readonly experiment?: string;
  readonly scores: readonly {
    readonly key: string;
    readonly score: JsonValue;
    readonly comment?: string;
  }[];
}
