import type { Addresses } from './addresses.js';
import { experimentFigures } from './experiment-figures.js';
import { count, seconds } from './figures.js';
import { type Html, html } from './html.js';
import { empty, heading, layout, pageLinks, section } from './layout.js';
import { outcome } from './outcome.js';
import { readPage } from './paging.js';
import { preview, previewInputs, whole } from './payload.js';
import type { PageReads } from './reads.js';
import { recordCommand } from './record-command.js';
import { scoreKeys, scoresOf } from './scores.js';
import type { ShownDataset, ShownExample, ShownExperiment, ShownRun } from './shown.js';
import { visible, visibleText } from './visible.js';

/** One experiment: each example with what the app answered to it. */
export function experimentPage(
  reads: PageReads,
  at: Addresses,
  {
    dataset,
    experiment,
    url,
  }: { readonly dataset: ShownDataset; readonly experiment: ShownExperiment; readonly url: URL },
): Html {
  const page = readPage(url, (slice) => reads.listAnswers([experiment.id], slice));
  const keys = scoreKeys([experiment]);
  const table = html`<div class="scroll"><table>
<thead><tr><th></th><th>Inputs</th><th>Reference outputs</th><th>Outputs</th>${keys.map(
    (key) => html`<th class="number">${visible(key)}</th>`,
  )}<th class="number">Latency</th><th class="number">Tokens</th></tr></thead>
<tbody>${page.rows.map((example, place) =>
    example.runs.map((run, repetition) =>
      row(example, run, { number: page.offset + place + 1, repetition: repetition + 1 }),
    ),
  )}</tbody></table></div>`;

  return layout(
    experiment.name,
    [
      { text: 'Datasets', href: at.datasets() },
      { text: dataset.name, href: at.dataset(dataset.id) },
    ],
    html`${heading('Experiment', experiment.name, experiment.description)}${experimentFigures(experiment)}${
      page.rows.length > 0 || page.offset > 0
        ? table
        : empty(
            'This experiment has no runs yet. If its recording was stopped, the same command goes on:',
            recordCommand(dataset.name),
          )
    }${pageLinks(url, page)}<p class="about"><a href="${at.project(experiment.id)}">All its runs</a>, in the order of their start</p>${
      Object.keys(experiment.metadata).length > 0 && section('Metadata', whole(experiment.metadata))
    }`,
  );

  function row(
    example: ShownExample,
    run: ShownRun,
    { number, repetition }: { readonly number: number; readonly repetition: number },
  ): Html {
    const among = example.runs.length;
    const name = run.rowId ?? String(number);
    return html`<tr>
<td class="place"><a href="${at.run(run)}" aria-label="Run of row ${visibleText(name)}" dir="auto">${visible(name)}</a>${
      among > 1 && html`<small>${repetition} of ${among}</small>`
    }</td>
<td class="wide">${previewInputs(example)}</td>
<td class="wide">${preview(example.referenceOutputs)}</td>
<td class="wide">${outcome(run)}</td>
${keys.map((key) => html`<td class="number">${scoresOf(run, key)}</td>`)}
<td class="number">${seconds(run.latency)}</td>
<td class="number">${count(run.totalTokens)}</td>
</tr>`;
  }
}
