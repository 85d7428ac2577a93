import { basename } from 'node:path';
import type { Source } from '../input/row.js';

/** File names that say nothing of what is in them. */
const COMMON_STEMS = new Set([
  'result',
  'results',
  'output',
  'outputs',
  'data',
  'eval',
  'evals',
  '-',
]);

/** A name that the same file gets again: `nightly-1f2e3d4c`. */
export function experimentName(source: Source, sourceId: string, dataset: string): string {
  const stem = basename(source.name).replace(/(\.[A-Za-z0-9]{1,6})+$/, '') || '-';
  const base = COMMON_STEMS.has(stem.toLowerCase()) ? dataset : stem;
  return `${base}-${sourceId.replaceAll('-', '').slice(0, 8)}`;
}
