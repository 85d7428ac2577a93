import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSources } from '../../src/input/open.js';
import type { JsonObject } from '../../src/json/value.js';
import { type CheckedRow, checkRow } from '../../src/results/parse.js';
import { recognise } from '../../src/results/recognise.js';
import type { RecognisedSource, RecogniseOptions } from '../../src/results/recognised.js';
import type { Result } from '../../src/results/result.js';

/** Real result files of other harnesses, next to the checkout. */
const SAMPLES = new URL('../../../shared/formats/samples/', import.meta.url).pathname;
export const hasSamples = existsSync(SAMPLES);

export function samplePath(name: string): string {
  return join(SAMPLES, name);
}

/** What reading a file as whatever it is gave. */
export interface ReadFile {
  readonly source: RecognisedSource;
  readonly rows: readonly CheckedRow[];
  /** Of rows that are well. */
  readonly results: readonly Result[];
  readonly problems: readonly string[];
  /** Rows of each experiment. */
  readonly experiments: Readonly<Record<string, number>>;
}

export async function readFile(path: string, options: RecogniseOptions = {}): Promise<ReadFile> {
  const [opened] = await openSources([path], { spoolFolder: tmpdir() });
  if (!opened) throw new Error(`${path} was not opened`);
  const source = await recognise(opened, options);
  const rows: CheckedRow[] = [];
  const experiments: Record<string, number> = {};
  for await (const row of source.rows()) {
    rows.push(checkRow(row));
    const label = row.experiment ?? '';
    experiments[label] = (experiments[label] ?? 0) + 1;
  }
  const results = rows.flatMap((row) => ('result' in row ? [row.result] : []));
  const problems = rows.flatMap((row) =>
    'problems' in row
      ? row.problems.map(({ field, message }) => `${field ?? 'row'}: ${message}`)
      : [],
  );
  return { source, rows, results, problems, experiments };
}

/** Scores of a key that count, and their mean; true counts as 1. */
export function scoresOf(results: readonly Result[], key: string): { n: number; mean: number } {
  const scores = results
    .flatMap(({ feedback }) => feedback)
    .filter((one) => one.key === key && one.score !== undefined)
    .map(({ score }) => Number(score));
  return { n: scores.length, mean: scores.reduce((sum, score) => sum + score, 0) / scores.length };
}

/** Sum of a count of tokens over all rows. */
export function tokensOf(results: readonly Result[], kind: string): number {
  return results.reduce((sum, { metadata }) => {
    const usage = (metadata.usage_metadata ?? {}) as JsonObject;
    return sum + Number(usage[kind] ?? 0);
  }, 0);
}
