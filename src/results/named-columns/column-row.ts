import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../json/value.js';
import { labelExperiment } from '../format-kit/experiment-names.js';
import { type ModelName, splitModel } from '../format-kit/model.js';
import { addMetadata } from '../format-kit/reader.js';
import { readCell } from '../format-kit/values.js';
import { wrapPayload } from '../payload.js';
import { ownValue } from './column-facts.js';
import { usagePathOf } from './column-roles.js';
import { MISFIT, readValue } from './column-values.js';
import { valueBelow } from './map-option.js';

/** Where the values of a column go. */
export interface Placement {
  readonly column: string;
  /** Keys and places within the value. */
  readonly below?: readonly string[];
  /**
   * A path in a row; or `kept`, which is metadata under the column's own name, `experiment`, `model`, `provider`,
   * `usage`; nowhere if it is empty.
   */
  readonly target: readonly string[];
  /** A person said so: what then does not fit is for the schema to tell. */
  readonly isTold?: boolean;
  /** An object is the payload itself, and so is a list of messages. */
  readonly isWhole?: boolean;
  /** PASS and yes are true. */
  readonly hasWords?: boolean;
  /** False, or ERROR, is why there are no outputs. */
  readonly tellsFailure?: boolean;
}

const PAYLOADS: ReadonlySet<string> = new Set(['inputs', 'outputs', 'reference_outputs']);
const MAX_MODELS = 1000;
const FAILED = /^(?:false|error|failed|failure|timeout|crashed)$/i;

/** A row in our own shape, made of columns one after another. Nothing that has no place is lost: metadata has it. */
export class ColumnRow {
  readonly #row: JsonObject = {};
  readonly #isTable: boolean;
  readonly #splitModel: (name: string) => ModelName;
  readonly #kept: [string, JsonValue][] = [];
  readonly #systems: string[] = [];
  /** For a row that has no other outputs, and no error. */
  readonly #emptyOutputs: [Placement, JsonValue][] = [];
  readonly #made = new Set<JsonObject>();
  #model: { readonly column: string; readonly name: string } | undefined;
  #provider: { readonly column: string; readonly name: string } | undefined;
  #failure: string | undefined;

  /** @param isTable values are the text of cells. */
  constructor(isTable: boolean, splitModel: (name: string) => ModelName) {
    this.#isTable = isTable;
    this.#splitModel = splitModel;
  }

  add(placement: Placement, record: JsonObject): void {
    const { column, target, below = [], isTold, tellsFailure } = placement;
    const given = ownValue(record, column);
    if (target.length === 0 || given === undefined) return;
    const isComment = target[2] === 'comment' && below.length === 0;
    const cell = this.#isTable && typeof given === 'string' && !isComment ? readCell(given) : given;
    const found = valueBelow(cell, below);
    if (found === undefined) return;

    if (tellsFailure && (found === false || (typeof found === 'string' && FAILED.test(found))))
      this.#failure = `${column}: ${String(found)}`;
    const read = this.#isTable && found === '' ? undefined : readValue(placement, found);
    if (read === undefined) {
      if (target[0] === 'outputs') this.#emptyOutputs.push([placement, found]);
    } else if (read !== MISFIT) {
      this.#place(placement, read);
    } else if (isTold) {
      this.#put(target, found, column);
    } else {
      this.#kept.push([column, found]);
    }
  }

  finish(): { value: JsonObject; experiment?: string } {
    const row = this.#row;
    if (!Object.hasOwn(row, 'outputs') && !Object.hasOwn(row, 'error')) {
      if (this.#failure !== undefined) row.error = this.#failure;
      else for (const [placement, value] of this.#emptyOutputs) this.#place(placement, value);
    }
    // Other metadata than an object is for the schema to tell.
    const given = row.metadata;
    if (given === undefined || isJsonObject(given)) {
      const metadata = this.#own(row, 'metadata', given);
      this.#addModel(metadata);
      for (const [name, value] of this.#kept) addMetadata(metadata, { [name]: value });
      if (Object.keys(metadata).length === 0) delete row.metadata;
    }
    const experiment = labelExperiment(this.#systems.join(' · ') || undefined, this.#model?.name);
    return { value: row, experiment: experiment || undefined };
  }

  #place({ column, target, isWhole = false, isTold = false }: Placement, value: JsonValue): void {
    const [head = ''] = target;
    if (head === 'kept') {
      this.#kept.push([column, value]);
    } else if (head === 'experiment') {
      this.#systems.push(String(value));
      this.#kept.push([column, value]);
    } else if (head === 'model' && this.#model === undefined) {
      this.#model = { column, name: String(value) };
    } else if (head === 'provider' && this.#provider === undefined) {
      this.#provider = { column, name: String(value) };
    } else if (head === 'model' || head === 'provider') {
      this.#kept.push([column, value]);
    } else if (head === 'usage' && isJsonObject(value)) {
      this.#addUsage(column, value);
    } else if (isWhole) {
      const wrapper = head === 'inputs' ? 'input' : 'output';
      const payload = wrapPayload(value, wrapper);
      const isWrapped = payload !== value && Object.hasOwn(payload, wrapper);
      const hasOwnName = isWrapped && !isTold && !PAYLOADS.has(column.trim());
      this.#put(hasOwnName ? [head, column.trim()] : [head], hasOwnName ? value : payload, column);
    } else if (target[2] === 'score' && isJsonObject(value)) {
      this.#put(target.slice(0, 2), value, column);
    } else {
      this.#put(target, value, column);
    }
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
    const model = this.#model;
    const provider = this.#provider;
    const split = model && this.#splitModel(model.name);
    const served = provider?.name.toLowerCase() ?? split?.ls_provider;
    if (served !== undefined) setMissing(metadata, 'ls_provider', served);
    if (split) setMissing(metadata, 'ls_model_name', split.ls_model_name);
    if (model && metadata.ls_model_name !== model.name) this.#kept.push([model.column, model.name]);
    if (provider && metadata.ls_provider !== provider.name)
      this.#kept.push([provider.column, provider.name]);
  }

  /** What usage_metadata has no place for keeps the object as it is. */
  #addUsage(column: string, usage: JsonObject): void {
    let isUnderstood = true;
    for (const name of Object.keys(usage)) {
      const path = usagePathOf(name, 'tokens');
      const target = ['metadata', 'usage_metadata', ...(path ?? [])];
      const count = path && readValue({ column, target }, usage[name] as JsonValue);
      if (count === undefined || count === MISFIT) isUnderstood &&= (usage[name] ?? null) === null;
      else this.#put(target, count, column);
    }
    if (!isUnderstood) this.#kept.push([column, usage]);
  }
}

function setMissing(object: JsonObject, name: string, value: string): void {
  if (!Object.hasOwn(object, name)) object[name] = value;
}

/** Models are few and rows are many: each name is told apart once. */
export function rememberModels(): (name: string) => ModelName {
  const known = new Map<string, ModelName>();
  return (name) => {
    const model = known.get(name) ?? splitModel(name);
    if (known.size < MAX_MODELS) known.set(name, model);
    return model;
  };
}
