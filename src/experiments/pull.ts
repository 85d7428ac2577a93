import type { Printable } from '../json/print.js';
import type { LangSmith } from '../langsmith/client.js';
import { inOrder } from '../langsmith/in-order.js';
import type { Experiment, Run, RunFeedback } from '../langsmith/wire.js';
import { groupAnswers, idsIn, readFeedback } from './answer-groups.js';
import { type Answers, readAnswers } from './answers.js';
import { type PulledRun, rowOf } from './pulled-row.js';

export interface PullOptions {
  readonly client: LangSmith;
  readonly datasetId: string;
  readonly experiment: Experiment;
  readonly signal: AbortSignal;
  /** Whether rows name the examples that could not be found by content again, so that they stay in this dataset. */
  readonly exampleIds: boolean;
}

/** An experiment as rows that `record` reads. A few hundred are held at a time. */
export async function* pullRows(options: PullOptions): AsyncGenerator<Printable> {
  const { client, experiment, datasetId, exampleIds } = options;
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
        if (tree) yield rowOf(tree, { exampleId, example, datasetId, exampleIds });
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
