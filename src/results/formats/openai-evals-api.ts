import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { memberAt, objectAt, textAt } from '../format-kit/members.js';
import { nameExperiments, splitModel } from '../format-kit/model.js';
import { feedbackOf, type RecordReader } from '../format-kit/reader.js';
import { readingOf } from '../format-kit/rows.js';
import { splitVars } from '../format-kit/split-vars.js';
import { readAnswer } from '../format-kit/steps.js';
import { readUsage } from '../format-kit/usage.js';
import type { Format } from './format.js';

/** A grader's id after its name. */
const ID = /-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Output items of a run of OpenAI's Evals API. @see https://platform.openai.com/docs/api-reference/evals */
export const openaiEvalsApi: Format = {
  name: 'openai-evals-api',
  title: 'OpenAI Evals API output items',
  files: 'output_items.jsonl, output_items.json',
  reads: 'a row per item, an experiment per run, the results of its graders',
  recognise(sample) {
    const nameOf = nameExperiments();
    return readingOf(sample, {
      why: 'object is eval.run.output_item',
      members: ['data'],
      is: isItem,
      expected: 'an output item of an eval run',
      read(item) {
        const run = textAt(item.record, 'run_id') ?? '';
        const model = textAt(item.record.sample, 'model');
        return { value: readItem(item), experiment: nameOf(run, model ?? run) };
      },
    });
  },
};

function isItem(value: JsonValue): boolean {
  return memberAt(value, 'object') === 'eval.run.output_item';
}

function readItem(item: RecordReader): JsonObject {
  const sample = item.merge('sample');
  const outputs = sample.list('output') ?? [];
  const answer = outputs.at(-1);
  sample.keep({ output: outputs.slice(0, -1) });
  item.leaveOut('object');
  return {
    ...readDatasourceItem(item, sample.record),
    id: memberAt(item.record, 'datasource_item_id') ?? null,
    outputs: isJsonObject(answer) ? readAnswer(answer) : (answer ?? null),
    error: findError(item.record, sample.record, answer) ?? null,
    start_time: item.take('created_at'),
    feedback: item.items('results').map((result) => feedbackOf(result, readResult)),
    metadata: { ...splitModel(sample.text('model')), ...readUsage(sample.open('usage')) },
  };
}

/** The row of the data, which may stand under `item`; without one, the messages that were sent. */
function readDatasourceItem(item: RecordReader, sample: JsonObject): JsonObject {
  const isWithin = objectAt(item.record.datasource_item, 'item') !== undefined;
  const holder = isWithin ? item.merge('datasource_item') : item;
  const data = holder.object(isWithin ? 'item' : 'datasource_item') ?? {};
  if (Object.keys(data).length > 0) return splitVars(data);
  return { inputs: { messages: memberAt(sample, 'input') ?? [] } };
}

/** Finds the error of the sample; that a grader failed is no error of the model. */
function findError(
  item: JsonObject,
  sample: JsonObject,
  answer: JsonValue | undefined,
): string | undefined {
  const error = objectAt(sample, 'error');
  const stated = textAt(error, 'message') ?? textAt(error, 'code');
  if (stated !== undefined || answer !== undefined) return stated;
  return `there is no output; the status is ${textAt(item, 'status') ?? 'unknown'}`;
}

function readResult(result: RecordReader): JsonObject {
  const name = result.text('name') ?? 'score';
  return { key: name.replace(ID, ''), score: result.take('score', 'passed') };
}
