import type { Context } from 'hono';
import { LsRecordError } from '../../../errors.js';
import type { Addresses } from '../addresses.js';
import { Part } from '../layout.js';
import { printView, readView, type View } from '../query.js';
import type { Summary } from '../reads/comparisons.js';
import type { PageReads } from '../reads.js';
import type { ShownDataset } from '../shown.js';
import { exportKind, exportRows } from './compare-export.js';
import { comparePage, compareTitle, pageSize, shownPage } from './compare-page.js';
import { anchorOf, REPORT_POLICY, reportPage } from './report-page.js';
import { rowDrawer } from './row-page.js';

/** Experiments side by side; nobody can read more. */
export const MAX_COMPARED = 12;
/** Rows of a report: a browser holds no more. */
const MOST_IN_REPORT = 2000;
/** Others that can be added with one click; the dataset's page has all. */
const OTHERS = 30;

/** Answers the address of a comparison: its page, or its rows as a file. Undefined where it names no experiment. */
export async function answerComparison(
  context: Context,
  {
    reads,
    at,
    dataset,
  }: { readonly reads: PageReads; readonly at: Addresses; readonly dataset: ShownDataset },
): Promise<Response | undefined> {
  const asked = readView(new URL(context.req.url).searchParams);
  const { as } = asked;
  const experimentIds = reads.experimentIds(dataset.id, asked.experiments).slice(0, MAX_COMPARED);
  const state = reads.changes();
  const { summary, fault } = await readSummary(reads, dataset.id, {
    ...asked,
    experiments: experimentIds,
  });
  if (!summary) return undefined;
  const short = { ...asked, experiments: reads.shortIds(dataset.id, experimentIds) };
  const url = new URL(`?${printView(short)}`, context.req.url);
  // Links and forms of the table close the row that is open.
  const view: View = { ...short, row: undefined, run: undefined, text: 'rich', as: undefined };
  const drawer = await rowDrawer(reads, at, { dataset, experimentIds, url });
  if (drawer && context.req.header('x-part') === 'drawer')
    return context.html(Part({ title: compareTitle(summary, dataset), drawer }));
  const found = reads.rows(summary, view);
  const kind = exportKind(as, context.req.header('accept'));
  if (kind) return exportRows(kind, { reads, summary, found, dataset });

  const isReport = as === 'report';
  const size = isReport ? MOST_IN_REPORT : pageSize({ view, summary });
  const first = isReport ? 0 : (shownPage({ view, found, summary }) - 1) * size;
  const shown = summary.experiments.map(({ session }) => session.id);
  const page = {
    dataset,
    summary,
    address: url.search,
    state,
    found,
    view,
    at,
    hrefOf: (id: string) => (isReport ? anchorOf(id) : `?${printView({ ...view, row: id })}`),
    examples: reads.answersTo(found.ids.slice(first, first + size), shown),
    others: reads.otherExperiments(dataset.id, shown, OTHERS),
    omitted: asked.experiments.length - shown.length,
    groupFault: fault,
    drawer,
  };
  if (!isReport) return context.html(comparePage(page));
  return context.html(reportPage(page), 200, { 'Content-Security-Policy': REPORT_POLICY });
}

/** Where examples cannot be grouped as asked, they are not. */
async function readSummary(
  reads: PageReads,
  datasetId: string,
  { experiments: ids, baseline: baselineId, group, vs }: View,
): Promise<{ readonly summary: Summary | undefined; readonly fault?: string }> {
  const query = { datasetId, ids, baselineId };
  try {
    return { summary: await reads.summary({ ...query, group, vs }) };
  } catch (error) {
    if (!(error instanceof LsRecordError) || group === undefined) throw error;
    return { summary: await reads.summary(query), fault: `${error.message}. ${error.hint ?? ''}` };
  }
}
