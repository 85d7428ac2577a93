import { LsRecordError } from '../errors.js';

/** A condition on examples, as it was typed: `score.correct<1 -split=train "refund"`. */
export type Where =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Where[] }
  | { readonly kind: 'not'; readonly term: Where }
  | Condition;

export type Condition =
  /** Words in what was given, answered or expected; without a field, in any of them. */
  | { readonly kind: 'text'; readonly field: TextField | undefined; readonly text: string }
  | {
      readonly kind: 'number';
      readonly field: NumberField;
      /** The score's. */
      readonly key: string | undefined;
      readonly compare: Compare;
      readonly value: number;
    }
  /** A category, by its word. */
  | { readonly kind: 'category'; readonly key: string; readonly value: string }
  | { readonly kind: 'error' }
  | { readonly kind: 'split'; readonly value: string }
  | {
      readonly kind: 'metadata';
      /** Names, from the outermost in. */
      readonly path: readonly string[];
      readonly compare: Compare;
      readonly value: string;
    };

const TEXT_FIELDS = ['input', 'output', 'reference'] as const;
export type TextField = (typeof TEXT_FIELDS)[number];
const NUMBER_FIELDS = ['score', 'delta', 'latency', 'tokens', 'cost'] as const;
export type NumberField = (typeof NUMBER_FIELDS)[number];
export type Compare = '<' | '<=' | '>' | '>=' | '=' | '!=';

const HELP =
  'Fields: input: output: reference: score.KEY delta.KEY latency tokens cost error meta.NAME split. For example: score.correct<1 -split=train "refund policy".';

/** A quoted phrase, a parenthesis, or what stands between spaces; quotes within hold together: `score."my key"<1`. */
const TOKEN = /\s*(\(|\)|-?(?:"(?:[^"\\]|\\.)*"|[^\s()"])+|.)/gy;
const COMPARISON = /^([a-z]+)((?:\.(?:"(?:[^"\\]|\\.)*"|[^<>=!:"\s])*)?)(<=|>=|!=|<|>|=|:)(.*)$/s;

/**
 * Parses a condition: terms that stand next to each other all have to hold; `OR`, `-` and parentheses as in a search box.
 *
 * @throws {LsRecordError} `USAGE` naming the term that is none.
 */
export function parseWhere(text: string): Where {
  const tokens = [...text.trim().matchAll(TOKEN)].map(([, token = '']) => token);
  const parser = new Parser(tokens);
  const where = parser.alternatives();
  parser.expectEnd();
  return where;
}

class Parser {
  #at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  alternatives(): Where {
    const terms = [this.#all()];
    while (this.#take('OR')) terms.push(this.#all());
    const [only] = terms;
    return terms.length === 1 && only ? only : { kind: 'or', terms };
  }

  #all(): Where {
    const terms: Where[] = [];
    while (this.#peek() !== undefined && this.#peek() !== ')' && this.#peek() !== 'OR')
      terms.push(this.#term());
    const [only] = terms;
    if (!only) throw misread(this.#peek() ?? 'the end', 'a term is missing before it');
    return terms.length === 1 ? only : { kind: 'and', terms };
  }

  #term(): Where {
    const token = this.tokens[this.#at++] ?? '';
    if (token === '(') {
      const inner = this.alternatives();
      if (!this.#take(')')) throw misread(token, 'its ) is missing');
      return inner;
    }
    // A minus before a parenthesis is a token of its own.
    if (token === '-' && this.#peek() === '(') return { kind: 'not', term: this.#term() };
    if (token.length > 1 && token.startsWith('-'))
      return { kind: 'not', term: readTerm(token.slice(1)) };
    return readTerm(token);
  }

  expectEnd(): void {
    const token = this.#peek();
    if (token !== undefined) throw misread(token, 'there is no ( before it');
  }

  #peek(): string | undefined {
    return this.tokens[this.#at];
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at++;
    return true;
  }
}

function readTerm(token: string): Where {
  if (token === 'error') return { kind: 'error' };
  const [, field = '', dotted = '', sign = '', right = ''] = COMPARISON.exec(token) ?? [];
  if (field === '') return { kind: 'text', field: undefined, text: unquote(token) };
  const value = unquote(right);
  const path = dotted === '' ? [] : namesIn(dotted.slice(1));
  const compare = (sign === ':' ? '=' : sign) as Compare;
  const textField = TEXT_FIELDS.find((name) => name === field);
  if (textField) {
    if (compare !== '=' || path.length > 0) throw misread(token, `write ${field}:words`);
    return { kind: 'text', field: textField, text: value };
  }
  if (field === 'split') return negateIf(compare, { kind: 'split', value }, token);
  if (field === 'meta' || field === 'metadata') {
    if (path.length === 0) throw misread(token, `write ${field}.NAME=value`);
    return { kind: 'metadata', path, compare, value };
  }
  const numberField = NUMBER_FIELDS.find((name) => name === field);
  if (!numberField) throw misread(token, `there is no field "${field}"`);
  return readNumber(numberField, dotted, compare, value, token);
}

function readNumber(
  field: NumberField,
  dotted: string,
  compare: Compare,
  value: string,
  token: string,
): Where {
  const isOfKey = field === 'score' || field === 'delta';
  // A score's key may have dots in it.
  const key = isOfKey ? unquote(dotted.slice(1)) : undefined;
  if (isOfKey && key === '') throw misread(token, `write ${field}.KEY${compare}number`);
  if (!isOfKey && dotted !== '') throw misread(token, `${field} has no parts`);
  const number = value === 'true' ? 1 : value === 'false' ? 0 : Number(value);
  if (value.trim() !== '' && Number.isFinite(number))
    return { kind: 'number', field, key, compare, value: number };
  if (field !== 'score' || key === undefined) throw misread(token, `"${value}" is not a number`);
  return negateIf(compare, { kind: 'category', key, value }, token);
}

function negateIf(compare: Compare, term: Condition, token: string): Where {
  if (compare === '=') return term;
  if (compare === '!=') return { kind: 'not', term };
  throw misread(token, 'words can be = or !=');
}

function namesIn(dotted: string): string[] {
  return [...dotted.matchAll(/"(?:[^"\\]|\\.)*"|[^."]+/g)].map(([name]) => unquote(name));
}

function unquote(text: string): string {
  const quoted = /^"(.*)"$/s.exec(text)?.[1];
  return (quoted ?? text).replaceAll(/\\(["\\])/g, '$1');
}

function misread(token: string, why: string): LsRecordError {
  return new LsRecordError('USAGE', `cannot read the condition at ${token}: ${why}`, {
    hint: HELP,
  });
}

/** What has to be read to tell whether a condition holds, besides scores. */
export interface Needs {
  /** What examples hold. */
  readonly examples: boolean;
  readonly outputs: boolean;
  /** Whether the metadata of runs is needed. */
  readonly metadata: boolean;
}

export function needsOf(where: Where): Needs {
  const conditions = conditionsIn(where);
  const has = (test: (condition: Condition) => boolean) => conditions.some(test);
  return {
    examples: has(({ kind }) => kind === 'split' || kind === 'metadata' || kind === 'text'),
    outputs: has((one) => one.kind === 'text' && (one.field ?? 'output') === 'output'),
    metadata: has(({ kind }) => kind === 'metadata'),
  };
}

/** The words under score keys that a condition asks for. */
export function wordsIn(where: Where): { readonly key: string; readonly value: string }[] {
  return conditionsIn(where).flatMap((one) => (one.kind === 'category' ? [one] : []));
}

/** The score keys that a condition asks for. */
export function keysIn(where: Where): string[] {
  return conditionsIn(where).flatMap((one) => ('key' in one ? (one.key ?? []) : []));
}

function conditionsIn(where: Where): Condition[] {
  if ('terms' in where) return where.terms.flatMap(conditionsIn);
  return where.kind === 'not' ? conditionsIn(where.term) : [where];
}
