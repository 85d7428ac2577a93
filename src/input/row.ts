import type { JsonObject, JsonValue } from '../json/value.js';
import type { Found, Path } from './place.js';
import type { Tolerated } from './tolerated.js';

/** Where something stands in the input. Lines and columns count from 1; columns are UTF-16 units. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** A record of the input, not yet checked. */
export interface Row {
  readonly origin: Origin;
  /** Position among the rows of its source, from 0; bad rows count. */
  readonly index: number;
  /** `columns`: a flat object of header → cell text, from CSV. `document`: JSON. */
  readonly shape: 'document' | 'columns';
  readonly value: JsonValue;
  /** The cells of a table's row by position, where header names repeat. */
  readonly cells?: readonly string[];
  /** In a document: what matched each `*` on the way to the record, then its own key or place. */
  readonly path?: Found['path'];
  /** The objects around the record, where they were asked for. */
  readonly around?: Found['around'];
  /** The run that it is a copy of; the new one is named by it, for its place among the rows may change. */
  readonly runId?: string;
  /** Which of its source's experiments the row belongs to. */
  readonly experiment?: string;
  /** What was assumed of it when it was read, in words that are the same for all rows. */
  readonly notes?: readonly string[];
  /** What was taken out of it, or should have been: an entry each time, in words that are the same for all rows. */
  readonly changes?: readonly string[];
  /** Set when the text could not be read; `value` is then null. */
  readonly problem?: string;
  /** The source text, kept only of a row with a problem; at most 1,000 characters. */
  readonly text?: string;
}

/** A sample of rows that are known already. */
export function sampleOf(rows: readonly JsonObject[]): Sample {
  return { kind: 'list', name: '', document: {}, rows, columns: [] };
}

/** A file or a stream that gives rows. */
export interface Source {
  /** The path as it was typed, or `-`. */
  readonly name: string;
  /** The names of all files, where several are read as one. */
  readonly files?: readonly string[];
  /** A live stream gives its rows once, as they arrive; anything else can be read again. */
  readonly live: boolean;
  /** Size in bytes, where it is known before reading. */
  readonly bytes?: number;
  /**
   * Reads all rows, in constant memory.
   *
   * @param options.onBytes sees every byte of the source, in order: for a hash, and for progress.
   * @throws {LsRecordError} `INPUT_INVALID` where the rest cannot be read (half a JSON, a broken array).
   */
  rows(options?: RowsOptions): AsyncIterable<Row>;
  /** The sha256 of all its bytes, in hex, without reading its rows; undefined where they can be read once only. */
  digest?(): Promise<string>;
  /** Removes what opening it left on disk. */
  close?(): Promise<void>;
}

/** A file that was opened, before it is known what its records mean. */
export interface OpenedSource extends Source {
  readonly kind: Sample['kind'];
  /** The beginning, which shows what wrote the file. Reads a document to its end, holding little of it. */
  sample(): Promise<Sample>;
  /** A document without its records; `{}` of anything else. */
  header(of: RecordsPlace): Promise<JsonObject>;
  /** The records of a document at their place; of lists and tables, all. */
  records(of: RecordsPlace, options?: RowsOptions): AsyncIterable<Row>;
  /** All tables of a file that holds several, by name; this source is the first of them. */
  readonly tables?: ReadonlyMap<string, OpenedSource> | undefined;
  /** What was said about how it is read, besides the format. */
  readonly reading?: JsonObject | undefined;
  /** Files next to it, in the same folder or archive, whose base name matches. */
  companions(
    pattern: RegExp,
  ): Promise<readonly { readonly name: string; readonly value: JsonValue }[]>;
}

/** Where in a document its records are, and what else of it is passed over. In a list, a path begins with `*`. */
export interface RecordsPlace {
  readonly recordsAt?: Path | undefined;
  readonly leaveOut?: readonly Path[] | undefined;
  /** Records come with the objects around them. */
  readonly hasAround?: boolean | undefined;
}

export interface RowsOptions {
  readonly onBytes?: (chunk: Uint8Array) => void;
  readonly signal?: AbortSignal;
  /** Counts what is read although it is not as it should be. */
  readonly tolerated?: Tolerated | undefined;
}

/** `results.jsonl:3` or `results.jsonl:3:17`. */
export function describeOrigin({ file, line, column }: Origin): string {
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
}

/** The beginning of a file, from which its format is recognized. */
export interface Sample {
  /** The path as typed. */
  readonly name: string;
  /**
   * What holds the records: a document is one JSON or YAML object (also an archive that is one, such as an
   * Inspect log), a list any sequence of values, a table has columns.
   */
  readonly kind: 'document' | 'list' | 'table';
  /** The document, its lists cut to their first elements and its deepest levels left out; `{}` for others. */
  readonly document: JsonObject;
  /** The first objects of a list, or rows of a table as header → cell; none of a document. */
  readonly rows: readonly JsonObject[];
  /** The columns of a table, in order; names may be empty or repeat. */
  readonly columns: readonly string[];
}
