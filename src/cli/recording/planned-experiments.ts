import { LsRecordError } from '../../errors.js';
import { invalidRows } from '../../recorder/invalid-rows.js';
import { type CombinedSource, combine, onlyExperiment } from '../../results/experiments.js';
import { preflight } from '../../results/preflight/preflight.js';
import type { RecognisedSource } from '../../results/recognise.js';
import { printable } from '../screen/printable.js';

/** What becomes one experiment. */
export interface PlannedExperiment {
  readonly source: CombinedSource;
  /** What the files call it; '' if they do not tell experiments apart. */
  readonly label: string;
}

/** All that is to be recorded. */
export interface Plan {
  readonly experiments: readonly PlannedExperiment[];
  /** There are several experiments, also if only one of them is wanted. */
  readonly isOfSeveral: boolean;
}

export interface PlanOptions {
  /** Each file is an experiment of its own. */
  readonly each?: boolean;
  /** Labels of the experiments that are wanted. */
  readonly only?: readonly string[];
  readonly onInvalid?: 'fail' | 'skip';
  readonly signal: AbortSignal;
}

/**
 * Tells which experiments files become: all together one, unless the files themselves tell several models, prompts or
 * tasks apart.
 *
 * @throws {LsRecordError} `RESULT_INVALID` if rows of a file of several experiments are bad, before one of them is begun.
 */
export async function planExperiments(
  sources: readonly RecognisedSource[],
  options: PlanOptions,
): Promise<Plan> {
  const planned: PlannedExperiment[] = [];
  for (const group of groupsOf(sources, options.each === true))
    for (const one of await planGroup(group, options)) planned.push(one);

  const { only } = options;
  const isOfSeveral = planned.length > 1;
  if (!only) return { experiments: planned, isOfSeveral };
  const unknown = only.find((label) => planned.every((one) => one.label !== label));
  if (unknown === undefined) {
    return { experiments: planned.filter(({ label }) => only.includes(label)), isOfSeveral };
  }
  const labels = planned.map(({ label }) => label).filter((label) => label !== '');
  throw new LsRecordError(
    'USAGE',
    `there is no experiment "${printable(unknown)}" to be recorded`,
    {
      hint:
        labels.length > 0
          ? `There are: ${[...new Set(labels)].map((label) => `"${printable(label)}"`).join(', ')}.`
          : 'All rows are of one experiment: leave --only out.',
    },
  );
}

type Group = readonly [RecognisedSource, ...RecognisedSource[]];

function groupsOf(sources: readonly RecognisedSource[], each: boolean): Group[] {
  if (each) return sources.map((source) => [source]);
  const [first, ...others] = sources;
  if (!first) return [];
  if (others.length > 0 && sources.some(({ live }) => live)) {
    throw new LsRecordError('USAGE', 'a stream cannot be joined with files', {
      hint: 'Record it by itself, or give each its own experiment: --each.',
    });
  }
  return [[first, ...others]];
}

async function planGroup(group: Group, options: PlanOptions): Promise<PlannedExperiment[]> {
  if (!group.some(({ hasExperiments }) => hasExperiments))
    return [{ source: combine(group), label: '' }];
  const report = await preflight(group, { signal: options.signal });
  if (report.badRows > 0 && options.onInvalid !== 'skip') throw invalidRows(report);

  const labelsOf = new Map(report.files.map(({ name, labels }) => [name, labels]));
  const planned: PlannedExperiment[] = [];
  for (const label of report.labels) {
    const parts = group.flatMap((file) => {
      const labels = labelsOf.get(file.name) ?? [];
      if (!labels.includes(label)) return [];
      // Alone in its file it is the file, so that it is known again when it is recorded by itself.
      return [labels.length === 1 ? file : onlyExperiment(file, label, label === labels[0])];
    });
    // Nothing in these can be read; somebody has to say so.
    const unreadable =
      planned.length === 0 ? group.filter(({ name }) => labelsOf.get(name)?.length === 0) : [];
    const [first, ...others] = [...parts, ...unreadable];
    if (first) planned.push({ source: combine([first, ...others]), label });
  }
  return planned.length > 0 ? planned : [{ source: combine(group), label: '' }];
}
