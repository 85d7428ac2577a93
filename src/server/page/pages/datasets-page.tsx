import { DATASET_ORDERS, type DatasetOrder } from '../../store/datasets.js';
import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { Empty, Heading, Layout, PageLinks } from '../layout.js';
import { readPage } from '../paging.js';
import { Sparkline } from '../parts/chart/sparkline.js';
import { digitsOf } from '../parts/digits.js';
import { count, moment } from '../parts/figures.js';
import { recordCommand } from '../parts/record-command.js';
import { Table } from '../parts/table.js';
import { visible, visibleText } from '../parts/visible.js';
import { readListing } from '../query.js';
import type { TrendPoint } from '../reads/trend.js';
import type { PageReads } from '../reads.js';
import type { ShownDataset } from '../shown.js';

/** Experiments of which the small line of a dataset is drawn. */
const DRAWN = 20;
/** Figures that were never counted take a while: what is not drawn by then is at the next look. */
const COUNT_FOR_MS = 300;

const ORDERS: Readonly<Record<DatasetOrder, string>> = {
  last_session_start_time: 'last used',
  created_at: 'last made',
  name: 'name',
  example_count: 'most examples',
  session_count: 'most experiments',
  modified_at: 'last changed',
};

/** The first page: all datasets, and the projects that SDKs traced to. */
export function datasetsPage(reads: PageReads, at: Addresses, url: URL): Html {
  const { q: name, sort } = readListing(url.searchParams);
  const sortBy = DATASET_ORDERS.find((order) => order === sort) ?? 'last_session_start_time';
  const query = { nameContains: name, sortBy, descending: sortBy !== 'name' };
  const page = readPage(url, (slice) => reads.listDatasets({ ...query, ...slice }));
  const isEmpty = page.rows.length === 0 && page.offset === 0;
  return (
    <Layout title="Datasets" crumbs={[]} live={reads.changes()}>
      <Heading kind="Recorded on this machine" name="Datasets" />
      {isEmpty && name === undefined ? (
        <Empty
          words="Nothing was recorded here yet. Record a file of eval results:"
          command={recordCommand('capitals')}
        />
      ) : (
        <Search name={name ?? ''} sortBy={sortBy} />
      )}
      {isEmpty && name !== undefined && <Empty words="No dataset is called that." />}
      {page.rows.length > 0 && table(page.rows, { at, reads })}
      <PageLinks url={url} page={page} />
      {reads.hasProjects() && (
        <p class="about">
          <a href={at.projects()}>Projects without a dataset</a>, where SDKs put their traces.
        </p>
      )}
    </Layout>
  );
}

function Search({ name, sortBy }: { readonly name: string; readonly sortBy: string }): Html {
  return (
    <form method="get" class="bar-form">
      <label>
        Name{' '}
        <input
          type="search"
          name="q"
          value={name}
          placeholder="part of a name"
          aria-keyshortcuts="/"
        />
      </label>
      <label>
        By{' '}
        <select name="sort">
          {Object.entries(ORDERS).map(([order, words]) => (
            <option value={order} selected={order === sortBy}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Search</button>
    </form>
  );
}

function table(
  datasets: readonly ShownDataset[],
  { at, reads }: { readonly at: Addresses; readonly reads: PageReads },
): Html {
  const until = performance.now() + COUNT_FOR_MS;
  return (
    <Table
      label="Datasets"
      rows={datasets}
      columns={[
        {
          title: 'Dataset',
          look: 'name',
          cell: (dataset) => <a href={at.dataset(dataset.id)}>{visible(dataset.name)}</a>,
        },
        { title: 'Examples', look: 'number', cell: ({ exampleCount }) => count(exampleCount) },
        {
          title: 'Experiments',
          look: 'number',
          cell: ({ experimentCount }) => count(experimentCount),
        },
        {
          title: 'Main score',
          cell: (dataset) => performance.now() < until && mainScore(lastOf(dataset)),
        },
        {
          title: 'Last experiment',
          look: 'when',
          cell: ({ lastExperimentAt }) => moment(lastExperimentAt),
        },
        { title: 'Created', look: 'when', cell: ({ createdAt }) => moment(createdAt) },
      ]}
    />
  );

  function lastOf({ id }: ShownDataset): TrendPoint[] {
    return reads.trend(id, { offset: 0, limit: DRAWN }).reverse();
  }
}

/** The score that most experiments have: its last mean, and how it went. */
function mainScore(points: readonly TrendPoint[]): Html | false {
  const counts = new Map<string, number>();
  for (const key of points.flatMap(({ scores }) => [...scores.keys()].sort())) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const [main] = [...counts].sort(([, one], [, other]) => other - one);
  if (!main) return false;
  const [key] = main;
  const values = points.map(({ scores }) => scores.get(key)?.mean);
  const digits = digitsOf(key, points);
  const last = values.findLast((value) => value !== undefined);
  return (
    <>
      <Sparkline values={values} title={`${visibleText(key)} over ${points.length} experiments`} />{' '}
      {last !== undefined && digits.value(last)} <small>{visible(key)}</small>
    </>
  );
}
