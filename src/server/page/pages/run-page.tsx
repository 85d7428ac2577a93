import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { Heading, Layout } from '../layout.js';
import { ReadingLinks, readingOf } from '../parts/reading.js';
import { RunDetails } from '../parts/run-details.js';
import { Trace } from '../parts/trace.js';
import type { PageReads } from '../reads.js';
import type { ExperimentHead, ShownRun } from '../shown.js';
import { crumbsTo } from './project-page.js';

/** A run, within its trace. */
export function runPage(
  reads: PageReads,
  at: Addresses,
  {
    experiment,
    run,
    url,
  }: { readonly experiment: ExperimentHead; readonly run: ShownRun; readonly url: URL },
): Html {
  const spans = reads.traceOf(run.traceId);
  const { exampleId } = run;
  const { datasetId } = experiment;

  return (
    <Layout
      title={`${run.name} ${run.rowId ?? run.id.slice(0, 8)} · ${experiment.name}`}
      crumbs={[
        ...crumbsTo(reads, at, experiment),
        { text: experiment.name, href: at.experiment(experiment) },
      ]}
    >
      <Heading kind={`Run of type ${run.runType}`} name={run.name} />
      {exampleId !== undefined && datasetId !== undefined && (
        <p class="about">
          <a href={`${at.example(datasetId, exampleId)}?selectedSessions=${experiment.id}`}>
            The whole row
          </a>
          , with what other experiments answered
        </p>
      )}
      {spans.length > 1 && (
        <section>
          <h2>Trace</h2>
          <Trace spans={spans} openId={run.id} hrefOf={at.run.bind(at)} />
        </section>
      )}
      <ReadingLinks url={url} />
      <RunDetails
        run={run}
        reference={exampleId === undefined ? null : reads.findReferenceOutputs(exampleId)}
        files={reads.attachmentsOf(run.id)}
        marks={reads.marksOf(run.id)}
        reading={readingOf(url)}
      />
    </Layout>
  );
}
