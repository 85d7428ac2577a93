import { isJsonObject, type JsonObject } from '../../../json/value.js';
import { listAt, objectAt } from '../../format-kit/members.js';
import { nameExperiments } from '../../format-kit/model.js';
import { readRun } from '../../format-kit/reader.js';
import { readTree } from '../../format-kit/tree.js';
import type { FormatRow } from '../format.js';
import { exampleOf, experimentOf, type Note, readRunFields, refusalOf } from './run.js';
import {
  type FoundRun,
  growTrees,
  MOST_WAITING,
  type RunTree,
  type Trace,
  Traces,
} from './traces.js';

const MOVED =
  'a run whose parent is not in the file is put below the nearest run above it, as its trace says';
const REPEATED = 'a run that is in the file more than once is recorded once';
const COUNTED =
  'LangSmith counts tokens of llm runs only: a row of another type without such runs below it is recorded as llm; its own type is in metadata';
const ROOTLESS = 'no run in the file is the root of its trace: the topmost are rows';
const MEGABYTE = 1024 * 1024;

/**
 * Turns runs, in whatever order they come, into rows: roots with the runs below them, an experiment for each project. Where
 * no run of the file is a root, the topmost are the rows; where some are, a run whose root is missing is a problem.
 *
 * @param joins the parts of a run come apart, and are joined.
 */
export async function* readTraces(
  runs: AsyncIterable<FoundRun | Extract<FormatRow, { problem: string }>>,
  { joins = false, most = MOST_WAITING }: { joins?: boolean; most?: number } = {},
): AsyncGenerator<FormatRow> {
  const traces = new Traces(most);
  const rows = new TraceRows(joins);
  let isCut = false;
  for await (const run of runs) {
    if ('problem' in run) yield run;
    else {
      for (const trace of traces.add(run)) {
        isCut = true;
        yield* rows.of(trace, traces.hasRoots, isCut);
      }
    }
  }
  for (const trace of traces.end()) yield* rows.of(trace, traces.hasRoots, isCut);
}

class TraceRows {
  readonly #nameOf = nameExperiments();

  constructor(private readonly joins: boolean) {}

  *of(trace: Trace, hasRoots: boolean, isCut: boolean): Generator<FormatRow> {
    for (const tree of growTrees(trace)) {
      const { origin, record, above } = tree.run;
      const [root] = above;
      const refusal = describeBare(tree) ?? (root === undefined ? refusalOf(record) : undefined);
      if (refusal !== undefined) yield { origin, problem: refusal };
      else if (root !== undefined && hasRoots)
        yield { origin, problem: describeOrphan(root, isCut) };
      else yield this.#readRow(tree);
    }
  }

  #readRow(tree: RunTree): FormatRow {
    const { origin, record, above } = tree.run;
    const notes = new Set(above.length > 0 ? [ROOTLESS] : []);
    const run = readRunTree(tree, (text) => notes.add(text), { joins: this.joins });
    const outputs = run.outputs ?? (run.error === null ? {} : null);
    const value = { id: tree.run.id, example_id: exampleOf(record), ...run, outputs };
    const experiment = experimentOf(record);
    return {
      origin,
      value,
      experiment: experiment && this.#nameOf(experiment.key, experiment.name),
      notes: [...notes],
    };
  }
}

/** A run with those below it. */
export function readRunTree(
  top: RunTree,
  note: Note,
  { joins = false, stated = [] }: { joins?: boolean; stated?: readonly JsonObject[] } = {},
): JsonObject {
  const read = (tree: RunTree) => {
    if (tree.isMoved) note(MOVED);
    if (tree.run.isRepeated && !joins) note(REPEATED);
    const ofTop = tree === top ? stated : [];
    return readRun(tree.run.record, (record) => readRunFields(record, note, ofTop));
  };
  const run = read(top);
  const below = readTree(top, ({ below }) => below, read);
  return { ...countedRun(run, below, note), child_runs: below };
}

/** LangSmith counts what llm runs used: a run that stands for such runs, which are not in the file, is recorded as one. */
function countedRun(run: JsonObject, below: readonly JsonObject[], note: Note): JsonObject {
  const { run_type: type } = run;
  if (type === 'llm' || type === null || !hasUsage(run) || hasUsageBelow(below)) return run;
  note(COUNTED);
  return {
    ...run,
    run_type: 'llm',
    metadata: { ...objectAt(run, 'metadata'), run_type: type ?? null },
  };
}

function hasUsage(run: JsonObject): boolean {
  return objectAt(objectAt(run, 'metadata'), 'usage_metadata') !== undefined;
}

function hasUsageBelow(runs: readonly JsonObject[]): boolean {
  const waiting = [...runs];
  for (let run = waiting.pop(); run; run = waiting.pop()) {
    if (hasUsage(run) && run.run_type === 'llm') return true;
    for (const one of listAt(run, 'child_runs') ?? []) if (isJsonObject(one)) waiting.push(one);
  }
  return false;
}

/** A score can be all that there is of a run. */
function describeBare({ run: { id, record } }: RunTree): string | undefined {
  const isOfRun = ['inputs', 'outputs', 'error', 'name', 'start_time', 'end_time'].some(
    (name) => (record[name] ?? null) !== null,
  );
  return isOfRun ? undefined : `nothing but scores is there of run ${id}`;
}

function describeOrphan(root: string, isCut: boolean): string {
  const far = `, or over ${MOST_WAITING / MEGABYTE} MB away: sort the runs by trace_id`;
  return `this run is below ${root}, which is not in the file${isCut ? far : ''}`;
}
