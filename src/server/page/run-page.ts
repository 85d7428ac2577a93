import type { Addresses } from './addresses.js';
import { feedbackTable } from './feedback-table.js';
import { count, moment, seconds } from './figures.js';
import { type Html, html } from './html.js';
import { figures, heading, layout, pageLinks, section } from './layout.js';
import { wholeOutcome } from './outcome.js';
import { readPage } from './paging.js';
import { whole } from './payload.js';
import { crumbsTo } from './project-page.js';
import type { PageReads } from './reads.js';
import { runTable } from './run-table.js';
import type { ExperimentHead, ShownRun } from './shown.js';
import { visible } from './visible.js';

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

  return layout(
    run.name,
    [
      ...crumbsTo(reads, at, experiment),
      { text: experiment.name, href: at.experiment(experiment) },
      ...parentCrumb(reads, at, run),
    ],
    html`${heading(`Run of type ${run.runType}`, run.name)}${figures([
      ...rowFigure(run),
      ['Status', statusOf(run)],
      ['Latency', seconds(run.latency)],
      ['Tokens', count(run.totalTokens)],
    ])}<p class="about">Started ${moment(run.startTime)}${
      run.tags.length > 0 && html` · tagged ${visible(run.tags.join(', '))}`
    }</p>${marks.length > 0 && html`<p class="about">Note: ${visible(marks.join('; '))}</p>`}
${section('Inputs', whole(run.inputs))}
${section(run.error === undefined ? 'Outputs' : 'Error', wholeOutcome(run))}
${reference !== null && section('Reference outputs', whole(reference))}
${run.feedback.length > 0 && html`<h2>Feedback</h2>${feedbackTable(run.feedback)}`}
${children.rows.length > 0 && html`<h2>Child runs</h2>${runTable(children.rows, at)}${pageLinks(url, children)}`}
${Object.keys(run.metadata).length > 0 && section('Metadata', whole(run.metadata))}`,
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
  if (run.error !== undefined) return html`<span class="bad">Error</span>`;
  return run.endTime === undefined ? 'Running' : 'Success';
}
