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
/** How payloads are shown: as what they are, as plain text, or as JSON. */
export const TEXTS = ['rich', 'plain', 'json'] as const;

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
  readonly text: (typeof TEXTS)[number];
  /** The file that is asked for instead of a page. */
  readonly as: string | undefined;
  /** From 1. */
  readonly page: number;
}

/** Reads an address; what makes no sense in it is as if it were not there. */
export function readView(query: URLSearchParams): View {
  const text = (name: Parameter) => query.get(name) || undefined;
  const oneOf = <Choice extends string>(name: Parameter, choices: readonly Choice[]) =>
    choices.find((choice) => choice === query.get(name));
  return {
    experiments: experimentsIn(query),
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
    text: oneOf('text', TEXTS) ?? 'rich',
    as: text('as'),
    page: pageIn(query),
  };
}

/** The query of an address that says this, without `?`. */
export function printView(view: View): string {
  const query = new URLSearchParams();
  query.set('selectedSessions', view.experiments.join(','));
  const set = (name: Parameter, value: string | number | undefined) => {
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
  if (view.text !== 'rich') set('text', view.text);
  set('as', view.as);
  if (view.page > 1) set('page', view.page);
  return textOf(query);
}

/** With commas as they are: some links have many ids. */
function textOf(query: URLSearchParams): string {
  return query.toString().replaceAll('%2C', ',');
}

function readSort(text: string): View['sort'] {
  const by = SORTS.find((name) => name === text.replace(/^-/, ''));
  return by && { by, descending: text.startsWith('-') };
}

/** Ids in one parameter with commas, as links have them, or in several, as a form sends them. */
function experimentsIn(query: URLSearchParams): string[] {
  const items = query.getAll('selectedSessions').flatMap((text) => text.toLowerCase().split(','));
  return [...new Set(items.map((item) => item.trim()).filter((item) => item !== ''))];
}

const LAST_PAGE = 1e9;

/** The number of a page, from 1. */
export function pageIn(query: URLSearchParams): number {
  const number = Number(query.get('page'));
  return Number.isInteger(number) && number > 0 && number < LAST_PAGE ? number : 1;
}

export const TABS = ['experiments', 'examples', 'trend'] as const;

/** What the address of a list says: of datasets, or of what is in one. */
export interface Listing {
  readonly tab: (typeof TABS)[number];
  /** A part of the names. */
  readonly q: string | undefined;
  /** The name of a column, after `-` if the highest is first. */
  readonly sort: string;
  /** What the trend shows, and by which setting. */
  readonly metric: string | undefined;
  readonly x: string | undefined;
  /** Experiments that are ticked. */
  readonly ticked: readonly string[];
  /** The button that compares them was pressed. */
  readonly isComparing: boolean;
}

export function readListing(query: URLSearchParams): Listing {
  return {
    tab: TABS.find((tab) => tab === query.get('tab')) ?? 'experiments',
    q: query.get('q') || undefined,
    // The button that was pressed comes after what the form had.
    sort: query.getAll('sort').at(-1) ?? '',
    metric: query.get('metric') ?? undefined,
    x: query.get('x') ?? undefined,
    ticked: experimentsIn(query),
    isComparing: query.has('compare'),
  };
}

/** Every name that an address can have. */
type Parameter =
  | Exclude<keyof View, 'experiments'>
  | Exclude<keyof Listing, 'ticked' | 'isComparing'>
  | 'compare';

/** An address with some of it changed, without its path; undefined removes a parameter. */
export function changeAddress(
  { search }: URL,
  changes: Readonly<Partial<Record<Parameter, string | undefined>>>,
): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) query.delete(name);
    else query.set(name, value);
  }
  return `?${textOf(query)}`;
}
