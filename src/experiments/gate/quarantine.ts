import { restrict, type Side } from '../statistics.js';
import type { Thresholds } from './thresholds.js';

/** Two experiments without the rows that are known to be flaky. */
export interface Quarantined {
  readonly a: Side;
  readonly b: Side;
  /** Examples that were left out. */
  readonly examples: number;
  readonly warnings: readonly string[];
}

/**
 * Leaves known flaky rows out of both experiments, as long as their entry has not expired.
 *
 * @param today as in `2026-11-30`.
 * @param rowIdOf the row's own id of an example, where a file gave one.
 */
export function leaveOut(
  [a, b]: readonly [Side, Side],
  { quarantine = [] }: Thresholds,
  rowIdOf: (exampleId: string) => string | undefined,
  today: string,
): Quarantined {
  if (quarantine.length === 0) return { a, b, examples: 0, warnings: [] };
  const ids = [...new Set([...a.rows.keys(), ...b.rows.keys()])];
  const warnings: string[] = [];
  const out = new Set<string>();
  for (const { row, until } of quarantine) {
    if (until < today) {
      warnings.push(`quarantine of row "${row}" expired on ${until}: it counts again`);
      continue;
    }
    const members = ids.filter((id) => id === row || rowIdOf(id) === row);
    if (members.length === 0) warnings.push(`quarantined row "${row}" is in neither experiment`);
    for (const id of members) out.add(id);
  }
  const kept = new Set(ids.filter((id) => !out.has(id)));
  return { a: restrict(a, kept), b: restrict(b, kept), examples: out.size, warnings };
}
