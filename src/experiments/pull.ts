import { isJsonObject } from '../json/value.js';
import type { LangSmith } from '../langsmith/client.js';
import { inOrder } from '../langsmith/in-order.js';
import type { Experiment, Run, RunFeedback } from '../langsmith/wire.js';
import type { CopiedExperiment } from '../results/recognised.js';
import { groupAnswers, idsIn, readFeedback } from './answer-groups.js';
import { type Answers, readAnswers } from './answers.js';
import { type PulledRun, type RowFields, rowOf } from './pulled-row.js';

export interface PullOptions {
  readonly client: LangSmith;
  readonly datasetId: string;
  readonly experiment: Experiment;
  readonly signal: AbortSignal;
  /** Whether rows name the examples that could not be found by content again, so that they stay in this dataset. */
  readonly exampleIds: boolean;
  /** Whether rows come in the order of their file. */
  readonly inOrder?: boolean;
  /** Whether scores name themselves, so that a copy of them is made once. */
  readonly feedbackIds?: boolean;
}

/** What an experiment says of itself. */
export function aboutOf({ name, description, extra }: Experiment): CopiedExperiment {
  return { name, description, metadata: isJsonObject(extra.metadata) ? extra.metadata : {} };
}

/** A root run as a row. */
interface PulledRow {
  readonly runId: string;
  readonly row: RowFields;
}

/** An experiment as rows that `record` reads. A few hundred are held at a time. */
export async function* pullRows(options: PullOptions): AsyncGenerator<RowFields> {
  for await (const { row } of pullRuns(options)) yield row;
}

/** The same, each with the run that it is made of. */
export async function* pullRuns(options: PullOptions): AsyncGenerator<PulledRow> {
  const { client, experiment, datasetId, exampleIds, feedbackIds } = options;
  const hasRunsBelow = await client.hasRunsBelow(experiment.id);
  const readTrees = async (group: Answers[]) => {
    const roots = group.flatMap(({ runs }) => runs);
    const below = hasRunsBelow ? await readBelow(client, experiment.id, roots) : [];
    const feedback = await readFeedback(client, [...roots, ...below]);
    return { group, trees: growTrees(roots, below, feedback) };
  };
  const answers = readAnswers({ ...options, experiments: [experiment] });
  for await (const { group, trees } of inOrder(groupAnswers(answers), readTrees, client.pace)) {
    options.signal.throwIfAborted();
    for (const { example, exampleId, runs } of group) {
      for (const run of runs) {
        const tree = trees.get(run.id);
        const place = { exampleId, example, datasetId, exampleIds, feedbackIds };
        if (tree) yield { runId: run.id, row: rowOf(tree, place) };
      }
    }
  }
}

async function readBelow(client: LangSmith, experimentId: string, roots: Run[]): Promise<Run[]> {
  const below: Run[] = [];
  for (const ids of idsIn(roots))
    for await (const run of client.listRunsBelow(experimentId, ids)) below.push(run);
  return below;
}

/** Puts runs below their parents, in the order in which they started. @returns the roots by id. */
function growTrees(
  roots: readonly Run[],
  below: readonly Run[],
  feedback: ReadonlyMap<string, RunFeedback[]>,
): Map<string, PulledRun> {
  const grown = (run: Run): PulledRun => ({ run, feedback: feedback.get(run.id) ?? [], below: [] });
  const trees = new Map(roots.map((run) => [run.id, grown(run)]));
  const all = new Map(trees);
  const inOrder = [...below].sort((a, b) => (a.dottedOrder < b.dottedOrder ? -1 : 1)).map(grown);
  for (const child of inOrder) all.set(child.run.id, child);
  // One whose parent is not there stands below the root at least.
  for (const child of inOrder)
    (all.get(child.run.parentId ?? '') ?? all.get(child.run.traceId))?.below.push(child);
  return trees;
}
