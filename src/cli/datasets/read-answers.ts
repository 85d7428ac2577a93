import type { AnswersQuery } from '../../experiments/answers.js';
import type { Connection } from '../access/connect.js';
import type { Context } from '../context.js';
import { tellAmounts } from '../screen/progress.js';
import type { Update } from '../screen/terminal.js';
import type { NamedExperiment } from './named-experiment.js';

/** How to read the rows of experiments of one dataset, and tell how far that is. */
export function readingOf(
  experiments: readonly [NamedExperiment, ...NamedExperiment[]],
  { client }: Connection,
  { signal }: Context,
  update: Update,
): AnswersQuery {
  const names = experiments.map(({ name }) => name).join(' and ');
  const totalRows = experiments.reduce((sum, { runCount = 0 }) => sum + runCount, 0);
  const tell = tellAmounts(update, `Reading ${names}`);
  return {
    client,
    datasetId: experiments[0].datasetId,
    experiments,
    signal,
    onProgress: (rows) => tell({ rows, totalRows, retries: client.retries }),
  };
}
