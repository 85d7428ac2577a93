import type { JsonObject } from '../../json/value.js';
import { type BatchAnswer, readBatch } from '../format-kit/batch.js';
import { known, memberAt, objectAt, textAt } from '../format-kit/members.js';
import { RecordReader } from '../format-kit/reader.js';
import { mostRecords } from '../format-kit/rows.js';
import { isPlain } from '../format-kit/steps.js';
import { readUsage } from '../format-kit/usage.js';
import type { Format } from './format.js';

/** @see https://docs.anthropic.com/en/api/retrieving-message-batch-results */
const RESULT_TYPES = ['succeeded', 'errored', 'canceled', 'expired'];

/** What the Message Batches API of Anthropic gives back. */
export const anthropicBatch: Format = {
  name: 'anthropic-batch',
  title: 'Anthropic batch results',
  files: '*_results.jsonl',
  reads: 'a row per request, with its prompt if the requests are joined; an experiment per model',
  recognise(sample) {
    if (!mostRecords(sample, isResult)) return undefined;
    return { why: 'rows have custom_id and result.type', rows: (file) => readBatch(file, read) };
  },
};

function isResult(record: JsonObject): boolean {
  const type = textAt(objectAt(record, 'result'), 'type') ?? '';
  return textAt(record, 'custom_id') !== undefined && RESULT_TYPES.includes(type);
}

function read(record: RecordReader): BatchAnswer {
  const result = record.merge('result');
  const message = result.merge('message');
  const isAnswered = objectAt(result.record, 'message') !== undefined;
  result.leaveOut('type');
  message.leaveOut('type', 'role');
  return {
    run: isAnswered ? { outputs: readMessage(message) } : { error: describeError(result.record) },
    model: message.text('model'),
    usage: readUsage(new RecordReader(memberAt(message.record, 'usage'))),
  };
}

/** The text, and all blocks where some are not text: calls of tools, thinking. */
function readMessage(message: RecordReader): JsonObject {
  const isText = isPlain(message.record);
  const content = message.take('content');
  if (!Array.isArray(content)) return { output: content };
  const texts = content.flatMap((block) => textAt(block, 'text') ?? []);
  const output = texts.length > 0 ? texts.join('') : null;
  return { output, ...known({ content: isText ? null : content }) };
}

/** The API's error stands within an answer of its own: `{type: "error", error: {type, message}}`. */
function describeError(result: JsonObject): string {
  const answer = objectAt(result, 'error');
  const error = objectAt(answer, 'error') ?? answer;
  return (
    textAt(error, 'message') ??
    textAt(error, 'type') ??
    `the request was not answered: ${textAt(result, 'type') ?? 'it has no result'}`
  );
}
