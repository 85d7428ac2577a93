import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { type Drawer, Layout, Section } from '../layout.js';
import { Attachments } from '../parts/attachments.js';
import { count, counted } from '../parts/figures.js';
import { History } from '../parts/history.js';
import { whole } from '../parts/payload.js';
import { ReadingLinks, readingOf } from '../parts/reading.js';
import { DiffLinks, RowAnswers, runHref } from '../parts/row-answers.js';
import { RunDetails } from '../parts/run-details.js';
import { Trace } from '../parts/trace.js';
import { visible, visibleText } from '../parts/visible.js';
import { changeAddress, readView, type Show } from '../query.js';
import type { Compared } from '../reads/comparisons.js';
import type { HistoryPoint } from '../reads/history.js';
import type { ShownRow } from '../reads/row.js';
import type { PageReads } from '../reads.js';
import type { ShownDataset } from '../shown.js';

/** Experiments that are shown where none is asked for: the last ones. */
const LAST_EXPERIMENTS = 4;

interface AskedRow {
  readonly dataset: ShownDataset;
  readonly exampleId: string;
  /** None: the last ones that answered. */
  readonly experimentIds: readonly string[];
  readonly url: URL;
}

/** One example with what experiments answered; undefined if the dataset has none of that id. */
export async function rowPage(
  reads: PageReads,
  at: Addresses,
  asked: AskedRow,
): Promise<Html | undefined> {
  const { dataset, url } = asked;
  const found = await findShown(reads, asked);
  if (!found) return undefined;
  const { name, experimentIds } = found;
  const search = changeAddress(url, { run: undefined });
  return (
    <Layout title={`${name} · ${dataset.name}`} crumbs={crumbs(at, dataset, experimentIds)}>
      <Row
        reads={reads}
        at={at}
        asked={asked}
        found={found}
        hrefOf={(id) => at.example(dataset.id, id) + search}
      />
    </Layout>
  );
}

/** The same next to the table that lists it. */
export async function rowDrawer(
  reads: PageReads,
  at: Addresses,
  asked: Omit<AskedRow, 'exampleId'>,
): Promise<Drawer | undefined> {
  const { dataset, url } = asked;
  const { row: exampleId } = readView(url.searchParams);
  if (exampleId === undefined) return undefined;
  const found = await findShown(reads, { ...asked, exampleId });
  if (!found) return undefined;
  const page = at.example(dataset.id, exampleId) + changeAddress(url, { row: undefined });
  const content = (
    <dialog open class="drawer" aria-label={visibleText(found.name)}>
      <Row
        reads={reads}
        at={at}
        asked={{ ...asked, exampleId }}
        found={found}
        hrefOf={(row) => changeAddress(url, { row, run: undefined })}
        page={page}
      />
    </dialog>
  );
  return { name: found.name, content };
}

interface Found {
  readonly row: ShownRow;
  readonly name: string;
  readonly experimentIds: readonly string[];
  readonly experiments: readonly Compared[];
  readonly history: readonly HistoryPoint[];
  /** The rows among which it was chosen. */
  readonly listed: readonly string[];
}

async function findShown(reads: PageReads, asked: AskedRow): Promise<Found | undefined> {
  const { dataset, exampleId, url } = asked;
  const history = reads.historyOf(dataset.id, exampleId);
  const isChosen = asked.experimentIds.length > 0;
  const experimentIds = isChosen
    ? asked.experimentIds
    : history.slice(-LAST_EXPERIMENTS).map(({ id }) => id);
  const row = reads.findRow(dataset.id, { exampleId, experimentIds });
  if (!row) return undefined;
  const view = readView(url.searchParams);
  const query = { datasetId: dataset.id, ids: experimentIds, baselineId: view.baseline };
  const summary = await reads.summary(query);
  return {
    row,
    name: nameOf(row),
    experimentIds,
    experiments: summary?.experiments ?? [],
    history,
    listed: summary && isChosen ? reads.rows(summary, view).ids : [],
  };
}

function Row(props: {
  readonly reads: PageReads;
  readonly at: Addresses;
  readonly asked: AskedRow;
  readonly found: Found;
  /** Where another row is. */
  readonly hrefOf: (exampleId: string) => string;
  /** The page of the row, where this is the drawer. */
  readonly page?: string;
}): Html {
  const { reads, at, asked, found, hrefOf, page } = props;
  const { dataset, url } = asked;
  const { row, name, experiments, history } = found;
  const how = { reading: readingOf(url), moreAt: `/api/v1/examples/${row.id}` };
  const files = reads.attachmentsOf(row.id);
  return (
    <>
      <div class="bar-form sticky">
        <Neighbours found={found} hrefOf={hrefOf} show={readView(url.searchParams).show} />
        {page !== undefined && (
          <nav class="choice" aria-label="Drawer">
            <a href={page}>Full page</a>
            <a
              class="close"
              href={changeAddress(url, { row: undefined, run: undefined, text: undefined })}
              aria-keyshortcuts="Escape"
              autofocus
            >
              Close
            </a>
          </nav>
        )}
        <ReadingLinks url={url} />
        {experiments.length > 0 && <DiffLinks url={url} experiments={experiments} />}
      </div>
      <h1 dir="auto">{visible(name)}</h1>
      {row.splits.length > 0 && <p class="kind">Split: {visible(row.splits.join(', '))}</p>}
      <div class="columns">
        <Section title="Inputs">{whole(row.inputs, how)}</Section>
        <Section title="Reference outputs">{whole(row.referenceOutputs, how)}</Section>
      </div>
      <RowAnswers row={row} experiments={experiments} url={url} at={at} />
      {files.length > 0 && (
        <Section title="Attachments">
          <Attachments files={files} />
        </Section>
      )}
      <Traces reads={reads} at={at} url={url} row={row} experiments={experiments} />
      {history.length > 1 && (
        <section>
          <h2>{counted(history.length, 'experiment')} on this row</h2>
          <History
            points={history}
            hrefOf={(id) => `${at.example(dataset.id, row.id)}?selectedSessions=${id}`}
          />
        </section>
      )}
      {Object.keys(row.metadata).length > 0 && (
        <Section title="Metadata of the example">{whole(row.metadata, how)}</Section>
      )}
      <p class="about">Example {row.id}</p>
    </>
  );
}

/** The trace of each experiment's first answer; the run that is open is shown in full. */
function Traces(props: {
  readonly reads: PageReads;
  readonly at: Addresses;
  readonly url: URL;
  readonly row: ShownRow;
  readonly experiments: readonly Compared[];
}): Html {
  const { reads, at, url, row, experiments } = props;
  const { run: openId } = readView(url.searchParams);
  const open = openId === undefined ? undefined : reads.findRun(openId);
  return (
    <>
      {experiments.map(({ session }) => {
        const runs = row.runs.filter(({ experimentId }) => experimentId === session.id);
        const opened = runs.find(({ traceId }) => traceId === open?.traceId);
        const run = opened ?? runs[0];
        const spans = run ? reads.traceOf(run.traceId) : [];
        if (!run || (spans.length < 2 && !opened)) return null;
        return (
          <section id={opened && 'run'}>
            <h2 dir="auto">Trace of {visible(session.name)}</h2>
            <Trace
              spans={spans}
              openId={(opened && open ? open : run).id}
              hrefOf={(span) => runHref(url, span)}
            />
            {opened && open && (
              <>
                <h2 dir="auto">
                  {visible(open.name)} <a href={at.run(open)}>page of this run</a>
                </h2>
                <RunDetails
                  run={open}
                  reference={null}
                  files={reads.attachmentsOf(open.id)}
                  marks={reads.marksOf(open.id)}
                  reading={readingOf(url)}
                />
              </>
            )}
          </section>
        );
      })}
    </>
  );
}

function crumbs(at: Addresses, dataset: ShownDataset, experimentIds: readonly string[]) {
  const compared = {
    text: counted(experimentIds.length, 'experiment'),
    href: at.comparison(dataset.id, experimentIds),
  };
  return [
    { text: 'Datasets', href: at.datasets() },
    { text: dataset.name, href: at.dataset(dataset.id) },
    ...(experimentIds.length > 0 ? [compared] : []),
  ];
}

/** The id that the row had of its own, else its place. */
function nameOf({ runs, place, id }: ShownRow): string {
  const own = runs.find(({ rowId }) => rowId !== undefined)?.rowId;
  return own ?? (place === undefined ? id : `Row ${place}`);
}

/** Where the row is, and links to those before and after: among the rows that are listed, else those of the dataset. */
function Neighbours(props: {
  readonly found: Found;
  readonly hrefOf: (id: string) => string;
  /** What the list was narrowed to. */
  readonly show: Show;
}): Html {
  const { found, hrefOf, show } = props;
  const { row, listed } = found;
  const at = listed.indexOf(row.id);
  const isListed = at >= 0;
  const [number, total] = isListed ? [at + 1, listed.length] : [row.place, row.total];
  const previousId = isListed ? listed[at - 1] : row.previousId;
  const nextId = isListed ? listed[at + 1] : row.nextId;
  return (
    <nav class="choice" aria-label="Rows">
      <a rel={previousId && 'prev'} href={previousId && hrefOf(previousId)} aria-keyshortcuts="k">
        ← Previous row
      </a>
      <span class="kind">
        {number === undefined ? 'Deleted row' : `Row ${count(number)} of ${count(total)}`}
        {isListed && show !== 'all' && ` ${show}`}
      </span>
      <a rel={nextId && 'next'} href={nextId && hrefOf(nextId)} aria-keyshortcuts="j">
        Next row →
      </a>
    </nav>
  );
}
