import { shorten } from '../found.js';
import { type RankedColumn, rankColumns } from './compare.js';
import { type ColumnFacts, holdsOnly, textOf } from './facts.js';
import type { Candidate, Filled, FittedPlacement } from './fit.js';
import { isAnybodys } from './grammar.js';
import { quoteName, showOption, toSnake } from './names.js';
import type { Placement } from './placement.js';
import { ROLES, type Role, TIER } from './roles.js';
import { scoreKeysOf } from './row-scores.js';
import { indexComments } from './score-names.js';

/** What became of the columns that no option names. */
export interface Assignment {
  readonly placements: readonly Placement[];
  readonly assumptions: readonly string[];
  /** Columns of which only one can be the outputs, the likeliest first. */
  readonly rivals: readonly Rival[];
  /** The only output may as well be the right answer of a question bank. */
  readonly maybeDataset: string | undefined;
}

/** A column that may be the outputs, or else the reference. */
export interface Rival {
  readonly column: string;
  readonly mayBeReference: boolean;
}

/** A column that fits a role, and its place there. */
type Fitting = FittedPlacement & { readonly column: Candidate };

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
  const hasReference = explicit.some(({ target }) => target[0] === 'reference_outputs');
  const all = new Map(rankColumns(columns, hasReference).map((one) => [one.column.name, one]));
  const free = new Map(all);
  const placements: Placement[] = [];
  const assumptions: string[] = [];
  const rivals: Rival[] = [];

  for (const [name, role] of Object.entries(ROLES)) {
    const filled = look([...explicit, ...placements]);
    const { fills = [name] } = role;
    if (skipped.has(name) || fills.some((head) => filled.heads.has(head))) continue;
    const fitting = [...free.values()].flatMap((one) => fitOne(one, name, role, filled));
    const chosen = choose(name, role, fitting, filled);
    const isUndecided = role.takes === 'only' && areRivals(chosen);
    if (role.takes === 'only' && chosen.length > 0 && !isUndecided)
      for (const loss of describeLosers(chosen, fitting, [...free.values()]))
        assumptions.push(loss);
    for (const { column, assumed = [], ...place } of chosen) {
      if (isUndecided) {
        const mayBeReference = all.get(column.name)?.ranks.has('reference_outputs') === true;
        rivals.push({ column: column.name, mayBeReference });
      } else placements.push({ column: column.name, ...place });
      free.delete(column.name);
      for (const one of assumed) assumptions.push(one);
    }
  }

  if (rivals.length === 0 && !skipped.has('outputs')) {
    const at = findAnyonesLabel(explicit, placements);
    for (const { column } of placements.splice(at, at < 0 ? 0 : 1))
      rivals.push({ column, mayBeReference: true });
  }
  const label = findLabel([...free.values()], columns, [...explicit, ...placements]);
  if (label) {
    placements.push({ column: label.column, target: ['reference_outputs', label.column.trim()] });
    assumptions.push(label.assumed);
  }
  const doubtful = findDatasetAnswer(explicit, placements) ?? '';
  const mayBeRight =
    all.get(doubtful)?.ranks.has('reference_outputs') || isAnybodys(toSnake(doubtful));
  if (DOUBTFUL.test(toSnake(doubtful)) && !mayBeRight)
    assumptions.push(
      `${shorten(doubtful)} is what the app gave; if this is a dataset, it is the right answer, and there is nothing to record`,
    );
  return {
    placements: [...placements, ...keepRest(columns, placements)],
    assumptions,
    rivals,
    maybeDataset: mayBeRight ? doubtful : undefined,
  };
}

/** What datasets call the right answer, too. */
const DOUBTFUL = /^outputs?$/;

function fitOne(one: RankedColumn, name: string, role: Role, filled: Filled): Fitting[] {
  const rank = role.names === undefined ? 0 : one.ranks.get(name);
  if (rank === undefined) return [];
  const tier = Math.floor(rank / TIER);
  const isNamed = one.ranks.size > 0;
  const column = { ...one.column, rank, tier, isNamed, part: one.part, isSure: one.isSure };
  const place = role.fit(column, filled);
  return place ? [{ ...place, column }] : [];
}

function look(placements: readonly Placement[]): Filled {
  const scores = placements.flatMap(scoreKeysOf);
  return {
    placements,
    heads: new Set(placements.map(({ target: [head = ''] }) => head)),
    findExplained: indexComments(scores),
  };
}

/** Chooses which of the columns that fit a role have it, the preferred first. */
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
  const best = ranked.find(isFilled) ?? ranked[0];
  const tier = ranked.filter(({ column }) => column.tier === best?.column.tier);
  if (takes === 'all of a tier') return tier;
  if (!tier.some(isFilled)) return tier.slice(0, 1);
  const parts = ranked.filter(({ column }) => column.part !== '');
  const areParts = tier.every(({ column }) => column.part !== '');
  // Next to a part of an output stands all of it, if one column is that for sure.
  const sure = ranked.filter((one) => isFilled(one) && one.column.isSure);
  const whole = areParts && sure.length === 1 ? sure : [];
  return [...new Set([...tier, ...parts, ...whole])].filter(isFilled);
}

function isFilled({ column }: Fitting): boolean {
  return column.count > 0;
}

/** Two columns that may be the same part of what the app gave. */
function areRivals(chosen: readonly Fitting[]): boolean {
  return new Set(chosen.map(({ column }) => column.part)).size < chosen.length;
}

function describeLosers(
  chosen: readonly Fitting[],
  fitting: readonly Fitting[],
  free: readonly RankedColumn[],
): string[] {
  const nameAll = (all: readonly Pick<RankedColumn, 'column'>[]) =>
    all.map(({ column }) => shorten(column.name));
  const losers = [
    ...fitting.filter((one) => isFilled(one) && !chosen.includes(one)),
    ...free.filter(({ hasYielded }) => hasYielded),
  ];
  const verb = chosen.length > 1 ? 'are' : 'is';
  return losers.length === 0
    ? []
    : [
        `${nameAll(chosen).join(' and ')} ${verb} what the app gave, rather than ${nameAll(losers).join(', ')}`,
      ];
}

/** The place of a label that scores came with, and no output: it may be right, or what the app gave. */
function findAnyonesLabel(explicit: readonly Placement[], assigned: readonly Placement[]): number {
  const of = (head: string) =>
    [...explicit, ...assigned].filter(({ target }) => target[0] === head);
  const [label, ...more] = of('reference_outputs');
  if (!label || more.length > 0 || of('outputs').length > 0 || of('scores').length === 0) return -1;
  return /^labels?$/.test(toSnake(label.column)) ? assigned.indexOf(label) : -1;
}

const MAX_LABELS = 20;

/** The right labels may have any name: they have the same values as those that the app gave. */
function findLabel(
  free: readonly RankedColumn[],
  columns: readonly ColumnFacts[],
  placements: readonly Placement[],
): { column: string; assumed: string } | undefined {
  const outputs = placements.filter(({ target }) => target[0] === 'outputs');
  const hasReference = placements.some(({ target }) => target[0] === 'reference_outputs');
  const given = columns.find(({ name }) => name === outputs[0]?.column);
  if (hasReference || outputs.length !== 1 || !given) return undefined;
  const labels = labelsIn(given);
  const isSame = (one: RankedColumn) => {
    const others = one.ranks.size > 0 ? undefined : labelsIn(one.column);
    const shared = [...(others ?? [])].filter((label) => labels?.has(label)).length;
    return labels && others && shared > 1 && shared * 2 >= new Set([...labels, ...others]).size;
  };
  const [found, ...more] = free.filter(isSame);
  if (!found || more.length > 0) return undefined;
  const { name } = found.column;
  const assumed = `${shorten(name)} is the right answer: it has the values that ${shorten(given.name)} has (${showOption('metadata', quoteName(name))} if it is not)`;
  return { column: name, assumed };
}

/** The values of a column of a few words that repeat. */
function labelsIn(column: ColumnFacts): ReadonlySet<string> | undefined {
  const labels = new Set(column.values.map((value) => textOf(value).trim().toLowerCase()));
  const areLabels =
    holdsOnly(column, 'text', 'yes', 'pass') &&
    labels.size <= Math.min(MAX_LABELS, column.count / 2);
  return areLabels && labels.size > 1 ? labels : undefined;
}

function keepRest(columns: readonly ColumnFacts[], placements: readonly Placement[]): Placement[] {
  const placed = new Set(placements.map(({ column }) => column));
  const rest = columns.filter(({ name }) => !placed.has(name));
  return rest.map(({ name }) => ({ column: name, target: ['kept'] }));
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
