import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { known, textAt } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { flatten, readFlat } from '../../format-kit/pandas.js';
import type { RecordReader } from '../../format-kit/reader.js';
import { isFiniteNumber, readCell, readScore } from '../../format-kit/values.js';
import type { Format } from '../format.js';
import { decideRoles, findQuestion, PANDAS_INDEX, type Roles } from './columns.js';
import { readPythonList } from './python-list.js';

/** What `result.to_pandas()` of Ragas is written to: CSV, JSON by records, by columns or by lines; old names and new. */
export const ragas: Format = {
  name: 'ragas',
  title: 'Ragas results',
  files: 'ragas_results.csv, .json, .jsonl',
  reads: 'a row per sample, an experiment per pipeline where a column names it, a score per metric',
  recognise(sample) {
    const flat = flatten(sample);
    const found = findQuestion(flat);
    if (!found) return undefined;
    const { recordsAt } = flat;
    const roles = decideRoles(flat);
    return {
      why: found.why,
      recordsAt,
      hasExperiments: roles.label !== undefined,
      assumptions: [
        ...(flat.orient === 'csv' ? [LISTS_IN_CELLS] : []),
        ...(found.hasAnswers ? [] : ['no column holds answers: outputs are empty']),
      ],
      rows: (file) => readFlat(file, flat, (record) => readRecord(record, roles)),
    };
  },
};

const LISTS_IN_CELLS =
  'contexts that Python printed are read as lists; what numpy printed, without commas, stays text';

function readRecord(
  record: RecordReader,
  roles: Roles,
): { value: JsonObject; experiment?: string } {
  const scores = pick(record, roles.scores, readScore);
  const label = roles.label === undefined ? undefined : textAt(record.record, roles.label);
  const isModel = roles.label?.startsWith('model') === true;
  const value = {
    inputs: pick(record, roles.inputs, readContent),
    ...known({ reference_outputs: pick(record, roles.reference, readContent) }),
    outputs: readAnswer(record, roles),
    error: findError(record, roles, scores),
    ...readLatency(record.record, roles),
    scores,
    id: readId(record.record, roles),
    metadata: splitModel(isModel ? label : undefined),
  };
  record.keep(pick(record, roles.rest, readContent));
  record.leaveOut(Object.keys(record.record).filter((name) => isEmptyCell(name, record.record)));
  return { value, experiment: label };
}

/** An empty cell, or the index that pandas writes first. */
function isEmptyCell(name: string, record: JsonObject): boolean {
  return record[name] === '' || PANDAS_INDEX.test(name);
}

function pick(
  record: RecordReader,
  names: readonly string[],
  read: (value: JsonValue, name: string) => JsonValue,
): JsonObject {
  const picked: JsonObject = {};
  for (const name of names) {
    const value = record.take(name);
    if (value !== null && value !== '') setKey(picked, name, read(value, name));
  }
  return picked;
}

/** A cell of a table may hold a list as JSON or as Python prints it; questions and answers are text whatever they hold. */
function readContent(value: JsonValue, name: string): JsonValue {
  if (typeof value !== 'string' || !/contexts$|ground_truths$/.test(name)) return value;
  const content = readCell(value);
  return typeof content === 'string' ? (readPythonList(content) ?? content) : content;
}

/** Of a dialogue, the answer is the last message of the AI. */
function readAnswer(record: RecordReader, { outputs }: Roles): JsonObject {
  const answer: JsonObject = {};
  for (const name of outputs) setKey(answer, name, record.take(name));
  const { user_input: dialogue } = record.record;
  if (outputs.length > 0 || !Array.isArray(dialogue)) return answer;
  const last = dialogue.findLast((message) => textAt(message, 'type') === 'ai');
  return { response: isJsonObject(last) ? (last.content ?? null) : null };
}

/** A column `error` that says something, or `success` false where all scores are 0: the pipeline crashed. */
function findError(record: RecordReader, { error }: Roles, scores: JsonObject): JsonValue {
  const told = error === undefined ? null : readScore(record.record[error]);
  const isTold = typeof told === 'string' || isJsonObject(told);
  if (error !== undefined && (isTold || typeof told === 'boolean')) record.leaveOut(error);
  if (isTold) return told;
  if (told === true) return 'the row says that it failed, and not why';
  const isFailed = 'success' in scores && scores.success === false;
  const numbers = Object.values(scores).filter(isFiniteNumber);
  const isZero = numbers.length > 0 && numbers.every((score) => Number(score) === 0);
  return isFailed && isZero ? 'the row failed: success is False, and all its scores are 0' : null;
}

function readLatency(record: JsonObject, { latency }: Roles): JsonObject {
  if (!latency) return {};
  const duration = readScore(record[latency.column]);
  return isFiniteNumber(duration) && Number(duration) >= 0 ? { [latency.field]: duration } : {};
}

function readId(record: JsonObject, { id }: Roles): JsonValue {
  const value = id === undefined ? null : (record[id] ?? null);
  return typeof value === 'string' || isFiniteNumber(value) ? value : null;
}
