import type { Sample } from '../../input/row.js';
import { type JsonObject, type JsonValue, setKey } from '../../json/value.js';
import {
  hasKeys,
  hasMembers,
  known,
  listAt,
  memberAt,
  objectAt,
  textAt,
} from '../format-kit/members.js';
import { nameExperiments, splitModel } from '../format-kit/model.js';
import { RecordReader } from '../format-kit/reader.js';
import { mostRecords, readEach, readingOf, summaryOf } from '../format-kit/rows.js';
import { takeScores } from '../format-kit/score-list.js';
import { nestSpans } from '../format-kit/tree.js';
import { readLooseUsage } from '../format-kit/usage.js';
import { isFiniteNumber, readCell, readScore } from '../format-kit/values.js';
import type { Format, Reading, SummaryScores } from './format.js';

/** What Langfuse gives of experiments and traces. @see https://langfuse.com/docs/api-and-data-platform */
export const langfuse: Format = {
  name: 'langfuse',
  title: 'Langfuse experiments and traces',
  files: 'API answers, exported traces, run_experiment() results (.json, .jsonl, .csv)',
  reads: 'a row per experiment item or trace with its scores, observations as child runs',
  recognise: (sample) =>
    recogniseItems(sample) ??
    recogniseResults(sample) ??
    recogniseTraces(sample) ??
    recogniseTable(sample),
};

/** Items of experiments, which the API also calls dataset runs. @see https://api.reference.langfuse.com/#tag/experiments */
function recogniseItems(sample: Sample): Reading | undefined {
  const nameOf = nameExperiments();
  return readingOf(sample, {
    why: 'items have traceId, experimentItemId or datasetItemId, and output',
    members: ['data'],
    is: isItem,
    expected: 'an experiment item of Langfuse with traceId and output',
    read(item) {
      const name = textAt(item.record, 'experimentName') ?? textAt(item.record, 'datasetRunName');
      const id = textAt(item.record, 'experimentId') ?? textAt(item.record, 'datasetRunId') ?? name;
      const experiment = id === undefined ? {} : { experiment: nameOf(id, name ?? id) };
      return { value: readItem(item), ...experiment };
    },
  });
}

function isItem(record: JsonObject): boolean {
  const isOfExperiment = ['experimentItemId', 'datasetItemId'].some((id) => hasMembers(record, id));
  return isOfExperiment && hasMembers(record, 'traceId') && hasKeys(record, 'output');
}

function readItem(item: RecordReader): JsonObject {
  item.merge('metadata');
  return {
    id: item.take('experimentItemId', 'datasetItemId'),
    inputs: item.take('input') ?? { input: null },
    reference_outputs: item.take('expectedOutput'),
    ...readOutcome(item),
    start_time: item.take('startTime'),
    end_time: item.take('endTime'),
    ...takeLatency(item),
    feedback: takeScores(item, 'scores'),
    metadata: readLooseUsage(item),
  };
}

/** Results of the SDKs' `run_experiment()`, in Python's spelling or JavaScript's. */
function recogniseResults(sample: Sample): Reading | undefined {
  const { document } = sample;
  const name = textAt(document, 'run_name') ?? textAt(document, 'runName');
  const reading = readingOf(sample, {
    why: 'results have item, output, evaluations and a trace',
    members: ['item_results', 'itemResults'],
    is: isResult,
    expected: 'a result of run_experiment() with item, output and evaluations',
    read: (result) => ({ value: readResult(result), ...(name && { experiment: name }) }),
  });
  if (!reading) return undefined;
  return {
    ...reading,
    async *rows(file) {
      yield* reading.rows(file);
      yield* summaryOf(readSummary(new RecordReader(file.header)), name);
    },
  };
}

function isResult(record: JsonObject): boolean {
  const hasTrace = hasKeys(record, 'trace_id') || hasKeys(record, 'traceId');
  return (
    hasTrace &&
    hasKeys(record, 'output') &&
    listAt(record, 'evaluations') !== undefined &&
    (objectAt(record, 'item') !== undefined || hasKeys(record, 'input'))
  );
}

/** JavaScript's has the item's input and expected output once more, next to it. */
function readResult(result: RecordReader): JsonObject {
  const item = result.open('item');
  const input = item.take('input');
  const expected = item.take('expected_output', 'expectedOutput');
  result.leaveOutCopy('input', input);
  result.leaveOutCopy('expectedOutput', expected);
  return {
    id: item.take('id'),
    inputs: input ?? result.take('input') ?? { input: null },
    reference_outputs: expected ?? result.take('expectedOutput'),
    outputs: result.take('output') ?? { output: null },
    feedback: takeScores(result, 'evaluations'),
  };
}

function readSummary(header: RecordReader): SummaryScores['scores'] {
  const scores = ['run_evaluations', 'runEvaluations'].flatMap((name) => takeScores(header, name));
  return scores.map(({ key, score, value, comment }) => ({
    key: String(key),
    score: score ?? value ?? null,
    ...(typeof comment === 'string' && { comment }),
  }));
}

const RUN_TYPES = new Map<unknown, string>([
  ['GENERATION', 'llm'],
  ['TOOL', 'tool'],
  ['RETRIEVER', 'retriever'],
  ['EMBEDDING', 'embedding'],
]);

/** Traces as the API gives them, and as they are downloaded one by one: `{trace, observations}`. */
function recogniseTraces(sample: Sample): Reading | undefined {
  return readingOf(sample, {
    why: 'traces have htmlPath, timestamp, observations and scores',
    members: ['data'],
    is: (record) => isTrace(record) || isDownload(record),
    expected: 'a trace of Langfuse with observations',
    read: (record) => {
      if (isTrace(record.record)) return { value: readTrace(record, record) };
      return { value: readTrace(record.merge('trace'), record) };
    },
  });
}

function isTrace(record: JsonObject): boolean {
  return (
    hasMembers(record, 'htmlPath', 'timestamp') &&
    hasKeys(record, 'input', 'output') &&
    listAt(record, 'observations') !== undefined
  );
}

function isDownload({ trace = null, observations = null }: JsonObject): boolean {
  return (
    hasMembers(trace, 'id', 'timestamp', 'projectId') &&
    hasKeys(trace, 'input', 'output') &&
    Array.isArray(observations)
  );
}

/** @param whole holds the trace's observations. Scores and observations may be given by their ids alone: those stay. */
function readTrace(trace: RecordReader, whole: RecordReader): JsonObject {
  const names = { id: 'id', parent: 'parentObservationId' };
  const child_runs = nestSpans(whole.items('observations'), names, readSpan);
  return {
    ...takeTrace(trace),
    ...(child_runs.length > 0 && { run_type: 'chain' }),
    feedback: takeScores(trace, 'scores'),
    child_runs,
  };
}

function readSpan(span: RecordReader): JsonObject {
  const { type } = span.record;
  return {
    name: span.text('name') ?? null,
    run_type: RUN_TYPES.get(type) ?? 'chain',
    inputs: span.take('input'),
    ...readOutcome(span),
    start_time: span.take('startTime'),
    end_time: span.take('endTime'),
    metadata: { ...splitModel(span.text('model', 'providedModelName')), ...readLooseUsage(span) },
  };
}

/** Columns that the table of traces has in the app, whatever else is exported. */
const COLUMNS = ['id', 'timestamp', 'input', 'output', 'latency', 'totalCost', 'observationCount'];

/** The table of traces as the app exports it: scores are columns of their own, each with a list of values. */
function recogniseTable(sample: Sample): Reading | undefined {
  const isTable = COLUMNS.every((name) => sample.columns.includes(name));
  if (!isTable && !mostRecords(sample, (record) => hasKeys(record, COLUMNS))) return undefined;
  return {
    why: 'traces have totalCost, observationCount and a list of each score',
    rows: ({ records }) =>
      readEach(records, 'a trace of Langfuse', (trace, { shape }) => {
        if (shape === 'columns') trace.rewrite(readCells(trace.record));
        return { value: readTableTrace(trace) };
      }),
  };
}

/** Cells hold objects and lists as JSON; an empty one is absent. */
function readCells(cells: JsonObject): JsonObject {
  const trace: JsonObject = {};
  for (const name of Object.keys(cells)) {
    const text = String(cells[name] ?? '');
    if (text !== '') setKey(trace, name, readCell(text));
  }
  return trace;
}

function readTableTrace(trace: RecordReader): JsonObject {
  return { ...takeTrace(trace), feedback: trace.left().flatMap((name) => takeColumn(trace, name)) };
}

/** A score that was given more than once has several values; a category is text. */
function takeColumn(trace: RecordReader, key: string): JsonObject[] {
  const values = trace.record[key];
  if (!Array.isArray(values) || !values.every(isScore)) return [];
  trace.leaveOut(key);
  return values.map((value) => ({ key, score: readScore(value) }));
}

function isScore(value: JsonValue): boolean {
  return isFiniteNumber(value) || typeof value === 'string' || typeof value === 'boolean';
}

/** What came out of an item, a trace or an observation: its level tells whether it failed. */
function readOutcome(record: RecordReader): JsonObject {
  const output = record.take('output');
  if (memberAt(record.record, 'level') !== 'ERROR') return { outputs: output ?? { output: null } };
  return { outputs: output, error: record.text('statusMessage') ?? 'the level is ERROR' };
}

/** Seconds that it took. What was not asked for, the API gives as -1. */
function takeLatency(record: RecordReader): JsonObject {
  const latency = readScore(record.record.latency);
  const isTold = isFiniteNumber(latency) && Number(latency) >= 0;
  return known({ latency: isTold ? record.figure('latency') : undefined });
}

/** What every trace says of itself, whoever wrote it down. */
function takeTrace(trace: RecordReader): JsonObject {
  trace.merge('metadata');
  return {
    id: trace.take('id'),
    name: trace.text('name') ?? null,
    inputs: trace.take('input') ?? { input: null },
    ...readOutcome(trace),
    start_time: trace.take('timestamp'),
    ...takeLatency(trace),
    tags: trace.texts('tags'),
    metadata: readLooseUsage(trace),
  };
}
