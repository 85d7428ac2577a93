import type { Printable } from '../json/print.js';
import type { LangSmith } from '../langsmith/client.js';
import { inOrder } from '../langsmith/in-order.js';
import type { Experiment, Run, RunFeedback } from '../langsmith/wire.js';
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

/** Ids that one question can hold. */
const ASK = 100;

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
  for await (const { group, trees } of inOrder(groups(answers), readTrees, client.pace)) {
    options.signal.throwIfAborted();
    for (const { example, exampleId, runs } of group) {
      for (const run of runs) {
        const tree = trees.get(run.id);
        if (tree) yield rowOf(tree, { exampleId, example, datasetId, exampleIds });
      }
    }
  }
}

async function* groups(answers: AsyncIterable<Answers>): AsyncGenerator<Answers[]> {
  let group: Answers[] = [];
  let runs = 0;
  for await (const item of answers) {
    group.push(item);
    runs += item.runs.length;
    if (runs < ASK) continue;
    yield group;
    group = [];
    runs = 0;
  }
  if (group.length > 0) yield group;
}

async function readBelow(client: LangSmith, experimentId: string, roots: Run[]): Promise<Run[]> {
  const below: Run[] = [];
  for (const ids of chunks(roots.map(({ id }) => id)))
    for await (const run of client.listRunsBelow(experimentId, ids)) below.push(run);
  return below;
}

async function readFeedback(client: LangSmith, runs: Run[]): Promise<Map<string, RunFeedback[]>> {
  const byRun = new Map<string, RunFeedback[]>();
  for (const ids of chunks(runs.map(({ id }) => id))) {
    for await (const item of client.listFeedbackOf(ids)) {
      const ofRun = byRun.get(item.runId ?? '') ?? [];
      ofRun.push(item);
      byRun.set(item.runId ?? '', ofRun);
    }
  }
  return byRun;
}

function* chunks(ids: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < ids.length; from += ASK) yield ids.slice(from, from + ASK);
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
