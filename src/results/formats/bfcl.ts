import type { Sample } from '../../input/row.js';
import type { JsonObject, JsonValue } from '../../json/value.js';
import { hasKeys, hasMembers, known, numberAt } from '../format-kit/members.js';
import { baseName, findModelFolder, splitModel } from '../format-kit/model.js';
import type { RecordReader } from '../format-kit/reader.js';
import { mostRecords, readEach } from '../format-kit/rows.js';
import { sumCounts, usageOf } from '../format-kit/usage.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

/** A result that is none. @see https://github.com/ShishirPatil/gorilla, berkeley-function-call-leaderboard */
const FAILED = 'Error during inference:';
/** Folders between a model's and its files, since version 4. */
const GROUPS = /^(?:live|non_live|multi_turn|agentic|memory|web_search|format_sensitivity)$/i;
/** `BFCL_v3_simple_result.json`, `gorilla_openfunctions_v1_test_simple_result.json`, `simple_score.json` */
const FILE = /^(?:BFCL_v\d+_|gorilla_openfunctions_v\d+_test_)?(.+)_(?:result|score)\.jsonl?$/i;
const COUNTS = ['accuracy', 'correct_count', 'total_count'];

/** Results of the Berkeley Function-Calling Leaderboard, and its scores, which hold rows only of what failed. */
export const bfcl: Format = {
  name: 'bfcl',
  title: 'BFCL results',
  files: '<model>/BFCL_v3_<category>_result.json, _score.json',
  reads: 'a row per question; of scores a row per failed question, valid, and the accuracy of all',
  recognise(sample) {
    const folder = findModelFolder(sample.name, GROUPS);
    const ofFolder = folder === undefined ? [] : [`the model is that of the folder: ${folder}`];
    if (isScores(sample)) {
      return {
        why: 'it begins with accuracy, correct_count and total_count',
        assumptions: ['only failed questions are in the file; the accuracy is of all'],
        rows: (file) => readRows(file, readFailure),
      };
    }
    if (!mostRecords(sample, isResult)) return undefined;
    return {
      why: 'rows have result, input_token_count and latency',
      assumptions: ofFolder,
      rows: (file) => readRows(file, readResult),
    };
  },
};

function isScores({ rows, document }: Sample): boolean {
  const [first = document, ...others] = rows;
  const hasCounts = COUNTS.every((name) => numberAt(first, name) !== undefined);
  return hasCounts && others.every((row) => hasKeys(row, 'valid'));
}

function isResult(record: JsonObject): boolean {
  const isNamed = hasMembers(record, 'id') || hasMembers(record, 'idx');
  return isNamed && hasKeys(record, 'result', 'input_token_count', 'latency');
}

/** Model and category, which are in the path only. */
interface PathNames {
  readonly model: string | undefined;
  readonly category: string | undefined;
}

function readRows(
  { name, records }: ResultsFile,
  read: (record: RecordReader, place: PathNames) => JsonObject,
): AsyncIterable<FormatRow> {
  const [, category] = FILE.exec(baseName(name)) ?? [];
  const place = { model: findModelFolder(name, GROUPS), category };
  return readEach(
    records,
    'a row of BFCL',
    (record) => {
      const [score, correct, total] = COUNTS.map((count) => numberAt(record.record, count));
      if (score === undefined) return { value: read(record, place) };
      const comment = `${correct} of ${total}`;
      return { summary: { scores: [{ key: 'accuracy', score, comment }] } };
    },
    (record) => ['result', 'valid', 'accuracy'].some((name) => hasKeys(record, name)),
  );
}

function readResult(record: RecordReader, { model, category }: PathNames): JsonObject {
  const [id, idx] = [record.take('id'), record.take('idx')];
  const usage = usageOf({
    input_tokens: takeSum(record, 'input_token_count'),
    output_tokens: takeSum(record, 'output_token_count'),
  });
  record.keep({ test_category: category });
  return {
    id: id ?? idx,
    // Before they had ids, questions were numbered within their category.
    inputs: id === null ? known({ test_category: category, idx }) : { id },
    ...readOutput(record.take('result')),
    latency: takeSum(record, 'latency') ?? null,
    metadata: { ...splitModel(model), ...usage },
  };
}

/** Its `error` is why the check failed. */
function readFailure(record: RecordReader, place: PathNames): JsonObject {
  const id = record.take('id');
  const { error = null, test_category = null } = record.record;
  const reasons = Array.isArray(error) ? error : [error];
  const isText = reasons.every((reason) => typeof reason === 'string');
  if (isText) record.leaveOut('error');
  if (test_category === null) record.keep({ test_category: place.category });
  return {
    id,
    inputs: record.take('prompt') ?? { id },
    ...known({ reference_outputs: record.pick('possible_answer') }),
    ...readOutput(record.take('model_result_raw')),
    feedback: [
      { key: 'valid', score: record.take('valid'), comment: isText ? reasons.join('\n') : null },
    ],
    metadata: splitModel(record.text('model_name') ?? place.model),
  };
}

/** Calls of functions or text; of several turns a list of each turn's. */
function readOutput(result: JsonValue): JsonObject {
  const isError = typeof result === 'string' && result.startsWith(FAILED);
  return isError ? { error: result } : { outputs: { output: result } };
}

/** Adds up counts and latencies, which are lists of lists where there are several turns. */
function takeSum(record: RecordReader, name: string): number | undefined {
  const counts: unknown[] = [record.record[name]];
  const sum = sumCounts(counts.flat(Number.POSITIVE_INFINITY) as JsonValue[]);
  if (sum !== undefined) record.leaveOut(name);
  return sum;
}
