import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { Figures, Heading, Layout, PageLinks, Section } from '../layout.js';
import { readPage } from '../paging.js';
import { feedbackTable } from '../parts/feedback-table.js';
import { count, moment, seconds } from '../parts/figures.js';
import { wholeOutcome } from '../parts/outcome.js';
import { whole } from '../parts/payload.js';
import { ReadingLinks, readingOf } from '../parts/reading.js';
import { runTable } from '../parts/run-table.js';
import { visible } from '../parts/visible.js';
import type { PageReads } from '../reads.js';
import type { ExperimentHead, ShownRun } from '../shown.js';
import { crumbsTo } from './project-page.js';

/** All there is to know of a run. */
export function runPage(
  reads: PageReads,
  at: Addresses,
  {
    experiment,
    run,
    url,
  }: { readonly experiment: ExperimentHead; readonly run: ShownRun; readonly url: URL },
): Html {
  const children = readPage(url, (slice) => reads.listChildRuns(run, slice));
  const marks = reads.marksOf(run.id);
  const reference = run.exampleId === undefined ? null : reads.findReferenceOutputs(run.exampleId);
  const how = { reading: readingOf(url), moreAt: `/api/v1/runs/${run.id}` };

  return (
    <Layout
      title={`${run.name} ${run.rowId ?? run.id.slice(0, 8)} · ${experiment.name}`}
      crumbs={[
        ...crumbsTo(reads, at, experiment),
        { text: experiment.name, href: at.experiment(experiment) },
        ...parentCrumb(reads, at, run),
      ]}
    >
      <Heading kind={`Run of type ${run.runType}`} name={run.name} />
      <Figures
        entries={[
          ...rowFigure(run),
          ['Status', statusOf(run)],
          ['Latency', seconds(run.latency)],
          ['Tokens', count(run.totalTokens)],
        ]}
      />
      <p class="about">
        Started {moment(run.startTime)}
        {run.tags.length > 0 && <> · tagged {visible(run.tags.join(', '))}</>}
      </p>
      {marks.length > 0 && <p class="about">Note: {visible(marks.join('; '))}</p>}
      <ReadingLinks url={url} />
      <Section title="Inputs">{whole(run.inputs, how)}</Section>
      <Section title={run.error === undefined ? 'Outputs' : 'Error'}>
        {wholeOutcome(run, how)}
      </Section>
      {reference !== null && (
        <Section title="Reference outputs">
          {whole(reference, { ...how, moreAt: `/api/v1/examples/${run.exampleId}` })}
        </Section>
      )}
      {run.feedback.length > 0 && (
        <>
          <h2>Feedback</h2>
          {feedbackTable(run.feedback)}
        </>
      )}
      {children.rows.length > 0 && (
        <>
          <h2>Child runs</h2>
          {runTable(children.rows, at)}
          <PageLinks url={url} page={children} />
        </>
      )}
      {Object.keys(run.metadata).length > 0 && (
        <Section title="Metadata">{whole(run.metadata)}</Section>
      )}
    </Layout>
  );
}

function rowFigure({ rowId }: ShownRun): [string, Html | string][] {
  return rowId === undefined ? [] : [['Row', visible(rowId)]];
}

function parentCrumb(reads: PageReads, at: Addresses, run: ShownRun) {
  const parent = run.parentRunId === undefined ? undefined : reads.findRun(run.parentRunId);
  return parent ? [{ text: parent.name, href: at.run(parent) }] : [];
}

function statusOf(run: ShownRun): Html | string {
  if (run.error !== undefined) return <span class="bad">Error</span>;
  return run.endTime === undefined ? 'Running' : 'Success';
}
