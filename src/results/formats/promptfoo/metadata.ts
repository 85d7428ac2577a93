import type { JsonObject } from '../../../json/value.js';
import { known, memberAt, numberAt, objectAt } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { addMetadata, without } from '../../format-kit/reader.js';

/** `failureReason` of a row whose provider failed; 1 is a failed assertion. @see npm promptfoo, ResultFailureReason */
const FAILED_TO_RUN = 2;

/** What answered: its id, and what people call it. */
export interface Provider {
  readonly id: string;
  readonly label: string;
}

/** Before `failureReason` was written, an error was one if nothing was graded. */
export function failedToRun(record: JsonObject): boolean {
  const reason = memberAt(record, 'failureReason');
  if (reason !== undefined) return Number(reason) === FAILED_TO_RUN;
  return Boolean(record.error) && memberAt(record, 'gradingResult') === undefined;
}

/** The row's own words, without what is told elsewhere or twice: variables, answer, scores. */
export function readMetadata(record: JsonObject, provider: Provider): JsonObject {
  const response = objectAt(record, 'response') ?? {};
  const test = objectAt(record, 'testCase') ?? {};
  const grading = objectAt(record, 'gradingResult') ?? {};
  const usage = readUsage(record, response);
  const metadata: JsonObject = {
    ...splitModel(provider.id || undefined, provider.label),
    ...known({ usage_metadata: usage }),
  };
  // A row's metadata is that of its test and of its response together, except in old versions.
  const own = { ...objectAt(test, 'metadata'), ...objectAt(response, 'metadata') };
  const all = { ...own, ...objectAt(record, 'metadata') };
  addMetadata(metadata, without(all, '_promptfooFileMetadata'));
  addMetadata(metadata, {
    ...without(test, 'vars', 'metadata'),
    ...without(response, ...TOLD_OF_RESPONSE),
    ...without(record, ...TOLD_ELSEWHERE),
    tokenUsage: record.tokenUsage ?? response.tokenUsage,
    provider: record.provider,
    raw: response.raw === response.output ? undefined : response.raw,
    gradingResult: without(grading, 'pass', 'score', 'reason', 'namedScores'),
    error: isTold(record, grading) ? undefined : record.error,
  });
  return metadata;
}

/** A failed assertion fills `error` with its reason; an error that is one is the row's. */
function isTold(record: JsonObject, grading: JsonObject): boolean {
  return record.error === grading.reason || failedToRun(record);
}

const TOLD_ELSEWHERE = [
  'vars',
  'testCase',
  'response',
  'error',
  'success',
  'score',
  'namedScores',
  'gradingResult',
  'latencyMs',
  'metadata',
  'cost',
  'provider',
  'tokenUsage',
];
const TOLD_OF_RESPONSE = ['output', 'error', 'metadata', 'cost', 'latencyMs', 'raw', 'tokenUsage'];

/** What the provider used; `tokenUsage.assertions` and `gradingResult.tokensUsed` are of the grader. */
function readUsage(record: JsonObject, response: JsonObject): JsonObject {
  const tokens = objectAt(response, 'tokenUsage') ?? {};
  const details = objectAt(tokens, 'completionDetails');
  // A row's cost is 0 also where the provider did not tell; a response has none then.
  const cost = numberAt(record, 'cost');
  const toldCost = numberAt(response, 'cost') ?? (Number(cost) > 0 ? cost : undefined);
  const input = known({
    cache_read: numberAt(details, 'cacheReadInputTokens'),
    cache_creation: numberAt(details, 'cacheCreationInputTokens'),
  });
  const output = known({ reasoning: numberAt(details, 'reasoning') });
  return known({
    input_tokens: numberAt(tokens, 'prompt'),
    output_tokens: numberAt(tokens, 'completion'),
    total_tokens: numberAt(tokens, 'total'),
    input_token_details: input,
    output_token_details: output,
    total_cost: toldCost,
  });
}
