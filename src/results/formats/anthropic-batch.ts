import type { JsonObject, JsonValue } from '../../json/value.js';
import { type BatchAnswer, readBatch } from '../format-kit/batch.js';
import { known, memberAt, numberAt, objectAt, textAt } from '../format-kit/members.js';
import { contentOf } from '../format-kit/messages.js';
import { without } from '../format-kit/reader.js';
import { mostRecords } from '../format-kit/rows.js';
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
    return {
      why: 'rows have custom_id and result.type',
      hasExperiments: true,
      rows: (file) => readBatch(file, read),
    };
  },
};

function isResult(record: JsonObject): boolean {
  const type = textAt(objectAt(record, 'result'), 'type') ?? '';
  return textAt(record, 'custom_id') !== undefined && RESULT_TYPES.includes(type);
}

function read(record: JsonObject): BatchAnswer {
  const result = objectAt(record, 'result') ?? {};
  const message = objectAt(result, 'message');
  const usage = memberAt(message, 'usage');
  return {
    value: message ? { outputs: readMessage(message) } : { error: describeError(result) },
    model: textAt(message, 'model'),
    usage: readUsage(usage),
    metadata: {
      ...without(record, 'custom_id', 'result'),
      ...without(message ?? {}, 'type', 'role', 'model', 'content'),
      ...without(result, 'type', 'message'),
    },
  };
}

/** The text, and all blocks where some are not text: calls of tools, thinking. */
function readMessage(message: JsonObject): JsonObject {
  const content = contentOf(message);
  if (!Array.isArray(content)) return { output: content };
  const texts = content.flatMap((block) => textAt(block, 'text') ?? []);
  return { output: texts.length > 0 ? texts.join('') : null, ...known({ content }) };
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

/** Anthropic counts cached tokens apart; LangSmith's `input_tokens` includes them. */
function readUsage(usage: JsonValue | undefined): JsonObject {
  const output = numberAt(usage, 'output_tokens');
  const counts = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'].map(
    (name) => numberAt(usage, name),
  );
  if (output === undefined || counts.every((count) => count === undefined)) return {};
  const [, cacheRead, cacheCreation] = counts;
  const input = counts.reduce<number>((sum, count) => sum + Number(count ?? 0), 0);
  return {
    usage_metadata: {
      input_tokens: input,
      output_tokens: output,
      total_tokens: input + Number(output),
      ...known({
        input_token_details: known({ cache_read: cacheRead, cache_creation: cacheCreation }),
      }),
    },
  };
}
