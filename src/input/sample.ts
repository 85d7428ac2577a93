import type { JsonObject } from '../json/value.js';

/** The beginning of a file, by which it is told what wrote it. */
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
  /** Of a table, in order; names may be empty or repeat. */
  readonly columns: readonly string[];
}
