import type { Addresses } from './addresses.js';
import { counted, errorShare, seconds } from './figures.js';
import { type Html, html } from './html.js';
import { heading, layout, pageLinks } from './layout.js';
import { outcome } from './outcome.js';
import { readPage } from './paging.js';
import { preview, previewInputs } from './payload.js';
import type { PageReads } from './reads.js';
import { meanAgainst, scoreKeys, scoresOf } from './scores.js';
import type { ShownDataset, ShownExample, ShownExperiment, ShownRun } from './shown.js';
import { visible } from './visible.js';

/** Several experiments side by side on the same examples; the first is the baseline. */
export function comparisonPage(
  reads: PageReads,
  at: Addresses,
  {
    dataset,
    experiments,
    omitted,
    url,
  }: {
    readonly dataset: ShownDataset;
    readonly experiments: readonly ShownExperiment[];
    /** How many were asked for and are not shown. */
    readonly omitted: number;
    readonly url: URL;
  },
): Html {
  const ids = experiments.map(({ id }) => id);
  const page = readPage(url, (slice) => reads.listAnswers(ids, slice));
  const keys = scoreKeys(experiments);

  const title = `${counted(experiments.length, 'experiment')} on ${dataset.name}`;
  const remark =
    omitted > 0
      ? ` ${counted(omitted, 'more was', 'more were')} asked for: not on this dataset, or too many for one page.`
      : '';

  return layout(
    title,
    [
      { text: 'Datasets', href: at.datasets() },
      { text: dataset.name, href: at.dataset(dataset.id) },
    ],
    html`${heading(
      'Comparison',
      title,
      `Differences are to the first experiment.${remark}`,
    )}<div class="scroll"><table>
<thead><tr><th></th><th>Inputs</th><th>Reference outputs</th>${experiments.map(
      (experiment) => html`<th>${head(experiment)}</th>`,
    )}</tr></thead>
<tbody>${page.rows.map(
      (example, place) => html`<tr>
<td class="place" dir="auto">${visible(nameOf(example) ?? String(page.offset + place + 1))}</td>
<td class="wide">${previewInputs(example)}</td>
<td class="wide">${preview(example.referenceOutputs)}</td>
${ids.map((id) => html`<td class="wide">${answers(example, id)}</td>`)}
</tr>`,
    )}</tbody></table></div>${pageLinks(url, page)}`,
  );

  function head(experiment: ShownExperiment): Html {
    const baseline = experiments[0];
    return html`<a href="${at.experiment(experiment)}" dir="auto">${visible(experiment.name)}</a>
<dl class="means">${keys.map(
      (key) =>
        html`<dt>${visible(key)}</dt><dd>${meanAgainst(experiment.scores.get(key), baseline?.scores.get(key))}</dd>`,
    )}<dt>Errors</dt><dd>${errorShare(experiment.errorRate)}</dd><dt>Latency, median</dt><dd>${seconds(experiment.latencyP50)}</dd></dl>`;
  }

  function nameOf(example: ShownExample): string | undefined {
    return example.runs.find(({ rowId }) => rowId !== undefined)?.rowId;
  }

  function answers(example: ShownExample, experimentId: string): Html | readonly Html[] {
    const runs = example.runs.filter((run) => run.experimentId === experimentId);
    if (runs.length === 0) return html`<span class="none">no run</span>`;
    return runs.map((run) => html`<div class="answer">${answer(run)}</div>`);
  }

  function answer(run: ShownRun): Html {
    const given = keys.filter((key) => run.feedback.some((feedback) => feedback.key === key));
    return html`${outcome(run)}
<div class="marks">${given.map(
      (key) => html`<span><span class="muted">${visible(key)}</span> ${scoresOf(run, key)}</span>`,
    )}<span class="muted">${seconds(run.latency)}</span>${
      run.totalTokens !== undefined &&
      html`<span class="muted">${counted(run.totalTokens, 'token')}</span>`
    }<a href="${at.run(run)}">run</a></div>`;
  }
}
