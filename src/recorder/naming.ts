import { basename } from 'node:path';
import { LsRecordError } from '../errors.js';
import type { ExperimentRows } from '../prepare/prepare.js';
import { sourceId } from './ids.js';
import type { RecordOptions } from './record-options.js';

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
  {
    files,
    label,
    sources,
    isOneOfSeveral,
    copyOf,
  }: Pick<ExperimentRows, 'files' | 'label' | 'sources' | 'isOneOfSeveral' | 'copyOf'>,
  { experiment, dataset, append }: Pick<RecordOptions, 'experiment' | 'dataset' | 'append'>,
): string {
  if (experiment !== undefined)
    return isOneOfSeveral && !append ? withLabel(experiment, label) : experiment;
  if (copyOf) return copyOf.name;
  const [name = '-', ...others] = files;
  const stem = basename(name).replace(/(\.[A-Za-z0-9]{1,6})+$/, '') || '-';
  const saysNothing = COMMON_STEMS.has(stem.toLowerCase()) || others.length > 0;
  const base = saysNothing ? dataset : stem;
  const [only, ...more] = sources;
  const bytes = only && more.length === 0 ? only.bytes : sourceId(sources);
  return `${withLabel(base, label)}-${bytes.replaceAll('-', '').slice(0, 8)}`;
}

/** `nightly` and `gpt-4o · terse` are `nightly-gpt-4o-terse`, which needs no quotes in a shell. */
export function withLabel(name: string, label: string): string {
  const plain = label.replace(/[^\p{L}\p{N}._:@+]+/gu, '-').replace(/^-+|-+$/g, '');
  return plain === '' ? name : `${name}-${plain.slice(0, MAX_LABEL)}`;
}

/**
 * Several experiments cannot all have one name; those of one file have their label in it.
 *
 * @throws {LsRecordError} `USAGE`
 */
export function checkNames(
  experiments: readonly Pick<ExperimentRows, 'label'>[],
  { experiment, append }: Pick<RecordOptions, 'experiment' | 'append'>,
): void {
  const unnamed = experiments.filter(({ label }) => label === '').length;
  if (unnamed < 2 || experiment === undefined || append) return;
  throw new LsRecordError(
    'USAGE',
    `--experiment gives one name, but --each makes ${unnamed} experiments`,
    {
      hint: 'Use only one of them, record the files one by one, or add them to an existing experiment with --append.',
    },
  );
}
