import { shorten } from '../found.js';
import type { ColumnFacts } from './facts.js';
import type { Candidate, Filled, Place } from './fit.js';
import { toSnake } from './names.js';
import { ROLES, type Role, ranksOf, TIER } from './roles.js';
import type { Placement } from './row.js';
import { indexComments } from './score-names.js';

/** What became of the columns that no option names. */
export interface Assignment {
  readonly placements: readonly Placement[];
  readonly assumptions: readonly string[];
  /** Columns of which only one can be the outputs. */
  readonly rivals: readonly string[];
  /** The only output may as well be the right answer of a question bank. */
  readonly maybeDataset: string | undefined;
}

/** A column that fits a role, and its place there. */
type Fitting = Place & { readonly column: Candidate };

/**
 * Gives each column the first role that takes it.
 *
 * @param explicit what options say; roles filled by it are not assigned.
 * @param skipped roles that are not assigned either.
 */
export function assign(
  columns: readonly ColumnFacts[],
  explicit: readonly Placement[],
  skipped: ReadonlySet<string>,
): Assignment {
  const free = new Map(columns.map((column) => [column.name, { column, ranks: ranksOf(column) }]));
  const hasReference =
    explicit.some(({ target }) => target[0] === 'reference_outputs') ||
    [...free.values()].some(
      ({ column, ranks }) => column.count > 0 && (ranks.get('reference_outputs') ?? TIER) < TIER,
    );
  const placements: Placement[] = [];
  const assumptions: string[] = [];
  const rivals: string[] = [];

  for (const [name, role] of Object.entries(ROLES)) {
    const filled = look([...explicit, ...placements]);
    const { fills = [name] } = role;
    if (skipped.has(name) || fills.some((head) => filled.heads.has(head))) continue;
    const fitting = [...free.values()].flatMap(({ column: facts, ranks }): Fitting[] => {
      const rank = role.names ? ranks.get(name) : 0;
      if (rank === undefined) return [];
      const named = Math.floor(rank / TIER);
      // With a reference there, `answer` may as well be what the app gave as `response`.
      const tier = name === 'outputs' && named === 2 && hasReference ? 1 : named;
      const column = { ...facts, rank, tier, isNamed: ranks.size > 0 };
      const place = role.fit(column, filled);
      return place ? [{ ...place, column }] : [];
    });
    const chosen = choose(name, role, fitting, filled);
    const losers = fitting.filter((one) => one.column.count > 0 && !chosen.includes(one));
    if (role.takes === 'only' && chosen.length === 1 && losers.length > 0)
      assumptions.push(
        `${shorten(chosen[0]?.column.name ?? '')} is what the app gave, rather than ${losers.map(({ column }) => shorten(column.name)).join(', ')}`,
      );
    const isUndecided = role.takes === 'only' && chosen.length > 1;
    for (const { column, assumed = [], ...place } of chosen) {
      free.delete(column.name);
      if (isUndecided) rivals.push(column.name);
      else placements.push({ column: column.name, ...place });
      for (const one of assumed) assumptions.push(one);
    }
  }

  const output = findDatasetAnswer(explicit, placements);
  const name = toSnake(output ?? '');
  if (output && name === 'output')
    assumptions.push(
      `${shorten(output)} is what the app gave; if this is a dataset, it is the right answer, and there is nothing to record`,
    );
  const placed = new Set(placements.map(({ column }) => column));
  const rest = columns.filter((column) => !placed.has(column.name));
  return {
    placements: [
      ...placements,
      ...rest.map((column) => ({ column: column.name, target: ['kept'] })),
    ],
    assumptions,
    rivals,
    maybeDataset: name === 'answer' ? output : undefined,
  };
}

function look(placements: readonly Placement[]): Filled {
  const scores = placements.flatMap(({ target: [head, key] }) =>
    head === 'scores' && key !== undefined ? [key] : [],
  );
  return {
    placements,
    heads: new Set(placements.map(({ target: [head = ''] }) => head)),
    findExplained: indexComments(scores),
  };
}

/** Of columns that fit a role, those that have it, the preferred first. */
function choose(
  name: string,
  { takes }: Role,
  fitting: readonly Fitting[],
  { placements }: Filled,
): readonly Fitting[] {
  const ranked = [...fitting].sort((one, other) => one.column.rank - other.column.rank);
  if (takes === 'all') return ranked;
  if (takes === 'first') return ranked.slice(0, 1);
  if (takes === 'one per target') {
    const targets = new Set(placements.map(({ target }) => target.join()));
    return ranked.filter(({ target }) => targets.size < targets.add(target.join()).size);
  }
  const ours = ranked.find(({ column }) => column.name.trim() === name);
  if (ours) return [ours];
  const isFilled = ({ column }: Fitting) => column.count > 0;
  const best = ranked.find(isFilled) ?? ranked[0];
  const tier = ranked.filter((one) => one.column.tier === best?.column.tier);
  if (takes === 'all of a tier') return tier;
  return tier.some(isFilled) ? tier.filter(isFilled) : tier.slice(0, 1);
}

/** Heads of what only a run leaves behind. */
const EVIDENCE =
  /^(?:reference_outputs|scores|feedback|latency|latency_ms|start_time|end_time|error|experiment|model|provider|usage|child_runs|run_type)$/;

/** The only output of rows that nothing else shows to be runs: it may be the right answer of a question bank. */
function findDatasetAnswer(
  explicit: readonly Placement[],
  assigned: readonly Placement[],
): string | undefined {
  const outputs = assigned.filter(({ target }) => target[0] === 'outputs');
  const isResult = [...explicit, ...assigned].some(
    ({ target: [head = '', next] }) => EVIDENCE.test(head) || next === 'usage_metadata',
  );
  return outputs.length === 1 && !isResult ? outputs[0]?.column : undefined;
}
