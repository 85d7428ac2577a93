import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { type BatchAnswer, readBatch } from '../format-kit/batch.js';
import { known, listAt, memberAt, objectAt, textAt, toNumber } from '../format-kit/members.js';
import { RecordReader } from '../format-kit/reader.js';
import { mostRecords } from '../format-kit/rows.js';
import { isPlain, readAnswer } from '../format-kit/steps.js';
import { readUsage } from '../format-kit/usage.js';
import type { Format } from './format.js';

/** What the Batch API of OpenAI gives back, results and errors. @see https://platform.openai.com/docs/guides/batch */
export const openaiBatch: Format = {
  name: 'openai-batch',
  title: 'OpenAI Batch output',
  files: 'batch_*_output.jsonl, batch_*_error.jsonl',
  reads:
    'a row per request, with its prompt if the batch’s input is joined; an experiment per model',
  recognise(sample) {
    if (!mostRecords(sample, isResult)) return undefined;
    return {
      why: 'rows have custom_id and the response of an API',
      rows: (file) => readBatch(file, read),
    };
  },
};

function isResult(record: JsonObject): boolean {
  if (textAt(record, 'custom_id') === undefined || !Object.hasOwn(record, 'response')) return false;
  const { response } = record;
  if (response === null) return objectAt(record, 'error') !== undefined;
  return isJsonObject(response) && Object.hasOwn(response, 'body');
}

function read(record: RecordReader): BatchAnswer {
  const response = record.merge('response');
  const body = response.merge('body');
  const error = findError(record.record, response.record, body.record);
  record.keep({ response_id: body.take('id') });
  body.leaveOut('object');
  // Of one choice; several are kept whole with the output.
  const choice = record.join((listAt(body.record, 'choices') ?? [])[0]);
  choice.leaveOut('index', choice.object('message') ? 'message' : 'text');
  if (error === undefined) body.leaveOut('choices', 'output', 'data');
  return {
    run: {
      outputs: error === undefined ? readOpenAiBody(body.record) : null,
      error: error ?? null,
      start_time: body.take('created', 'created_at'),
      end_time: body.take('completed_at'),
    },
    model: body.text('model'),
    usage: readUsage(new RecordReader(memberAt(body.record, 'usage'))),
  };
}

/** A request that was not sent, was refused, or whose response failed. */
function findError(record: JsonObject, response: JsonObject, body: JsonObject): string | undefined {
  const status = toNumber(memberAt(response, 'status_code') ?? 200);
  const error = memberAt(record, 'error') ?? memberAt(body, 'error');
  if (error === undefined && status === 200 && Object.keys(body).length > 0) return undefined;
  const message = typeof error === 'string' ? error : textAt(error, 'message');
  return message ?? textAt(error, 'code') ?? `the API answered with status ${status}`;
}

/**
 * What a model gave, from the body of an answer of OpenAI's API: a chat completion, a completion, a response, or
 * embeddings. Any other body is the output as it is.
 */
function readOpenAiBody(body: JsonObject): JsonObject {
  const choices = listAt(body, 'choices');
  if (choices) return readChoices(choices);
  const items = listAt(body, 'output');
  if (items) return readItems(items);
  const embeddings = (listAt(body, 'data') ?? []).map((one) => memberAt(one, 'embedding'));
  const [only, ...others] = embeddings;
  if (only === undefined) return body;
  return others.length === 0
    ? { embedding: only }
    : { embeddings: embeddings.map((one) => one ?? null) };
}

/** The first choice; all of them where more than one was asked for. */
function readChoices(choices: readonly JsonValue[]): JsonObject {
  const [first = null, ...others] = choices;
  const message = objectAt(first, 'message');
  return {
    ...(message ? readAnswer(message) : { output: memberAt(first, 'text') ?? null }),
    ...known({ choices: others.length > 0 ? [...choices] : [] }),
  };
}

/** The text of a response; next to it whatever is more than text: calls of tools, reasoning, refusals. */
function readItems(items: readonly JsonValue[]): JsonObject {
  const texts: string[] = [];
  const others: JsonValue[] = [];
  for (const item of items) {
    const parts = listAt(item, 'content') ?? [];
    const isText =
      parts.length > 0 && parts.every((part) => isJsonObject(part) && part.type === 'output_text');
    if (isText) for (const part of parts) texts.push(textAt(part, 'text') ?? '');
    if (!isText || !isPlain(item)) others.push(item);
  }
  return { output: texts.length > 0 ? texts.join('') : null, ...known({ items: others }) };
}
