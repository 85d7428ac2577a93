import type { Subject } from '../../../experiments/subject.js';
import type { KeptFigures } from '../../store/figures.js';
import type { SessionRow } from '../../store/sessions.js';
import type { FeedbackStats } from '../../store/stats.js';
import type { Store } from '../../store.js';
import { Cache } from './cache.js';
import {
  countNumbers,
  type Distributions,
  type Numbers,
  packNumbers,
  unpackNumbers,
} from './numbers.js';

/** An experiment as pages compare it. */
export interface ReadSubject extends Numbers, Distributions {
  /** Another one after every change of its runs, or of what is said of them. */
  readonly mark: number;
  readonly subject: Subject;
  /** What was said of the experiment as a whole: a mean, or words. */
  readonly overall: ReadonlyMap<string, number | string>;
}

/** Numbers of examples that are kept in memory, of eight bytes each. */
export const KEPT_NUMBERS = 5_000_000;
/** Ids of examples, of some hundred bytes each. */
const KEPT_IDS = 300_000;

/** The figures of experiments, counted once. */
export class Subjects {
  readonly #store: Store;
  readonly #kept = new Cache<number, Omit<ReadSubject, 'mark' | 'subject'> & Numbers>(
    KEPT_NUMBERS,
    ({ subject: { rows, scores, measures } }) => rows.size * (3 + scores.size + measures.size),
  );
  /** Experiments of one dataset answer the same examples, mostly. */
  readonly #places = new Cache<string, ReadonlyMap<string, number>>(KEPT_IDS, ({ size }) => size);

  constructor(store: Store) {
    this.#store = store;
  }

  /** Another one after every change of the experiment's runs, or of what is said of them. */
  mark(id: string): number {
    return this.#store.figures.mark(id) ?? keepFigures(this.#store, id).mark;
  }

  read({ id, name, end_time }: Pick<SessionRow, 'id' | 'name' | 'end_time'>): ReadSubject {
    const mark = this.mark(id);
    const kept = this.#kept.get(mark, () => {
      const { ids, ...packed } = keepFigures(this.#store, id);
      const places = this.#places.get(
        ids,
        () => new Map((JSON.parse(ids) as string[]).map((exampleId, at) => [exampleId, at])),
      );
      const overall = new Map(this.#store.stats.ofFeedback(id, 'session').map(overallOf));
      return { ...unpackNumbers(packed, places), overall };
    });
    const subject = { ...kept.subject, id, name, isFinished: end_time !== null };
    return { ...kept, mark, subject };
  }
}

/** The figures of an experiment, counted unless they are kept. */
export function keepFigures({ figures }: Store, id: string): KeptFigures {
  return figures.get(id, () => packNumbers(countNumbers(figures.runs(id), figures.scores(id))));
}

function overallOf({ key, avg, values }: FeedbackStats): [string, number | string] {
  return [key, avg ?? Object.keys(JSON.parse(values)).join(', ')];
}
