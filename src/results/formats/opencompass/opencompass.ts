import type { Sample } from '../../../input/sample.js';
import type { JsonObject } from '../../../json/value.js';
import { hasKeys } from '../../format-kit/members.js';
import type { RecordReader } from '../../format-kit/reader.js';
import { readingOf } from '../../format-kit/rows.js';
import type { Format, Reading } from '../format.js';
import { recogniseDetails } from './details.js';
import { placeIn } from './place.js';
import { readPrompt } from './prompt.js';

/** What OpenCompass writes of a model and a dataset, and AISBench after it. @see https://github.com/open-compass/opencompass */
export const opencompass: Format = {
  name: 'opencompass',
  title: 'OpenCompass',
  files: 'predictions/<model>/<dataset>.json, results/<model>/<dataset>.json with details',
  reads: 'a row per prediction, an experiment per model and dataset, whether it is correct',
  recognise: (sample) => recognisePredictions(sample) ?? recogniseDetails(sample),
};

function recognisePredictions(sample: Sample): Reading | undefined {
  const { assumptions, experiment, metadata } = placeIn(sample.name);
  return readingOf(sample, {
    why: 'records have prediction and origin_prompt',
    members: ['*'],
    assumptions,
    hasExperiments: experiment !== undefined,
    is: isPrediction,
    expected: 'a prediction of OpenCompass',
    read: (record, { path }) => {
      const key = path?.at(-1) ?? record.take('idx', 'id');
      return { value: { ...readPrediction(record), id: key, metadata }, ...experiment };
    },
  });
}

/** What was chosen by perplexity has an object for each label. */
function labelsOf(record: JsonObject): string[] {
  return Object.keys(record).filter((name) => name.startsWith('label: '));
}

function isPrediction(record: JsonObject): boolean {
  const isAsked = hasKeys(record, 'origin_prompt') || hasKeys(record, 'testing input');
  return hasKeys(record, 'prediction') && (isAsked || labelsOf(record).length > 0);
}

function readPrediction(record: RecordReader): JsonObject {
  const prompt = record.take('origin_prompt', 'testing input') ?? takeTested(record);
  const hasFailed = record.record.success === false;
  const output = record.take('prediction');
  return {
    inputs: readPrompt(prompt),
    reference_outputs: record.take('gold', 'refr', 'reference'),
    outputs: hasFailed && !output ? null : { output },
    error: hasFailed ? (record.text('error', 'error_info') ?? 'success is false') : null,
  };
}

/** What was asked, as it stands with each label. */
function takeTested(record: RecordReader) {
  const [label = ''] = labelsOf(record.record);
  return record.open(label).take('testing input');
}
