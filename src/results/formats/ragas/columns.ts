import { JsonNumber, type JsonValue } from '../../../json/value.js';
import type { FlatSample } from '../../format-kit/pandas.js';
import { isFiniteNumber, readScore } from '../../format-kit/values.js';

/** What each column of a file is, decided once for all rows. */
export interface Roles {
  readonly inputs: readonly string[];
  readonly reference: readonly string[];
  readonly outputs: readonly string[];
  readonly scores: readonly string[];
  readonly rest: readonly string[];
  /** Names the experiment that a row belongs to. */
  readonly label: string | undefined;
  readonly id: string | undefined;
  readonly error: string | undefined;
  readonly latency:
    | { readonly column: string; readonly field: 'latency' | 'latency_ms' }
    | undefined;
}

/** Columns of Ragas from 0.2 on, and older ones. @see https://docs.ragas.io, EvaluationDataset */
const INPUTS = ['user_input', 'question', 'retrieved_contexts', 'contexts'];
const REFERENCE = ['reference', 'ground_truth', 'ground_truths', 'reference_contexts', 'rubrics'];
const OUTPUTS = ['response', 'answer'];

/** Metrics by their names, which may have parameters: `factual_correctness(mode=f1)`. @see https://docs.ragas.io, metrics */
const METRIC =
  /^(?:faithfulness|(?:answer|response)_relevanc[ye]|(?:(?:non_)?llm_|id_based_)?context_(?:precision|recall)\w*|context_(?:entity_recall|relevanc[ye]|utilization)|answer_(?:correctness|similarity|accuracy)|semantic_similarity|factual_correctness|noise_sensitivity\w*|response_groundedness|nv_\w+|(?:agent_)?goal_accuracy|tool_call_accuracy|topic_adherence|summary_score|summarization_score)(?:\(.*\))?$/;

/** Columns that users add to tell systems apart. */
const LABELS = ['pipeline_name', 'pipeline', 'model_name', 'model', 'system', 'variant'];
const IDS = ['test_case_id', 'id', 'sample_id', 'question_id'];
const LATENCY: Readonly<Record<string, 'latency' | 'latency_ms'>> = {
  execution_time_ms: 'latency_ms',
  latency_ms: 'latency_ms',
  response_time_ms: 'latency_ms',
  latency_s: 'latency',
  latency: 'latency',
  response_time: 'latency',
};
/** The index that pandas writes first. */
export const PANDAS_INDEX = /^(?:|Unnamed: 0)$/;
/** Words of numbers that are no scores. */
const COUNTS =
  /(?:^|_)(?:id|idx|index|number|count|length|len|tokens?|time|timestamp|latency|duration|cost|turns?|iteration|trial|epoch|repeat|run|seed|k|ms|documents?\w*)(?:_|$)/i;

/** Whether records are of Ragas: a question, an answer, and a metric; or no answer, and nothing that could be one. */
export function findQuestion(flat: FlatSample): { why: string; hasAnswers: boolean } | undefined {
  const { columns } = flat;
  const has = (name: string) => columns.includes(name);
  const metric = columns.find((name) => METRIC.test(name));
  const question = has('user_input') ? 'user_input' : 'question';
  const answer = question === 'user_input' ? 'response' : 'answer';
  if (metric === undefined || !has(question)) return undefined;
  if (has(answer)) {
    return { why: `columns ${question}, ${answer} and ${metric}`, hasAnswers: true };
  }
  const why = `columns ${question} and ${metric}`;
  const { label, id, latency, rest, outputs } = decideRoles(flat);
  if (outputs.length > 0) return undefined;
  if (flat.rows.every((row) => Array.isArray(row.user_input))) return { why, hasAnswers: true };
  const known = [label, id, latency?.column];
  return rest.every((name) => known.includes(name)) ? { why, hasAnswers: false } : undefined;
}

/** Numbers and booleans are scores, but for those whose names are of counts and times. */
export function decideRoles({ columns, rows }: FlatSample): Roles {
  const kept = columns.filter((name) => !PANDAS_INDEX.test(name));
  const among = (names: readonly string[]) => kept.filter((name) => names.includes(name));
  const dataset = [...INPUTS, ...REFERENCE, ...OUTPUTS];
  const label = LABELS.find((name) => kept.includes(name));
  const id = IDS.find((name) => kept.includes(name));
  const error = kept.find((name) => name === 'error');
  const timed = Object.keys(LATENCY).find((name) => kept.includes(name));
  const isScore = (name: string) =>
    METRIC.test(name) || (!COUNTS.test(name) && isScored(rows.map((row) => row[name] ?? null)));

  const others = kept.filter((name) => !dataset.includes(name) && name !== error);
  const scores = others.filter((name) => name !== label && name !== id && isScore(name));
  const rest = others.filter((name) => !scores.includes(name));
  return {
    inputs: among(INPUTS),
    reference: among(REFERENCE),
    outputs: among(OUTPUTS),
    scores,
    rest,
    label,
    id,
    error,
    latency:
      timed === undefined ? undefined : { column: timed, field: LATENCY[timed] ?? 'latency' },
  };
}

/** Whether all values are scores, and some value is. */
function isScored(values: readonly JsonValue[]): boolean {
  const scores = values.map(readScore).filter((score) => score !== null && !isNotANumber(score));
  return (
    scores.length > 0 &&
    scores.every((score) => typeof score === 'boolean' || isFiniteNumber(score))
  );
}

function isNotANumber(value: JsonValue): boolean {
  return value instanceof JsonNumber && Number.isNaN(Number(value));
}
