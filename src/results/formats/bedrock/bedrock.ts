import type { Row } from '../../../input/row.js';
import { isJsonObject, type JsonObject } from '../../../json/value.js';
import { labelExperiment } from '../../format-kit/experiment-names.js';
import { listAt, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { readRun } from '../../format-kit/reader.js';
import { mostRecords, unexpected } from '../../format-kit/rows.js';
import type { Format, FormatRow, ResultsFile } from '../format.js';
import { findRatings, modelOf, takeScores, textOf } from './members.js';
import { isOfTurns, readTurns } from './turns.js';

/**
 * Output of an evaluation by Amazon Bedrock or SageMaker: of a model by a program, a judge or people, or of a RAG source.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-evaluation-report-s3.html
 */
export const bedrock: Format = {
  name: 'bedrock',
  title: 'Amazon Bedrock evaluation',
  files: '<uuid>_output.jsonl',
  reads:
    'a row per response or turn, an experiment per model, a score per metric with its explanation',
  recognise(sample) {
    if (!mostRecords(sample, (record) => isOfModel(record) || isOfTurns(record))) return undefined;
    return {
      why: 'records have inputRecord, and the result of an evaluation',
      hasExperiments: true,
      rows: readRecords,
    };
  },
};

function isOfModel(record: JsonObject): boolean {
  const isEvaluated =
    listAt(objectAt(record, 'automatedEvaluationResult'), 'scores') !== undefined ||
    memberAt(record, 'humanEvaluationResult') !== undefined;
  return isEvaluated && objectAt(record, 'inputRecord') !== undefined;
}

async function* readRecords({ records }: ResultsFile): AsyncGenerator<FormatRow> {
  for await (const row of records) {
    const { origin, value: record } = row;
    if (isJsonObject(record) && isOfModel(record)) yield* readResponses(origin, record);
    else if (isJsonObject(record) && isOfTurns(record)) yield* readTurns(origin, record);
    else yield unexpected(row, 'a result with inputRecord and scores');
  }
}

/** Whoever brings answers along has them in the record of the input. People may compare those of two models. */
function* readResponses(origin: Row['origin'], record: JsonObject): Generator<FormatRow> {
  const holder = listAt(record, 'modelResponses') ? record : record.inputRecord;
  const responses = listAt(holder, 'modelResponses')?.filter(isJsonObject) ?? [];
  const isOfOne = memberAt(record, 'automatedEvaluationResult') !== undefined;
  if (isOfOne ? responses.length !== 1 : responses.length === 0) {
    const expected = isOfOne ? 'one, of which the scores are' : 'one or more';
    yield { origin, problem: `found ${responses.length} modelResponses, expected ${expected}` };
    return;
  }
  for (const [n, response] of responses.entries()) {
    const value = readRun(record, (result) => {
      const input = result.merge('inputRecord');
      (holder === record ? result : input).leaveOut('modelResponses');
      const answer = result.join(response);
      return {
        inputs: { prompt: textOf(input.take('prompt')) },
        reference_outputs: textOf(input.take('referenceResponse')),
        outputs: { output: textOf(answer.take('response', 'text')) },
        feedback: [
          ...takeScores(result.merge('automatedEvaluationResult'), 'scores'),
          ...findRatings(record.humanEvaluationResult ?? null, n),
        ],
        metadata: splitModel(modelOf(answer.text('modelIdentifier'))),
      };
    });
    yield {
      origin,
      value,
      experiment: labelExperiment(modelOf(textAt(response, 'modelIdentifier'))),
    };
  }
}
