import { LsRecordError } from '../errors.js';
import { addTo } from '../group-by.js';
import { pythonJson } from '../json/canonical.js';
import { printJson } from '../json/print.js';
import type { JsonObject } from '../json/value.js';
import { chooseExamples, factsOf } from './choose-examples.js';
import type { ExampleFacts } from './example-facts.js';
import type { ValueCount } from './scores.js';
import {
  type Changed,
  compareGroups,
  compareSides,
  type GroupCompared,
  type KeyComparison,
  type RepetitionFigures,
  type Rules,
  repetitionFigures,
  type SidesCompared,
} from './statistics.js';
import { restrictSubject, type Subject } from './subject.js';
import type { Asked, Compared } from './texts.js';
import type { Where } from './where.js';
import { valueAt } from './where-holds.js';

export interface CompareOptions {
  readonly rules: Rules;
  /** Only examples for which this holds. */
  readonly where?: Where | undefined;
  /** By what examples are grouped: `metadata.topic`, `split`, a field of the inputs or of the reference. */
  readonly by?: string | undefined;
}

/** What is said of one experiment against the baseline. */
export interface Comparison extends SidesCompared {
  readonly a: Subject;
  readonly b: Subject;
  /** How many of the examples that either answers the condition chose; undefined without a condition. */
  readonly chosen: { readonly examples: number; readonly of: number } | undefined;
  /** Scores that are words only: shares, without a verdict; none where examples were chosen. */
  readonly categories: readonly CategoryComparison[];
  readonly repetitions: readonly RepeatedKey[];
  readonly groups: readonly GroupCompared[] | undefined;
}

export interface CategoryComparison {
  readonly key: string;
  readonly a: readonly ValueCount[];
  readonly b: readonly ValueCount[];
}

/** A score of 0 or 1 that some examples have several of. */
export interface RepeatedKey {
  readonly key: string;
  readonly a: RepetitionFigures | undefined;
  readonly b: RepetitionFigures | undefined;
}

/** Compares one experiment or file with the baseline. */
export async function compare(
  baseline: Compared,
  judged: Compared,
  { where, ...how }: CompareOptions,
): Promise<Comparison> {
  const chosen = where && (await chooseExamples(baseline, judged, where));
  return compareChosen(baseline, judged, how, chosen);
}

/** @param chosen only these examples; undefined: all. */
export async function compareChosen(
  baseline: Asked,
  judged: Asked,
  { rules, by }: Pick<CompareOptions, 'rules' | 'by'>,
  chosen?: ReadonlySet<string>,
): Promise<Comparison> {
  const all = { a: baseline.subject, b: judged.subject };
  const a = chosen ? restrictSubject(all.a, chosen) : all.a;
  const b = chosen ? restrictSubject(all.b, chosen) : all.b;
  const changed = await findChanged({ ...baseline, subject: a }, { ...judged, subject: b });
  const withChanged = { ...rules, changed };
  const sides = compareSides(a, b, withChanged);
  const groupOf = by === undefined ? undefined : await grouping(baseline, judged, by);
  return {
    ...sides,
    a,
    b,
    chosen: chosen && {
      examples: chosen.size,
      of: new Set([...all.a.rows.keys(), ...all.b.rows.keys()]).size,
    },
    categories: categoriesOf(a, b),
    repetitions: repetitionsOf(sides.scores, a, b),
    groups: groupOf && compareGroups(a, b, groupOf, withChanged),
  };
}

/**
 * Pairs examples that only one of two experiments answers, where their inputs are the same: somebody edited the reference
 * or the metadata in between, so that the example became another.
 */
export async function findChanged(baseline: Asked, judged: Asked): Promise<Changed[]> {
  const [ofA, ofB] = [baseline.subject.rows, judged.subject.rows];
  const absent = [...ofA.keys()].filter((id) => !ofB.has(id));
  if (absent.length === 0 || ofA.size - absent.length === ofB.size) return [];
  const added = [...ofB.keys()].filter((id) => !ofA.has(id));
  const before = new Map<string, string[]>();
  for await (const { exampleId, inputs } of baseline.texts.examples(absent))
    addTo(before, pythonJson(inputs), exampleId);
  const changed: Changed[] = [];
  for await (const { exampleId, inputs } of judged.texts.examples(added)) {
    const a = before.get(pythonJson(inputs))?.shift();
    if (a !== undefined) changed.push({ a, b: exampleId });
  }
  return changed;
}

function categoriesOf(a: Subject, b: Subject): CategoryComparison[] {
  const keys = new Set([...a.categories.keys(), ...b.categories.keys()]);
  return [...keys]
    .filter((key) => !a.scores.has(key) && !b.scores.has(key))
    .sort()
    .map((key) => ({ key, a: a.categories.get(key) ?? [], b: b.categories.get(key) ?? [] }));
}

function repetitionsOf(scores: readonly KeyComparison[], a: Subject, b: Subject): RepeatedKey[] {
  const of = (subject: Subject, key: string) => {
    if (subject.runs === subject.rows.size) return undefined;
    const values = [...(subject.scores.get(key)?.values() ?? [])];
    const passes = values.flatMap(({ n, passed }) => (passed === undefined ? [] : [{ n, passed }]));
    return passes.length === values.length ? repetitionFigures(passes) : undefined;
  };
  return scores.flatMap(({ key, kind }) => {
    if (kind !== 'score') return [];
    const [ofA, ofB] = [of(a, key), of(b, key)];
    return ofA || ofB ? [{ key, a: ofA, b: ofB }] : [];
  });
}

const NO_GROUP = '(none)';
const MOST_GROUPS = 100;

/**
 * Tells the group of an example.
 *
 * @throws {LsRecordError} `USAGE` if no example has what they are grouped by, or almost each another.
 */
export async function grouping(
  baseline: Asked,
  judged: Asked,
  by: string,
): Promise<(id: string) => string> {
  const groups = new Map<string, string>();
  const [a, b] = [baseline.subject.metadata, judged.subject.metadata];
  for (const [id, facts] of await factsOf(baseline, judged)) {
    const group = groupIn(facts, by, [facts.metadata, b.get(id), a.get(id)]);
    if (group !== undefined) groups.set(id, group);
  }
  const count = new Set(groups.values()).size;
  if (count === 0)
    throw new LsRecordError('USAGE', `no example has ${by}`, {
      hint: 'Group by split, metadata.NAME, inputs.NAME or reference.NAME.',
    });
  if (count > MOST_GROUPS)
    throw new LsRecordError('USAGE', `${by} has ${count} values, which is too many for groups`, {
      hint: 'Group by something that examples share.',
    });
  return (id) => groups.get(id) ?? NO_GROUP;
}

function groupIn(
  facts: ExampleFacts,
  by: string,
  metadata: readonly (JsonObject | undefined)[],
): string | undefined {
  if (by === 'split') return facts.splits.length > 0 ? facts.splits.join(', ') : undefined;
  const [first = '', ...path] = by.split('.');
  const places: Readonly<Record<string, readonly (JsonObject | undefined)[]>> = {
    metadata,
    meta: metadata,
    inputs: [facts.inputs],
    reference: [facts.reference],
    reference_outputs: [facts.reference],
  };
  const place = path.length > 0 ? places[first] : undefined;
  const everywhere = [facts.inputs, facts.reference, ...metadata];
  const value = place ? valueAt(place, path) : valueAt(everywhere, [first, ...path]);
  return value === undefined ? undefined : typeof value === 'string' ? value : printJson(value);
}
