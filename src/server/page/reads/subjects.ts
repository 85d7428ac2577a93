import type { Measure } from '../../../experiments/statistics.js';
import type { Subject } from '../../../experiments/subject.js';
import type { SessionRow } from '../../store/sessions.js';
import type { FeedbackStats } from '../../store/stats.js';
import type { Store } from '../../store.js';
import { Cache } from './cache.js';
import {
  countNumbers,
  type Distribution,
  distributionsOf,
  type Numbers,
  parseNumbers,
  printNumbers,
} from './numbers.js';

/** An experiment as pages compare it. */
export interface ReadSubject extends Numbers, Distributions {
  /** Another one after every change of its runs, or of what is said of them. */
  readonly mark: number;
  readonly subject: Subject;
}

/** By key. */
interface Distributions {
  readonly scores: ReadonlyMap<string, Distribution>;
  readonly measures: ReadonlyMap<Measure, Distribution>;
  /** What was said of the experiment as a whole: a mean, or words. */
  readonly overall: ReadonlyMap<string, number | string>;
}

/** Values of examples that are kept in memory, of some 100 bytes each. */
export const KEPT_VALUES = 1_000_000;

/** The figures of experiments, counted once. */
export class Subjects {
  readonly #store: Store;
  readonly #kept = new Cache<number, Numbers & Distributions>(
    KEPT_VALUES,
    ({ subject: { rows, scores, measures } }) => rows.size * (1 + scores.size + measures.size),
  );

  constructor(store: Store) {
    this.#store = store;
  }

  read({ id, name, end_time }: Pick<SessionRow, 'id' | 'name' | 'end_time'>): ReadSubject {
    const { figures } = this.#store;
    const count = () => printNumbers(countNumbers(figures.runs(id), figures.scores(id)));
    const mark = figures.mark(id) ?? figures.get(id, count).mark;
    const kept = this.#kept.get(mark, () => {
      const numbers = parseNumbers(figures.get(id, count).text);
      const { scores, measures } = numbers.subject;
      return {
        ...numbers,
        scores: distributionsOf(scores),
        measures: distributionsOf(measures),
        overall: new Map(this.#store.stats.ofFeedback(id, 'session').map(overallOf)),
      };
    });
    const subject = { ...kept.subject, id, name, isFinished: end_time !== null };
    return { ...kept, mark, subject };
  }
}

function overallOf({ key, avg, values }: FeedbackStats): [string, number | string] {
  return [key, avg ?? Object.keys(JSON.parse(values)).join(', ')];
}
