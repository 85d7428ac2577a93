import type { Row } from '../input/row.js';
import { printJson } from '../json/print.js';
import { isJsonObject, type JsonObject } from '../json/value.js';
import { withKeys } from './sendable.js';

/**
 * Rows that were not recorded, each as a line that `record` reads again after mending:
 * the row as it was read, plus `_rejected`, which says where it stood and why.
 */
export class Rejects {
  readonly #write: ((line: string) => void | Promise<void>) | undefined;

  constructor(write: ((line: string) => void | Promise<void>) | undefined) {
    this.#write = write;
  }

  async add(row: Row, reason: string): Promise<void> {
    if (!this.#write) return;
    const { file, line } = row.origin;
    const rejected: JsonObject = { file, line, reason };
    if (row.text !== undefined) rejected.text = row.text;
    const fields = isJsonObject(row.value) ? row.value : {};
    await this.#write(printJson(withKeys(fields, { _rejected: rejected })));
  }
}
