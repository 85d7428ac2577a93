import { isJsonObject, type JsonObject } from '../../json/value.js';
import { textAt } from '../format-kit/members.js';
import { type FlatSample, flatten, readFlat } from '../format-kit/pandas.js';
import { isFiniteNumber } from '../format-kit/values.js';
import { decideColumns } from '../named-columns/named-columns.js';
import { OddCells } from '../named-columns/odd-cells.js';
import type { Format } from './format.js';

/**
 * What `result.to_pandas()` of Ragas is written to: CSV, JSON by records, by columns or by lines; old names and new.
 * Its users add columns of their own, so what each is follows from the names of all, as in any table.
 */
export const ragas: Format = {
  name: 'ragas',
  title: 'Ragas results',
  files: 'ragas_results.csv, .json, .jsonl',
  reads: 'a row per sample, an experiment per pipeline where a column names it, a score per metric',
  recognise(sample) {
    const flat = flatten(sample);
    const why = findWhy(flat);
    if (why === undefined) return undefined;
    const isTable = flat.orient === 'csv';
    const columns = decideColumns(
      {
        ...sample,
        kind: isTable ? 'table' : 'list',
        rows: flat.rows.map(readDialogue),
        columns: isTable ? flat.columns : [],
      },
      {},
    );
    if (columns.questions.length > 0) return undefined;
    return {
      why,
      recordsAt: flat.recordsAt,
      columns,
      assumptions: [...(isTable ? [LISTS_IN_CELLS] : []), ...columns.assumptions],
      rows: (file) => {
        const cells = new OddCells();
        return readFlat(file, flat, (record, origin) => {
          record.leaveOut(Object.keys(record.record));
          const { value, experiment, odd } = columns.read(readDialogue(record.record));
          const notes = cells.describe(odd, origin);
          return {
            value: tellCrash(value),
            notes,
            ...(experiment !== undefined && { experiment }),
          };
        });
      },
    };
  },
};

const LISTS_IN_CELLS =
  'contexts that Python printed are read as lists; what numpy printed, without commas, stays text';

/** Metrics by their names, which may have parameters: `factual_correctness(mode=f1)`. @see https://docs.ragas.io, metrics */
const METRIC =
  /^(?:faithfulness|(?:answer|response)_relevanc[ye]|(?:(?:non_)?llm_|id_based_)?context_(?:precision|recall)\w*|context_(?:entity_recall|relevanc[ye]|utilization)|answer_(?:correctness|similarity|accuracy)|semantic_similarity|factual_correctness|noise_sensitivity\w*|response_groundedness|nv_\w+|(?:agent_)?goal_accuracy|tool_call_accuracy|topic_adherence|summary_score|summarization_score)(?:\(.*\))?$/;

/** Records of Ragas have a question, a metric, and in most cases an answer. @see https://docs.ragas.io, EvaluationDataset */
function findWhy({ columns }: FlatSample): string | undefined {
  const metric = columns.find((name) => METRIC.test(name));
  const question = ['user_input', 'question'].find((name) => columns.includes(name));
  const answer = question === 'user_input' ? 'response' : 'answer';
  if (metric === undefined || question === undefined) return undefined;
  return columns.includes(answer)
    ? `columns ${question}, ${answer} and ${metric}`
    : `columns ${question} and ${metric}`;
}

/** Reads a dialogue, whose answer is the last message of the AI. */
function readDialogue(record: JsonObject): JsonObject {
  const { user_input: dialogue, response = null } = record;
  if (response !== null || !Array.isArray(dialogue)) return record;
  const last = dialogue.findLast((message) => textAt(message, 'type') === 'ai');
  return { ...record, response: isJsonObject(last) ? (last.content ?? null) : null };
}

/** `success` false where all scores are 0: the pipeline crashed. */
function tellCrash(value: JsonObject): JsonObject {
  const scores = Object.entries((value.scores ?? {}) as JsonObject).map(
    ([name, score]) => [name, isJsonObject(score) ? (score.score ?? null) : score] as const,
  );
  const isFailed = scores.some(([name, score]) => name === 'success' && score === false);
  const numbers = scores.map(([, score]) => score).filter(isFiniteNumber);
  const isZero = numbers.length > 0 && numbers.every((score) => Number(score) === 0);
  if (!isFailed || !isZero || value.error !== undefined) return value;
  return { ...value, error: 'the row failed: success is False, and all its scores are 0' };
}
