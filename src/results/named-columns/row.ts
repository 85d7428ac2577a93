import { spell } from '../../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../json/value.js';
import { labelExperiment, splitModel } from '../format-kit/model.js';
import { addMetadata, RecordReader } from '../format-kit/reader.js';
import { readLooseUsage, readUsage, usagePathOf } from '../format-kit/usage.js';
import { wrapPayload } from '../payload.js';
import { parseCell } from './cells.js';
import { ownValue, textOf } from './facts.js';
import type { OddCell } from './odd-cells.js';
import type { Placement } from './placement.js';
import { spreadScores } from './row-scores.js';
import { MISFIT, readValue } from './values.js';

const PAYLOADS: ReadonlySet<string> = new Set(['inputs', 'outputs', 'reference_outputs']);
const FAILED = /^(?:false|error|failed|failure|timeout|crashed)$/i;

/** What a column calls a model or a provider. */
interface Named {
  readonly column: string;
  readonly name: string;
}

/** A row that was made of columns. */
export interface ReadColumns {
  readonly value: JsonObject;
  readonly experiment?: string | undefined;
  readonly odd: readonly OddCell[];
}

/** A row in our own shape, made of columns one after another. Nothing that has no place is lost: metadata has it. */
export class ColumnRow {
  readonly #row: JsonObject = {};
  readonly #kept: [string, JsonValue][] = [];
  readonly #systems: string[] = [];
  readonly #names: { model?: Named; provider?: Named } = {};
  /** For a row that has no other outputs, and no error. */
  readonly #emptyOutputs: [Placement, JsonValue][] = [];
  readonly #made = new Set<JsonObject>();
  /** Columns of tokens and costs. */
  readonly #usage: JsonObject = {};
  readonly #odd: OddCell[] = [];
  /** Objects and lists of scores. */
  readonly #nested: [Placement, JsonValue][] = [];
  #failure: string | undefined;

  /** @param isTable values are the text of cells. */
  constructor(private readonly isTable: boolean) {}

  add(given: Placement, record: JsonObject): void {
    const placement = nameScore(given, record);
    const { column, target, below = [], isExplicit, tellsFailure } = placement;
    const value = ownValue(record, column);
    if (target.length === 0 || value === undefined) return;
    const isComment = target[2] === 'comment' && below.length === 0;
    const mayHold = placement.spread || (this.isTable && !isComment);
    const cell = mayHold ? parseCell(value) : value;
    const found = valueBelow(cell, below);
    if (found === undefined) return;

    if (tellsFailure && (found === false || (typeof found === 'string' && FAILED.test(found))))
      this.#failure = `${column}: ${spell(found)}`;
    const read = this.isTable && found === '' ? undefined : readValue(placement, found);
    if (read === undefined) {
      if (target[0] === 'outputs') this.#emptyOutputs.push([placement, found]);
    } else if (read !== MISFIT) {
      this.#place(placement, read);
    } else if (isExplicit) {
      this.#put(target, found, column);
    } else {
      this.#kept.push([column, found]);
      this.#odd.push({ column, value: found });
    }
  }

  finish(): ReadColumns {
    const row = this.#row;
    if (!Object.hasOwn(row, 'outputs') && !Object.hasOwn(row, 'error')) {
      if (this.#failure !== undefined) row.error = this.#failure;
      else for (const [placement, value] of this.#emptyOutputs) this.#place(placement, value);
    }
    if (this.#nested.length > 0) this.#addNested();
    // Other metadata than an object is for the schema to tell.
    const given = row.metadata;
    if (given === undefined || isJsonObject(given)) {
      const metadata = this.#own(row, 'metadata', given);
      this.#addModel(metadata);
      const usage = new RecordReader(this.#usage);
      this.#addUsage(readLooseUsage(usage));
      addMetadata(metadata, usage.rest());
      for (const [name, value] of this.#kept) addMetadata(metadata, { [name]: value });
      if (Object.keys(metadata).length === 0) delete row.metadata;
    }
    const experiment = labelExperiment(
      this.#systems.join(' · ') || undefined,
      this.#names.model?.name,
    );
    return { value: row, experiment: experiment || undefined, odd: this.#odd };
  }

  #place(placement: Placement, value: JsonValue): void {
    const { column, below = [], target, isWhole = false, isExplicit = false } = placement;
    const [head = ''] = target;
    const name = below.at(-1) ?? column;
    if (head === 'experiment') {
      this.#systems.push(spell(value));
      // The object that it is in has it.
      if (below.length > 0) return;
    }
    if (placement.spread) {
      this.#nested.push([placement, value]);
    } else if (head === 'kept' || head === 'experiment') {
      this.#kept.push([column, value]);
    } else if (head === 'model' || head === 'provider') {
      if (this.#names[head]) this.#kept.push([column, value]);
      else this.#names[head] = { column, name: spell(value) };
    } else if (head === 'usage') {
      if (below.length === 0) this.#kept.push([column, value]);
      this.#addUsage(readUsage([value].flat().map((one) => new RecordReader(one))));
    } else if (target[1] === 'usage_metadata' && !isExplicit && usagePathOf(name)) {
      setKey(this.#usage, name, value);
    } else if (isWhole) {
      const wrapper = head === 'inputs' ? 'input' : 'output';
      const payload = wrapPayload(value, wrapper);
      const isWrapped = payload !== value && Object.hasOwn(payload, wrapper);
      const hasOwnName = isWrapped && !isExplicit && !PAYLOADS.has(column.trim());
      this.#put(hasOwnName ? [head, column.trim()] : [head], hasOwnName ? value : payload, column);
    } else if (target[2] === 'score' && isJsonObject(value)) {
      this.#put(target.slice(0, 2), value, column);
    } else {
      this.#put(target, value, column);
    }
  }

  #addNested(): void {
    const { scores, repeated, rest } = spreadScores(this.#nested, this.#row.scores);
    for (const [key, score] of scores) this.#put(['scores', key], score, key);
    const { feedback = [] } = this.#row;
    if (repeated.length > 0 && Array.isArray(feedback))
      this.#row.feedback = [...feedback, ...repeated];
    for (const one of rest) this.#kept.push(one);
  }

  /** Sets what a path leads to; two objects are joined. What is there already stays. */
  #put(target: readonly string[], value: JsonValue, column: string): void {
    let parent = this.#row;
    for (const name of target.slice(0, -1)) {
      const there = ownValue(parent, name);
      if (there !== undefined && !isJsonObject(there)) {
        this.#kept.push([column, value]);
        return;
      }
      parent = this.#own(parent, name, there);
    }
    const name = target.at(-1) ?? '';
    const there = ownValue(parent, name);
    if (there === undefined) {
      setKey(parent, name, value);
    } else if (isJsonObject(there) && isJsonObject(value)) {
      for (const key of Object.keys(value))
        this.#put([...target, key], value[key] as JsonValue, key);
    } else {
      this.#kept.push([column, value]);
    }
  }

  /** Objects of the record are not ours to change. */
  #own(parent: JsonObject, name: string, there: JsonObject | undefined): JsonObject {
    if (there && this.#made.has(there)) return there;
    const made = there ? { ...there } : {};
    this.#made.add(made);
    setKey(parent, name, made);
    return made;
  }

  /** A model's name as it stands in the file is kept where it says more than LangSmith's two fields. */
  #addModel(metadata: JsonObject): void {
    const { model, provider } = this.#names;
    const split = splitModel(model?.name);
    const served = provider?.name.toLowerCase() ?? split.ls_provider;
    if (served !== undefined) metadata.ls_provider ??= served;
    if (split.ls_model_name !== undefined) metadata.ls_model_name ??= split.ls_model_name;
    if (model && metadata.ls_model_name !== model.name) this.#kept.push([model.column, model.name]);
    if (provider && metadata.ls_provider !== provider.name)
      this.#kept.push([provider.column, provider.name]);
  }

  /** What is there already stays. */
  #addUsage({ usage_metadata: usage }: JsonObject): void {
    if (usage !== undefined) this.#put(['metadata', 'usage_metadata'], usage, 'usage_metadata');
  }
}

/** Where each row has one metric, the score has the metric's name. */
function nameScore(placement: Placement, record: JsonObject): Placement {
  const { key, target } = placement;
  const metric = key && textOf(ownValue(record, key.column) ?? '').trim();
  if (!metric) return placement;
  const name = key.isPrefix ? `${metric}.${target[1]}` : metric;
  return { ...placement, target: target.with(1, name) };
}

/** What is under keys and places within a value. */
export function valueBelow(value: JsonValue, below: readonly string[]): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const step of below) {
    if (Array.isArray(found)) found = found[Number(step)];
    else found = isJsonObject(found) ? ownValue(found as JsonObject, step) : undefined;
  }
  return found;
}
