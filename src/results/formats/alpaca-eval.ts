import type { JsonObject } from '../../json/value.js';
import { labelExperiment } from '../format-kit/experiment-names.js';
import { known, memberAt, numberAt, textAt } from '../format-kit/members.js';
import { splitModel } from '../format-kit/model.js';
import { addMetadata, without } from '../format-kit/reader.js';
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
  read: (record: JsonObject) => JsonObject,
): AsyncIterable<FormatRow> {
  return readEach(
    records,
    'a row of AlpacaEval with instruction',
    (record) => {
      const generator = textAt(record, 'generator_2') ?? textAt(record, 'generator');
      const metadata: JsonObject = { ...splitModel(generator) };
      const names = ['instruction', 'input', 'output', 'generator', 'output_2', 'generator_2'];
      const isScored = numberAt(record, 'preference') !== undefined;
      addMetadata(metadata, without(record, names, isScored ? 'preference' : []));
      const { instruction = null, input } = record;
      const value = {
        inputs: { instruction, ...known({ input: input || null }) },
        ...read(record),
        metadata,
      };
      return { value, experiment: labelExperiment(generator) };
    },
    (record) => Object.hasOwn(record, 'instruction'),
  );
}

function readOutput({ output = null }: JsonObject): JsonObject {
  return { outputs: { output } };
}

/** What an annotation costs and takes is the judge's, and stays in metadata, as the baseline's output does. */
function readAnnotation(record: JsonObject): JsonObject {
  const preference = numberAt(record, 'preference');
  return {
    outputs: { output: record.output_2 ?? null },
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
