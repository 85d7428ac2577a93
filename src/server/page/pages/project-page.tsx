import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { type Crumb, Empty, Figures, Heading, Layout, PageLinks } from '../layout.js';
import { readPage } from '../paging.js';
import { digitsFor } from '../parts/digits.js';
import { count, counted, dollars, errorShare, moment, seconds } from '../parts/figures.js';
import { runTable } from '../parts/run-table.js';
import { shares } from '../parts/strip.js';
import { Table } from '../parts/table.js';
import { visible } from '../parts/visible.js';
import type { PageReads } from '../reads.js';
import type { ExperimentHead, MeanScore, ShownExperiment } from '../shown.js';

/** Projects that are not about a dataset: where SDKs put the traces of an app. */
export function projectsPage(reads: PageReads, at: Addresses, url: URL): Html {
  const page = readPage(url, (slice) => reads.listProjects(slice));
  return (
    <Layout title="Projects" crumbs={[]} live={reads.changes()}>
      <Heading kind="Recorded on this machine" name="Projects without a dataset" />
      {page.rows.length > 0 ? (
        table(page.rows, at)
      ) : (
        <Empty
          words="No SDK has traced to this machine yet. It does so with, in its environment:"
          command="LANGSMITH_TRACING=true LANGSMITH_API_KEY=home LANGSMITH_ENDPOINT=http://…"
        />
      )}
      <PageLinks url={url} page={page} />
    </Layout>
  );
}

function table(projects: readonly ShownExperiment[], at: Addresses): Html {
  return (
    <Table
      label="Projects"
      rows={projects}
      columns={[
        {
          title: 'Project',
          look: 'name',
          cell: ({ id, name }) => <a href={at.project(id)}>{visible(name)}</a>,
        },
        { title: 'Runs', look: 'number', cell: ({ runCount }) => count(runCount) },
        { title: 'Started', look: 'when', cell: ({ startTime }) => moment(startTime) },
      ]}
    />
  );
}

/** The runs of an experiment or a project, as they came. */
export function projectPage(
  reads: PageReads,
  at: Addresses,
  { project, url }: { readonly project: ShownExperiment; readonly url: URL },
): Html {
  const page = readPage(url, (slice) => reads.listRootRuns(project.id, slice));
  const kind = project.datasetId === undefined ? 'Project' : 'Runs of an experiment';
  return (
    <Layout
      title={`${project.name} · ${kind}`}
      crumbs={crumbsTo(reads, at, project)}
      live={reads.changes()}
    >
      <Heading kind={kind} name={project.name} about={project.description} />
      {experimentFigures(project)}
      {page.rows.length > 0 || page.offset > 0 ? (
        runTable(page.rows, at)
      ) : (
        <Empty words="There are no runs here yet." />
      )}
      <PageLinks url={url} page={page} />
    </Layout>
  );
}

/** The way back from what belongs to an experiment or a project. */
export function crumbsTo(reads: PageReads, at: Addresses, project: ExperimentHead): Crumb[] {
  if (project.datasetId === undefined) return [{ text: 'Projects', href: at.projects() }];
  const dataset = reads.findDataset(project.datasetId);
  const datasets = { text: 'Datasets', href: at.datasets() };
  return dataset ? [datasets, { text: dataset.name, href: at.dataset(dataset.id) }] : [datasets];
}

/** What came out of an experiment, or of a project: scores first, then size, errors and cost. */
function experimentFigures(experiment: ShownExperiment): Html {
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

/** Means by key, of the runs and of the experiment as a whole. */
function meanFigures({ scores, summaryScores, runCount }: ShownExperiment): Html | string {
  if (scores.size + summaryScores.size === 0) return '';
  return (
    <dl class="figures">
      {[...scores].map(([key, score]) =>
        // That some runs went without a score has to be seen next to the mean.
        meanFigure(key, score, score.count === runCount ? '' : counted(score.count, 'run')),
      )}
      {[...summaryScores].map(([key, score]) => meanFigure(key, score, 'overall'))}
    </dl>
  );
}

function meanFigure(key: string, score: MeanScore, remark: string): Html {
  return (
    <div>
      <dt>{visible(key)}</dt>
      <dd>
        {score.mean === undefined ? shares(score.values) : digitsFor(score.range).value(score.mean)}{' '}
        <span class="of">{remark}</span>
      </dd>
    </div>
  );
}
