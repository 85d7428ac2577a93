import { printJson } from '../json/print.js';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/value.js';
import { parseUuid } from '../uuid.js';
import { type Issue, invalid, unsupported } from './refusal.js';
import { type Micros, parseEpochMs, parseIso } from './time.js';

/** Present with a value, present as null, or absent. */
export type Given<T> = T | null | undefined;

/** Without the members that are null or undefined. */
export function defined<T extends object>(members: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== null && value !== undefined),
  ) as { [K in keyof T]?: NonNullable<T[K]> };
}

/** Reads the fields of an object and collects what is wrong with them, to be said at once. */
export class Fields {
  readonly object: JsonObject;
  readonly #loc: readonly (string | number)[];
  readonly #issues: Issue[] = [];

  /** @throws {Refusal} 422 if the value is not an object. */
  constructor(value: JsonValue, ...loc: (string | number)[]) {
    this.#loc = loc.length > 0 ? loc : ['body'];
    if (!isJsonObject(value)) {
      throw invalid([
        { loc: this.#loc, msg: 'Input should be a valid object', type: 'object_type' },
      ]);
    }
    this.object = value;
  }

  text(name: string, { min = 0, max }: { min?: number; max?: number } = {}): Given<string> {
    return this.#read(name, (value) => {
      if (typeof value !== 'string') return issue('Input should be a valid string', 'string_type');
      // A character is one or two units of the text; all of a long text need not be counted.
      const length = [...value.slice(0, 2 * (max ?? min) + 1)].length;
      if (length < min) {
        return issue(
          `String should have at least ${min} character${min === 1 ? '' : 's'}`,
          'string_too_short',
        );
      }
      if (max !== undefined && length > max) {
        return issue(`String should have at most ${max} characters`, 'string_too_long');
      }
      return { value };
    });
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): Given<T> {
    return this.#read(name, (value) => {
      const choice = choices.find((candidate) => candidate === value);
      return choice === undefined
        ? issue(`Input should be ${choices.map((text) => `'${text}'`).join(', ')}`, 'enum')
        : { value: choice };
    });
  }

  uuid(name: string): Given<string> {
    return this.#read(name, (value) => {
      const uuid = typeof value === 'string' ? parseUuid(value) : undefined;
      return uuid === undefined
        ? issue('Input should be a valid UUID', 'uuid_parsing')
        : { value: uuid };
    });
  }

  uuids(name: string, limits: { max?: number } = {}): Given<string[]> {
    return this.#read(name, (value) => {
      if (!Array.isArray(value)) return issue('Input should be a valid list', 'list_type');
      if (limits.max !== undefined && value.length > limits.max) {
        return issue(`List should have at most ${limits.max} items`, 'too_long');
      }
      const uuids = value.map((item) => (typeof item === 'string' ? parseUuid(item) : undefined));
      return uuids.every((uuid) => uuid !== undefined)
        ? { value: uuids }
        : issue('Input should be a list of valid UUIDs', 'uuid_parsing');
    });
  }

  texts(name: string): Given<string[]> {
    return this.#read(name, (value) =>
      Array.isArray(value) && value.every((item) => typeof item === 'string')
        ? { value: value as string[] }
        : issue('Input should be a list of strings', 'list_type'),
    );
  }

  time(name: string): Given<Micros> {
    return this.#read(name, (value) => {
      const time =
        typeof value === 'string'
          ? parseIso(value)
          : typeof value === 'number' || value instanceof JsonNumber
            ? parseEpochMs(Number(value))
            : undefined;
      return time === undefined
        ? issue(`${name} must be an ISO 8601 timestamp`, 'datetime_parsing')
        : { value: time };
    });
  }

  flag(name: string): Given<boolean> {
    return this.#read(name, (value) =>
      typeof value === 'boolean'
        ? { value }
        : issue('Input should be a valid boolean', 'bool_type'),
    );
  }

  integer(
    name: string,
    { min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number },
  ): Given<number> {
    return this.#read(name, (value) => {
      if (typeof value !== 'number' || !Number.isInteger(value)) {
        return issue('Input should be a valid integer', 'int_type');
      }
      if (value < min) {
        return issue(`Input should be greater than or equal to ${min}`, 'greater_than_equal');
      }
      if (value > max) {
        return issue(`Input should be less than or equal to ${max}`, 'less_than_equal');
      }
      return { value };
    });
  }

  /** An object, as JSON text. */
  json(name: string): Given<string> {
    return this.#read(name, (value) =>
      isJsonObject(value)
        ? { value: printJson(value) }
        : issue('Input should be a valid dictionary', 'dict_type'),
    );
  }

  /** An object. */
  record(name: string): Given<JsonObject> {
    return this.#read(name, (value) =>
      isJsonObject(value) ? { value } : issue('Input should be a valid dictionary', 'dict_type'),
    );
  }

  /** A field whose kind is checked by the caller. */
  any(name: string, check: (value: JsonValue) => string | undefined): Given<JsonValue> {
    return this.#read(name, (value) => {
      const msg = check(value);
      return msg === undefined ? { value } : issue(msg, 'value_error');
    });
  }

  /** Complains of a field that is absent or null. */
  require(...names: string[]): void {
    for (const name of names) {
      if (this.#isAbsent(name)) this.refuse(name, 'Field required', 'missing');
    }
  }

  /** @throws {Refusal} 400 for a field that would narrow the answer, and that nothing here obeys. */
  refuseUnsupported(...names: string[]): void {
    for (const name of names) {
      if (!this.#isAbsent(name)) throw unsupported(`the field ${name}`);
    }
  }

  refuse(name: string, msg: string, type = 'value_error'): void {
    this.#issues.push({ loc: [...this.#loc, name], msg, type });
  }

  /** @throws {Refusal} 422 if anything was wrong. */
  done(): void {
    if (this.#issues.length > 0) throw invalid(this.#issues);
  }

  #isAbsent(name: string): boolean {
    return !Object.hasOwn(this.object, name) || this.object[name] === null;
  }

  #read<T>(
    name: string,
    parse: (value: JsonValue) => { value: T } | { msg: string; type: string },
  ): Given<T> {
    if (!Object.hasOwn(this.object, name)) return undefined;
    const given = this.object[name] as JsonValue;
    if (given === null) return null;
    const parsed = parse(given);
    if ('value' in parsed) return parsed.value;
    this.refuse(name, parsed.msg, parsed.type);
    return undefined;
  }
}

function issue(msg: string, type: string): { msg: string; type: string } {
  return { msg, type };
}
