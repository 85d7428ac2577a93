import { onTestFinished } from 'vitest';
import type { AnswersQuery } from '../../src/experiments/answers.js';
import { fromRows } from '../../src/input/from-rows.js';
import { LangSmith } from '../../src/langsmith/client.js';
import type { LangSmithOptions } from '../../src/langsmith/rest.js';
import type { Experiment } from '../../src/langsmith/wire.js';
import type { RecordOptions } from '../../src/recorder/record-options.js';
import { record } from '../support/record.js';

/** An experiment as it was recorded for a test. */
export interface Recorded {
  readonly client: LangSmith;
  readonly experiment: Experiment;
  readonly datasetId: string;
}

export async function recordRows(
  url: string,
  rows: readonly object[],
  options: Partial<RecordOptions> = {},
  clientOptions: Partial<LangSmithOptions> = {},
): Promise<Recorded> {
  const client = new LangSmith({ endpoint: url, retryForMs: 20_000, ...clientOptions });
  onTestFinished(() => client.close());
  const recording = await record(fromRows([...rows], 'rows'), {
    client,
    dataset: 'questions',
    ...options,
  });
  const experiment = await client.experimentStats(recording.experiment.id);
  if (!experiment) throw new Error('it was not recorded');
  return { client, experiment, datasetId: recording.dataset.id };
}

/** Experiments of one dataset, to be read. */
export function readingOf(first: Recorded, ...others: readonly Recorded[]): AnswersQuery {
  const { client, datasetId } = first;
  const experiments = [first, ...others].map(({ experiment }) => experiment);
  return { client, datasetId, experiments, signal: new AbortController().signal };
}
