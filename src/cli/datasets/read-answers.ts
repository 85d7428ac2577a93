import type { Reading } from '../../experiments/answers.js';
import type { Connection } from '../access/connect.js';
import type { Context } from '../context.js';
import { count, showNumber } from '../screen/words.js';
import type { NamedExperiment } from './named-experiment.js';

/** How to read the rows of experiments of one dataset, and tell how far that is. */
export function readingOf(
  experiments: readonly [NamedExperiment, ...NamedExperiment[]],
  { client }: Connection,
  { signal }: Context,
  update: (text: string) => void,
): Reading {
  const names = experiments.map(({ name }) => name).join(' and ');
  const all = experiments.reduce((sum, { runCount = 0 }) => sum + runCount, 0);
  return {
    client,
    datasetId: experiments[0].datasetId,
    experiments,
    signal,
    onProgress: (runs) =>
      update(`Reading ${names}: ${showNumber(runs)} of ${count(Math.max(all, runs), 'row')}`),
  };
}
