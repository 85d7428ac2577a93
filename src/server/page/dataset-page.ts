import type { Addresses } from './addresses.js';
import { count, counted, errorShare, mean, moment, seconds } from './figures.js';
import { type Html, html } from './html.js';
import { empty, heading, layout, pageLinks } from './layout.js';
import { readPage } from './paging.js';
import type { PageReads } from './reads.js';
import { recordCommand } from './record-command.js';
import { scoreKeys } from './scores.js';
import type { ShownDataset, ShownExperiment } from './shown.js';
import { visible, visibleText } from './visible.js';

/** A dataset's experiments, with what came out of each. */
export function datasetPage(
  reads: PageReads,
  at: Addresses,
  { dataset, url }: { readonly dataset: ShownDataset; readonly url: URL },
): Html {
  const page = readPage(url, (slice) => reads.listExperiments(dataset.id, slice));
  const main =
    page.rows.length > 0 || page.offset > 0
      ? experimentTable(page.rows, at, dataset.id)
      : empty('This dataset has no experiment yet. Record one:', recordCommand(dataset.name));

  return layout(
    dataset.name,
    [{ text: 'Datasets', href: at.datasets() }],
    html`${heading(
      `Dataset of ${counted(dataset.exampleCount, 'example')}`,
      dataset.name,
      dataset.description,
    )}${main}${pageLinks(url, page)}`,
  );
}

function experimentTable(
  experiments: readonly ShownExperiment[],
  at: Addresses,
  datasetId: string,
): Html {
  const keys = scoreKeys(experiments);
  const isChoice = experiments.length > 1;
  return html`<form action="${at.comparisonForm(datasetId)}" method="get"><div class="scroll"><table>
<thead><tr>${isChoice && html`<th class="pick"></th>`}<th>Experiment</th>${keys.map(
    (key) => html`<th class="number">${visible(key)}</th>`,
  )}<th class="number">Runs</th><th class="number">Errors</th><th class="number">Latency, median</th><th class="number">Tokens</th><th>Started</th></tr></thead>
<tbody>${experiments.map(
    (experiment) => html`<tr>
${
  isChoice &&
  html`<td class="pick"><input type="checkbox" name="selectedSessions" value="${experiment.id}" aria-label="Compare ${visibleText(experiment.name)}"></td>`
}
<th class="name"><a href="${at.experiment(experiment)}" dir="auto">${visible(experiment.name)}</a></th>
${keys.map((key) => html`<td class="number">${mean(experiment.scores.get(key)?.mean)}</td>`)}
<td class="number">${count(experiment.runCount)}</td>
<td class="number">${errorShare(experiment.errorRate)}</td>
<td class="number">${seconds(experiment.latencyP50)}</td>
<td class="number">${count(experiment.totalTokens)}</td>
<td class="when">${moment(experiment.startTime)}</td>
</tr>`,
  )}</tbody></table></div>${isChoice && html`<button>Compare selected</button>`}</form>`;
}
