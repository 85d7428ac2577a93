import { sampleOf } from '../../input/row.js';
import { isJsonObject } from '../../json/value.js';
import { assign } from './assign.js';
import { parseCell } from './cells.js';
import { type ColumnFacts, lookAtColumns } from './facts.js';
import type { Placement } from './placement.js';
import { ROLES } from './roles.js';

const MEASURES = /^(?:latency|latency_ms|usage|usage_metadata|error)$/;
const OTHER_ROLES = new Set(Object.keys(ROLES).filter((role) => !MEASURES.test(role)));

/** Finds the time, tokens and error in what an app gave, as the answer of an API has them; what it gave stays whole. */
export function findMeasuresInside(
  columns: readonly ColumnFacts[],
  placements: readonly Placement[],
): { placements: Placement[]; assumptions: readonly string[] } {
  const output = placements.find(({ target: [head], below }) => head === 'outputs' && !below);
  const values = columns.find(({ name }) => name === output?.column)?.values ?? [];
  const objects = values.map(parseCell).filter(isJsonObject);
  if (!output || objects.length === 0) return { placements: [], assumptions: [] };
  const found = assign(lookAtColumns(sampleOf(objects)), placements, OTHER_ROLES);
  const inside = found.placements.filter(({ target: [head = '', second = ''] }) =>
    MEASURES.test(head === 'metadata' ? second : head),
  );
  return {
    placements: inside.map((one) => ({ ...one, column: output.column, below: [one.column] })),
    assumptions: inside.length > 0 ? found.assumptions : [],
  };
}
