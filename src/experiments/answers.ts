import { addTo } from '../group-by.js';
import type { JsonObject } from '../json/value.js';
import type { LangSmith } from '../langsmith/client.js';
import type { ExampleWithRuns, Experiment, Run } from '../langsmith/wire.js';
import { chunksOf } from '../recorder/batches.js';

/** An example, and the root runs that answer it. */
export interface Answers {
  /** Undefined of a run without an example. */
  readonly exampleId: string | undefined;
  /** Undefined if it is not there any more. */
  readonly example: AnsweredExample | undefined;
  readonly runs: readonly Run[];
}

export interface AnsweredExample {
  readonly id: string;
  readonly inputs: JsonObject;
  readonly referenceOutputs: JsonObject | undefined;
  readonly metadata: JsonObject;
}

/** What is read, and how to stop. */
export interface AnswersQuery {
  readonly client: LangSmith;
  readonly datasetId: string;
  readonly experiments: readonly Experiment[];
  readonly signal: AbortSignal;
  /** Whether examples come in the order in which they were made, as those of a file do, for a request or two more. */
  readonly inOrder?: boolean;
  /** Told how many runs were read so far. */
  readonly onProgress?: (runs: number) => void;
}

/**
 * Reads the rows of experiments of one dataset, example by example, a page at a time. Runs whose example is deleted
 * come last: only then is asked in the way that LangSmith's cloud answers 15 times in 10 s.
 */
export async function* readAnswers(reading: AnswersQuery): AsyncGenerator<Answers> {
  const { client, datasetId, experiments, signal, onProgress } = reading;
  const ids = experiments.map(({ id }) => id);
  const seen = new Map(ids.map((id) => [id, new Set<string>()]));
  let runs = 0;

  const found = reading.inOrder
    ? listInOrder(client, datasetId, ids)
    : client.listExamplesWithRuns(datasetId, ids);
  for await (const { runs: ofExample, ...example } of found) {
    signal.throwIfAborted();
    // Examples that none of the experiments answers are listed, too.
    if (ofExample.length === 0) continue;
    for (const run of ofExample) seen.get(experimentOf(run, ids))?.add(run.id);
    runs += ofExample.length;
    onProgress?.(runs);
    yield { exampleId: example.id, example, runs: ofExample };
  }

  const unseen = new Map<string | undefined, Run[]>();
  for (const { id, runCount = 0 } of experiments) {
    const known = seen.get(id) ?? new Set();
    if (known.size >= runCount) continue;
    for await (const run of client.listRuns(id, { isRoot: true })) {
      signal.throwIfAborted();
      if (known.has(run.id)) continue;
      onProgress?.(++runs);
      addTo(unseen, run.exampleId, run);
    }
  }
  for (const [exampleId, left] of unseen) yield { exampleId, example: undefined, runs: left };
}

/** Examples that one request is about. */
const ASK = 100;

async function* listInOrder(
  client: LangSmith,
  datasetId: string,
  experimentIds: readonly string[],
): AsyncGenerator<ExampleWithRuns> {
  const all: string[] = [];
  for await (const { id } of client.listExampleIds(datasetId)) all.push(id);
  for (const exampleIds of chunksOf(all, ASK)) {
    const found = new Map<string, ExampleWithRuns>();
    const asked = client.listExamplesWithRuns(datasetId, experimentIds, { exampleIds });
    for await (const example of asked) found.set(example.id, example);
    for (const id of exampleIds) {
      const example = found.get(id);
      if (example) yield example;
    }
  }
}

/** Which of the experiments a run is of; where only one is asked for, its answer need not say. */
export function experimentOf(run: Run, experimentIds: readonly string[]): string {
  return run.experimentId ?? experimentIds[0] ?? '';
}
