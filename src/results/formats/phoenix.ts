import type { Row } from '../../input/row.js';
import type { Sample } from '../../input/sample.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../json/value.js';
import { known, listAt, memberAt, textAt } from '../format-kit/members.js';
import { addMetadata, without } from '../format-kit/reader.js';
import { mostRecords, readEach } from '../format-kit/rows.js';
import { isFiniteNumber, readCell, readScore } from '../format-kit/values.js';
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
    const why = tell(sample);
    return why === undefined ? undefined : { why, rows: readRows };
  },
};

function tell(sample: Sample): string | undefined {
  const names = ['example_id', 'repetition_number'];
  const { kind, columns } = sample;
  if (kind === 'table') {
    const isExperiment =
      [...names, 'input', 'output'].every((name) => columns.includes(name)) &&
      columns.some((name) => ANNOTATION.test(name) || name === 'reference_output');
    return isExperiment ? 'columns example_id, repetition_number and annotations' : undefined;
  }
  const isRun = (row: JsonObject) =>
    [...names, 'annotations'].every((name) => Object.hasOwn(row, name));
  return mostRecords(sample, isRun)
    ? 'rows have example_id, repetition_number and annotations'
    : undefined;
}

function readRows({ records }: ResultsFile): AsyncIterable<FormatRow> {
  const read = (record: JsonObject, { shape }: Row) => ({
    value: readRun(shape === 'columns' ? readCells(record) : record),
  });
  const isRun = (record: JsonObject) => Object.hasOwn(record, 'example_id');
  return readEach(records, 'a run of Phoenix with example_id', read, isRun);
}

function readRun(record: JsonObject): JsonObject {
  const error = memberAt(record, 'error');
  const latency = memberAt(record, 'latency_ms');
  const usage = {
    ...count('input_tokens', memberAt(record, 'prompt_token_count')),
    ...count('output_tokens', memberAt(record, 'completion_token_count')),
  };
  const metadata: JsonObject = known({ usage_metadata: usage });
  addMetadata(metadata, without(record, ...TOLD_ELSEWHERE));
  return {
    id: record.example_id ?? null,
    inputs: record.input ?? { input: null },
    reference_outputs: record.reference_output ?? null,
    outputs: record.output ?? (error === undefined ? { output: null } : null),
    error: error ?? null,
    start_time: record.start_time ?? null,
    end_time: record.end_time ?? null,
    latency_ms: isFiniteNumber(latency) ? latency : null,
    feedback: (listAt(record, 'annotations') ?? []).filter(isJsonObject).map(readAnnotation),
    metadata,
  };
}

function count(kind: string, value: JsonValue | undefined): JsonObject {
  return isFiniteNumber(value) ? { [kind]: value } : {};
}

/** An annotator that failed gave no score; what it says of itself is kept beside. */
function readAnnotation(annotation: JsonObject): JsonObject {
  const error = textAt(annotation, 'error');
  return {
    ...without(annotation, 'name', 'label', 'score', 'explanation', 'error'),
    key: textAt(annotation, 'name') ?? 'annotation',
    score: error === undefined ? (annotation.score ?? null) : null,
    value: error === undefined ? (annotation.label ?? null) : null,
    comment: error ?? textAt(annotation, 'explanation') ?? null,
  };
}

/** `example_id` and `repetition_number` are kept in metadata: without `--identity id`, nothing else tells them. */
const TOLD_ELSEWHERE = [
  'input',
  'reference_output',
  'output',
  'error',
  'latency_ms',
  'start_time',
  'end_time',
  'prompt_token_count',
  'completion_token_count',
  'annotations',
];

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
