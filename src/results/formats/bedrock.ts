import type { Row } from '../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { known, listAt, memberAt, objectAt, textAt } from '../format-kit/members.js';
import { labelExperiment, splitModel } from '../format-kit/model.js';
import { feedbackOf, RecordReader, readRun, restOf } from '../format-kit/reader.js';
import { mostRecords, unexpected } from '../format-kit/rows.js';
import { scoreOrValue } from '../format-kit/values.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

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
    return { why: 'records have inputRecord, and the result of an evaluation', rows: readRecords };
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

/** Whether a record is a conversation with a RAG source, and was evaluated. */
function isOfTurns(record: JsonObject): boolean {
  const turns = listAt(record, 'conversationTurns') ?? [];
  return turns.some((turn) => objectAt(turn, 'inputRecord') && listAt(turn, 'results'));
}

/** A row for each turn, which is asked with all that was said before it. */
function* readTurns(origin: Row['origin'], record: JsonObject): Generator<FormatRow> {
  const said: JsonObject[] = [];
  for (const turn of listAt(record, 'conversationTurns') ?? []) {
    const value = readRun(record, (whole) => {
      whole.leaveOut('conversationTurns');
      return readTurn(whole.join(turn), said);
    });
    const output = objectAt(turn, 'output');
    const [model, source] = ['modelIdentifier', 'knowledgeBaseIdentifier'].map((name) =>
      modelOf(textAt(output, name)),
    );
    yield { origin, value, experiment: labelExperiment(model, source) };
  }
}

/** Reads a turn; the output of a retrieval alone is what was found. */
function readTurn(turn: RecordReader, said: JsonObject[]): JsonObject {
  const input = turn.merge('inputRecord');
  const output = turn.merge('output');
  const prompt = textOf(input.take('prompt'));
  const answer = output.take('text');
  const inputs: JsonValue =
    said.length === 0 ? { prompt } : { messages: [...said, { role: 'user', content: prompt }] };
  said.push({ role: 'user', content: prompt });
  if (answer !== null) said.push({ role: 'assistant', content: answer });
  return {
    inputs,
    reference_outputs: textOf(input.take('referenceResponses')),
    outputs: {
      ...known({ output: answer }),
      ...output.pick('retrievedPassages', 'retrievedResults', 'citations'),
    },
    feedback: takeScores(turn, 'results'),
    metadata: splitModel(modelOf(output.text('modelIdentifier'))),
  };
}

/** Until 2024 the only metric had no name. What judges say is the comment, who they are stays next to it. */
function takeScores(result: RecordReader, name: string): JsonObject[] {
  return result.items(name).map((one) =>
    feedbackOf(one, (score) => {
      const judges = score.items('evaluatorDetails').map((judge) => new RecordReader(judge));
      const explanations = judges.flatMap((judge) => judge.text('explanation') ?? []);
      score.keep({ evaluatorDetails: restOf(judges) });
      const key = score.text('metricName') ?? 'Score';
      return { key, score: score.take('result'), comment: explanations.join('\n\n') || null };
    }),
  );
}

/** What people say of one response. All that they say stays, with who they are, in the row's metadata. */
function findRatings(given: JsonValue, response: number): JsonObject[] {
  const answers = [given].flat().flatMap((loop) => listAt(loop, 'humanAnswers') ?? []);
  const ratings = answers.flatMap((answer) =>
    Object.values(objectAt(objectAt(answer, 'answerContent'), 'evaluationResults') ?? {}).flat(),
  );
  return ratings
    .filter((rating) =>
      [response, String(response)].some((id) => id === memberAt(rating, 'modelResponseId')),
    )
    .map((rating) => ({
      key: textAt(rating, 'metricName') ?? 'Score',
      ...scoreOrValue(memberAt(rating, 'result') ?? null),
    }));
}

/** A model of Bedrock goes by its ARN. */
function modelOf(id: string | undefined): string | undefined {
  return id?.startsWith('arn:') ? `bedrock:${id.slice(id.lastIndexOf('/') + 1)}` : id;
}

/** A text, whatever it is wrapped into: `{text}`, `{content: [{text}]}`, or a list with one of them. */
function textOf(value: JsonValue): JsonValue {
  if (Array.isArray(value) && value.length === 1) return textOf(value[0] ?? null);
  const [name, ...others] = isJsonObject(value) ? Object.keys(value) : [];
  const isWrapped = others.length === 0 && (name === 'text' || name === 'content');
  return isWrapped ? textOf(memberAt(value, name) ?? null) : value;
}
