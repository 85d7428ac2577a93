import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { isNotFinite } from '../feedback.js';
import { feedbackOf, RecordReader } from '../format-kit/reader.js';
import {
  hasPlainScore,
  isNamedScore,
  isScoreObject,
  isVerdictObject,
  readNamedScore,
  takeScore,
} from '../format-kit/score-list.js';
import { usagePathOf } from '../format-kit/usage.js';
import { isFiniteNumber, readScore } from '../format-kit/values.js';
import { remember } from '../remember.js';
import { onlyOne } from './facts.js';
import { isSpoken } from './grammar.js';
import { toSnake, unitOf, wordsOf } from './names.js';
import {
  indexComments,
  soundsLikeCount,
  soundsLikeScore,
  soundsLikeVerdict,
} from './score-names.js';

/** Collections, each of whose members is a score of its own name: metrics, rule_based_scores, evaluation_results. */
const COLLECTION =
  /(?:^|_)(?:scores|metrics|evals|evaluations|grades|ratings|judge?ments|verdicts|rewards|assessments|annotations|assertions|checks|criteria|(?:eval|evaluation|evaluator|grader|scorer|metric|score)_results?)(?:_data)?$|^(?:ragas|deepeval|results)$/;
/** Who or what gives a score, or scores of several kinds: judge, evaluation, quality_grade. */
const JUDGEMENT =
  /(?:^|_)(?:judge|judge?ment|evaluation|eval|evaluator|grade|grader|grading|rating|assessment|verdict|score|reward|critic|feedback|(?:judge|grader|grading|verdict)_(?:result|response|output))$/;
/** Objects that stand among scores and hold other numbers. */
const SETTINGS =
  /(?:^|_)(?:thresholds?|weights?|config|configuration|settings?|params|parameters|options|usage|tokens|metadata|costs?|timings?|counts?|stats|statistics|confusion|confusion_matrix|support|distribution|histogram)$/;
/** Names of objects whose members each say whether a check holds: {length: true}. */
const CHECKS = /(?:^|_)(?:assertions|checks|criteria)$/;
/** Numbers of these are counts, unless they are 0 or 1. */
const COUNTED = /^(?:passed|failed|correct|incorrect|success|errors?|solved|resolved|total)$/;
/** Whether a name is of a comment: next to one score it would explain that. */
const soundsLikeComment = indexComments(['score']);
const LATENCY = /(?:^|_)(?:latency|duration|elapsed|runtime|wall)(?:_|$)/;
const MAX_DEPTH = 2;

/** A score that an object or a list holds, and its key. */
export interface FoundScore {
  readonly key: string;
  readonly score: JsonObject;
}

export interface FoundScores {
  readonly scores: readonly FoundScore[];
  /** All else that is there. */
  readonly rest: JsonValue | undefined;
}

/** What is known of an object's scores before it is read. */
export interface ScoreRules {
  /** A person said that it holds scores: each number is one. */
  readonly takesAll?: boolean | undefined;
  /** Keys of numbers that are none. */
  readonly excluded?: ReadonlySet<string> | undefined;
}

/** Whether a name says that an object or a list under it holds scores. */
export function soundsLikeScores(name: string): boolean {
  return isContainer(name) || soundsLikeScore(name);
}

function isContainer(name: string): boolean {
  const snake = toSnake(name);
  return COLLECTION.test(snake) || JUDGEMENT.test(snake);
}

/**
 * Finds the scores in an object, such as `{f1: 0.5, tone: {score: 4, reason}}`, or a list, such as
 * `[{name, value, reason}]`. Their keys are the names of members; of `judge: {score, reasoning}` it is the object's.
 *
 * @param name of the object or the list.
 */
export function findScores(name: string, value: JsonValue, rules: ScoreRules = {}): FoundScores {
  const holder = new RecordReader({ [name]: value });
  const scores = new ScoreFinder(rules).inMember(holder, name, 0);
  return { scores, rest: holder.rest()[name] };
}

class ScoreFinder {
  constructor(private readonly rules: ScoreRules) {}

  inMember(record: RecordReader, name: string, depth: number): FoundScore[] {
    const value = record.record[name];
    if (Array.isArray(value)) return inList(record, name);
    return isJsonObject(value) ? this.#inObject(record.open(name), name, depth) : [];
  }

  #inObject(record: RecordReader, name: string, depth: number): FoundScore[] {
    const found: FoundScore[] = [];
    const areCounts = isTally(record.record) && this.rules.takesAll !== true;
    if (!areCounts && isOneScore(name, record.record))
      found.push({ key: name, score: takeScore(record) });
    for (const member of record.left()) {
      const value = onlyOne(record.record[member] ?? null);
      const score = areCounts ? undefined : this.#readNumber(member, value, name);
      if (score !== undefined) {
        record.leaveOut(member);
        if (!isMissing(score)) found.push({ key: member, score: { score } });
      } else if (typeof value === 'object' && !SETTINGS.test(toSnake(member))) {
        for (const one of this.#below(record, member, depth)) found.push(one);
      }
    }
    return this.#takeWords(record, found);
  }

  #below(record: RecordReader, member: string, depth: number): FoundScore[] {
    const value = record.record[member];
    if (!COLLECTION.test(toSnake(member)) && isScoreObject(value)) {
      record.leaveOut(member);
      return [{ key: member, score: feedbackOf(value, takeScore) }];
    }
    if (depth >= MAX_DEPTH) return [];
    const found = this.inMember(record, member, depth + 1);
    if (isContainer(member)) return found;
    return found.map(({ key, score }) => ({ key: `${member}.${key}`, score }));
  }

  /** @returns undefined if it is no score. */
  #readNumber(member: string, value: JsonValue, name: string): JsonValue | undefined {
    const { takesAll, excluded } = this.rules;
    const read = readScore(value);
    const isText = typeof value === 'string';
    const isTrue = typeof read === 'boolean' && (!isText || COLLECTION.test(toSnake(name)));
    if (!isTrue && !isFiniteNumber(read) && !isNotFinite(read)) return undefined;
    if (excluded?.has(member)) return undefined;
    if (isCountOf(member, read)) return undefined;
    const isCheck = isTrue && CHECKS.test(toSnake(name));
    return takesAll || isCheck || !isOfAnotherKind(member) ? read : undefined;
  }

  /** Texts next to scores say why, or are verdicts. */
  #takeWords(record: RecordReader, found: readonly FoundScore[]): FoundScore[] {
    const isText = (member: string) => typeof record.record[member] === 'string';
    const texts = record.left().filter(isText);
    if (texts.length === 0) return [...found];
    const findExplained = indexComments(found.map(({ key }) => key));
    const scores = [...found];
    for (const member of texts) {
      const text = String(record.record[member]);
      if (readScore(text) === null) continue;
      const at = scores.findIndex(({ key }) => key === findExplained(member));
      const explained = scores[at];
      if (explained && (explained.score.comment ?? null) === null) {
        scores[at] = { ...explained, score: { ...explained.score, comment: text } };
        record.leaveOut(member);
      } else if (this.#isVerdict(member, text)) {
        scores.push({ key: member, score: readVerdict(text) });
        record.leaveOut(member);
      }
    }
    return scores;
  }

  #isVerdict(member: string, text: string): boolean {
    if (soundsLikeVerdict(member)) return true;
    if (isOfAnotherKind(member)) return false;
    if (soundsLikeComment(member) !== undefined) return false;
    const mayBe = soundsLikeScore(member) || this.rules.takesAll === true;
    return mayBe && text.length <= MAX_WORD;
  }
}

function inList(record: RecordReader, name: string): FoundScore[] {
  const list = record.list(name) ?? [];
  record.keep({ [name]: list.filter((one) => !isNamedScore(one)) });
  return list.filter(isNamedScore).map((one) => {
    const { key, ...score } = readNamedScore(one);
    return { key: String(key), score };
  });
}

/** Whether the object itself is the score, as in `judge: {score}` and `accuracy: {value}`. */
function isOneScore(name: string, object: JsonObject): boolean {
  const snake = toSnake(name);
  if (COLLECTION.test(snake)) return false;
  return (
    hasPlainScore(object) || (isContainer(name) ? isVerdictObject(object) : isScoreObject(object))
  );
}

/** Tokens, times, counts and answers stand next to scores. */
const isOfAnotherKind = remember((name) => {
  const snake = toSnake(name);
  return (
    soundsLikeCount(name) ||
    isSpoken(wordsOf(snake).at(-1) ?? '') ||
    usagePathOf(name) !== undefined ||
    unitOf(snake) !== undefined ||
    LATENCY.test(snake)
  );
});

/** `{passed: 3}` counts things. */
function isCountOf(name: string, value: JsonValue): boolean {
  return COUNTED.test(toSnake(name)) && isFiniteNumber(value) && Number(value) > 1;
}

/** `{passed: 3, failed: 1, total: 4}` counts things. */
function isTally(object: JsonObject): boolean {
  const numbers = Object.values(object).filter((value) => isFiniteNumber(value));
  return (
    ['total', 'count', 'n'].some((name) => isFiniteNumber(object[name])) &&
    numbers.every((number) => Number.isInteger(Number(number))) &&
    numbers.some((number) => Number(number) > 1)
  );
}

const MAX_WORD = 40;

function readVerdict(text: string): JsonObject {
  const read = readScore(text);
  return typeof read === 'boolean' ? { score: read } : { value: text };
}

function isMissing(score: JsonValue): boolean {
  return isNotFinite(score) && Number.isNaN(Number(score));
}
