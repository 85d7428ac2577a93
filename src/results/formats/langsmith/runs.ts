import type { Row, Sample } from '../../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { isUuid } from '../../../uuid.js';
import { objectAt, textAt } from '../../format-kit/members.js';
import { findRecords, mostRecords, unexpected } from '../../format-kit/rows.js';
import { readCell } from '../../format-kit/values.js';
import type { Format, FormatRow, Reading } from '../format.js';
import { readTraces } from './trace-rows.js';
import type { FoundRun } from './traces.js';

/** Names by which a run of LangSmith is known; any two will do, as whoever asks may select what the answer has. */
const TELLTALE = [
  ...['trace_id', 'dotted_order', 'parent_run_id', 'parent_run_ids', 'is_root', 'run_type'],
  ...['session_id', 'project_id', 'reference_example_id', 'feedback_stats', 'execution_order'],
  ...['child_run_ids', 'first_token_time', 'app_path', 'trace_tier', 'serialized', 'in_dataset'],
];
/** Names of our own rows, which runs do not have. */
const OURS = [
  ...['scores', 'feedback', 'reference_outputs', 'example_id', 'example_metadata', 'split'],
  ...['latency_ms', '_rejected'],
];
/** What a bulk export, and any table, has as JSON text. */
const JSON_TEXT = new Set([
  ...['inputs', 'outputs', 'extra', 'metadata', 'tags', 'events', 'serialized', 'feedback_stats'],
  ...['parent_run_ids', 'child_run_ids', 'direct_child_run_ids', 'feedbacks', 'child_runs'],
  ...['prompt_token_details', 'completion_token_details'],
  ...['prompt_cost_details', 'completion_cost_details'],
]);
/** What version 2 of the API wraps: `{raw: {cache_read: 3}}`. */
const WRAPPED = /^(?:prompt|completion)_(?:token|cost)_details$/;
const PRINTED_BY_PYTHON = /^\{'/;

/**
 * Runs as `client.list_runs()`, `/runs/query` and bulk exports give them: root runs are rows, those below them child runs.
 *
 * @see https://docs.langchain.com/langsmith/run-data-format
 * @see https://docs.langchain.com/langsmith/data-export
 */
export const langsmithRuns: Format = {
  name: 'langsmith-runs',
  title: 'LangSmith runs',
  files: '*.jsonl, *.json, *.parquet, *.csv',
  reads:
    'a row per root run with the runs below it, an experiment per project, scores from feedback_stats',
  recognise(sample, isAsked) {
    const place = placeOfRuns(sample, isAsked ? isReadable : isRun);
    return place && { ...place, rows: ({ records }) => readTraces(findRuns(records)) };
  },
};

function placeOfRuns(
  sample: Sample,
  is: (record: JsonObject) => boolean,
): Pick<Reading, 'why' | 'recordsAt'> | undefined {
  const { kind, document, columns, rows } = sample;
  if (kind === 'table') {
    const header: JsonObject = {};
    for (const name of columns) setKey(header, name, null);
    return is({ ...header, ...rows[0] }) ? { why: describe(header) } : undefined;
  }
  const place = findRecords(sample, is, Object.keys(document));
  const { recordsAt: [list] = [] } = place ?? {};
  const [run] = list === undefined ? [...rows, document] : objectsIn(document[list]);
  if (place) return { ...place, why: describe(run) };
  return mostRecords(sample, (record) => listOfRuns(record, is) !== undefined)
    ? { why: 'each object holds a list of runs' }
    : undefined;
}

/** Whether it is a run of LangSmith, and no row of our own. */
export function isRun(record: JsonObject): boolean {
  const stated = TELLTALE.filter((name) => Object.hasOwn(record, name));
  return (
    stated.length > 1 && isReadable(record) && !OURS.some((name) => Object.hasOwn(record, name))
  );
}

function isReadable(record: JsonObject): boolean {
  const hasPayload = ['inputs', 'outputs', 'error'].some((name) => Object.hasOwn(record, name));
  return isUuid(textAt(record, 'id') ?? '') && hasPayload;
}

function describe(run: JsonObject = {}): string {
  const [one = 'id', other = 'inputs'] = TELLTALE.filter((name) => Object.hasOwn(run, name));
  return `runs have ${one} and ${other}`;
}

/** The member that is a list of runs, if there is only one: an answer of the API, or what else somebody put them in. */
function listOfRuns(document: JsonObject, is: (record: JsonObject) => boolean): string | undefined {
  const [list, ...others] = Object.keys(document).filter((name) => {
    const objects = objectsIn(document[name]);
    return objects.filter(is).length * 2 > objects.length;
  });
  return others.length === 0 && !Object.hasOwn(document, 'inputs') ? list : undefined;
}

function objectsIn(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** Each record is a run, or an answer of the API that holds some. */
async function* findRuns(
  records: AsyncIterable<Row>,
): AsyncGenerator<FoundRun | Extract<FormatRow, { problem: string }>> {
  for await (const row of records) {
    const { origin, value } = row;
    const list = isJsonObject(value) ? listOfRuns(value, isReadable) : undefined;
    const runs = list !== undefined && isJsonObject(value) ? objectsIn(value[list]) : [value];
    for (const run of runs) {
      const problem = problemOf(run);
      if (!isJsonObject(run) || !isReadable(run))
        yield unexpected({ origin, value: run }, 'a run of LangSmith');
      else if (problem !== undefined) yield { origin, problem };
      else yield { origin, record: plain(run) };
    }
  }
}

function problemOf(run: JsonValue): string | undefined {
  const printed = ['inputs', 'outputs'].find((name) =>
    PRINTED_BY_PYTHON.test(textAt(run, name) ?? ''),
  );
  return printed && `${printed} is what Python prints, not JSON: write runs with json.dumps`;
}

/** The same run without JSON in text, empty cells and wrappers. */
function plain(run: JsonObject): JsonObject {
  const read: JsonObject = {};
  for (const name of Object.keys(run)) {
    const text = run[name] ?? null;
    const value = typeof text === 'string' && JSON_TEXT.has(name) ? readCell(text) : text;
    const isWrapped = WRAPPED.test(name) && objectAt(value, 'raw') !== undefined;
    setKey(read, name, value === '' ? null : isWrapped ? (objectAt(value, 'raw') ?? null) : value);
  }
  return read;
}
