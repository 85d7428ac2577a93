import type { JsonObject } from '../../json/value.js';
import { labelExperiment } from '../format-kit/experiment-names.js';
import { known, memberAt } from '../format-kit/members.js';
import { splitModel } from '../format-kit/model.js';
import type { RecordReader } from '../format-kit/reader.js';
import { mostRecords, readEach } from '../format-kit/rows.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

/** Outputs of a model, and how a judge prefers them to a baseline's. @see https://github.com/tatsu-lab/alpaca_eval */
export const alpacaEval: Format = {
  name: 'alpaca-eval',
  title: 'AlpacaEval',
  files: 'model_outputs.json, annotations.json',
  reads:
    'a row per instruction, an experiment per generator, preference and win against the baseline',
  recognise(sample) {
    const common = { hasExperiments: true };
    if (mostRecords(sample, isAnnotation)) {
      const why = 'rows have output_1, output_2, preference and annotator';
      return { why, ...common, rows: (file) => readRows(file, readAnnotation) };
    }
    if (mostRecords(sample, isOutput)) {
      const why = 'rows have instruction, output and generator';
      return { why, ...common, rows: (file) => readRows(file, readOutput) };
    }
    return undefined;
  },
};

function isAnnotation(record: JsonObject): boolean {
  const names = ['instruction', 'output_1', 'output_2', 'preference', 'annotator'];
  return names.every((name) => Object.hasOwn(record, name));
}

function isOutput(record: JsonObject): boolean {
  const names = ['instruction', 'output', 'generator'];
  return names.every((name) => typeof memberAt(record, name) === 'string');
}

function readRows(
  { records }: ResultsFile,
  read: (record: RecordReader) => JsonObject,
): AsyncIterable<FormatRow> {
  return readEach(
    records,
    'a row of AlpacaEval with instruction',
    (record) => {
      const generator = record.text('generator_2') ?? record.text('generator');
      const inputs = {
        instruction: record.take('instruction'),
        ...known({ input: record.take('input') || null }),
      };
      const value = { inputs, ...read(record), metadata: splitModel(generator) };
      return { value, experiment: labelExperiment(generator) };
    },
    (record) => Object.hasOwn(record, 'instruction'),
  );
}

function readOutput(record: RecordReader): JsonObject {
  return { outputs: { output: record.take('output') } };
}

/** What an annotation costs and takes is the judge's, and stays in metadata, as the baseline's output does. */
function readAnnotation(record: RecordReader): JsonObject {
  const preference = record.number('preference');
  return {
    outputs: { output: record.take('output_2') },
    feedback: [
      { key: 'preference', score: preference ?? null },
      { key: 'win', score: preference === undefined ? null : winOf(Number(preference)) },
    ],
  };
}

/** 1 is for the baseline, 2 for the model; 0 or 1.5 a draw. @see alpaca_eval/metrics/winrate.py, get_winrate */
function winOf(preference: number): number {
  return preference === 0 ? 0.5 : preference - 1;
}
