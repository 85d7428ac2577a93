import type { Call, Operand } from '../filter.js';
import { unsupported } from '../refusal.js';
import { parseIso } from '../time.js';
import type { SqlValue } from './database.js';
import type { RunCondition, SqlCondition } from './runs.js';

const SIGNS: Readonly<Record<string, string>> = {
  eq: 'is',
  neq: 'is not',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
};

/** How many members one has() may name. */
const MAX_ENTRIES = 100;

const STATUS = `case when r.error is not null then 'error' when r.end_time is not null then 'success' else 'pending' end`;

interface Field {
  readonly sql: string;
  readonly kind?: 'time' | 'flag';
}

/** What a filter can speak of. */
interface Vocabulary {
  /** What can be compared: columns of the row, and what follows from them. */
  readonly fields: Readonly<Record<string, Field>>;
  /** What is compared together: `and(eq(feedback_key, …), gt(feedback_score, …))` is about one feedback. */
  readonly pairs: Readonly<
    Record<string, { table: string; columns: Readonly<Record<string, string>> }>
  >;
  /** Arguments of json_each(). */
  readonly metadata: string;
  readonly tags?: string;
}

const RUN_FIELDS: Vocabulary['fields'] = {
  id: { sql: 'r.id' },
  name: { sql: 'r.name' },
  run_type: { sql: 'r.run_type' },
  status: { sql: STATUS },
  error: { sql: 'r.error' },
  trace_id: { sql: 'r.trace_id' },
  parent_run_id: { sql: 'r.parent_run_id' },
  session_id: { sql: 'r.session_id' },
  reference_example: { sql: 'r.reference_example_id' },
  reference_example_id: { sql: 'r.reference_example_id' },
  dotted_order: { sql: 'r.dotted_order' },
  is_root: { sql: '(r.parent_run_id is null)', kind: 'flag' },
  start_time: { sql: 'r.start_time', kind: 'time' },
  end_time: { sql: 'r.end_time', kind: 'time' },
  latency: { sql: '(max(r.end_time - r.start_time, 0) / 1000000.0)' },
  prompt_tokens: { sql: 'r.prompt_tokens' },
  completion_tokens: { sql: 'r.completion_tokens' },
  total_tokens: { sql: 'r.total_tokens' },
  total_cost: { sql: 'r.total_cost' },
};

const RUNS: Vocabulary = {
  fields: RUN_FIELDS,
  pairs: {
    feedback: {
      table: 'feedback p where p.run_id = r.id',
      columns: {
        feedback_key: 'p.key',
        feedback_score: 'p.score_number',
        feedback_value: `(p.value ->> '$')`,
        feedback_comment: 'p.comment',
      },
    },
    metadata: {
      table: `json_each(r.extra, '$.metadata') p where true`,
      columns: { metadata_key: 'p.key', metadata_value: 'p.value' },
    },
  },
  metadata: `r.extra, '$.metadata'`,
  tags: 'r.tags',
};

const EXAMPLES: Vocabulary = {
  fields: {
    id: { sql: 'e.id' },
    created_at: { sql: 'e.created_at', kind: 'time' },
    modified_at: { sql: 'e.modified_at', kind: 'time' },
    source_run_id: { sql: 'e.source_run_id' },
  },
  pairs: {
    metadata: {
      table: 'json_each(e.metadata) p where true',
      columns: { metadata_key: 'p.key', metadata_value: 'p.value' },
    },
  },
  metadata: 'e.metadata',
};

/** Turns a filter expression into a condition on runs. @throws {Refusal} 400 for what is not supported. */
export function runCondition(call: Call): RunCondition {
  const [left] = call.operands;
  const isOfTraces =
    call.name === 'in' && left !== undefined && 'field' in left && left.field === 'trace_id';
  return { ...new Translator(RUNS).condition(call), isOfTraces };
}

/** The same on examples, which are filtered by their metadata above all. */
export function exampleCondition(call: Call): SqlCondition {
  return new Translator(EXAMPLES).condition(call);
}

/** Writes expressions in SQL, in the words of one table. */
class Translator {
  readonly #words: Vocabulary;

  constructor(words: Vocabulary) {
    this.#words = words;
  }

  condition(call: Call): SqlCondition {
    if (call.name === 'and' || call.name === 'or') return this.#combine(call);
    if (call.name === 'not') {
      const inner = this.condition(calls(call)[0] ?? call);
      return { sql: `not coalesce(${inner.sql}, false)`, values: inner.values };
    }
    if (call.name === 'has') return this.#has(call);
    if (call.name === 'exists') return this.#hasKey(call);
    const pair = this.#pairOf(call);
    return pair
      ? this.#exists(pair, [call])
      : comparison(call, (field) => own(this.#words.fields, field));
  }

  #combine(call: Call): SqlCondition {
    const parts = calls(call);
    if (parts.length === 0) throw unsupported(`the filter ${call.name}()`);
    const isAnd = call.name === 'and';
    const conditions = [
      ...this.#together(isAnd ? parts : []),
      ...parts.filter((part) => !isAnd || !this.#pairOf(part)).map((part) => this.condition(part)),
    ];
    return {
      sql: `(${conditions.map(({ sql }) => sql).join(` ${call.name} `)})`,
      values: conditions.flatMap(({ values }) => values),
    };
  }

  /** Within one `and`, comparisons of a feedback's fields are about the same feedback. */
  #together(parts: readonly Call[]): SqlCondition[] {
    return Object.keys(this.#words.pairs).flatMap((pair) => {
      const about = parts.filter((part) => this.#pairOf(part) === pair);
      return about.length === 0 ? [] : [this.#exists(pair, about)];
    });
  }

  #pairOf(call: Call): string | undefined {
    const [first] = call.operands;
    if (!first || !('field' in first)) return undefined;
    const { pairs } = this.#words;
    return Object.keys(pairs).find((pair) =>
      Object.hasOwn(pairs[pair]?.columns ?? {}, first.field),
    );
  }

  #exists(pair: string, about: readonly Call[]): SqlCondition {
    const { table = '', columns = {} } = this.#words.pairs[pair] ?? {};
    const conditions = about.map((call) =>
      comparison(call, (field) => {
        const sql = own(columns, field);
        return sql === undefined ? undefined : { sql };
      }),
    );
    return {
      sql: `exists (select 1 from ${[table, ...conditions.map(({ sql }) => sql)].join(' and ')})`,
      values: conditions.flatMap(({ values }) => values),
    };
  }

  /** `has(tags, "x")`, `has(metadata, '{"key": "value"}')`. */
  #has({ operands }: Call): SqlCondition {
    const [left, right] = operands;
    const wanted = right && 'literal' in right ? right.literal : undefined;
    if (!left || !('field' in left) || typeof wanted !== 'string') throw unsupported('this has()');
    const { tags, metadata } = this.#words;
    if (left.field === 'tags' && tags !== undefined) {
      return {
        sql: `exists (select 1 from json_each(${tags}) t where t.value = ?)`,
        values: [wanted],
      };
    }
    const entries = left.field === 'metadata' ? readEntries(wanted) : undefined;
    if (!entries) throw unsupported(`the filter has(${left.field}, …)`);
    return {
      sql: `(${entries
        .map(
          () => `exists (select 1 from json_each(${metadata}) m where m.key = ? and m.value is ?)`,
        )
        .join(' and ')})`,
      values: entries.flat(),
    };
  }

  /** `exists(metadata, "key")`. */
  #hasKey({ operands }: Call): SqlCondition {
    const [left, right] = operands;
    const key = right && 'literal' in right ? right.literal : undefined;
    if (!left || !('field' in left) || left.field !== 'metadata' || typeof key !== 'string') {
      throw unsupported(`the filter exists(${operands.map(show).join(', ')})`);
    }
    return {
      sql: `exists (select 1 from json_each(${this.#words.metadata}) m where m.key = ?)`,
      values: [key],
    };
  }
}

function comparison(
  { name, operands }: Call,
  find: (field: string) => Field | undefined,
): SqlCondition {
  const [left, right] = operands;
  const field = left && 'field' in left && operands.length === 2 ? find(left.field) : undefined;
  if (!field || !right) throw unsupported(`the filter ${name}(${operands.map(show).join(', ')})`);

  if (name === 'in' && 'list' in right) {
    const values = right.list.map((item) => bind(item, field.kind));
    return { sql: `${field.sql} in (${values.map(() => '?').join(', ')})`, values };
  }
  const sign = Object.hasOwn(SIGNS, name) ? SIGNS[name] : undefined;
  if (sign === undefined) throw unsupported(`the filter ${name}()`);
  return { sql: `${field.sql} ${sign} ?`, values: [bind(right, field.kind)] };
}

function readEntries(text: string): [string, SqlValue][] | undefined {
  try {
    const entries = Object.entries(JSON.parse(text) as object);
    return entries.length === 0 || entries.length > MAX_ENTRIES
      ? undefined
      : entries.map(([key, value]) => [key, bind({ literal: value as string }, undefined)]);
  } catch {
    // Not JSON of an object: answered as a filter that is not understood.
    return undefined;
  }
}

/** Not what every object has, such as `constructor`. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function calls({ name, operands }: Call): Call[] {
  return operands.map((operand) => {
    if ('call' in operand) return operand.call;
    throw unsupported(`${name}() of ${show(operand)}`);
  });
}

function bind(operand: Operand, kind: 'time' | 'flag' | undefined): SqlValue {
  if (!('literal' in operand)) throw unsupported(`comparing with ${show(operand)}`);
  const { literal } = operand;
  if (kind === 'time' && typeof literal === 'string') {
    const time = parseIso(literal);
    if (time === undefined) throw unsupported(`the time "${literal}"`);
    return time;
  }
  if (literal !== null && typeof literal === 'object') throw unsupported('nested metadata');
  return typeof literal === 'boolean' ? Number(literal) : literal;
}

function show(operand: Operand): string {
  if ('field' in operand) return operand.field;
  if ('literal' in operand) return JSON.stringify(operand.literal);
  if ('list' in operand) return `[${operand.list.map(show).join(', ')}]`;
  return `${operand.call.name}(…)`;
}
