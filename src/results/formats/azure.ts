import type { Sample } from '../../input/row.js';
import {
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  setKey,
} from '../../json/value.js';
import { known, listAt, memberAt } from '../format-kit/members.js';
import { flatten } from '../format-kit/pandas.js';
import { RecordReader } from '../format-kit/reader.js';
import { readEach, summaryOf } from '../format-kit/rows.js';
import { isFiniteNumber, readScore, scoresIn } from '../format-kit/values.js';
import type { Format, FormatRow, Reading, ResultsFile, SummaryScores } from './format.js';

/**
 * `eval_results.jsonl` of Azure's RAG evaluator and promptflow, and the rows of the package azure-ai-evaluation.
 * Ratings from 1 to 5 stay what they are.
 *
 * @see https://github.com/Azure-Samples/ai-rag-chat-evaluator
 */
export const azure: Format = {
  name: 'azure',
  title: 'Azure RAG evaluation',
  files: 'eval_results.jsonl; evaluation results with rows and metrics',
  reads:
    'a row per question, its ratings with their reasons; pass rates and means where summary.json is next to it',
  recognise(sample) {
    const rating = findRating(sample);
    if (rating === undefined) return recogniseAzureSdk(sample);
    return {
      why: `rows have question, answer and ${rating}`,
      assumptions: ['latency is in seconds; a rating of -1 is none'],
      rows: readRows,
    };
  },
};

function findRating(sample: Sample): string | undefined {
  const isRated = (names: readonly string[]) =>
    ['question', 'answer'].every((name) => names.includes(name)) &&
    ['truth', 'context'].some((name) => names.includes(name));
  const { columns, rows, orient } = flatten(sample);
  const all = orient === 'csv' ? [columns] : rows.map(Object.keys);
  const isTold = orient === 'csv' || orient === 'records';
  if (!isTold || all.length === 0 || !all.every(isRated)) return undefined;
  return columns.find((name) => name.startsWith('gpt_'));
}

async function* readRows(file: ResultsFile): AsyncGenerator<FormatRow> {
  const [parameters] = await file.companions(/^evaluate_parameters\.json$/);
  const [means] = await file.companions(/^summary\.json$/);
  const run = new RecordReader(parameters?.value);
  const start = run.take('evaluation_timestamp');
  // The model that it names is the judge; the target is known by its parameters.
  const metadata = run.pick('evaluation_gpt_model', 'target_url', 'target_parameters');

  yield* readEach(file.records, 'an evaluated question', (record) => ({
    value: { ...readRow(record), start_time: start, metadata },
  }));
  yield* summaryOf(readSummary(means?.value));
}

/** A latency of -1 says that the target failed: what stands for its answer, and its context, is the error. */
function readRow(record: RecordReader): JsonObject {
  const latency = record.figure('latency');
  const hasFailed = Number(latency) < 0;
  const question = record.take('question');
  return {
    id: record.take('id'),
    inputs: { question, ...(!hasFailed && present(record, 'context')) },
    reference_outputs: present(record, 'truth'),
    ...(hasFailed
      ? { error: record.text('answer') ?? 'the target failed: its latency is -1' }
      : { outputs: { answer: record.take('answer') }, latency: latency ?? null }),
    scores: readScores(record),
  };
}

function readScores(record: RecordReader): JsonObject {
  const scores: JsonObject = {};
  for (const name of record.left()) {
    const score = readScore(record.record[name]);
    if (isReason(name, record.record) || !isScore(name, score)) continue;
    record.leaveOut(name);
    setKey(scores, name, scoreOf(name, score, record));
  }
  return scores;
}

const REASON = /_(?:reason|explanation)$/;
const RATING = /^gpt_|_score$/;
/** Numbers that rate nothing. */
const COUNTS = /_(?:length|count|tokens?)$/;

function isScore(name: string, score: JsonValue): boolean {
  if (RATING.test(name)) return true;
  const isGraded =
    typeof score === 'boolean' || isFiniteNumber(score) || score instanceof JsonNumber;
  return isGraded && !COUNTS.test(name);
}

/** A rating that failed is -1 or null. */
function scoreOf(name: string, score: JsonValue, record: RecordReader): JsonValue {
  const hasFailed = RATING.test(name) && isFiniteNumber(score) && Number(score) === -1;
  const comment = reasonOf(name, record);
  const given = hasFailed ? null : score;
  return comment === undefined ? given : { score: given, comment };
}

/** `gpt_relevance_reason` is of `gpt_relevance` or `gpt_relevance_score`. */
function reasonOf(score: string, record: RecordReader): string | undefined {
  const stem = score.replace(/_score$/, '');
  return record.text([score, stem].flatMap((name) => [`${name}_reason`, `${name}_explanation`]));
}

function isReason(name: string, record: JsonObject): boolean {
  if (!REASON.test(name)) return false;
  const stem = name.replace(REASON, '');
  return Object.hasOwn(record, stem) || Object.hasOwn(record, `${stem}_score`);
}

function present(record: RecordReader, name: string): JsonObject | null {
  const value = record.take(name);
  return value === null || value === '' ? null : { [name]: value };
}

/** Reads what share passed and the mean of each rating; counts and times say nothing of quality. */
function readSummary(means: JsonValue | undefined): SummaryScores['scores'] {
  if (!isJsonObject(means)) return [];
  return Object.keys(means).flatMap((metric) =>
    ['pass_rate', 'mean_rating'].flatMap((name) => {
      const score = memberAt(means[metric], name);
      return isFiniteNumber(score) ? [{ key: `${metric}.${name}`, score }] : [];
    }),
  );
}

const REFERENCE = new Set(['ground_truth', 'expected_output', 'expected_response', 'truth']);
const ANSWER = new Set(['response', 'answer']);
/** What an evaluator says besides its score: its threshold, its own tokens, its model and its prompt. */
const BESIDE =
  /_(?:threshold|prompt_tokens|completion_tokens|total_tokens|finish_reason|model|sample_input|sample_output|details|properties)$/;

/**
 * Tells what `evaluate()` of azure-ai-evaluation writes: rows whose members are `inputs.<name>` and
 * `outputs.<evaluator>.<metric>`.
 *
 * @see https://learn.microsoft.com/python/api/azure-ai-evaluation
 */
function recogniseAzureSdk({ kind, document, rows: list }: Sample): Reading | undefined {
  const isDocument = kind === 'document';
  const rows = isDocument ? (listAt(document, 'rows') ?? []) : list;
  // Elsewhere such names may be ours, but for an evaluator whose only metric has its name.
  const needed = [/^inputs\./, isDocument ? /^outputs\./ : /^outputs\.(\w+)\.\1$/];
  const hasNames = (row: JsonValue) =>
    isJsonObject(row) &&
    needed.every((pattern) => Object.keys(row).some((name) => pattern.test(name)));
  if (rows.length === 0 || !rows.every(hasNames)) return undefined;
  return {
    why: 'rows have members inputs.<name> and outputs.<evaluator>.<metric>',
    ...(isDocument && { recordsAt: ['rows'] }),
    rows: readSdkRows,
  };
}

async function* readSdkRows({ header, records }: ResultsFile): AsyncGenerator<FormatRow> {
  yield* readEach(records, 'an evaluated row', (record) => ({ value: readSdkRow(record) }));
  yield* summaryOf(scoresIn(header.metrics));
}

function readSdkRow(record: RecordReader): JsonObject {
  const inputs: JsonObject = {};
  const reference: JsonObject = {};
  const outputs: JsonObject = {};
  const scores: JsonObject = {};
  for (const name of Object.keys(record.record)) {
    const [place, part = '', ...rest] = name.split('.');
    if (place === 'inputs' && part !== '') {
      const field = name.slice('inputs.'.length);
      const into = REFERENCE.has(field) ? reference : ANSWER.has(field) ? outputs : inputs;
      setKey(into, field, record.take(name));
    } else if (place === 'outputs' && rest.length > 0) {
      addMetric(scores, record, name, part, rest.join('.'));
    } else if (place === 'outputs' && part !== '') setKey(outputs, part, record.take(name));
  }
  return { inputs, ...known({ reference_outputs: reference }), outputs, scores };
}

/** `outputs.relevance.relevance` is the score relevance; `outputs.qa.f1_score` is qa.f1_score. */
function addMetric(
  scores: JsonObject,
  record: RecordReader,
  name: string,
  evaluator: string,
  metric: string,
): void {
  const isReason = metric.endsWith('_reason') && Object.hasOwn(record.record, name.slice(0, -7));
  const score = readScore(record.record[name]);
  const isScore = score === null || typeof score === 'boolean' || isFiniteNumber(score);
  if (isReason || !isScore || BESIDE.test(metric)) return;
  record.leaveOut(name);
  const comment = record.text(`${name}_reason`);
  const key = metric === evaluator ? metric : `${evaluator}.${metric}`;
  setKey(scores, key, comment === undefined ? score : { score, comment });
}
