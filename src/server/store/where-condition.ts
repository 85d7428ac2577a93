import type { Compare, Condition, TextField } from '../../experiments/where.js';
import type { SqlCondition } from './runs.js';

/** The experiments that a condition is about. */
export interface WhereSides {
  readonly baselineId: string;
  readonly judgedId: string;
}

/** A condition on words and facts; those on numbers are for whoever has the figures. */
export type WordCondition = Extract<
  Condition,
  { readonly kind: 'text' | 'category' | 'split' | 'metadata' }
>;

/** The root runs of an experiment that answer the example. */
const RUNS = `runs r where r.session_id = ? and r.reference_example_id = e.id and r.parent_run_id is null and r.posted = 1`;

/**
 * Translates a condition on the examples of a comparison. Examples are the rows `e`, each in its last version.
 *
 * @see experiments/where-holds.ts, which says the same of rows in memory: a test holds the two equal.
 */
export function whereCondition(condition: WordCondition, sides: WhereSides): SqlCondition {
  const { judgedId } = sides;
  switch (condition.kind) {
    case 'split':
      return {
        sql: `exists (select 1 from json_each(case json_type(e.metadata, '$.dataset_split')
          when 'array' then e.metadata -> '$.dataset_split'
          when 'text' then json_array(e.metadata ->> '$.dataset_split') else '[]' end) split where split.value = ?)`,
        values: [condition.value],
      };
    case 'category':
      return {
        sql: `exists (select 1 from ${RUNS} and exists (select 1 from feedback f where f.run_id = r.id and f.key = ?
          and f.comparison_id is null and f.value is not null and ${WORD} = ?))`,
        values: [judgedId, condition.key, condition.value],
      };
    case 'metadata':
      return metadataSql(condition.path, condition.compare, condition.value, sides);
    case 'text':
      return textSql(condition.field, condition.text, judgedId);
  }
}

const WORD = `case json_type(f.value) when 'text' then f.value ->> '$' when 'true' then 'true' when 'false' then 'false' else f.value end`;
/** Scores are equal if they are so to the four decimals that are kept. */
const SAME = 5e-5;

/** The condition on an item's value. */
function compareSql(compare: Compare, value: number): SqlCondition {
  const difference = '(item.value - ?)';
  const values = [value];
  switch (compare) {
    case '=':
      return { sql: `abs(${difference}) < ${SAME}`, values };
    case '!=':
      return { sql: `abs(${difference}) >= ${SAME}`, values };
    case '<':
      return { sql: `${difference} <= -${SAME}`, values };
    case '<=':
      return { sql: `${difference} < ${SAME}`, values };
    case '>':
      return { sql: `${difference} >= ${SAME}`, values };
    case '>=':
      return { sql: `${difference} > -${SAME}`, values };
  }
}

/**
 * Of the example; if it has none of that name, of the judged run, then of the baseline's. The + keeps SQLite from walking
 * all runs of an experiment in the order of their start, for each example.
 */
function metadataSql(
  path: readonly string[],
  compare: Compare,
  value: string,
  { baselineId, judgedId }: WhereSides,
): SqlCondition {
  const below = path.map((name) => `.${JSON.stringify(name)}`).join('');
  const [own, ofRun] = [`$${below}`, `$.metadata${below}`];
  const found = (json: string) => `case when json_type(${json}, ?) <> 'null' then ${json} -> ? end`;
  const ofRuns = `(select ${found('r.extra')} from ${RUNS} and json_type(r.extra, '$.metadata') = 'object'
    order by +r.start_time desc, r.id desc limit 1)`;
  const item = itemSql(compare, value);
  return {
    sql: `exists (select 1 from (select coalesce(${found('e.metadata')}, ${ofRuns}, ${ofRuns}) json) found,
      json_each(case json_type(found.json) when 'array' then found.json else json_array(json(found.json)) end) item
      where found.json is not null and ${item.sql})`,
    values: [own, own, ofRun, ofRun, judgedId, ofRun, ofRun, baselineId, ...item.values],
  };
}

/** By size where both are numbers, else by text, of which only `=` and `!=` make sense. */
function itemSql(compare: Compare, typed: string): SqlCondition {
  const isNumber = `item.type in ('integer', 'real')`;
  const text = `case item.type when 'true' then 'true' when 'false' then 'false' else item.value end`;
  const isEqual = compare === '=' ? `${text} = ?` : compare === '!=' ? `${text} <> ?` : 'false';
  const asText = {
    sql: `item.type not in ('object', 'null') and ${isEqual}`,
    values: isEqual === 'false' ? [] : [typed],
  };
  const number = Number(typed);
  if (typed.trim() === '' || !Number.isFinite(number)) return asText;
  const asNumber = compareSql(compare, number);
  return {
    sql: `case when ${isNumber} then ${asNumber.sql} else ${asText.sql} end`,
    values: [...asNumber.values, ...asText.values],
  };
}

/** In texts and numbers, not in their names. */
function textSql(field: TextField | undefined, text: string, judgedId: string): SqlCondition {
  // Words that no number prints as stand in JSON as they are, unless it escapes letters: most rows need no closer look.
  const isPlain = /^[\w .,:;!?+()-]*$/.test(text) && /[a-df-z ]/i.test(text);
  const within = (json: string) => {
    const raw = `(instr(lower(${json}), lower(?)) > 0 or instr(${json}, '\\u') > 0) and `;
    return `(${isPlain ? raw : ''}exists (select 1 from json_tree(${json}) t
      where t.type in ('text', 'integer', 'real') and instr(lower(t.value), lower(?)) > 0))`;
  };
  const wanted = isPlain ? [text, text] : [text];
  const places = {
    input: { sql: within('e.inputs'), values: wanted },
    reference: { sql: `(e.outputs is not null and ${within('e.outputs')})`, values: wanted },
    output: {
      sql: `exists (select 1 from ${RUNS} and r.outputs is not null and ${within('r.outputs')})`,
      values: [judgedId, ...wanted],
    },
  };
  if (field) return places[field];
  const all = Object.values(places);
  return {
    sql: `(${all.map(({ sql }) => sql).join(' or ')})`,
    values: all.flatMap(({ values }) => values),
  };
}
