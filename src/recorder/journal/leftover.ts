import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Row, Source } from '../../input/row.js';
import { holdsRows, packageOf, readPackage, removePackage } from '../../prepare/package.js';
import { unpackRow } from '../../prepare/packed-row.js';

/**
 * The rows of a stream that were read and not acknowledged, as a source: rows keep their number and place.
 *
 * @param path of the journal's packages.
 */
export function leftoverOf(path: string, name: string): Source {
  return {
    name,
    live: false,
    async *rows({ onBytes } = {}): AsyncGenerator<Row> {
      for (const part of (await packagesOf(path)).filter(holdsRows)) {
        for await (const rows of readPackage(part)) {
          for (const row of rows) {
            for (const payload of row.payloads) onBytes?.(payload);
            const { line, column, row: index, problem, text } = row.head;
            const origin = { file: row.file, line, column };
            yield { origin, index, shape: 'document', value: unpackRow(row), problem, text };
          }
        }
      }
    },
  };
}

export async function removePackages(path: string): Promise<void> {
  for (const one of await packagesOf(path)) await removePackage(one);
}

/** The packages whose names begin with that of a journal, in order. */
export async function packagesOf(path: string): Promise<string[]> {
  const names = await readdir(dirname(path));
  const own = names.filter((name) => name.startsWith(`${basename(path)}.`));
  const packages = own.flatMap((name) => packageOf(join(dirname(path), name)) ?? []);
  return [...new Set(packages)].sort();
}
