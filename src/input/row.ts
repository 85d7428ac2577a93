import type { JsonValue } from '../json/value.js';

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
  /** Set when the text could not be read; `value` is then null. */
  readonly problem?: string;
  /** The source text, kept only of a row with a problem; at most 1,000 characters. */
  readonly text?: string;
}

/** A file or a stream, opened and recognised, that gives rows. */
export interface Source {
  /** The path as it was typed, or `-`. */
  readonly name: string;
  readonly format: 'jsonl' | 'json' | 'csv' | 'tsv';
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
  /** Removes what opening it left on disk. */
  close?(): Promise<void>;
}

export interface RowsOptions {
  readonly onBytes?: (chunk: Uint8Array) => void;
  readonly signal?: AbortSignal;
}

/** `results.jsonl:3` or `results.jsonl:3:17`. */
export function describeOrigin({ file, line, column }: Origin): string {
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
}
