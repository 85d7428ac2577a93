import type { JsonObject } from '../../../json/value.js';
import { known, memberAt, objectAt, toNumber } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { RecordReader } from '../../format-kit/reader.js';
import { readUsage as sumUsage } from '../../format-kit/usage.js';

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
  if (reason !== undefined) return toNumber(reason) === FAILED_TO_RUN;
  return Boolean(record.error) && memberAt(record, 'gradingResult') === undefined;
}

/** What a row says twice. Its metadata is that of its test and of its response together, except in old versions. */
export function leaveOutCopies(
  record: RecordReader,
  response: RecordReader,
  test: RecordReader,
): void {
  for (const one of [record, response, test])
    one.merge('metadata').leaveOut('_promptfooFileMetadata');
  const { error = null, gradingResult = null } = record.record;
  // A failed assertion fills `error` with its reason.
  record.leaveOutCopy('error', memberAt(gradingResult, 'reason'));
  response.leaveOutCopy('error', error);
  response.leaveOutCopy('raw', response.record.output);
  test.leaveOutCopy('vars', record.record.vars);
  response.leaveOutCopy('latencyMs', record.record.latencyMs);
  const grading = record.open('gradingResult');
  grading.leaveOutCopy('pass', record.record.success);
  grading.leaveOutCopy('score', record.record.score);
  grading.leaveOutCopy('namedScores', record.record.namedScores);
  grading.text('reason');
}

/** The model, and what it used; `tokenUsage.assertions` and `gradingResult.tokensUsed` are of the grader. */
export function readUsage(
  record: RecordReader,
  response: RecordReader,
  { id, label }: Provider,
): JsonObject {
  const ofResponse = response.number('cost');
  record.leaveOutCopy('cost', ofResponse);
  // A row's cost is 0 also where the provider did not tell; a response has none then.
  const ofRow = ofResponse === undefined ? record.number('cost') : undefined;
  const cost = ofResponse ?? (Number(ofRow) > 0 ? ofRow : undefined);
  // What promptfoo itself had cached was not sent to the model.
  const { cached = null, ...sent } = objectAt(response.record, 'tokenUsage') ?? {};
  const counts = new RecordReader(sent);
  const usage = sumUsage(counts, new RecordReader(known({ cost })));
  keepTokens(record, response, { ...counts.rest(), cached });
  return { ...splitModel(id || undefined, label), ...usage };
}

/** A row has the tokens of its response once more; what it does not have stays. */
function keepTokens(record: RecordReader, response: RecordReader, others: JsonObject): void {
  const ofRow = objectAt(record.record, 'tokenUsage');
  if (!ofRow || !response.object('tokenUsage')) return;
  const rest = new RecordReader(others);
  for (const name of rest.left()) rest.leaveOutCopy(name, ofRow[name]);
  response.keep({ tokenUsage: rest.rest() });
}
