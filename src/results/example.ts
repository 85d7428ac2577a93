import { z } from 'zod';
import type { Row } from '../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../json/value.js';
import { nestColumns } from './columns.js';
import { describeFound, shorten } from './found.js';
import type { CheckedRow, FieldProblem } from './parse.js';
import { type Result, ROW_FIELDS } from './result.js';
import { object, payload, texts } from './run-fields.js';
import { splitOff } from './splits.js';

const fields = z.object({
  inputs: payload('input'),
  outputs: payload('output'),
  reference_outputs: payload('output'),
  metadata: object,
  example_metadata: object,
  split: texts,
});
/** An example says nothing of a run. */
const NO_RUN = { metadata: {}, feedback: [], tags: [], childRuns: [] } as unknown as Result;
const USED = new Set(Object.keys(fields.shape));
/** What LangSmith says of an example besides its content: the server makes its own. */
export const OF_THE_SERVER = new Set([
  'id',
  'example_id',
  'dataset_id',
  'name',
  'created_at',
  'modified_at',
  'source_run_id',
  'attachment_urls',
]);

/**
 * Reads an example as LangSmith exports it, with its reference in `outputs`, or as a row of results, with its
 * reference in `reference_outputs`. Fields of no known name go into its metadata; what says something of a run, such as
 * scores, is left out and noted.
 */
export function checkExample(row: Row): CheckedRow {
  if (row.problem !== undefined) return { row, problems: [{ message: row.problem }] };
  if (!isJsonObject(row.value)) {
    const message = `found ${describeFound(row.value)}, expected an object`;
    return { row, problems: [{ message }] };
  }
  const { value, problems } =
    row.shape === 'columns' ? nestColumns(row.value) : { value: row.value, problems: [] };
  if (problems.length > 0) return { row, problems };

  const parsed = fields.safeParse(value);
  if (!parsed.success) return { row, problems: parsed.error.issues.map(toProblem) };
  const { inputs, outputs, split } = parsed.data;
  if (inputs === undefined)
    return { row, problems: [{ field: 'inputs', message: 'is missing; expected an object' }] };
  const { metadata, splits, leftOut } = gather(
    value,
    parsed.data.example_metadata ?? parsed.data.metadata,
  );
  const result = {
    ...NO_RUN,
    inputs,
    referenceOutputs: parsed.data.reference_outputs ?? outputs,
    exampleMetadata: Object.keys(metadata).length > 0 ? metadata : undefined,
    split: split ?? (splits && [...splits]),
  };
  return {
    row,
    result,
    notes: leftOut.map((name) => `${name} is left out: it is not part of an example`),
  };
}

/** Metadata with what else the row says of the example; LangSmith keeps splits in there. */
function gather(value: JsonObject, own: JsonObject = {}) {
  const metadata: JsonObject = {};
  const leftOut: string[] = [];
  for (const key of Object.keys(value)) {
    if (USED.has(key) || OF_THE_SERVER.has(key)) continue;
    if (ROW_FIELDS.has(key)) leftOut.push(key);
    else setKey(metadata, key, value[key] as JsonValue);
  }

  const { metadata: rest, split } = splitOff({ ...metadata, ...own });
  return { metadata: rest, leftOut, splits: split.length > 0 ? split : undefined };
}

function toProblem({ path, message }: { path: PropertyKey[]; message: string }): FieldProblem {
  const name = path.map((part) => shorten(String(part))).join('.');
  return { ...(name !== '' && { field: name }), message };
}
