import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Source } from '../../src/input/row.js';
import { readPackage } from '../../src/prepare/package.js';
import type { PackedRow, RowHead } from '../../src/prepare/packed-row.js';
import { prepare } from '../../src/prepare/prepare.js';
import type { PrepareOptions } from '../../src/prepare/prepared.js';

/** Paths of new packages, in a folder of their own. */
export function newPackages(): () => string {
  const folder = mkdtempSync(join(tmpdir(), 'ls-record-packages-'));
  let packages = 0;
  return () => join(folder, String(packages++));
}

export async function rowsOfPackage(
  path: string,
  wants?: (head: RowHead) => boolean,
): Promise<PackedRow[]> {
  const all: PackedRow[] = [];
  for await (const rows of readPackage(path, wants)) all.push(...rows);
  return all;
}

/** Reads sources into packages, and those back: the experiments, with the heads of their rows. */
export async function preparePacked(sources: readonly Source[], options: PrepareOptions = {}) {
  const { experiments } = await prepare(sources, { newPackage: newPackages(), ...options });
  return Promise.all(
    experiments.map(async (experiment) => {
      const rows = await rowsOfPackage(experiment.path ?? '');
      return { ...experiment, rows: rows.map(({ file, head }) => ({ file, ...head })) };
    }),
  );
}
