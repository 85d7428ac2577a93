import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { Heading, Layout, Section } from '../layout.js';
import { Attachments } from '../parts/attachments.js';
import { counted } from '../parts/figures.js';
import { History } from '../parts/history.js';
import { whole } from '../parts/payload.js';
import { ReadingLinks, readingOf } from '../parts/reading.js';
import { RowAnswers } from '../parts/row-answers.js';
import { Trace } from '../parts/trace.js';
import { visible } from '../parts/visible.js';
import { readView } from '../query.js';
import type { Compared } from '../reads/comparisons.js';
import type { ShownRow } from '../reads/row.js';
import type { PageReads } from '../reads.js';
import type { ShownDataset } from '../shown.js';

/** Experiments that are shown where none is asked for: the last ones. */
const LAST_EXPERIMENTS = 4;

/** One example with what experiments answered; undefined if the dataset has none of that id. */
export async function rowPage(
  reads: PageReads,
  at: Addresses,
  asked: {
    readonly dataset: ShownDataset;
    readonly exampleId: string;
    /** None: the last ones that answered. */
    readonly experimentIds: readonly string[];
    readonly url: URL;
  },
): Promise<Html | undefined> {
  const { dataset, exampleId, url } = asked;
  const history = reads.historyOf(dataset.id, exampleId);
  const experimentIds =
    asked.experimentIds.length > 0
      ? asked.experimentIds
      : history.slice(-LAST_EXPERIMENTS).map(({ id }) => id);
  const row = reads.findRow(dataset.id, { exampleId, experimentIds });
  if (!row) return undefined;
  const baselineId = url.searchParams.get('baseline')?.toLowerCase();
  const summary = await reads.summary({ datasetId: dataset.id, ids: experimentIds, baselineId });
  const experiments = summary?.experiments ?? [];
  const listed =
    summary && asked.experimentIds.length > 0
      ? reads.rows(summary, readView(url.searchParams)).ids
      : [];
  const neighbours = neighboursOf(row, listed);
  const name = nameOf(row);
  const how = { reading: readingOf(url), moreAt: `/api/v1/examples/${row.id}` };
  const files = reads.attachmentsOf(row.id);

  return (
    <Layout title={`${name} · ${dataset.name}`} crumbs={crumbs(at, dataset, experimentIds)}>
      <Heading
        kind={neighbours.place}
        name={name}
        about={row.splits.length > 0 ? `Split: ${row.splits.join(', ')}` : undefined}
      />
      <Neighbours {...neighbours} hrefOf={(id) => at.example(dataset.id, id) + url.search} />
      <ReadingLinks url={url} />
      <Section title="Inputs">{whole(row.inputs, how)}</Section>
      <RowAnswers row={row} experiments={experiments} url={url} at={at} />
      {files.length > 0 && (
        <Section title="Attachments">
          <Attachments files={files} />
        </Section>
      )}
      {traces(experiments)}
      {history.length > 1 && (
        <section>
          <h2>{counted(history.length, 'experiment')} on this row</h2>
          <History points={history} hrefOf={(id) => `?selectedSessions=${id}`} />
        </section>
      )}
      {Object.keys(row.metadata).length > 0 && (
        <Section title="Metadata of the example">{whole(row.metadata, how)}</Section>
      )}
      <p class="about">Example {row.id}</p>
    </Layout>
  );

  /** Of the first answer of each experiment. */
  function traces(among: readonly Compared[]): Html[] {
    return among.flatMap(({ session }) => {
      const run = row?.runs.find(({ experimentId }) => experimentId === session.id);
      const spans = run ? reads.traceOf(run.traceId) : [];
      if (!run || spans.length < 2) return [];
      return [
        <section>
          <h2 dir="auto">Trace of {visible(session.name)}</h2>
          <Trace spans={spans} openId={run.id} hrefOf={at.run.bind(at)} />
        </section>,
      ];
    });
  }
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

interface Placed {
  /** Where the row is, in words. */
  readonly place: string;
  readonly previousId: string | undefined;
  readonly nextId: string | undefined;
}

/** @param listed the rows among which it was chosen; else its neighbours are those of the dataset. */
function neighboursOf(row: ShownRow, listed: readonly string[]): Placed {
  const at = listed.indexOf(row.id);
  if (at < 0) {
    const place = row.place === undefined ? 'Deleted row' : `Row ${row.place} of ${row.total}`;
    return { place, previousId: row.previousId, nextId: row.nextId };
  }
  const place = `Row ${at + 1} of ${listed.length}`;
  return { place, previousId: listed[at - 1], nextId: listed[at + 1] };
}

/** Links to the rows before and after. */
function Neighbours(props: Placed & { readonly hrefOf: (id: string) => string }): Html {
  const { previousId, nextId, hrefOf } = props;
  return (
    <nav class="pages" aria-label="Rows">
      {previousId !== undefined && (
        <a rel="prev" href={hrefOf(previousId)} aria-keyshortcuts="k">
          ← Previous row
        </a>
      )}
      {nextId !== undefined && (
        <a rel="next" href={hrefOf(nextId)} aria-keyshortcuts="j">
          Next row →
        </a>
      )}
    </nav>
  );
}
