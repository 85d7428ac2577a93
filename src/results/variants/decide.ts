import { tellByName } from './names.js';
import {
  examplesOf,
  isWord,
  type MemberPath,
  type MemberTally,
  type ValueTally,
  type VariantFacts,
} from './tally.js';

/** Which members of metadata tell experiments apart. */
export interface Variants {
  /** Together they do. */
  readonly chosen: readonly Variant[];
  /** These would, too, but nothing says that they are meant to. */
  readonly possible: readonly Variant[];
}

export interface Variant {
  readonly path: MemberPath;
  /** How many values it has. */
  readonly values: number;
}

/** A member in figures. */
interface Candidate extends Variant {
  readonly member: MemberTally;
  readonly telling: ReturnType<typeof tellByName>['telling'];
  readonly rank: number;
  /** The share of its values that an example has. */
  readonly coverage: number;
  /** Examples with a value besides their first. */
  readonly repeats: number;
  /** Each value comes once for an example. */
  readonly isExact: boolean;
}

const NONE: Variants = { chosen: [], possible: [] };
/** A few rows may be twice in a file, and a few may not say what they are. */
const MAX_ODD = 0.02;
/** The share of examples that a value must cover; a variant whose name says what it is may be unfinished. */
const COVERAGE = { named: 0.7, unnamed: 0.85, crossed: 0.95 };
/** Fewer examples part by chance. */
const MIN_EXAMPLES = { named: 2, unnamed: 3 };
const MAX_POSSIBLE = 3;
/** Words that say how it went. */
const OUTCOME =
  /^(?:pass|fail|ok|success|error|correct|incorrect|right|wrong|yes|no|done|unknown|timeout|n\/a)(?:ed|ful|ure)?$/i;

/**
 * Decides whether rows that repeat examples are variants, and so experiments, or repetitions of one.
 *
 * @param isSettled whether a person put a member into metadata: then it is no variant.
 */
export function decideVariants(
  facts: VariantFacts,
  isSettled: (path: MemberPath) => boolean,
): Variants {
  if (facts.rows === facts.examples) return NONE;
  const all = facts.members.flatMap((member) => measure(member, facts));
  const exact = all.filter(({ isExact, coverage }) => isExact && coverage >= COVERAGE.named);
  if (exact.some(({ path }) => isSettled(path))) return NONE;

  const named = all
    .filter(({ telling, path }) => telling === 'variant' && !isSettled(path))
    .sort((one, other) => one.rank - other.rank);
  const [best] = named.filter((one) => exact.includes(one));
  const tried = best ? [best] : cross(named, facts);
  const isEnough =
    facts.examples >= MIN_EXAMPLES.named &&
    tried.every(({ repeats }) => repeats >= MIN_EXAMPLES.named);
  const isRepeated = exact.some(({ telling }) => telling === 'repetition');
  if (tried.length > 0 && isEnough && (best || !isRepeated)) return { chosen: tried, possible: [] };
  if (tried.length > 0 || isRepeated) return { chosen: [], possible: tried };
  return chooseUnnamed(exact, facts, isSettled);
}

function measure(member: MemberTally, { rows, examples }: VariantFacts): Candidate[] {
  const { path, values, absent } = member;
  const { telling, rank } = tellByName(path.at(-1) ?? '');
  // To have no retriever is to have another one, where all examples have been tried without.
  const isValue = telling === 'variant' && examplesOf(absent) >= examples * COVERAGE.crossed;
  const tallies: ValueTally[] = [...values.values(), ...(isValue ? [absent] : [])];
  if (tallies.length < 2) return [];
  const pairs = tallies.reduce((sum, one) => sum + examplesOf(one), 0);
  const counted = tallies.reduce((sum, one) => sum + one.rows, 0);
  const coverage = pairs / (examples * tallies.length);
  if (isValue && coverage < COVERAGE.crossed) return [];
  const few = Math.max(1, rows * MAX_ODD);
  const isExact = counted - pairs <= rows * MAX_ODD && rows - counted <= few;
  return [
    {
      member,
      path,
      telling,
      rank,
      values: tallies.length,
      coverage,
      repeats: pairs - examples,
      isExact,
    },
  ];
}

/** Several that were tried with each other, or one that was repeated. */
function cross(named: readonly Candidate[], { rows, examples }: VariantFacts): Candidate[] {
  const repeats = rows / examples;
  const chosen: Candidate[] = [];
  let variants = 1;
  for (const one of named) {
    const isSame = chosen.some(({ member }) => member.order === one.member.order);
    const isTried = one.coverage >= COVERAGE.crossed;
    if (isSame || !isTried || variants * one.values > repeats * (1 + MAX_ODD)) continue;
    chosen.push(one);
    variants *= one.values;
  }
  return chosen;
}

/** Words that part all examples may be variants under any name, if the answers differ. */
function chooseUnnamed(
  exact: readonly Candidate[],
  { examples, hasOtherOutputs }: VariantFacts,
  isSettled: (path: MemberPath) => boolean,
): Variants {
  const possible = exact.filter(
    ({ telling, path, coverage, member: { values } }) =>
      (telling === 'unknown' || telling === 'judge') &&
      !isSettled(path) &&
      coverage >= COVERAGE.unnamed &&
      [...values.keys()].every((value) => isWord(value) && !OUTCOME.test(value)),
  );
  const likely = possible.filter(
    ({ telling, member: { values } }) => telling === 'unknown' && !isNumbered([...values.keys()]),
  );
  const [first] = likely;
  const isAlone = likely.every(({ member }) => member.order === first?.member.order);
  if (first && isAlone && hasOtherOutputs && examples >= MIN_EXAMPLES.unnamed)
    return { chosen: [first], possible: [] };
  return { chosen: [], possible: possible.slice(0, MAX_POSSIBLE) };
}

/** Values that differ in nothing but a number are the same once more: run-1, run-2. */
function isNumbered(values: readonly string[]): boolean {
  return new Set(values.map((value) => value.replace(/\d+/g, '#'))).size < values.length;
}
