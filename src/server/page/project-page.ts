import type { Addresses } from './addresses.js';
import { experimentFigures } from './experiment-figures.js';
import { count, moment } from './figures.js';
import { type Html, html } from './html.js';
import { type Crumb, empty, heading, layout, pageLinks } from './layout.js';
import { readPage } from './paging.js';
import type { PageReads } from './reads.js';
import { runTable } from './run-table.js';
import type { ExperimentHead, ShownExperiment } from './shown.js';
import { visible } from './visible.js';

/** Projects that are not about a dataset: where SDKs put the traces of an app. */
export function projectsPage(reads: PageReads, at: Addresses, url: URL): Html {
  const page = readPage(url, (slice) => reads.listProjects(slice));
  const table = html`<div class="scroll"><table>
<thead><tr><th>Project</th><th class="number">Runs</th><th>Started</th></tr></thead>
<tbody>${page.rows.map(
    (project) => html`<tr>
<th class="name"><a href="${at.project(project.id)}" dir="auto">${visible(project.name)}</a></th>
<td class="number">${count(project.runCount)}</td>
<td class="when">${moment(project.startTime)}</td>
</tr>`,
  )}</tbody></table></div>`;

  return layout(
    'Projects',
    [],
    html`${heading('Recorded on this machine', 'Projects without a dataset')}${
      page.rows.length > 0 || page.offset > 0
        ? table
        : empty(
            'No SDK has traced to this machine yet. It does so with, in its environment:',
            'LANGSMITH_TRACING=true LANGSMITH_API_KEY=home LANGSMITH_ENDPOINT=http://…',
          )
    }${pageLinks(url, page)}`,
  );
}

/** The runs of an experiment or a project, as they came. */
export function projectPage(
  reads: PageReads,
  at: Addresses,
  { project, url }: { readonly project: ShownExperiment; readonly url: URL },
): Html {
  const page = readPage(url, (slice) => reads.listRootRuns(project.id, slice));
  const runs =
    page.rows.length > 0 || page.offset > 0
      ? runTable(page.rows, at)
      : html`<div class="empty"><p>There are no runs here yet.</p></div>`;

  return layout(
    project.name,
    crumbsTo(reads, at, project),
    html`${heading(project.datasetId === undefined ? 'Project' : 'Runs of an experiment', project.name, project.description)}${experimentFigures(project)}${runs}${pageLinks(url, page)}`,
  );
}

/** The way back from what belongs to an experiment or a project. */
export function crumbsTo(reads: PageReads, at: Addresses, project: ExperimentHead): Crumb[] {
  if (project.datasetId === undefined) return [{ text: 'Projects', href: at.projects() }];
  const dataset = reads.findDataset(project.datasetId);
  const datasets = { text: 'Datasets', href: at.datasets() };
  return dataset ? [datasets, { text: dataset.name, href: at.dataset(dataset.id) }] : [datasets];
}
