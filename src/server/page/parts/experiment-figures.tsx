import type { Html } from '../html.js';
import { Figures } from '../layout.js';
import type { ShownExperiment } from '../shown.js';
import { count, dollars, errorShare, moment, seconds } from './figures.js';
import { meanFigures } from './scores.js';

/** What came out of an experiment, or of a project: scores first, then size, errors and cost. */
export function experimentFigures(experiment: ShownExperiment): Html {
  const { runCount, errorRate, latencyP50, totalTokens, totalCost } = experiment;
  return (
    <>
      {meanFigures(experiment)}
      <Figures
        entries={[
          ['Runs', count(runCount)],
          ['Errors', errorShare(errorRate)],
          ['Latency p50', seconds(latencyP50)],
          ['Tokens', count(totalTokens)],
          ['Cost', dollars(totalCost)],
        ]}
      />
      <p class="about">Started {moment(experiment.startTime)}</p>
    </>
  );
}
