import type { Sample } from '../../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { isUuid } from '../../../uuid.js';
import { readScalar } from '../../columns.js';
import {
  hasKeys,
  hasMembers,
  listAt,
  memberAt,
  objectAt,
  textAt,
} from '../../format-kit/members.js';
import { nameExperiments } from '../../format-kit/model.js';
import { type FlatSample, flatten, PANDAS_INDEX, readFlat } from '../../format-kit/pandas.js';
import { RecordReader } from '../../format-kit/reader.js';
import { findRecords, type ReadRecord, readEach, summaryOf } from '../../format-kit/rows.js';
import { readCell } from '../../format-kit/values.js';
import type { Format, FormatRow, Reading, ResultsFile, SummaryScores } from '../format.js';
import { readAnswered } from './answered.js';
import { readResults } from './run.js';

/** Python's spelling, and JavaScript's. */
const RESULTS = ['evaluation_results', 'evaluationResults'];
const SUMMARIES = ['summary_results', 'summaryResults'];

/**
 * What the SDKs' `evaluate()` and `get_test_results()` give, dumped as objects or as a table, and what LangChain's
 * `run_on_dataset()` gave before.
 *
 * @see https://github.com/langchain-ai/langsmith-sdk, python/langsmith/evaluation/_runner.py
 */
export const langsmithEvaluate: Format = {
  name: 'langsmith-evaluate',
  title: 'LangSmith evaluation results',
  files: '*.csv, *.json, *.jsonl',
  reads: 'a row per example, a score per evaluator, the example’s outputs as the reference',
  recognise(sample) {
    const table = tableOf(sample);
    if (table) return readTable(table);
    return rowsOf(sample) ?? testResultsOf(sample);
  },
};

function rowsOf(sample: Sample): Reading | undefined {
  const place = findRecords(sample, isRow, ['results', ...Object.keys(sample.document)]);
  return (
    place && { ...place, why: 'rows have run, example and evaluation_results', rows: readRows }
  );
}

function isRow(record: JsonObject): boolean {
  const hasResults = RESULTS.some((name) => memberAt(record, name) !== undefined);
  return hasMembers(objectAt(record, 'run'), 'id') && (hasMembers(record, 'example') || hasResults);
}

async function* readRows({ header, records }: ResultsFile): AsyncGenerator<FormatRow> {
  const nameOf = nameExperiments();
  const expected = 'a run and its example';
  yield* readEach(
    records,
    expected,
    (record, { origin }) => {
      const results = RESULTS.find((name) => memberAt(record.record, name) !== undefined);
      const stated = results === undefined ? [] : readResults(openResults(record, results));
      const run = record.object('run') ?? {};
      return readAnswered(run, record.open('example'), { origin, nameOf, stated });
    },
    (record) => objectAt(record, 'run') !== undefined,
  );
  yield* summaryOf(SUMMARIES.flatMap((name) => summariesIn(memberAt(header, name))));
}

/** `{results: […]}`, or the list alone. */
function openResults(record: RecordReader, name: string): RecordReader {
  const list = record.list(name);
  return list ? record.join({ results: list }) : record.open(name);
}

function summariesIn(given: JsonValue | undefined): SummaryScores['scores'] {
  const results = new RecordReader(Array.isArray(given) ? { results: given } : given);
  return readResults(results).flatMap(({ key, score, value, comment }) => {
    const figure = score ?? value ?? null;
    if (typeof key !== 'string' || figure === null || isJsonObject(figure)) return [];
    return [{ key, score: figure, ...(typeof comment === 'string' && { comment }) }];
  });
}

/** Where a column of the SDKs' tables goes; what follows the first dot is a key, dots and all. */
const ROLES: readonly (readonly [role: Role, columns: RegExp])[] = [
  // `input.` is what get_test_results() writes, `inputs.` what to_pandas() does.
  ['inputs', /^inputs?\.(.+)$/s],
  // LangChain's to_dataframe() writes output and reference alone where they are no objects.
  ['outputs', /^outputs\.(.+)$|^(output)$/s],
  ['reference', /^reference\.(.+)$|^(reference)$/s],
  ['feedback', /^feedback\.(.+)$/s],
];
type Role = 'inputs' | 'outputs' | 'reference' | 'feedback';

/** Lists and objects that pandas wrote into cells as Python prints them. */
const PRINTED = /^\s*\[?\{'/;
const STAYS_TEXT =
  'cells with what Python prints, such as {\'a\': 1}, stay text: to_json(orient="records") would keep what is in them';

/** Columns by which users tell experiments apart whose tables they have joined. */
const LABELS = ['experiment', 'experiment_name', 'project_name', 'session_name'];

/** A table of the SDKs, and what its columns are. */
interface EvaluationTable {
  readonly flat: FlatSample;
  readonly label: string | undefined;
}

interface ColumnTarget {
  readonly role: Role;
  readonly key: string;
}

function placeOf(column: string): ColumnTarget | undefined {
  for (const [role, pattern] of ROLES) {
    const [, ...keys] = pattern.exec(column) ?? [];
    const key = keys.find((one) => one !== undefined);
    if (key !== undefined) return { role, key };
  }
  return undefined;
}

/** Recognises a table by its columns; a table of our own names its columns in the same way, but for a few of them. */
function tableOf(sample: Sample): EvaluationTable | undefined {
  const flat = flatten(sample);
  const { columns } = flat;
  const roles = new Set(columns.flatMap((column) => placeOf(column)?.role ?? []));
  const isOthers =
    columns.includes('execution_time') ||
    columns.some((name) => name.startsWith('reference.') || name.startsWith('input.'));
  const stated = [
    columns.includes('execution_time'),
    roles.has('feedback'),
    roles.has('reference'),
  ];
  const hasAnswers = roles.has('outputs') || columns.includes('error');
  if (!isOthers || !roles.has('inputs') || !hasAnswers || !stated.some(Boolean)) return undefined;
  return { flat, label: LABELS.find((name) => columns.includes(name)) };
}

function readTable(table: EvaluationTable): Reading {
  const { flat } = table;
  const { recordsAt, columns } = flat;
  const shown = columns.filter((name) => placeOf(name) !== undefined).slice(0, 3);
  const isPrinted = (cell: JsonValue) => typeof cell === 'string' && PRINTED.test(cell);
  const hasPrinted = flat.rows.some((row) => Object.values(row).some(isPrinted));
  return {
    assumptions: hasPrinted ? [STAYS_TEXT] : [],
    why: `it has columns ${shown.join(', ')}${columns.includes('execution_time') ? ', execution_time' : ''}`,
    recordsAt,
    rows: (file) => readFlat(file, flat, (record) => readRow(record, table)),
  };
}

function readRow(record: RecordReader, { flat, label }: EvaluationTable): ReadRecord {
  const isText = flat.orient === 'csv';
  const parts: Record<Role, JsonObject> = { inputs: {}, outputs: {}, reference: {}, feedback: {} };
  for (const name of record.left()) {
    const place = placeOf(name);
    const cell = place && record.take(name);
    if (!place || cell === null || cell === '' || cell === undefined) continue;
    const value = isText && typeof cell === 'string' ? readPart(place.role, cell) : cell;
    setKey(parts[place.role], place.key, value ?? null);
  }
  const index = record.left().find((name) => PANDAS_INDEX.test(name));
  const indexed = index === undefined ? null : (record.record[index] ?? null);
  const isExample = typeof indexed === 'string' && isUuid(indexed);
  if (index !== undefined) record.leaveOut(index);
  const experiment = label === undefined ? undefined : record.text(label);
  const value = {
    id: record.text('id') ?? record.text('run_id') ?? null,
    example_id: record.text('example_id') ?? (isExample ? indexed : null),
    inputs: parts.inputs,
    outputs: orNull(parts.outputs),
    reference_outputs: orNull(parts.reference),
    error: record.text('error') ?? null,
    latency: record.figure('execution_time') ?? null,
    scores: parts.feedback,
  };
  record.leaveOut(record.left().filter((name) => record.record[name] === ''));
  return { value, ...(experiment !== undefined && { experiment }) };
}

function readPart(role: Role, cell: string): JsonValue | undefined {
  return role === 'feedback' ? readScalar(cell) : readCell(cell);
}

function orNull(object: JsonObject): JsonObject | null {
  return Object.keys(object).length > 0 ? object : null;
}

/**
 * What LangChain's `run_on_dataset()` gave: results by the id of their example.
 *
 * @see https://python.langchain.com/api_reference/langchain/smith/langchain.smith.evaluation.runner_utils.TestResult.html
 */
function testResultsOf(sample: Sample): Reading | undefined {
  const place = findRecords(sample, isResult, ['results', '*']);
  if (!place?.recordsAt) return undefined;
  return {
    ...place,
    why: 'results by example have input, output and feedback',
    rows: ({ header, records }) =>
      readEach(records, 'a result', (record, { path = [] }) => {
        const exampleId = String(path.at(-1));
        return {
          value: readResult(record, exampleId),
          experiment: textAt(header, 'project_name') ?? '',
        };
      }),
  };
}

function isResult(record: JsonObject): boolean {
  return (
    hasKeys(record, 'input') &&
    listAt(record, 'feedback') !== undefined &&
    ['output', 'Error', 'execution_time'].some((name) => Object.hasOwn(record, name))
  );
}

function readResult(record: RecordReader, exampleId: string): JsonObject {
  const feedback = readResults(record.join({ results: record.list('feedback') ?? [] }));
  return {
    id: record.text('run_id') ?? null,
    example_id: isUuid(exampleId) ? exampleId : null,
    inputs: record.take('input'),
    outputs: record.take('output'),
    reference_outputs: record.take('reference'),
    error: record.text('Error') ?? record.text('error') ?? null,
    latency: record.figure('execution_time') ?? null,
    feedback,
  };
}
