import { basename } from 'node:path';
import type { Source } from '../input/row.js';
import type { RecordOptions } from './recording.js';

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

const MAX_LABEL = 120;

/** The name that was given, or one that the same file gets again: `nightly-1f2e3d4c`, `nightly-gpt-4o-1f2e3d4c`. */
export function experimentName(
  source: Source,
  sourceId: string,
  { experiment, label = '', dataset }: Pick<RecordOptions, 'experiment' | 'label' | 'dataset'>,
): string {
  if (experiment !== undefined) return experiment;
  const stem = basename(source.name).replace(/(\.[A-Za-z0-9]{1,6})+$/, '') || '-';
  const saysNothing = COMMON_STEMS.has(stem.toLowerCase()) || (source.files?.length ?? 1) > 1;
  const base = saysNothing ? dataset : stem;
  return `${withLabel(base, label)}-${sourceId.replaceAll('-', '').slice(0, 8)}`;
}

/** `nightly` and `gpt-4o · terse` are `nightly-gpt-4o-terse`, which needs no quotes in a shell. */
export function withLabel(name: string, label: string): string {
  const plain = label.replace(/[^\p{L}\p{N}._:@+]+/gu, '-').replace(/^-+|-+$/g, '');
  return plain === '' ? name : `${name}-${plain.slice(0, MAX_LABEL)}`;
}
