import type { Addresses } from './addresses.js';
import { count, moment } from './figures.js';
import { type Html, html } from './html.js';
import { empty, heading, layout, pageLinks } from './layout.js';
import { readPage } from './paging.js';
import type { PageReads } from './reads.js';
import { recordCommand } from './record-command.js';
import { visible } from './visible.js';

/** The first page: all datasets, and the projects that SDKs traced to. */
export function datasetsPage(reads: PageReads, at: Addresses, url: URL): Html {
  const page = readPage(url, (slice) => reads.listDatasets(slice));
  const hasProjects = reads.hasProjects();
  const table = html`<div class="scroll"><table>
<thead><tr><th>Dataset</th><th class="number">Examples</th><th class="number">Experiments</th><th>Last experiment</th><th>Created</th></tr></thead>
<tbody>${page.rows.map(
    (dataset) => html`<tr>
<th class="name"><a href="${at.dataset(dataset.id)}" dir="auto">${visible(dataset.name)}</a></th>
<td class="number">${count(dataset.exampleCount)}</td>
<td class="number">${count(dataset.experimentCount)}</td>
<td class="when">${moment(dataset.lastExperimentAt)}</td>
<td class="when">${moment(dataset.createdAt)}</td>
</tr>`,
  )}</tbody></table></div>`;

  return layout(
    'Datasets',
    [],
    html`${heading('Recorded on this machine', 'Datasets')}${
      page.rows.length > 0 || page.offset > 0
        ? table
        : empty(
            'Nothing was recorded here yet. Record a file of eval results:',
            recordCommand('capitals'),
          )
    }${pageLinks(url, page)}${
      hasProjects &&
      html`<p class="about"><a href="${at.projects()}">Projects without a dataset</a>, where SDKs put their traces.</p>`
    }`,
  );
}
