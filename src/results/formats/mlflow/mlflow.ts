import { type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { known } from '../../format-kit/members.js';
import { type FlatSample, flatten, readFlat } from '../../format-kit/pandas.js';
import type { RecordReader } from '../../format-kit/reader.js';
import { readCell, readScore } from '../../format-kit/values.js';
import type { Format, Reading } from '../format.js';
import { hasTraces, readTrace } from './traces.js';

/** `toxicity/v1/score`; what a judge says of it is beside it. @see https://mlflow.org/docs, mlflow.evaluate */
const SCORE = /^(.+)\/v\d+\/score$/s;

/** The table of results of `mlflow.evaluate()` as pandas prints it, and the traces of `mlflow.genai.evaluate()`. */
export const mlflow: Format = {
  name: 'mlflow',
  title: 'MLflow evaluation',
  files: 'eval_results_table.json, .csv',
  reads: 'a row per evaluated input or trace, a score per metric or assessment',
  recognise(sample) {
    const flat = flatten(sample);
    const score = flat.columns.find((name) => SCORE.test(name));
    if (score !== undefined) return readingOf(flat, `it has a column ${score}`, readRow);
    if (!hasTraces(flat)) return undefined;
    return readingOf(flat, 'rows have trace_id, request, response and assessments', readTrace);
  },
};

function readingOf(
  flat: FlatSample,
  why: string,
  read: (record: RecordReader, flat: FlatSample) => JsonObject,
): Reading {
  const { recordsAt } = flat;
  return {
    why,
    recordsAt,
    assumptions: flat.columns.includes('latency') ? ['latency is in seconds'] : [],
    rows: (file) => readFlat(file, flat, (record) => ({ value: read(record, flat) })),
  };
}

const INPUTS = ['inputs', 'input'];
const REFERENCE = ['ground_truth', 'targets', 'target'];
const OUTPUTS = ['outputs', 'predictions', 'prediction', 'output'];

/** Without a column of inputs, all columns that are nothing else are features, which the model was given. */
function readRow(record: RecordReader, { columns, orient }: FlatSample): JsonObject {
  const content = (value: JsonValue) =>
    orient === 'csv' && typeof value === 'string' ? readCell(value) : value;
  const take = (names: readonly string[]) => {
    const name = names.find((one) => columns.includes(one));
    return name === undefined ? undefined : content(record.take(name));
  };
  const input = take(INPUTS);
  const output = take(OUTPUTS);
  const reference = take(REFERENCE);
  const tokens = record.figure('token_count');
  const latency = record.figure('latency');
  const feedback = columns
    .filter((name) => SCORE.test(name))
    .map((name) => ({
      key: SCORE.exec(name)?.[1] ?? name,
      score: readScore(record.take(name)),
      // Of a judge that failed too: its error is what there is instead of a score.
      comment: record.text(name.replace(/score$/, 'justification')) ?? null,
    }));
  const others: JsonObject = {};
  for (const name of record.left()) {
    const cell = content(record.take(name));
    if (name !== '' && cell !== '') setKey(others, name, cell);
  }
  if (input !== undefined) record.keep(others);
  return {
    inputs: input === undefined ? others : (input ?? { input: null }),
    reference_outputs: reference ?? null,
    outputs: output === undefined ? null : (output ?? { output: null }),
    latency: Number(latency) >= 0 ? (latency ?? null) : null,
    feedback,
    metadata: known({ usage_metadata: known({ output_tokens: tokens }) }),
  };
}
