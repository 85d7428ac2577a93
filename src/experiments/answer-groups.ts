import { addTo } from '../group-by.js';
import type { LangSmith } from '../langsmith/client.js';
import type { Run, RunFeedback } from '../langsmith/wire.js';
import { chunksOf } from '../recorder/batches.js';
import type { Answers } from './answers.js';

/** Ids that one question can hold. */
const ASK = 100;

/** Answers of about a hundred runs at a time: as many as one question can be about. */
export async function* groupAnswers(answers: AsyncIterable<Answers>): AsyncGenerator<Answers[]> {
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

/** The scores of runs, by the id of the run. */
export async function readFeedback(
  client: LangSmith,
  runs: readonly Run[],
): Promise<Map<string, RunFeedback[]>> {
  const byRun = new Map<string, RunFeedback[]>();
  for (const ids of idsIn(runs)) {
    for await (const item of client.listFeedbackOf(ids)) addTo(byRun, item.runId ?? '', item);
  }
  return byRun;
}

/** The ids of runs, as many at a time as one question can hold. */
export function idsIn(runs: readonly Run[]): Iterable<readonly string[]> {
  return chunksOf(
    runs.map(({ id }) => id),
    ASK,
  );
}
