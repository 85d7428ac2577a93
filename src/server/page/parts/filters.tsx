import type { Html } from '../html.js';
import { printView, SHOWS, type Show, VIEWS, type View } from '../query.js';
import type { Summary } from '../reads/comparisons.js';
import type { FoundRows } from '../reads/rows.js';
import { columnsOf, shownColumns } from './compared-rows.js';
import { count } from './figures.js';
import type { LinkTo } from './strip.js';
import { visible, visibleText } from './visible.js';

interface Filtering {
  readonly summary: Summary;
  readonly found: FoundRows;
  readonly view: View;
  readonly linkTo: LinkTo;
}

/** What of the rows is listed, in which order, and how. */
export function Filters({ filtering }: { readonly filtering: Filtering }): Html {
  const { summary, found, view, linkTo } = filtering;
  const other = view.against === 'reference' ? 'baseline' : 'reference';
  return (
    <div class="filters">
      <nav class="tabs" aria-label="Rows">
        {SHOWS.filter((show) => isUseful(show, filtering)).map((show) => (
          <a
            href={linkTo({ show, sort: undefined })}
            aria-current={show === view.show ? 'true' : undefined}
          >
            {LABELS[show]} {count(found.counts[show])}
          </a>
        ))}
      </nav>
      <search>
        <Search filtering={filtering} />
      </search>
      <nav class="choice" aria-label="How much of each row">
        {VIEWS.map((kind) => (
          <a
            href={linkTo({ view: kind, page: view.page })}
            aria-current={kind === view.view ? 'true' : undefined}
            aria-keyshortcuts={keysOf(kind, view)}
          >
            {kind}
          </a>
        ))}
        {view.view === 'diff' && summary.experiments.length > 1 && (
          <a href={linkTo({ against: other, page: view.page })}>to {other}</a>
        )}
      </nav>
      {summary.experiments.length > 1 && <GroupBy filtering={filtering} />}
      <Columns filtering={filtering} />
      <details class="menu">
        <summary>Export</summary>
        <ul>
          {KINDS.map((kind) => (
            <li>
              <a href={linkTo({ as: kind })} download={kind === 'report' ? 'report.html' : true}>
                {count(found.ids.length)} rows as {NAMES[kind]}
              </a>
            </li>
          ))}
        </ul>
      </details>
      {found.fault !== undefined && (
        <p id="fault" class="bad" role="status" dir="auto">
          {visible(found.fault)} All rows are listed.
        </p>
      )}
    </div>
  );
}

/** `v` shows one view after the other, `d` the differences and back. */
function keysOf(kind: View['view'], { view }: View): string | undefined {
  const isNext = kind === VIEWS[(VIEWS.indexOf(view) + 1) % VIEWS.length];
  const isOther = kind === (view === 'diff' ? 'compact' : 'diff');
  const keys = [...(isNext ? ['v'] : []), ...(isOther ? ['d'] : [])];
  return keys.join(' ') || undefined;
}

const NAMES = { csv: 'CSV', jsonl: 'JSON Lines', md: 'Markdown', report: 'a report' } as const;
const KINDS = Object.keys(NAMES) as (keyof typeof NAMES)[];

const LABELS: Readonly<Record<Show, string>> = {
  all: 'All',
  regressed: 'Regressed',
  improved: 'Improved',
  different: 'Different',
  errors: 'Errors',
  missing: 'Missing',
  flaky: 'Flaky',
};

/** One experiment alone has neither gained nor lost, and some kinds of rows cannot be there. */
function isUseful(show: Show, { summary: { experiments }, found, view }: Filtering): boolean {
  if (show === view.show || show === 'all' || show === 'errors') return true;
  if (show === 'flaky') return experiments.some(({ subject }) => subject.runs > subject.rows.size);
  if (show === 'missing') return found.answeredByAll < found.places.size;
  return experiments.length > 1;
}

const SORTS = [
  ['', 'in their usual order'],
  ['created', 'in the order of the file'],
  ['delta', 'largest loss first'],
  ['-delta', 'largest gain first'],
  ['metric', 'lowest first'],
  ['-metric', 'highest first'],
  ['-latency', 'slowest first'],
  ['-cost', 'dearest first'],
] as const;

/** What rows are chosen and sorted by; a form, so that it works without scripts. */
function Search({ filtering: { summary, found, view } }: { readonly filtering: Filtering }): Html {
  const [, ...others] = summary.experiments;
  const keys = [...found.keys.toSorted(), ...found.judged.measures.keys()];
  const typed = ['metric', 'vs', 'q', 'page'];
  return (
    <form class="search" method="get">
      <Hidden view={view} without={typed} />
      {keys.length > 0 && (
        <select name="metric" aria-label="Score that rows are chosen by">
          {keys.map((key) => (
            <option value={key} selected={key === found.metric}>
              by {visibleText(key)}
            </option>
          ))}
        </select>
      )}
      {others.length > 1 && (
        <select name="vs" aria-label="Experiment that rows are chosen by">
          {others.map(({ session: { id, name } }) => (
            <option value={id} selected={id === found.judged.session.id}>
              {visibleText(name)}
            </option>
          ))}
        </select>
      )}
      <input
        type="search"
        name="q"
        aria-keyshortcuts="/"
        value={view.q}
        placeholder="words, score.correct<1, -split=test"
        aria-label="Words or a condition"
        aria-describedby={found.fault === undefined ? undefined : 'fault'}
      />
      <button type="submit">Show</button>
    </form>
  );
}

/** The rest of an address, in a form that changes some of it. */
export function Hidden({
  view,
  without,
}: {
  readonly view: View;
  readonly without: readonly string[];
}): Html {
  const query = new URLSearchParams(printView(view));
  return (
    <>
      {[...query]
        .filter(([name]) => !without.includes(name))
        .map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
    </>
  );
}

/** By what examples are grouped. */
function GroupBy({ filtering: { view, linkTo } }: { readonly filtering: Filtering }): Html {
  return (
    <details class="menu">
      <summary>Groups</summary>
      <form method="get">
        <Hidden view={view} without={['group']} />
        <label>
          Group examples by{' '}
          <input name="group" value={view.group} placeholder="metadata.topic, split, inputs.NAME" />
        </label>
        <button type="submit">Group</button>
        {view.group !== undefined && <a href={linkTo({ group: undefined })}>Without groups</a>}
      </form>
    </details>
  );
}

/** The order of rows and what they show. */
function Columns({ filtering }: { readonly filtering: Filtering }): Html {
  const { summary, view } = filtering;
  const all = columnsOf(summary);
  const shown = shownColumns(filtering);
  const sort = view.sort ? `${view.sort.descending ? '-' : ''}${view.sort.by}` : '';
  const sorts = SORTS.filter(
    ([value]) => summary.experiments.length > 1 || !value.endsWith('delta'),
  );
  return (
    <details class="menu">
      <summary>
        Columns {shown.length}/{all.length}
      </summary>
      <form method="get">
        <Hidden view={view} without={['cols', 'sort', 'page']} />
        <label>
          Rows{' '}
          <select name="sort">
            {sorts.map(([value, words]) => (
              <option value={value} selected={value === sort}>
                {words}
              </option>
            ))}
          </select>
        </label>
        {all.map((name) => (
          <label>
            <input type="checkbox" name="cols" value={name} checked={shown.includes(name)} />{' '}
            {visible(name)}
          </label>
        ))}
        <button type="submit">Show these</button>
      </form>
    </details>
  );
}
