import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { known, listAt, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import { RecordReader } from '../../format-kit/reader.js';
import { scoreOrValue } from '../../format-kit/values.js';
import type { SummaryScores } from '../format.js';

/** Correct, incorrect, partial, no answer. @see https://inspect.aisi.org.uk/scorers.html#sec-value-to-float */
const GRADES = new Map<JsonValue, number>([
  ['C', 1],
  ['I', 0],
  ['P', 0.5],
  ['N', 0],
]);

/** The scores of a sample, as feedback: of a scorer that gives several, each under `<scorer>/<name>`. */
export function readScores(sample: RecordReader): JsonObject[] {
  // Logs of early 2024 have one score, which has no name.
  const scores = sample.object('scores') ?? sample.pick('score');
  return Object.keys(scores).flatMap((scorer) => {
    const score = scores[scorer] ?? null;
    if (!isJsonObject(score)) return [{ key: scorer, ...readValue(score) }];
    const record = new RecordReader(score);
    const value = record.take('value');
    const comment = record.text('explanation');
    const details = { ...record.rest(), ...known({ comment }) };
    if (!isJsonObject(value)) return [{ ...details, key: scorer, ...readValue(value) }];
    // What else is told is of all of them together.
    return Object.keys(value).map((name, index) => ({
      ...(index === 0 ? details : known({ comment })),
      key: `${scorer}/${name}`,
      ...readValue(value[name] ?? null),
    }));
  });
}

function readValue(value: JsonValue): JsonObject {
  const grade = GRADES.get(value);
  return grade === undefined ? scoreOrValue(value) : { score: grade, value };
}

/** What the log says of all samples together: `<scorer>/<metric>`. */
export function readSummary(header: JsonObject): SummaryScores['scores'] {
  const scorers = listAt(objectAt(header, 'results'), 'scores') ?? [];
  return scorers.flatMap((scorer) => {
    const metrics = objectAt(scorer, 'metrics') ?? {};
    const name = textAt(scorer, 'name') ?? textAt(scorer, 'scorer') ?? 'score';
    return Object.keys(metrics).flatMap((metric) => {
      const score = memberAt(metrics[metric], 'value');
      return score === undefined ? [] : [{ key: `${name}/${metric}`, score }];
    });
  });
}
