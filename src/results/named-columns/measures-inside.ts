import { sampleOf } from '../../input/row.js';
import { isJsonObject } from '../../json/value.js';
import { assign } from './assign.js';
import { parseCell } from './cells.js';
import { type ColumnFacts, lookAtColumns } from './facts.js';
import { isSpoken } from './grammar.js';
import { toSnake } from './names.js';
import type { Placement } from './placement.js';
import { ROLES } from './roles.js';

/** Objects of figures about a run. */
const STATS = /(?:^|_)(?:metrics|stats|statistics|performance|perf|timings?|telemetry|run_info)$/;
/** Whose figures they are. */
const JUDGES = /^(?:judge|grader|eval)/;
/** What an app gave, among what an API says of it; other objects may be all that it gave. */
const SAID = /^(?:text|content|messages?|choices|result)$/;

/** Without a unit it may be of what an app was asked about, as of a film. */
const CONTENT = /(?:^|_)(?:duration|runtime)$/;

/** Found placements, and what is then said. */
interface Inside {
  readonly placements: readonly Placement[];
  readonly assumptions: readonly string[];
}

/** Finds time, tokens and error where an object has them: the answer of an API, or figures about a run. It stays whole. */
export function findMeasuresInside(
  columns: readonly ColumnFacts[],
  placements: readonly Placement[],
): Inside {
  const factsOf = new Map(columns.map((one) => [one.name, one]));
  let found: Inside = { placements, assumptions: [] };
  for (const { column, target, below } of placements) {
    if (below) continue;
    const isOutput = target[0] === 'outputs';
    const isStats = !isOutput && STATS.test(toSnake(column));
    const { values = [] } = isOutput || isStats ? (factsOf.get(column) ?? {}) : {};
    const members = lookAtColumns(sampleOf(values.map(parseCell).filter(isJsonObject)));
    const isSaid = members.some(({ snake }) => isSpoken(snake) || SAID.test(snake));
    const isJudges = members.some(({ snake }) => JUDGES.test(snake));
    if (isStats ? !isJudges : isSaid)
      found = look(column, members, isStats ? ['error'] : [], found);
  }
  return { ...found, placements: found.placements.slice(placements.length) };
}

function look(
  column: string,
  members: readonly ColumnFacts[],
  skipped: readonly string[],
  { placements, assumptions }: Inside,
): Inside {
  const others = Object.keys(ROLES).filter((role) => !/^(?:latency|usage|error)$/.test(role));
  const inside = assign(members, placements, new Set([...others, ...skipped]));
  const measures = inside.placements
    .filter(({ target: [head = ''] }) => /^(?:latency|latency_ms|metadata|usage|error)$/.test(head))
    .filter(({ column: name }) => !CONTENT.test(toSnake(name)));
  return {
    placements: [
      ...placements,
      ...measures.map((one) => ({ ...one, column, below: [one.column] })),
    ],
    assumptions: measures.length > 0 ? [...assumptions, ...inside.assumptions] : assumptions,
  };
}
