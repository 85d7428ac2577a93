import type { Row } from '../../input/row.js';
import { type JsonObject, setKey } from '../../json/value.js';
import { hasKeys } from '../format-kit/members.js';
import { feedbackOf, type RecordReader } from '../format-kit/reader.js';
import { mostRecords, readEach } from '../format-kit/rows.js';
import { readLooseUsage } from '../format-kit/usage.js';
import { readCell, readScore } from '../format-kit/values.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

/** `annotation_correctness_score`. */
const ANNOTATION =
  /^annotation_(.+)_(label|score|explanation|metadata|annotator_kind|trace_id|error|start_time|end_time)$/s;

/**
 * An experiment downloaded from Phoenix, as JSON or CSV.
 *
 * @see https://github.com/Arize-ai/phoenix, src/phoenix/server/api/routers/v1/experiments.py
 */
export const phoenix: Format = {
  name: 'phoenix',
  title: 'Phoenix experiment',
  files: 'experiment .json, .csv',
  reads: 'a row per example and repetition, a score per annotation',
  recognise(sample) {
    const names = ['example_id', 'repetition_number'];
    const { kind, columns } = sample;
    const isTable =
      [...names, 'input', 'output'].every((name) => columns.includes(name)) &&
      columns.some((name) => ANNOTATION.test(name) || name === 'reference_output');
    const isList = mostRecords(sample, (row) => hasKeys(row, [...names, 'annotations']));
    if (kind === 'table' ? !isTable : !isList) return undefined;
    const subject = kind === 'table' ? 'columns' : 'rows have';
    return { why: `${subject} example_id, repetition_number and annotations`, rows: readRows };
  },
};

function readRows({ records }: ResultsFile): AsyncIterable<FormatRow> {
  const read = (record: RecordReader, { shape }: Row) => {
    if (shape === 'columns') record.rewrite(readCells(record.record));
    return { value: readRun(record) };
  };
  const isRun = (record: JsonObject) => hasKeys(record, 'example_id');
  return readEach(records, 'a run of Phoenix with example_id', read, isRun);
}

/** `example_id` and `repetition_number` are kept in metadata: without `--identity id`, nothing else tells them. */
function readRun(record: RecordReader): JsonObject {
  const error = record.take('error');
  return {
    id: record.record.example_id ?? null,
    inputs: record.take('input') ?? { input: null },
    reference_outputs: record.take('reference_output'),
    outputs: record.take('output') ?? (error === null ? { output: null } : null),
    error,
    start_time: record.take('start_time'),
    end_time: record.take('end_time'),
    latency_ms: record.number('latency_ms') ?? null,
    feedback: record.items('annotations').map((one) => feedbackOf(one, readAnnotation)),
    metadata: readLooseUsage(record),
  };
}

/** An annotator that failed gave no score; what it says of itself is kept next to it. */
function readAnnotation(annotation: RecordReader): JsonObject {
  const error = annotation.text('error');
  const [score, label] = [annotation.take('score'), annotation.take('label')];
  return {
    key: annotation.text('name') ?? 'annotation',
    score: error === undefined ? score : null,
    value: error === undefined ? label : null,
    comment: error ?? annotation.text('explanation') ?? null,
  };
}

const TEXTS = new Set(['example_id', 'error', 'start_time', 'end_time', 'trace_id']);
const NUMBERS = /^(?:.*_count|latency_ms|repetition_number)$/;

/** Makes of a table’s cells what the JSON has: objects, numbers, and a list of annotations. */
function readCells(cells: JsonObject): JsonObject {
  const record: JsonObject = {};
  const annotations = new Map<string, JsonObject>();
  for (const column of Object.keys(cells)) {
    const text = String(cells[column] ?? '');
    if (text === '') continue;
    const [, name, part] = ANNOTATION.exec(column) ?? [];
    if (name !== undefined && part !== undefined) {
      const annotation = annotations.get(name) ?? { name };
      annotation[part] =
        part === 'score' ? readScore(text) : part === 'metadata' ? readCell(text) : text;
      annotations.set(name, annotation);
    } else if (NUMBERS.test(column)) setKey(record, column, readScore(text));
    else setKey(record, column, TEXTS.has(column) ? text : readCell(text));
  }
  return { ...record, annotations: [...annotations.values()] };
}
