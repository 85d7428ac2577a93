import { createHash } from 'node:crypto';
import { printJson } from '../../json/print.js';
import { isJsonObject, isNumber, type JsonObject, type JsonValue } from '../../json/value.js';
import { ownValue, textOf } from '../named-columns/facts.js';
import { tellByName } from './names.js';
/** Where in metadata a member is: its own name, or that of an object and of a member there. */
export type MemberPath = readonly string[];

/** Numbers from 0 up. */
interface NumberSet extends Iterable<number> {
  readonly size: number;
  add(number: number): unknown;
}

/** The rows that have one value. */
export interface ValueTally {
  /** In order of appearance. */
  readonly place: number;
  rows: number;
  /** By experiment, their examples. */
  readonly examples: Map<string, NumberSet>;
}

/** What the rows hold in one member. */
export interface MemberTally {
  readonly path: MemberPath;
  readonly values: Map<string, ValueTally>;
  /** The rows without it. */
  readonly absent: ValueTally;
  /** The same for members that part the rows alike. */
  order: number;
}

/** What rows that repeat examples differ in. */
export interface VariantFacts {
  readonly rows: number;
  /** Those of each experiment by themselves. */
  readonly examples: number;
  readonly members: readonly MemberTally[];
  /** Whether some of the compared examples have outputs that differ. */
  readonly hasOtherOutputs: boolean;
}

/** What is looked at of a row. */
export interface VariantRow {
  readonly metadata: JsonObject;
  readonly outputs?: JsonObject | null | undefined;
}

/** More values, or longer ones, are no variants. */
const MAX_VALUES = 20;
const MAX_VALUE = 60;
/** What no row before has is not looked at. */
const ROWS_WITH_NEWS = 1000;
const MAX_MEMBERS = 200;
/** The most sets over all members and experiments; each is a bit an example. */
const MAX_SETS = 256;
const EXAMPLES_COMPARED = 64;

/**
 * Counts which examples have which value, for members of metadata that have few. A member that turns out to have many
 * is forgotten, so memory stays within some 32 bytes an example.
 */
export class VariantTally {
  readonly #newSet: () => NumberSet;
  readonly #members = new Set<MemberTally>();
  readonly #known = new Set<string>();
  readonly #all = newValue(0);
  /** By example, a digest. */
  readonly #outputs = new Map<string, string>();
  #hasOtherOutputs = false;
  #sets = 0;

  /** @param newSet of the numbers of examples. */
  constructor(newSet: () => NumberSet) {
    this.#newSet = newSet;
  }

  /**
   * @param experiment that the row belongs to already.
   * @param example the number of the example that it answers.
   */
  add(experiment: string, example: number, { metadata, outputs }: VariantRow): void {
    if (this.#all.rows < ROWS_WITH_NEWS) this.#findNew(metadata);
    for (const member of this.#members) {
      const tally = valueFor(member, textIn(metadata, member.path));
      if (!tally || !this.#count(tally, experiment, example)) this.#members.delete(member);
    }
    this.#count(this.#all, experiment, example);
    if (!this.#hasOtherOutputs && example < EXAMPLES_COMPARED)
      this.#compare(`${example} ${experiment}`, outputs);
  }

  facts(): VariantFacts {
    return {
      rows: this.#all.rows,
      examples: examplesOf(this.#all),
      members: [...this.#members],
      hasOtherOutputs: this.#hasOtherOutputs,
    };
  }

  /** @returns false if there is no room to count. */
  #count(tally: ValueTally, experiment: string, example: number): boolean {
    tally.rows++;
    const known = tally.examples.get(experiment);
    if (!known && this.#sets >= MAX_SETS && tally !== this.#all) return false;
    const examples = known ?? this.#addSet(tally, experiment);
    examples.add(example);
    return true;
  }

  #addSet({ examples }: ValueTally, experiment: string): NumberSet {
    const set = this.#newSet();
    examples.set(experiment, set);
    this.#sets++;
    return set;
  }

  #findNew(metadata: JsonObject): void {
    for (const path of pathsOf(metadata)) {
      const name = path.join('\n');
      if (this.#known.has(name) || this.#known.size === MAX_MEMBERS) continue;
      this.#known.add(name);
      const { telling } = tellByName(path.at(-1) ?? '');
      if (telling === 'unknown' && !isWord(textIn(metadata, path) ?? '')) continue;
      this.#members.add({ path, values: new Map(), absent: this.#copyAll(), order: 0 });
    }
  }

  /** The rows before did not have what is new. */
  #copyAll(): ValueTally {
    const copy = { ...newValue(0), rows: this.#all.rows };
    for (const [experiment, examples] of this.#all.examples) {
      const set = this.#addSet(copy, experiment);
      for (const example of examples) set.add(example);
    }
    return copy;
  }

  #compare(example: string, outputs: JsonValue | undefined): void {
    const digest = createHash('sha1').update(printJson(outputs ?? null));
    const text = digest.digest('base64');
    const earlier = this.#outputs.get(example);
    if (earlier === undefined) this.#outputs.set(example, text);
    else if (earlier !== text) this.#hasOtherOutputs = true;
  }
}

function newValue(place: number): ValueTally {
  return { place, rows: 0, examples: new Map() };
}

/** @returns undefined if there are too many values, or too long ones. */
function valueFor(member: MemberTally, text: string | undefined): ValueTally | undefined {
  const { values, absent } = member;
  let tally = text === undefined ? absent : values.get(text);
  if (!tally) {
    if (text === undefined || text.length > MAX_VALUE || values.size === MAX_VALUES)
      return undefined;
    tally = newValue(values.size + 1);
    values.set(text, tally);
  }
  member.order = (Math.imul(member.order, 31) + tally.place) | 0;
  return tally;
}

/** How many examples have a value, those of each experiment by themselves. */
export function examplesOf({ examples }: ValueTally): number {
  let sum = 0;
  for (const { size } of examples.values()) sum += size;
  return sum;
}

/** Whether a value has letters: others are amounts or numbers of something. */
export function isWord(text: string): boolean {
  return /\p{L}/u.test(text) && !/^(?:true|false|nan|none|null)$/i.test(text);
}

/** Members with one value each: those of metadata, and of the objects in it. */
function* pathsOf(metadata: JsonObject): Generator<MemberPath> {
  for (const name of Object.keys(metadata)) {
    const value = ownValue(metadata, name);
    // Tokens and costs are measured.
    if (name === 'usage_metadata') continue;
    if (isJsonObject(value)) for (const below of Object.keys(value)) yield [name, below];
    else if (!Array.isArray(value)) yield [name];
  }
}

/** What a member says; undefined if it is not there, or not one value. */
export function textIn(metadata: JsonObject, [name = '', below]: MemberPath): string | undefined {
  const outer = ownValue(metadata, name);
  const isBelow = below !== undefined && isJsonObject(outer);
  const value = isBelow ? ownValue(outer, below) : below === undefined ? outer : undefined;
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  return typeof value === 'boolean' || isNumber(value) ? textOf(value) : undefined;
}

/** What is known of the members of rows' metadata before they are counted. */
export interface MetadataMembers {
  /** A person put this one there: it tells no experiments apart. */
  isSettled(path: MemberPath): boolean;
  /** What `--map` calls it. */
  nameOf(path: MemberPath): string;
}
