import type { JsonObject } from '../../json/value.js';
import { feedbackOf, type RecordReader } from './reader.js';
import { scoreOrValue } from './values.js';

/**
 * Takes a list of `{name, value, comment}`, as tracing platforms keep scores. A category next to its number is the
 * value; what else a score says is kept next to it.
 */
export function takeScores(record: RecordReader, name: string): JsonObject[] {
  return record.items(name).map((one) => feedbackOf(one, readScore));
}

function readScore(score: RecordReader): JsonObject {
  const key = score.text('name') ?? 'score';
  const comment = score.text('comment', 'reason', 'explanation') ?? null;
  const type = score.record.dataType ?? score.record.data_type;
  if (type === 'CORRECTION')
    return { key, correction: score.take('stringValue', 'value'), comment };
  if (type === 'BOOLEAN') {
    const flag = score.take('value');
    return { key, score: flag === 0 || flag === 1 ? flag === 1 : flag, comment };
  }
  const category = score.text('stringValue', 'string_value', 'category_name', 'categoryName');
  if (category === undefined)
    return { key, ...scoreOrValue(score.take('value', 'score')), comment };
  // Next to a category, Langfuse writes 0 where no number was configured: it has no mean.
  const number = type === undefined ? score.take('value') : null;
  return { key, score: number, value: category, comment };
}
