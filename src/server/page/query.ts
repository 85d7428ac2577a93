/** What of a comparison is listed. */
export const SHOWS = [
  'all',
  'regressed',
  'improved',
  'different',
  'errors',
  'missing',
  'flaky',
] as const;
export type Show = (typeof SHOWS)[number];

const SORTS = ['created', 'delta', 'metric', 'latency', 'cost'] as const;
export type SortKey = (typeof SORTS)[number];

/** How much of each row is shown: a few lines, all of it, or where it differs. */
export const VIEWS = ['compact', 'full', 'diff'] as const;
const AGAINST = ['baseline', 'reference'] as const;

/** All that the address of a comparison says. What it does not say is undefined, and the page decides. */
export interface View {
  readonly experiments: readonly string[];
  readonly baseline: string | undefined;
  /** The key that rows are chosen and sorted by. */
  readonly metric: string | undefined;
  /** The experiment that they are chosen and sorted by. */
  readonly vs: string | undefined;
  readonly show: Show;
  /** A condition, in the words of `experiments compare --where`. */
  readonly q: string;
  readonly sort: { readonly by: SortKey; readonly descending: boolean } | undefined;
  readonly view: (typeof VIEWS)[number];
  readonly against: (typeof AGAINST)[number];
  /** The columns and scores that rows show; undefined: all. */
  readonly cols: readonly string[] | undefined;
  /** By what examples are grouped, as in `experiments compare --by`. */
  readonly group: string | undefined;
  /** The example that is open next to the table. */
  readonly row: string | undefined;
  /** The run of its trace that is open. */
  readonly run: string | undefined;
  /** Which of its repetitions, from 1. */
  readonly rep: number | undefined;
  /** From 1. */
  readonly page: number;
}

/** Reads an address; what makes no sense in it is as if it were not there. */
export function readView(query: URLSearchParams): View {
  const text = (name: string) => query.get(name) || undefined;
  const oneOf = <Choice extends string>(name: string, choices: readonly Choice[]) =>
    choices.find((choice) => choice === query.get(name));
  return {
    experiments: listIn(query, 'selectedSessions').map((id) => id.toLowerCase()),
    baseline: text('baseline')?.toLowerCase(),
    metric: text('metric'),
    vs: text('vs')?.toLowerCase(),
    show: oneOf('show', SHOWS) ?? 'all',
    q: query.get('q')?.trim() ?? '',
    sort: readSort(query.get('sort') ?? ''),
    view: oneOf('view', VIEWS) ?? 'compact',
    against: oneOf('against', AGAINST) ?? 'baseline',
    cols: query.has('cols') ? query.getAll('cols') : undefined,
    group: text('group'),
    row: text('row')?.toLowerCase(),
    run: text('run')?.toLowerCase(),
    rep: numberIn(query.get('rep')),
    page: numberIn(query.get('page')) ?? 1,
  };
}

/** The query of an address that says this, without `?`. */
export function printView(view: View): string {
  const query = new URLSearchParams();
  // A score's key may have a comma in it; an id has none.
  const ids = view.experiments.map(encodeURIComponent).join(',');
  const set = (name: string, value: string | number | undefined) => {
    if (value !== undefined && value !== '') query.set(name, String(value));
  };
  set('baseline', view.baseline);
  set('metric', view.metric);
  set('vs', view.vs);
  if (view.show !== 'all') set('show', view.show);
  set('q', view.q);
  if (view.sort) set('sort', `${view.sort.descending ? '-' : ''}${view.sort.by}`);
  if (view.view !== 'compact') set('view', view.view);
  if (view.against !== 'baseline') set('against', view.against);
  for (const name of view.cols ?? []) query.append('cols', name);
  set('group', view.group);
  set('row', view.row);
  set('run', view.run);
  set('rep', view.rep);
  if (view.page > 1) set('page', view.page);
  const rest = query.toString();
  return `selectedSessions=${ids}${rest === '' ? '' : `&${rest}`}`;
}

function readSort(text: string): View['sort'] {
  const by = SORTS.find((name) => name === text.replace(/^-/, ''));
  return by && { by, descending: text.startsWith('-') };
}

/** Ids in one parameter with commas, as links have them, or in several, as a form sends them. */
function listIn(query: URLSearchParams, name: string): string[] {
  const items = query.getAll(name).flatMap((text) => text.split(','));
  return [...new Set(items.map((item) => item.trim()).filter((item) => item !== ''))];
}

const MOST = 1e9;

function numberIn(text: string | null): number | undefined {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 && number < MOST ? number : undefined;
}
