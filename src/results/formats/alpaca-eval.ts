import type { JsonObject } from '../../json/value.js';
import { hasKeys, known } from '../format-kit/members.js';
import { labelExperiment, splitModel } from '../format-kit/model.js';
import type { RecordReader } from '../format-kit/reader.js';
import { type ReadRecord, readingOf } from '../format-kit/rows.js';
import type { Format } from './format.js';

/** Outputs of a model, and how a judge prefers them to a baseline's. @see https://github.com/tatsu-lab/alpaca_eval */
export const alpacaEval: Format = {
  name: 'alpaca-eval',
  title: 'AlpacaEval',
  files: 'model_outputs.json, annotations.json',
  reads:
    'a row per instruction, an experiment per generator, preference and win against the baseline',
  recognise(sample) {
    const common = {
      expected: 'a row of AlpacaEval with instruction',
      isEnough: (record: JsonObject) => hasKeys(record, 'instruction'),
    };
    return (
      readingOf(sample, {
        ...common,
        why: 'rows have output_1, output_2, preference and annotator',
        is: (record) =>
          hasKeys(record, 'instruction', 'output_1', 'output_2', 'preference', 'annotator'),
        read: (record) => readRow(record, readAnnotation),
      }) ??
      readingOf(sample, {
        ...common,
        why: 'rows have instruction, output and generator',
        is: (record) =>
          ['instruction', 'output', 'generator'].every((name) => typeof record[name] === 'string'),
        read: (record) => readRow(record, readOutput),
      })
    );
  },
};

function readRow(record: RecordReader, read: (record: RecordReader) => JsonObject): ReadRecord {
  const generator = record.text('generator_2') ?? record.text('generator');
  const inputs = {
    instruction: record.take('instruction'),
    ...known({ input: record.take('input') || null }),
  };
  const value = { inputs, ...read(record), metadata: splitModel(generator) };
  return { value, experiment: labelExperiment(generator) };
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
