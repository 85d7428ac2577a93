import { closest } from '../../closest.js';
import { LsRecordError } from '../../errors.js';
import type { Row } from '../../input/row.js';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../json/value.js';
import { FORMS, type Form, formsIn } from './forms.js';

/** What is taken out of rows before anything else is done with them. */
export interface RedactOptions {
  /** Keys, tokens, passwords and e-mail addresses: all forms of the table `FORMS`. */
  readonly redact?: boolean | undefined;
  /** Names of forms that stay. */
  readonly redactExcept?: readonly string[] | undefined;
  /** Regular expressions of texts that go, too. */
  readonly redactPattern?: readonly string[] | undefined;
  /** Fields that go whole: `inputs.user.phone`, `metadata.account`; lists on the way count for nothing. */
  readonly redactField?: readonly string[] | undefined;
}

const FIELD = '[redacted]';
const PATTERN = '[redacted:pattern]';

/** Takes texts out of rows, and counts them. */
export class Redactor {
  readonly #forms: readonly Form[];
  readonly #patterns: readonly RegExp[];
  readonly #fields: readonly string[];
  readonly #unseen: Set<string>;
  readonly #isDone: string;
  /** What was found in the current row, one entry each. */
  #found: string[] = [];

  /**
   * @param isDone what counts say of a text that was found.
   * @throws {LsRecordError} `USAGE` for a form that there is not, or an expression that is none.
   */
  constructor(
    { redact, redactExcept = [], redactPattern = [], redactField = [] }: RedactOptions,
    isDone = 'redacted',
  ) {
    this.#isDone = isDone;
    const unknown = redactExcept.find((name) => !FORMS.some((form) => form.name === name));
    if (unknown !== undefined) throw unknownForm(unknown);
    this.#forms = redact ? FORMS.filter(({ name }) => !redactExcept.includes(name)) : [];
    this.#patterns = redactPattern.map(expression);
    this.#fields = redactField;
    this.#unseen = new Set(redactField);
  }

  /** The row without what is to go. The same row if there was nothing. */
  redact(row: Row): Row {
    this.#found = [];
    const value = this.#value(row.value, '');
    const { experiment, problem, text } = row;
    const words = {
      ...(experiment !== undefined && { experiment: this.#text(experiment) }),
      ...(problem !== undefined && { problem: this.#text(problem) }),
      ...(text !== undefined && { text: this.#unreadable(text) }),
    };
    return this.#found.length === 0 ? row : { ...row, ...words, value, changes: this.#found };
  }

  /** @throws {LsRecordError} `USAGE` if a field was in no row: it may be misspelt, and then nothing of it is gone. */
  checkFields(): void {
    const [missing] = this.#unseen;
    if (missing === undefined) return;
    throw new LsRecordError('USAGE', `no row has ${missing}, which --redact-field names`, {
      hint: 'Name fields as `ls-record schema` does: inputs.user.email, metadata.account.',
    });
  }

  #value(value: JsonValue, path: string): JsonValue {
    if (typeof value === 'string') return this.#text(value);
    if (value === null || typeof value !== 'object' || value instanceof JsonNumber) return value;
    return isJsonObject(value) ? this.#object(value, path) : this.#list(value, path);
  }

  #list(list: readonly JsonValue[], path: string): JsonValue {
    let copy: JsonValue[] | undefined;
    for (const [at, item] of list.entries()) {
      const redacted = this.#value(item, path);
      if (redacted === item) continue;
      copy ??= [...list];
      copy[at] = redacted;
    }
    return copy ?? (list as JsonValue[]);
  }

  #object(object: JsonObject, path: string): JsonObject {
    const names = Object.keys(object);
    let copy: JsonObject | undefined;
    for (const [at, name] of names.entries()) {
      const item = object[name] as JsonValue;
      const inside = path === '' ? name : `${path}.${name}`;
      const redacted = this.#isGone(inside, item) ? FIELD : this.#value(item, inside);
      const key = this.#text(name);
      if (!copy && redacted === item && key === name) continue;
      copy ??= beginningOf(object, names.slice(0, at));
      copy[key === name ? name : unused(key, copy)] = redacted;
    }
    return copy ?? object;
  }

  #isGone(path: string, value: JsonValue): boolean {
    const field = this.#fields.find((one) => path === one || path.startsWith(`${one}.`));
    if (field === undefined) return false;
    this.#unseen.delete(field);
    if (value === null || value === '') return false;
    this.#found.push(`${field} redacted`);
    return true;
  }

  #text(text: string): string {
    let left = text;
    for (const { name, title, pattern } of formsIn(text, this.#forms))
      left = this.#replace(left, pattern, `[redacted:${name}]`, title);
    for (const pattern of this.#patterns)
      left = this.#replace(left, pattern, PATTERN, 'text of --redact-pattern');
    return left;
  }

  #replace(text: string, pattern: RegExp, by: string, what: string): string {
    return text.replace(pattern, (found) => {
      if (found === '') return found;
      this.#found.push(`${what} ${this.#isDone}`);
      return by;
    });
  }

  /** Fields cannot be found in it: of a row that goes in part, nothing is kept. */
  #unreadable(text: string): string {
    if (this.#fields.length === 0) return this.#text(text);
    this.#found.push('line that could not be read redacted');
    return '[redacted: this line could not be read]';
  }
}

function beginningOf(object: JsonObject, names: readonly string[]): JsonObject {
  const copy: JsonObject = Object.create(null);
  for (const name of names) copy[name] = object[name] as JsonValue;
  return copy;
}

/** Two keys that become the same text stay two. */
function unused(key: string, object: JsonObject): string {
  let name = key;
  for (let n = 2; name in object; n++) name = `${key}-${n}`;
  return name;
}

function expression(text: string): RegExp {
  try {
    return new RegExp(text, 'gu');
  } catch (error) {
    throw new LsRecordError('USAGE', `--redact-pattern ${text} is not a regular expression`, {
      hint: (error as Error).message,
    });
  }
}

function unknownForm(name: string): LsRecordError {
  const names = FORMS.map((form) => form.name);
  const meant = closest(name, names);
  return new LsRecordError('USAGE', `--redact-except ${name}: there is no such form`, {
    hint: meant ? `Did you mean ${meant}?` : `There are: ${names.join(', ')}.`,
  });
}
