import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { nameExperiments } from '../format-kit/experiment-names.js';
import { known, listAt, memberAt, objectAt, textAt } from '../format-kit/members.js';
import { readAnswer } from '../format-kit/messages.js';
import { splitModel } from '../format-kit/model.js';
import { addMetadata, without } from '../format-kit/reader.js';
import { mostRecords, readEach } from '../format-kit/rows.js';
import { splitVars } from '../format-kit/split-vars.js';
import { readOpenAiUsage } from '../format-kit/usage.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

/** A grader's id after its name. */
const ID = /-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Output items of a run of OpenAI's Evals API. @see https://platform.openai.com/docs/api-reference/evals */
export const openaiEvalsApi: Format = {
  name: 'openai-evals-api',
  title: 'OpenAI Evals API output items',
  files: 'output_items.jsonl, output_items.json',
  reads: 'a row per item, an experiment per run, the results of its graders',
  recognise(sample) {
    const isList = (listAt(sample.document, 'data') ?? []).some(isItem);
    if (!isList && !mostRecords(sample, isItem)) return undefined;
    return {
      why: 'object is eval.run.output_item',
      recordsAt: isList ? ['data'] : undefined,
      hasExperiments: true,
      rows: readRows,
    };
  },
};

function isItem(value: JsonValue): boolean {
  return memberAt(value, 'object') === 'eval.run.output_item';
}

function readRows({ records }: ResultsFile): AsyncIterable<FormatRow> {
  const nameOf = nameExperiments();
  return readEach(
    records,
    'an output item of an eval run',
    (item) => {
      const run = textAt(item, 'run_id') ?? '';
      const model = textAt(objectAt(item, 'sample'), 'model');
      return { value: readItem(item), experiment: nameOf(run, model ?? run) };
    },
    isItem,
  );
}

function readItem(item: JsonObject): JsonObject {
  const sample = objectAt(item, 'sample') ?? {};
  const answer = (listAt(sample, 'output') ?? []).at(-1);
  const error = findError(item, sample, answer);
  const model = textAt(sample, 'model');
  const metadata: JsonObject = {
    ...splitModel(model),
    ...readOpenAiUsage(memberAt(sample, 'usage')),
  };
  addMetadata(metadata, {
    ...without(item, 'object', 'created_at', 'datasource_item', 'results', 'sample'),
    ...without(sample, 'model', 'output', 'error', 'usage'),
    error: memberAt(sample, 'error'),
  });
  return {
    ...readDatasourceItem(item, sample),
    id: memberAt(item, 'datasource_item_id') ?? null,
    outputs: isJsonObject(answer) ? readAnswer(answer) : (answer ?? null),
    error: error ?? null,
    start_time: memberAt(item, 'created_at') ?? null,
    feedback: (listAt(item, 'results') ?? []).map(readResult),
    metadata,
  };
}

/** The row of the data, which may stand under `item`; without one, the messages that were sent. */
function readDatasourceItem(item: JsonObject, sample: JsonObject): JsonObject {
  const row = objectAt(item, 'datasource_item') ?? {};
  const data = objectAt(row, 'item') ?? row;
  if (Object.keys(data).length > 0) return splitVars(data);
  return { inputs: { messages: memberAt(sample, 'input') ?? [] } };
}

/** Of the sample; that a grader failed is no error of the model. */
function findError(
  item: JsonObject,
  sample: JsonObject,
  answer: JsonValue | undefined,
): string | undefined {
  const error = objectAt(sample, 'error');
  const told = textAt(error, 'message') ?? textAt(error, 'code');
  if (told !== undefined || answer !== undefined) return told;
  return `there is no output; the status is ${textAt(item, 'status') ?? 'unknown'}`;
}

function readResult(result: JsonValue): JsonObject {
  const name = textAt(result, 'name') ?? 'score';
  const score = memberAt(result, 'score') ?? memberAt(result, 'passed') ?? null;
  const others = isJsonObject(result) ? known(without(result, 'name')) : {};
  return { ...others, key: name.replace(ID, ''), score };
}
