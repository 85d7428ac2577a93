import type { Addresses } from './addresses.js';
import { count, moment, seconds } from './figures.js';
import { type Html, html } from './html.js';
import { outcome } from './outcome.js';
import { preview } from './payload.js';
import type { ShownRun } from './shown.js';
import { visible } from './visible.js';

/** Runs one below the other, whatever they belong to. */
export function runTable(runs: readonly ShownRun[], at: Addresses): Html {
  return html`<div class="scroll"><table>
<thead><tr><th>Run</th><th>Type</th><th>Inputs</th><th>Outputs</th><th class="number">Latency</th><th class="number">Tokens</th><th>Started</th></tr></thead>
<tbody>${runs.map(
    (run) => html`<tr>
<th><a href="${at.run(run)}" dir="auto">${visible(run.name)}</a></th>
<td class="muted">${visible(run.runType)}</td>
<td class="wide">${preview(run.inputs)}</td>
<td class="wide">${outcome(run)}</td>
<td class="number">${seconds(run.latency)}</td>
<td class="number">${count(run.totalTokens)}</td>
<td class="when">${moment(run.startTime)}</td>
</tr>`,
  )}</tbody></table></div>`;
}
