import { hash } from 'node:crypto';
import { LsRecordError } from '../errors.js';
import type { Source } from '../input/row.js';
import { pythonJson } from '../json/canonical.js';
import type { JsonValue } from '../json/value.js';
import { nativeSource } from '../results/native.js';
import { checkRow } from '../results/parse.js';
import type { RecognisedSource } from '../results/recognised.js';
import type { Result } from '../results/result.js';
import { partLikeOthers } from '../results/variants/part-source.js';
import type { ExampleName } from './example-table.js';
import { readFacts, readPackage } from './package.js';
import { groupsOf, Pass, type ReadOnce, type ScoredOptions } from './pass.js';
import type {
  NumberedResult,
  Part,
  Prepared,
  PreparedExperiment,
  PrepareOptions,
} from './prepared.js';
import { isInShare } from './row-share.js';

/** The rows that become one experiment. */
export interface ExperimentRows
  extends Pick<
    PreparedExperiment,
    'label' | 'isOneOfSeveral' | 'files' | 'bytes' | 'sources' | 'copyOf' | 'datasetId'
  > {
  readonly isLive: boolean;
  /** By which all experiments of one command are known, how many they are, and which of them it is. */
  readonly group: { readonly id: string; readonly size: number; readonly place: number } | null;
  /** Its package, where it has one. */
  readonly prepared?: PreparedExperiment | undefined;
  /** Scores of the experiment itself, each as in a row's `feedback`; known once all parts were read. */
  summary(): readonly JsonValue[];
  parts(): AsyncIterable<Part>;
}

/** The experiment of a package. */
export function asExperiment(
  prepared: PreparedExperiment,
  group: ExperimentRows['group'] = null,
): ExperimentRows {
  const { scores, path = '' } = prepared;
  const part: Part = { ...prepared, isWhole: true, read: (wants) => readPackage(path, wants) };
  return {
    ...prepared,
    group,
    prepared,
    isLive: false,
    summary: () => scores,
    async *parts() {
      yield part;
    },
  };
}

/** What was prepared at a path; undefined if there is no whole package. */
export async function readPrepared(path: string): Promise<PreparedExperiment | undefined> {
  const facts = (await readFacts(path)) as PreparedExperiment | undefined;
  return facts && { ...facts, path };
}

/**
 * Reads sources once: rows are checked, counted, named and packed, those of each experiment by themselves. All files
 * together become one experiment, unless they tell several models, prompts or tasks apart. Where only all rows together
 * tell that they do, the sources are read once more.
 *
 * @throws {LsRecordError} `INPUT_INVALID` where the rest of a file cannot be read; `USAGE` if `only` names no
 * experiment; `HOME_UNAVAILABLE` if the disk is full. Packages are removed then.
 */
export async function prepare(
  sources: readonly (RecognisedSource | Source)[],
  options: PrepareOptions = {},
): Promise<Prepared> {
  const groups = groupsOf(sources.map(nativeSource), options.each === true);
  const given = groups.flatMap(partLikeOthers);
  const scores = await options.scoring?.score(
    () => numberedResults(given, options),
    (rows) => options.onProgress?.({ phase: 'scoring', rows, bytes: 0 }),
  );
  const scored = { ...options, scores };
  const { prepared, parted } = await readWhole(given, scored);
  if (!parted) return prepared;
  await prepared.discard();
  const again = await readOnce(parted, scored);
  // By its sources as they were given, the same command finds its packages again before it has read a row.
  return { ...again.prepared, sources: prepared.sources, assumed: prepared.assumed };
}

/** The rows that are wanted and good, to be scored. */
async function* numberedResults(
  sources: readonly RecognisedSource[],
  { check = checkRow, only, part, each, signal }: PrepareOptions,
): AsyncGenerator<NumberedResult> {
  // Of several experiments, rows are numbered and shared by themselves.
  const isOne = !each && sources.every((one) => !one.hasExperiments && !one.members);
  const share = isOne ? part : undefined;
  let rows = 0;
  for (const source of sources) {
    for await (const row of source.rows({ signal })) {
      const number = rows++;
      if (!isInShare(number, share)) continue;
      if (only && row.experiment !== undefined && !only.includes(row.experiment)) continue;
      const checked = check(row);
      if ('result' in checked) yield { number, result: checked.result };
    }
  }
}

/** Reads all rows, and tells how they are to be parted if only that tells. */
async function readWhole(
  given: readonly RecognisedSource[],
  options: ScoredOptions,
): Promise<ReadOnce> {
  try {
    return await readOnce(given, options);
  } catch (error) {
    const isUnknown = error instanceof LsRecordError && error.code === 'USAGE';
    if (!isUnknown || options.only === undefined) throw error;
    // What is wanted may be an experiment that only all rows tell.
    const whole = await readOnce(given, { ...options, only: undefined, newPackage: undefined });
    if (!whole.parted) throw error;
    return whole;
  }
}

async function readOnce(
  sources: readonly RecognisedSource[],
  options: ScoredOptions,
): Promise<ReadOnce> {
  const pass = new Pass({ ...options, nameExample: options.nameExample ?? nameByContent });
  try {
    return await pass.read(sources);
  } catch (error) {
    await pass.discard();
    throw error;
  }
}

/** Rows that are known by what they hold, where no dataset is known yet. */
export function nameByContent({
  exampleId,
  inputs = {},
  referenceOutputs = {},
}: Result): ExampleName {
  const text = exampleId ?? `${pythonJson(inputs)}-${pythonJson(referenceOutputs)}`;
  return { id: hash('sha256', text, 'buffer').subarray(0, 16), content: 0 };
}
