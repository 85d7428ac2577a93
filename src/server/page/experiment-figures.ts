import { count, dollars, errorShare, moment, seconds } from './figures.js';
import { type Html, html } from './html.js';
import { figures } from './layout.js';
import { meanFigures } from './scores.js';
import type { ShownExperiment } from './shown.js';

/** What came out of an experiment, or of a project: scores first, then size, errors and cost. */
export function experimentFigures(experiment: ShownExperiment): Html {
  const { runCount, errorRate, latencyP50, latencyP99, totalTokens, totalCost } = experiment;
  return html`${meanFigures(experiment)}${figures([
    ['Runs', count(runCount)],
    ['Errors', errorShare(errorRate)],
    ['Latency, median', seconds(latencyP50)],
    ['Latency, 99th percentile', seconds(latencyP99)],
    ['Tokens', count(totalTokens)],
    ['Cost', dollars(totalCost)],
  ])}<p class="about">Started ${moment(experiment.startTime)}</p>`;
}
