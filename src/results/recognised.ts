import type { Source } from '../input/row.js';
import type { JsonObject } from '../json/value.js';
import type { SummaryScores } from './formats/format.js';
import type { ColumnOptions, ColumnQuestion } from './named-columns/named-columns.js';
import type { Variant } from './variants/decide.js';
import type { MetadataMembers } from './variants/tally.js';

/** An experiment that rows are a copy of. */
export interface CopiedExperiment {
  /** With it, a copy that is made again is the same experiment, whatever was added meanwhile. */
  readonly id?: string | undefined;
  /** The name, for the copy too unless it is taken or another is given. */
  readonly name: string;
  readonly description?: string | undefined;
  /** Kept as it is: nothing is added that describes how the copy was made. */
  readonly metadata: JsonObject;
}

/** What a file turned out to be, and its rows in our own shape. */
export interface RecognisedSource extends Source {
  /** `native`, `columns`, or the name of a harness's format. */
  readonly format: string;
  /** `promptfoo results, by results.version 3`. */
  readonly described: string;
  /** What columns are read as. */
  readonly columns: readonly string[];
  readonly assumptions: readonly string[];
  /** Unanswered, the rows cannot be read. */
  readonly questions: readonly ColumnQuestion[];
  /** Its rows may belong to several experiments. */
  readonly hasExperiments: boolean;
  /** Whether each of several such files has a part of what rows are made of: see `joinParts`. */
  readonly isOfParts?: boolean | undefined;
  /** By these it may still be decided whether rows that repeat examples are variants; undefined where it is. */
  readonly members?: MetadataMembers | undefined;
  /** Where all its rows come from, if they say so. */
  readonly copyOf?: CopiedExperiment | undefined;
  /** What tells rows that repeat examples apart. */
  readonly variants?: readonly Variant[] | undefined;
  /** Scores of whole experiments, known once the rows were read. */
  readonly summaries: readonly SummaryScores[];
  /** All that the rows depend on besides the file's bytes, without a word for people; known once the rows were read. */
  decisions(): JsonObject;
}

export interface RecogniseOptions extends ColumnOptions {
  /** Name of a format, instead of what the content says; `native` and `columns` too. */
  readonly format?: string | undefined;
  /** Where in a document the rows are, such as `runs.*.results`, instead of what its content says. */
  readonly rows?: string | undefined;
  /** Records of another file, by `custom_id` or `id`. */
  readonly joined?: ReadonlyMap<string, JsonObject> | undefined;
}
