import { fromJs } from '../json/from-js.js';
import { printJson } from '../json/print.js';
import type { Row, RowsOptions, Source } from './row.js';

/**
 * Makes a source of rows that a program holds already. What can be iterated once only,
 * such as a generator, is recorded live; an array is checked as a whole first, like a file.
 *
 * @param name stands where a file's name would: in messages, and in the experiment's name.
 */
export function fromRows(rows: Iterable<unknown> | AsyncIterable<unknown>, name = 'rows'): Source {
  return {
    name,
    live: !Array.isArray(rows),
    async *rows({ onBytes, signal }: RowsOptions = {}) {
      let index = 0;
      for await (const given of rows) {
        signal?.throwIfAborted();
        const value = fromJs(given);
        onBytes?.(Buffer.from(`${printJson(value)}\n`));
        yield {
          origin: { file: name, line: index + 1 },
          index,
          shape: 'document',
          value,
        } satisfies Row;
        index++;
      }
    },
  };
}
