import type { Sample } from '../../../input/sample.js';
import { type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { hasKeys } from '../../format-kit/members.js';
import type { RecordReader } from '../../format-kit/reader.js';
import { mostRecords, readEach } from '../../format-kit/rows.js';
import { isFiniteNumber, readCell, readScore } from '../../format-kit/values.js';
import type { Reading } from '../format.js';
import { takeTrace } from './outcome.js';

/** Columns that the table of traces has in the app, whatever else is exported. */
const COLUMNS = ['id', 'timestamp', 'input', 'output', 'latency', 'totalCost', 'observationCount'];

/** The table of traces as the app exports it: scores are columns of their own, each with a list of values. */
export function recogniseTable(sample: Sample): Reading | undefined {
  const isTable = COLUMNS.every((name) => sample.columns.includes(name));
  if (!isTable && !mostRecords(sample, (record) => hasKeys(record, COLUMNS))) return undefined;
  return {
    why: 'traces have totalCost, observationCount and a list of each score',
    rows: ({ records }) =>
      readEach(records, 'a trace of Langfuse', (trace, { shape }) => {
        if (shape === 'columns') trace.rewrite(readCells(trace.record));
        return { value: readTrace(trace) };
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

function readTrace(trace: RecordReader): JsonObject {
  return {
    ...takeTrace(trace),
    feedback: trace.left().flatMap((name) => takeColumn(trace, name)),
  };
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
