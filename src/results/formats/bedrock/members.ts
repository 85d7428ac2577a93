import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { listAt, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import { feedbackOf, RecordReader, restOf } from '../../format-kit/reader.js';
import { scoreOrValue } from '../../format-kit/values.js';

/** Until 2024 the only metric had no name. What judges say is the comment, who they are stays next to it. */
export function takeScores(result: RecordReader, name: string): JsonObject[] {
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
export function findRatings(given: JsonValue, response: number): JsonObject[] {
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
export function modelOf(id: string | undefined): string | undefined {
  return id?.startsWith('arn:') ? `bedrock:${id.slice(id.lastIndexOf('/') + 1)}` : id;
}

/** A text, whatever it is wrapped into: `{text}`, `{content: [{text}]}`, or a list with one of them. */
export function textOf(value: JsonValue): JsonValue {
  if (Array.isArray(value) && value.length === 1) return textOf(value[0] ?? null);
  const [name, ...others] = isJsonObject(value) ? Object.keys(value) : [];
  const isWrapped = others.length === 0 && (name === 'text' || name === 'content');
  return isWrapped ? textOf(memberAt(value, name) ?? null) : value;
}
