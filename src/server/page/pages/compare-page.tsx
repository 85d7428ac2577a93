import type { Html } from '../html.js';
import { type Drawer, Empty, Layout, Pages } from '../layout.js';
import { Chips } from '../parts/chips.js';
import { ComparedRows, type RowsToShow } from '../parts/compared-rows.js';
import { count, counted } from '../parts/figures.js';
import { Filters, Hidden } from '../parts/filters.js';
import { Groups } from '../parts/groups.js';
import { recordCommand } from '../parts/record-command.js';
import { Alignment, Settings } from '../parts/settings.js';
import { type LinkTo, Strip } from '../parts/strip.js';
import { visible } from '../parts/visible.js';
import { printView, type View } from '../query.js';
import type { Summary } from '../reads/comparisons.js';
import type { ExperimentHead, ShownDataset, ShownExample } from '../shown.js';

/** All that the page of a comparison shows. */
export interface ComparePage extends RowsToShow {
  readonly dataset: ShownDataset;
  /** The query that says the same in the fewest words. */
  readonly address: string;
  /** The state of the home when the comparison was read. */
  readonly state: string;
  /** The examples that are on this page. */
  readonly examples: readonly ShownExample[];
  /** Other experiments of the dataset. */
  readonly others: readonly ExperimentHead[];
  /** How many were asked for and are not shown. */
  readonly omitted: number;
  /** Why the examples could not be grouped as asked. */
  readonly groupFault: string | undefined;
  readonly drawer: Drawer | undefined;
}

/** Answers on one page, and the fewest rows: a browser is slow with more. */
const MOST_ANSWERS = { compact: 200, full: 80, diff: 80 };
const FEWEST_ROWS = 10;

/** Rows of one page, by how many experiments answer each; whole rows are long. */
export function pageSize({ view, summary }: Pick<RowsToShow, 'view' | 'summary'>): number {
  const answers = MOST_ANSWERS[view.view];
  const rows = Math.floor(answers / summary.experiments.length);
  return Math.min(answers / 4, Math.max(FEWEST_ROWS, rows));
}

/** Experiments of one dataset side by side on the same examples, or one of them alone. */
export function comparePage(page: ComparePage): Html {
  const { dataset, summary, view, at, found, examples } = page;
  const [baseline, ...others] = summary.experiments;
  const linkTo: LinkTo = (changes) => `?${printView({ ...view, page: 1, ...changes })}`;
  const isEmpty = summary.experiments.every(({ subject }) => subject.runs === 0);
  return (
    <Layout
      title={compareTitle(summary, dataset)}
      crumbs={[
        { text: 'Datasets', href: at.datasets() },
        { text: dataset.name, href: at.dataset(dataset.id) },
      ]}
      address={page.address}
      live={page.state}
      drawer={page.drawer}
    >
      {!isEmpty && (
        <a class="skip" href="#rows">
          Skip to the rows
        </a>
      )}
      <h1 class="sr" dir="auto">
        {visible(titleOf(summary))}
      </h1>
      <Chips
        summary={summary}
        view={view}
        others={page.others}
        linkTo={linkTo}
        at={at}
        exampleCount={dataset.exampleCount}
      />
      {page.omitted > 0 && (
        <p class="about">
          {counted(page.omitted, 'more was', 'more were')} asked for: not on this dataset, or too
          many for one page.
        </p>
      )}
      {others.length === 0 && baseline.session.description && (
        <p class="about" dir="auto">
          {visible(baseline.session.description)}
        </p>
      )}
      <Alignment summary={summary} found={found} linkTo={linkTo} />
      {isEmpty ? (
        <Empty
          words="This experiment has no runs yet. If its recording was stopped, the same command goes on:"
          command={recordCommand(dataset.name)}
        />
      ) : (
        <>
          <Strip summary={summary} linkTo={linkTo} />
          {view.group !== undefined && (
            <Groups summary={summary} judged={found.judged} view={view} fault={page.groupFault} />
          )}
          <Filters filtering={{ summary, found, view, linkTo }} />
          <ComparedRows rows={page} examples={examples} />
          <Pager page={page} linkTo={linkTo} />
        </>
      )}
      <Settings summary={summary} at={at} />
    </Layout>
  );
}

/** What names the tab. */
export function compareTitle(summary: Summary, { name }: Pick<ShownDataset, 'name'>): string {
  return `${titleOf(summary)} · ${name}`;
}

export function titleOf({ experiments: [baseline, ...others] }: Summary): string {
  const [only] = others;
  if (!only) return baseline.session.name;
  return others.length === 1
    ? `${only.session.name} against ${baseline.session.name}`
    : `${baseline.session.name} and ${others.length} others`;
}

/** The number of the page that is shown: the last one, where the address names one beyond. */
export function shownPage(page: Pick<RowsToShow, 'view' | 'found' | 'summary'>): number {
  const { view, found } = page;
  return Math.min(view.page, Math.max(1, Math.ceil(found.ids.length / pageSize(page))));
}

function Pager({ page, linkTo }: { readonly page: ComparePage; readonly linkTo: LinkTo }): Html {
  const { view, found, examples } = page;
  const total = found.ids.length;
  const number = shownPage(page);
  const last = Math.max(1, Math.ceil(total / pageSize(page)));
  const first = (number - 1) * pageSize(page);
  if (total === 0)
    return (
      <p class="none">
        No row is like that. <a href={linkTo({ show: 'all', q: '' })}>Show all rows</a>
      </p>
    );
  return (
    <Pages
      number={number}
      rows={[first + 1, first + examples.length]}
      total={total}
      hasMore={number < last}
      hrefOf={(to) => linkTo({ page: to })}
    >
      {last > 2 && <Jump view={view} number={number} last={last} />}
    </Pages>
  );
}

function Jump(props: {
  readonly view: View;
  readonly number: number;
  readonly last: number;
}): Html {
  const { view, number, last } = props;
  return (
    <form method="get" class="jump">
      <Hidden view={view} without={['page']} />
      <label>
        Page <input type="number" name="page" min="1" max={last} value={number} required /> of{' '}
        {count(last)}
      </label>{' '}
      <button type="submit">Go</button>
    </form>
  );
}
