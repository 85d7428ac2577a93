import { LsRecordError } from '../../../errors.js';
import { isZero, type KeyComparison, type Measure } from '../../../experiments/statistics.js';
import { keysIn, parseWhere, type Where } from '../../../experiments/where.js';
import type { Store } from '../../store.js';
import { SHOWS, type Show, type SortKey, type View } from '../query.js';
import { Cache } from './cache.js';
import type { Compared, Summary } from './comparisons.js';
import { scoreKeysOf } from './score-keys.js';
import { readWhere } from './where.js';

/** The rows of a comparison that an address asks for. */
export interface FoundRows {
  /** Examples, all of them, in the order that is asked for. */
  readonly ids: readonly string[];
  /** How many there are of each kind, under the condition. */
  readonly counts: Readonly<Record<Show, number>>;
  /** Examples that every experiment has a run of, whatever the condition. */
  readonly answeredByAll: number;
  /** Where each example stands in its dataset, from 1. */
  readonly places: ReadonlyMap<string, number>;
  /** What they are chosen and sorted by. */
  readonly judged: Compared;
  readonly key: KeyComparison | undefined;
  readonly metric: string | undefined;
  /** Scores: the one that changed most clearly first. */
  readonly keys: readonly string[];
  /** Why the condition cannot be read: then all rows are there. */
  readonly fault: string | undefined;
}

export type AskedRows = Pick<View, 'show' | 'metric' | 'vs' | 'q' | 'sort'>;
type Kinds = Readonly<Record<Show, readonly string[]>>;

/** Pages of one comparison are turned more often than it changes. */
const KEPT = 50;

/** Chooses and sorts the rows of comparisons. */
export class Rows {
  readonly #store: Store;
  readonly #orders = new Cache<string, ReadonlyMap<string, number>>(KEPT, () => 1);
  readonly #kinds = new Cache<string, Kinds>(KEPT, () => 1);

  constructor(store: Store) {
    this.#store = store;
  }

  find(summary: Summary, asked: AskedRows): FoundRows {
    const judged = judgedIn(summary, asked.vs);
    const keys = keysOf(judged);
    const all = [...keys, ...judged.measures.keys()];
    const metric = all.find((name) => name === asked.metric) ?? all[0];
    const key = metric === undefined ? undefined : keyOf(judged, metric);
    const state = JSON.stringify([
      summary.datasetId,
      this.#store.datasets.versions(summary.datasetId, { limit: 1, offset: 0 })[0]?.as_of,
      summary.experiments.map(({ mark, session }) => [mark, session.id]),
    ]);
    const places = this.#orders.get(state, () =>
      placesOf(summary, this.#store.examples.inOrder(summary.datasetId)),
    );
    const { where, fault } = readCondition(asked.q, summary);
    const judgedBy = [state, judged.mark, metric, key?.direction];
    const unfiltered = this.#kinds.get(JSON.stringify(judgedBy), () =>
      kindsOf(summary, places, judged, key),
    );
    const kinds = where
      ? this.#kinds.get(JSON.stringify([judgedBy, asked.q]), () => {
          const matches = readWhere(this.#store, where, {
            datasetId: summary.datasetId,
            baseline: summary.experiments[0].subject,
            judged: judged.subject,
          });
          const matching = new Set(unfiltered.all.filter(matches));
          return ofEach((kind) => unfiltered[kind].filter((id) => matching.has(id)));
        })
      : unfiltered;
    return {
      ids: sorted(kinds[asked.show], sortOf(asked), { judged, metric, key }),
      counts: ofEach((kind) => kinds[kind].length),
      answeredByAll: places.size - unfiltered.missing.length,
      places,
      judged,
      key,
      metric,
      keys,
      fault,
    };
  }
}

function ofEach<Item>(of: (kind: Show) => Item): Record<Show, Item> {
  return Object.fromEntries(SHOWS.map((kind) => [kind, of(kind)])) as Record<Show, Item>;
}

/** All examples that any of the experiments answers: as they were made, deleted ones last. */
function placesOf({ experiments }: Summary, order: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const [at, id] of order.entries())
    if (experiments.some(({ subject }) => subject.rows.has(id))) places.set(id, at + 1);
  let at = order.length;
  for (const { subject } of experiments)
    for (const id of subject.rows.keys()) if (!places.has(id)) places.set(id, ++at);
  return places;
}

/** The experiment that is named; else the first that is not the baseline. */
function judgedIn({ experiments }: Summary, vs: string | undefined): Compared {
  const [baseline, ...others] = experiments;
  return others.find(({ session }) => session.id === vs) ?? others[0] ?? baseline;
}

/** The key that is named; else the first that has a number. */
function keysOf({ subject, comparison }: Compared): string[] {
  if (!comparison) return [...subject.scores.keys()].sort();
  const chance = ({ judgement: { p } }: KeyComparison) => p ?? 1;
  return comparison.scores
    .toSorted((one, other) => chance(one) - chance(other))
    .map(({ key }) => key);
}

function keyOf({ comparison }: Compared, metric: string): KeyComparison | undefined {
  return [...(comparison?.scores ?? []), ...(comparison?.measures ?? [])].find(
    ({ key }) => key === metric,
  );
}

function kindsOf(
  { experiments }: Summary,
  places: ReadonlyMap<string, number>,
  judged: Compared,
  key: KeyComparison | undefined,
): Kinds {
  const [baseline] = experiments;
  const all = [...places.keys()];
  const gains = gainsOf(key);
  const flaky = new Set(experiments.flatMap(flakyIn));
  const gain = (id: string) => {
    const gained = gains.get(id) ?? 0;
    return isZero(gained) ? 0 : gained;
  };
  return {
    all,
    regressed: all.filter((id) => gain(id) < 0),
    improved: all.filter((id) => gain(id) > 0),
    different: all.filter((id) => baseline.answers.get(id) !== judged.answers.get(id)),
    errors: all.filter((id) => experiments.some(({ subject }) => subject.rows.get(id)?.errors)),
    missing: all.filter((id) => experiments.some(({ subject }) => !subject.rows.has(id))),
    flaky: all.filter((id) => flaky.has(id)),
  };
}

/** How much better each example is that both have. */
function gainsOf(key: KeyComparison | undefined): Map<string, number | undefined> {
  return new Map(key?.pairs.ids.map((id, at) => [id, key.pairs.gains[at]]));
}

/** Examples whose repetitions disagree on a score of 0 or 1. */
export function flakyIn({ subject: { runs, rows, scores } }: Pick<Compared, 'subject'>): string[] {
  if (runs === rows.size) return [];
  return [...scores.values()].flatMap((values) =>
    [...values].flatMap(([id, { n, passed = 0 }]) => (passed > 0 && passed < n ? [id] : [])),
  );
}

function readCondition(
  q: string,
  { experiments }: Summary,
): { readonly where?: Where; readonly fault: string | undefined } {
  if (q === '') return { fault: undefined };
  try {
    const where = parseWhere(q);
    const known = new Set(scoreKeysOf(experiments.map(({ subject }) => subject)));
    const unknown = keysIn(where).find((key) => !known.has(key));
    return unknown === undefined
      ? { where, fault: undefined }
      : { fault: `no experiment here has the score ${unknown}` };
  } catch (error) {
    if (!(error instanceof LsRecordError)) throw error;
    return { fault: `${error.message}. ${error.hint ?? ''}`.trim() };
  }
}

interface Sort {
  readonly by: SortKey;
  readonly descending: boolean;
}

/** Regressions with the largest first, improvements too, unless something else is asked for. */
function sortOf({ show, sort }: AskedRows): Sort {
  if (sort) return sort;
  if (show === 'regressed') return { by: 'delta', descending: false };
  return show === 'improved'
    ? { by: 'delta', descending: true }
    : { by: 'created', descending: false };
}

/** @param ids as they were made, as which equals stay. Those that have no such number come last. */
function sorted(
  ids: readonly string[],
  { by, descending }: Sort,
  what: Pick<FoundRows, 'judged' | 'key' | 'metric'>,
): readonly string[] {
  if (by === 'created') return descending ? ids.toReversed() : ids;
  const numberOf = numbersBy(by, what);
  const sign = descending ? -1 : 1;
  const last = Number.POSITIVE_INFINITY;
  const numbers = Float64Array.from(ids, (id) => sign * (numberOf(id) ?? sign * last));
  return Array.from(ids.keys())
    .sort((one, other) => (numbers[one] ?? last) - (numbers[other] ?? last) || one - other)
    .map((at) => ids[at] ?? '');
}

function numbersBy(
  by: Exclude<SortKey, 'created'>,
  { judged: { subject }, key, metric = '' }: Pick<FoundRows, 'judged' | 'key' | 'metric'>,
): (id: string) => number | undefined {
  if (by === 'delta') {
    const gains = gainsOf(key);
    return (id) => gains.get(id);
  }
  const values =
    by === 'metric'
      ? (subject.scores.get(metric) ?? subject.measures.get(metric as Measure))
      : subject.measures.get(by);
  return (id) => values?.get(id)?.mean;
}
