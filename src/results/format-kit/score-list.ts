import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { memberAt } from './members.js';
import { feedbackOf, type RecordReader } from './reader.js';
import { isFiniteNumber, readScore, scoreOrValue } from './values.js';

/** What evaluators call themselves, the preferred first. Opik and Langfuse say name, LangSmith key, others their part. */
const NAMES =
  `name key metric metric_name metricName evaluator evaluator_name evaluatorName scorer scorer_name
  grader criterion criteria dimension aspect check`.split(/\s+/);
/** Where a score's number is, or whether it passed, the preferred first. */
const NUMBERS =
  `score value rating points grade reward passed pass success correct is_correct result`.split(
    /\s+/,
  );
/** Where a judgement in words is. */
const WORDS =
  `value label verdict judgement judgment decision category rating grade result score`.split(/\s+/);
/** Where it says why. */
const COMMENTS =
  `comment comments reason reasons reasoning explanation explanations rationale justification critique
  feedback notes analysis`.split(/\s+/);
/** Langfuse has a category next to its number, Opik too. */
const CATEGORIES = ['stringValue', 'string_value', 'category_name', 'categoryName'];

/** Where yes and PASS are true, and a number above 1 is a count; elsewhere yes and PASS are words. */
const TRUTHS = new Set(['passed', 'pass', 'success', 'correct', 'is_correct']);

/** Whether an object says of something how good it is: a number, or a verdict and why. */
export function isScoreObject(value: JsonValue | undefined): value is JsonObject {
  if (!isJsonObject(value)) return false;
  const isExplained = findComment(value) !== undefined;
  return (
    NUMBERS.some((name) => readNumberAt(value, name) !== undefined) ||
    (isExplained && WORDS.some((name) => typeof value[name] === 'string'))
  );
}

/** Whether an object has a verdict in words, and no number. */
export function isVerdictObject(value: JsonObject): boolean {
  const areTexts = Object.values(value).every((one) => one === null || typeof one === 'string');
  return areTexts && WORDS.some((name) => typeof value[name] === 'string');
}

/** Whether an object has a number under `score`, and says why. */
export function isExplainedScore(value: JsonValue): boolean {
  return (
    isJsonObject(value) &&
    readNumberAt(value, 'score') !== undefined &&
    findComment(value) !== undefined
  );
}

/** Whether an object has its number under a name that means nothing else. */
export function hasPlainScore(value: JsonObject): boolean {
  return ['score', 'value'].some((name) => readNumberAt(value, name) !== undefined);
}

const MAX_WORD = 100;

/** Whether an object names what it scores, with a number or in words. */
export function isNamedScore(value: JsonValue): value is JsonObject {
  if (!isJsonObject(value) || !NAMES.some((name) => typeof value[name] === 'string')) return false;
  const isWord = (word: JsonValue | undefined) =>
    typeof word === 'string' && word !== '' && word.length <= MAX_WORD;
  return isScoreObject(value) || WORDS.some((name) => isWord(value[name]));
}

function readNumberAt(object: JsonObject, name: string): JsonValue | undefined {
  const value = memberAt(object, name);
  const read = readScore(value);
  if (isFiniteNumber(read)) return TRUTHS.has(name) && Number(read) > 1 ? undefined : read;
  const isTold = typeof value === 'boolean' || name === 'score' || TRUTHS.has(name);
  return typeof read === 'boolean' && isTold ? read : undefined;
}

/**
 * Takes a list of `{name, value, comment}`, as tracing platforms keep scores. A category next to its number is the
 * value; what else a score says is kept next to it.
 */
export function takeScores(record: RecordReader, name: string): JsonObject[] {
  return record.items(name).map(readNamedScore);
}

/** Reads `{name, value, comment}` in anyone's words as an element of `feedback`. */
export function readNamedScore(score: JsonObject): JsonObject {
  return feedbackOf(score, (record) => ({
    key: record.text(NAMES) ?? 'score',
    ...takeScore(record),
  }));
}

/** The member that says why it was scored so. */
export function findComment(value: JsonObject): string | undefined {
  return COMMENTS.find((name) => typeof value[name] === 'string');
}

/** Takes number, words and comment of one score: `{score, value, comment}`. */
export function takeScore(record: RecordReader): JsonObject {
  const comment = record.text(COMMENTS) ?? null;
  const type = record.record.dataType ?? record.record.data_type;
  if (type === 'CORRECTION') return { correction: record.take('stringValue', 'value'), comment };
  const category = type === 'BOOLEAN' ? undefined : record.text(CATEGORIES);
  // Next to a category, Langfuse writes 0 where no number was configured: it has no mean.
  if (category !== undefined && type !== undefined)
    return { score: null, value: category, comment };
  const stated = takeNumber(record);
  const isFlag = type === 'BOOLEAN' && (stated === 0 || stated === 1);
  const score = isFlag ? stated === 1 : stated;
  if (score !== undefined && type === 'BOOLEAN') return { score, comment };
  const words = category ?? record.text(WORDS);
  if (score === undefined && words === undefined)
    return { ...scoreOrValue(record.take('value', 'score')), comment };
  return { score: score ?? null, value: words ?? null, comment };
}

function takeNumber(record: RecordReader): JsonValue | undefined {
  const name = NUMBERS.find((one) => readNumberAt(record.record, one) !== undefined);
  if (name === undefined) return undefined;
  record.leaveOut(name);
  return readNumberAt(record.record, name);
}
