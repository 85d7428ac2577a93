import { printJson } from '../../../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { isNumber, objectAt, saysNothing, textAt } from '../../format-kit/members.js';
import { feedbackOf, type RecordReader } from '../../format-kit/reader.js';

/** What says where feedback belongs, which its run says already, and when it was given. */
const PLACE = [
  ...['id', 'run_id', 'trace_id', 'session_id', 'start_time', 'is_root'],
  ...['created_at', 'modified_at', 'source_run_id', 'target_run_id', 'sourceRunId', 'targetRunId'],
];
const MEAN =
  'a score that was given several times is their mean; how many there are is in metadata';

/**
 * Scores of a run: what was said of it one by one (`feedbacks`), and under other keys what that comes to
 * (`feedback_stats`).
 *
 * @param told feedback that is known from elsewhere.
 * @see https://api.smith.langchain.com/redoc, RunSchemaComparisonView
 */
export function readScores(
  run: RecordReader,
  told: readonly JsonObject[],
  note: (text: string) => void,
): JsonObject[] {
  const each = [...told, ...run.items('feedbacks').map(readFeedback)];
  const keys = new Set(each.map(({ key }) => key));
  const stats = run.object('feedback_stats') ?? {};
  for (const key of Object.keys(stats)) {
    const figures = stats[key] ?? null;
    if (keys.has(key) || saysNothing(figures)) continue;
    if (countOf(figures) > 1) note(MEAN);
    each.push(readFigures(key, figures));
  }
  return each;
}

/** Feedback as the API and the SDKs spell it. */
export function readFeedback(given: JsonObject): JsonObject {
  return feedbackOf(given, (one) => {
    one.leaveOut(PLACE);
    return {
      key: one.take('key'),
      score: one.take('score'),
      value: one.take('value'),
      comment: one.text('comment') ?? null,
      correction: one.take('correction'),
    };
  });
}

/** The results of evaluators as the SDKs give them: `{results: [{key, score, …}]}`. */
export function readResults(evaluation: RecordReader): JsonObject[] {
  const results = evaluation.items('results');
  const isNamed = (one: JsonObject) => textAt(one, 'key') !== undefined;
  evaluation.keep({ results: results.filter((one) => !isNamed(one)) });
  return results.filter(isNamed).map(readFeedback);
}

function countOf(figures: JsonValue): number {
  return isJsonObject(figures) && isNumber(figures.n) ? Number(figures.n) : 1;
}

/** What the feedback under one key comes to: `{n, avg, values: {label: count}, comments: […]}`. */
function readFigures(key: string, figures: JsonValue): JsonObject {
  if (!isJsonObject(figures)) return { key, value: figures };
  return feedbackOf(figures, (one) => {
    const isCounted = Object.values(objectAt(figures, 'values') ?? {}).every(isNumber);
    const values = (isCounted && one.object('values')) || {};
    const [label] = Object.keys(values);
    const comments = one.texts('comments');
    const isAll = label !== undefined && Number(values[label]) === countOf(figures);
    const copies = [figures.avg, 0, false].map((figure) => printJson(figure ?? null));
    if (isNumber(figures.n) && Number(figures.n) === 1) one.leaveOut('n');
    const figured = one.left().filter((name) => name !== 'avg' && name !== 'n');
    one.leaveOut(figured.filter((name) => copies.includes(printJson(figures[name] ?? null))));
    return {
      key,
      score: one.number('avg') ?? null,
      value: label === undefined ? null : isAll ? label : values,
      comment: comments.length > 0 ? comments.join('\n') : null,
    };
  });
}
