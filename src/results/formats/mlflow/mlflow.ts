import { type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { type FlatSample, flatten, readFlat } from '../../format-kit/pandas.js';
import { addMetadata } from '../../format-kit/reader.js';
import { isFiniteNumber, readCell, readScore } from '../../format-kit/values.js';
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
  read: (record: JsonObject, flat: FlatSample) => JsonObject,
): Reading {
  const { recordsAt } = flat;
  return {
    why,
    recordsAt,
    assumptions: flat.columns.includes('latency') ? ['latency is in seconds'] : [],
    async *rows(file) {
      for await (const row of readFlat(file, flat)) {
        if ('problem' in row) yield row;
        else yield { origin: row.origin, value: read(row.value, flat) };
      }
    },
  };
}

const INPUTS = ['inputs', 'input'];
const REFERENCE = ['ground_truth', 'targets', 'target'];
const OUTPUTS = ['outputs', 'predictions', 'prediction', 'output'];
const TOLD = ['latency', 'token_count'];

/** Without a column of inputs, all columns that are nothing else are features, which the model was given. */
function readRow(record: JsonObject, { columns, orient }: FlatSample): JsonObject {
  const content = (name: string | undefined) => {
    const value = name === undefined ? null : (record[name] ?? null);
    return orient === 'csv' && typeof value === 'string' ? readCell(value) : value;
  };
  const find = (names: readonly string[]) => names.find((name) => columns.includes(name));
  const input = find(INPUTS);
  const reference = find(REFERENCE);
  const output = find(OUTPUTS);
  const taken = [input, reference, output, ...TOLD];
  const metrics = columns.filter((name) => SCORE.test(name));
  const justified = metrics.map(justificationOf);
  const others: JsonObject = {};
  for (const name of columns) {
    const isTaken = taken.includes(name) || metrics.includes(name) || justified.includes(name);
    if (!isTaken && name !== '' && content(name) !== '') setKey(others, name, content(name));
  }
  const metadata: JsonObject = {};
  const tokens = readScore(record.token_count);
  if (isFiniteNumber(tokens)) metadata.usage_metadata = { output_tokens: tokens };
  if (input !== undefined) addMetadata(metadata, others);
  const latency = readScore(record.latency);
  return {
    inputs: input === undefined ? others : (content(input) ?? { input: null }),
    reference_outputs: content(reference),
    outputs: output === undefined ? null : (content(output) ?? { output: null }),
    latency: isFiniteNumber(latency) && Number(latency) >= 0 ? latency : null,
    feedback: metrics.map((name) => ({
      key: SCORE.exec(name)?.[1] ?? name,
      score: readScore(record[name]),
      comment: textOf(record[justificationOf(name)]),
    })),
    metadata,
  };
}

function justificationOf(metric: string): string {
  return metric.replace(/score$/, 'justification');
}

/** Of a judge that failed too: its error is what there is instead of a score. */
function textOf(value: JsonValue | undefined): JsonValue {
  return typeof value === 'string' ? value : null;
}
