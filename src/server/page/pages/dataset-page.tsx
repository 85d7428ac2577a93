import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { type Drawer, Empty, Heading, Layout, PageLinks } from '../layout.js';
import { PAGE_ROWS, pageOf, readPage } from '../paging.js';
import { ExampleTable } from '../parts/example-table.js';
import { ExperimentTable, sortPoints } from '../parts/experiment-table.js';
import { counted } from '../parts/figures.js';
import { recordCommand } from '../parts/record-command.js';
import { Trend } from '../parts/trend.js';
import { visible } from '../parts/visible.js';
import { changeAddress, type Listing, readListing, TABS } from '../query.js';
import { scoreKeysOf } from '../reads/score-keys.js';
import type { PageReads } from '../reads.js';
import type { ShownDataset } from '../shown.js';

/** Experiments that are sorted, or drawn, at one go. */
const MAX_EXPERIMENTS = 500;

const NAMES = { experiments: 'Experiments', examples: 'Examples', trend: 'Trend' } as const;

interface DatasetPage {
  readonly reads: PageReads;
  readonly at: Addresses;
  readonly dataset: ShownDataset;
  readonly url: URL;
  readonly drawer: Drawer | undefined;
}

/** A dataset: its experiments, its examples, and how scores went. */
export function datasetPage(page: DatasetPage): Html {
  const { at, dataset, url } = page;
  const { tab } = readListing(url.searchParams);
  return (
    <Layout
      title={datasetTitle(page)}
      crumbs={[{ text: 'Datasets', href: at.datasets() }]}
      live={page.reads.changes()}
      drawer={page.drawer}
    >
      <Heading
        kind={`Dataset of ${counted(dataset.exampleCount, 'example')}`}
        name={dataset.name}
        about={dataset.description}
      />
      <nav class="choice" aria-label="Views of the dataset">
        {TABS.map((name) => (
          <a href={`?tab=${name}`} aria-current={name === tab ? 'true' : undefined}>
            {NAMES[name]}
          </a>
        ))}
      </nav>
      {dataset.experimentCount === 0 && tab !== 'examples' ? (
        <Empty
          words="This dataset has no experiment yet. Record one:"
          command={recordCommand(dataset.name)}
        />
      ) : (
        contentOf(tab, page)
      )}
    </Layout>
  );
}

/** What names the tab of the browser. */
export function datasetTitle({ dataset, url }: Pick<DatasetPage, 'dataset' | 'url'>): string {
  const { tab } = readListing(url.searchParams);
  return tab === 'experiments' ? dataset.name : `${NAMES[tab]} · ${dataset.name}`;
}

function contentOf(tab: Listing['tab'], page: DatasetPage): Html {
  const { reads, at, dataset, url } = page;
  if (tab === 'experiments') return <Experiments {...page} />;
  if (tab === 'examples') {
    const examples = readPage(url, (slice) => reads.listExamples(dataset.id, slice));
    return (
      <>
        <ExampleTable examples={examples.rows} hrefOf={(row) => changeAddress(url, { row })} />
        <PageLinks url={url} page={examples} total={dataset.exampleCount} />
      </>
    );
  }
  const points = reads.trend(dataset.id, { offset: 0, limit: MAX_EXPERIMENTS });
  const baseline = reads.findBaseline(dataset.id);
  return <Trend points={points.toReversed()} baseline={baseline} url={url} at={at} />;
}

function Experiments({ reads, at, dataset, url }: DatasetPage): Html {
  const { q: name, sort, ticked, isComparing } = readListing(url.searchParams);
  const baseline = reads.findBaseline(dataset.id);
  const asked = { name, baselineId: baseline?.id };
  const all = sort && reads.trend(dataset.id, { ...asked, offset: 0, limit: MAX_EXPERIMENTS });
  const list = all
    ? pageOf(url, sortPoints(all, { sort, keys: scoreKeysOf(all) }))
    : readPage(url, (slice) => reads.trend(dataset.id, { ...asked, ...slice }));
  const points = list.rows;
  const shown = new Set(points.map(({ id }) => id));
  const number = list.offset / PAGE_ROWS + 1;
  return (
    <form method="get" action={at.dataset(dataset.id)}>
      <div class="bar-form sticky">
        <label>
          Name{' '}
          <input
            type="search"
            name="q"
            value={name ?? ''}
            placeholder="part of a name"
            aria-keyshortcuts="/"
          />
        </label>
        <button type="submit">Search</button>
        <button type="submit" name="compare" value="1" class="main">
          Compare ticked
        </button>
        {isComparing && (
          <strong role="alert">
            <TickMore first={ticked[0]} reads={reads} at={at} />
          </strong>
        )}
      </div>
      <input type="hidden" name="sort" value={sort} />
      {ticked
        .filter((id) => !shown.has(id))
        .map((id) => (
          <input type="hidden" name="selectedSessions" value={id} />
        ))}
      {points.length === 0 && <Empty words="No experiment is called that." />}
      {points.length > 0 && (
        <ExperimentTable
          points={points}
          keys={scoreKeysOf(points)}
          dataset={dataset}
          baseline={baseline}
          sort={sort}
          ticked={ticked}
          at={at}
        />
      )}
      {baseline && dataset.experimentCount > 1 && (
        <p class="about">
          Differences are to {visible(baseline.name)},{' '}
          {baseline.isBlessed ? 'blessed' : 'the earliest'}, over the rows that both scored.
        </p>
      )}
      {(number > 1 || list.hasMore) && (
        <p class="pages">
          {number > 1 && <PageButton to={number - 1} text="← Previous" />}
          <span>Page {number}</span>
          {list.hasMore && <PageButton to={number + 1} text="Next →" />}
        </p>
      )}
    </form>
  );
}

/** Why nothing is compared, and what else is to be had. */
function TickMore(props: {
  readonly first: string | undefined;
  readonly reads: PageReads;
  readonly at: Addresses;
}): Html {
  const { first, reads, at } = props;
  const only = first === undefined ? undefined : reads.findExperimentHead(first);
  if (!only) return <>Tick the experiments to compare first.</>;
  return (
    <>
      Tick another one, or open <a href={at.experiment(only)}>{visible(only.name)}</a> alone.
    </>
  );
}

/** A button, so that what is ticked stays. */
function PageButton({ to, text }: { readonly to: number; readonly text: string }): Html {
  return (
    <button type="submit" name="page" value={String(to)}>
      {text}
    </button>
  );
}
