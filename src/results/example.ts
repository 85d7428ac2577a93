import { z } from 'zod';
import type { Row } from '../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../json/value.js';
import { nestColumns } from './columns.js';
import { describeFound, shorten } from './found.js';
import type { FieldProblem } from './parse.js';
import { ROW_FIELDS } from './result.js';
import { object, payload, texts } from './run-fields.js';
import { splitOff } from './splits.js';

/** A checked row that says what an example is, and nothing of a run. */
export interface ReadExample {
  readonly inputs: JsonObject;
  readonly referenceOutputs: JsonObject | undefined;
  readonly metadata: JsonObject | undefined;
  readonly split: readonly string[] | undefined;
  /** Fields that are not of an example, such as scores. */
  readonly leftOut: readonly string[];
}

export type CheckedExample =
  | { readonly example: ReadExample }
  | { readonly problems: readonly FieldProblem[] };

const fields = z.object({
  inputs: payload('input'),
  outputs: payload('output'),
  reference_outputs: payload('output'),
  metadata: object,
  example_metadata: object,
  split: texts,
});
const USED = new Set(Object.keys(fields.shape));
/** What LangSmith says of an example beside its content: the server makes it anew. */
const OF_THE_SERVER = new Set([
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
 * reference in `reference_outputs`. Fields of no known name go into its metadata.
 */
export function checkExample(row: Row): CheckedExample {
  if (row.problem !== undefined) return { problems: [{ message: row.problem }] };
  if (!isJsonObject(row.value)) {
    return { problems: [{ message: `found ${describeFound(row.value)}, expected an object` }] };
  }
  const { value, problems } =
    row.shape === 'columns' ? nestColumns(row.value) : { value: row.value, problems: [] };
  if (problems.length > 0) return { problems };

  const parsed = fields.safeParse(value);
  if (!parsed.success) return { problems: parsed.error.issues.map(toProblem) };
  const { inputs, outputs, split } = parsed.data;
  if (inputs === undefined) {
    return { problems: [{ field: 'inputs', message: 'is missing; expected an object' }] };
  }
  const { metadata, splits, leftOut } = gather(
    value,
    parsed.data.example_metadata ?? parsed.data.metadata,
  );
  return {
    example: {
      inputs,
      referenceOutputs: parsed.data.reference_outputs ?? outputs,
      metadata: Object.keys(metadata).length > 0 ? metadata : undefined,
      split: split ?? splits,
      leftOut,
    },
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
  for (const key of Object.keys(own)) setKey(metadata, key, own[key] as JsonValue);

  const { metadata: rest, split } = splitOff(metadata);
  return { metadata: rest, leftOut, splits: split.length > 0 ? split : undefined };
}

function toProblem({ path, message }: { path: PropertyKey[]; message: string }): FieldProblem {
  const name = path.map((part) => shorten(String(part))).join('.');
  return { ...(name !== '' && { field: name }), message };
}
