import { whereRow } from '../../../experiments/choose-examples.js';
import type { Subject } from '../../../experiments/subject.js';
import type { Where } from '../../../experiments/where.js';
import { holds } from '../../../experiments/where-holds.js';
import { whereCondition } from '../../store/where-condition.js';
import type { Store } from '../../store.js';

/** What a condition is about. */
export interface WhereSides {
  readonly datasetId: string;
  readonly baseline: Subject;
  readonly judged: Subject;
}

/** Tells for which examples of a comparison a condition holds: numbers from figures, words from the store. */
export function readWhere(store: Store, where: Where, sides: WhereSides): (id: string) => boolean {
  const { datasetId, baseline, judged } = sides;
  switch (where.kind) {
    case 'and':
    case 'or': {
      const terms = where.terms.map((term) => readWhere(store, term, sides));
      return where.kind === 'and'
        ? (id) => terms.every((term) => term(id))
        : (id) => terms.some((term) => term(id));
    }
    case 'not': {
      const term = readWhere(store, where.term, sides);
      return (id) => !term(id);
    }
    case 'number':
    case 'error':
      return (id) => holds(where, whereRow(id, [baseline, judged]));
    default: {
      const ids = { baselineId: baseline.id, judgedId: judged.id };
      const found = new Set(store.examples.idsWhere(datasetId, whereCondition(where, ids)));
      return (id) => found.has(id);
    }
  }
}
