import type { Call, Operand } from '../filter.js';
import { unsupported } from '../refusal.js';
import { parseIso } from '../time.js';
import type { Value } from './database.js';
import type { SqlCondition } from './runs.js';

const SIGNS: Readonly<Record<string, string>> = {
  eq: 'is',
  neq: 'is not',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
};

/** Of metadata in one has(). */
const MAX_ENTRIES = 100;

const STATUS = `case when r.error is not null then 'error' when r.end_time is not null then 'success' else 'pending' end`;

/** What a filter can compare: columns of a run, and what follows from them. */
const FIELDS: Readonly<Record<string, { sql: string; kind?: 'time' | 'flag' }>> = {
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

/** These speak of one feedback, or one metadata entry: `and(eq(feedback_key, …), gt(feedback_score, …))`. */
const PAIRS: Readonly<
  Record<string, { table: string; columns: Readonly<Record<string, string>> }>
> = {
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
};

/** Turns a filter expression into a condition on runs. @throws {Refusal} 400 for what is not supported. */
export function runCondition(call: Call): SqlCondition {
  if (call.name === 'and' || call.name === 'or') return combine(call);
  if (call.name === 'not') {
    const inner = runCondition(calls(call)[0] ?? call);
    return { sql: `not coalesce(${inner.sql}, false)`, values: inner.values };
  }
  if (call.name === 'has') return has(call);
  const pair = pairOf(call);
  return pair ? exists(pair, [call]) : comparison(call, (field) => own(FIELDS, field));
}

function combine(call: Call): SqlCondition {
  const parts = calls(call);
  if (parts.length === 0) throw unsupported(`the filter ${call.name}()`);
  const conditions = together(call.name === 'and' ? parts : []).concat(
    (call.name === 'and' ? parts.filter((part) => !pairOf(part)) : parts).map(runCondition),
  );
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(` ${call.name} `)})`,
    values: conditions.flatMap(({ values }) => values),
  };
}

/** Within one `and`, comparisons of a feedback's fields are about the same feedback. */
function together(parts: readonly Call[]): SqlCondition[] {
  return Object.keys(PAIRS).flatMap((pair) => {
    const about = parts.filter((part) => pairOf(part) === pair);
    return about.length === 0 ? [] : [exists(pair, about)];
  });
}

function pairOf(call: Call): string | undefined {
  const [first] = call.operands;
  if (!first || !('field' in first)) return undefined;
  return Object.keys(PAIRS).find((pair) => Object.hasOwn(PAIRS[pair]?.columns ?? {}, first.field));
}

function exists(pair: string, about: readonly Call[]): SqlCondition {
  const { table = '', columns = {} } = PAIRS[pair] ?? {};
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

function comparison(
  { name, operands }: Call,
  find: (field: string) => { sql: string; kind?: 'time' | 'flag' } | undefined,
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

/** `has(tags, "x")`, `has(metadata, '{"key": "value"}')`. */
function has({ operands }: Call): SqlCondition {
  const [left, right] = operands;
  const wanted = right && 'literal' in right ? right.literal : undefined;
  if (!left || !('field' in left) || typeof wanted !== 'string') throw unsupported('this has()');
  if (left.field === 'tags') {
    return {
      sql: `exists (select 1 from json_each(r.tags) t where t.value = ?)`,
      values: [wanted],
    };
  }
  const entries = left.field === 'metadata' ? readEntries(wanted) : undefined;
  if (!entries) throw unsupported(`the filter has(${left.field}, …)`);
  return {
    sql: `(${entries
      .map(
        () =>
          `exists (select 1 from json_each(r.extra, '$.metadata') m where m.key = ? and m.value is ?)`,
      )
      .join(' and ')})`,
    values: entries.flat(),
  };
}

function readEntries(text: string): [string, Value][] | undefined {
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

function bind(operand: Operand, kind: 'time' | 'flag' | undefined): Value {
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
