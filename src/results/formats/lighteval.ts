import { isNumber, type JsonObject, type JsonValue } from '../../json/value.js';
import { hasKeys, known, listAt, memberAt, objectAt, textAt } from '../format-kit/members.js';
import { baseName, nameRepository } from '../format-kit/model.js';
import type { RecordReader } from '../format-kit/reader.js';
import { mostRecords, readEach, summaryOf } from '../format-kit/rows.js';
import { usageOf } from '../format-kit/usage.js';
import { scoreOrValue, scoresIn } from '../format-kit/values.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

/**
 * Details of lighteval, of now and of before 0.11. Numbers of tokens are left out, but for how many there were.
 *
 * @see https://huggingface.co/docs/lighteval/saving-and-reading-results
 */
export const lighteval: Format = {
  name: 'lighteval',
  title: 'lighteval details',
  files: 'details_<task>_<time>.parquet, with results_<time>.json next to it',
  reads: 'a row per document, a score per metric, an experiment per task',
  recognise(sample) {
    if (mostRecords(sample, isDetail))
      return {
        why: 'rows have doc, metric and model_response',
        rows: (file) => readDetails(file, isDetail, readDetail),
      };
    if (!mostRecords(sample, isOldDetail)) return undefined;
    return {
      why: 'rows have full_prompt, predictions, gold and metrics',
      rows: (file) => readDetails(file, isOldDetail, readOldDetail),
    };
  },
};

function isDetail(record: JsonObject): boolean {
  const isOf = objectAt(record, 'metric') && objectAt(record, 'model_response');
  return Boolean(isOf) && hasKeys(record.doc, 'query');
}

function isOldDetail(record: JsonObject): boolean {
  return hasKeys(record, 'full_prompt', 'predictions', 'gold', 'metrics');
}

async function* readDetails(
  file: ResultsFile,
  test: (record: JsonObject) => boolean,
  read: (record: RecordReader) => JsonObject,
): AsyncGenerator<FormatRow> {
  const run = await findRun(file);
  const labels = new Map<string, string>();
  yield* readEach(
    file.records,
    'a detail of lighteval',
    (record) => {
      const task = textAt(objectAt(record.record, 'doc'), 'task_name') ?? '';
      const label = [run.model, task].filter(Boolean).join(' · ');
      labels.set(task, label);
      const { usage = {}, ...value } = read(record);
      const metadata = { ...nameRepository(run.model), ...(usage as JsonObject) };
      return { value: { ...value, metadata }, experiment: label || undefined };
    },
    test,
  );
  for (const [task, label] of labels)
    yield* summaryOf(scoresIn(memberAt(run.results, task)), label);
}

function readDetail(record: RecordReader): JsonObject {
  const doc = record.merge('doc');
  const response = record.merge('model_response');
  const choices = doc.list('choices') ?? [];
  const texts = response.list('text') ?? [];
  // What is generated is compared with choices: they are what is right, and not shown.
  const isChoice = texts.length === 0;
  if (!isChoice) doc.leaveOut('gold_index');
  return {
    id: doc.text('id') ?? null,
    inputs: { input: doc.take('query'), ...known({ choices: isChoice ? choices : null }) },
    ...known({ reference_outputs: readGold(doc.record, choices, isChoice) }),
    outputs: { output: isChoice ? pickChoice(response.record, choices) : oneOrAll(texts) },
    feedback: readMetrics(record.object('metric')),
    usage: countTokens(response, isChoice),
  };
}

/** The right choices by their number, one or several; of what is generated, any choice where none is numbered. */
function readGold(doc: JsonObject, choices: readonly JsonValue[], isChoice: boolean): JsonValue {
  const { gold_index = null } = doc;
  const numbers = Array.isArray(gold_index) ? gold_index : [gold_index];
  const right = numbers.flatMap((number) => {
    const choice = isNumber(number) ? choices[Number(number)] : undefined;
    return choice === undefined ? [] : [choice];
  });
  return oneOrAll(right.length > 0 || isChoice ? right : choices);
}

/** Picks the likeliest choice: the model only says how likely each is. */
function pickChoice(response: JsonObject, choices: readonly JsonValue[]): JsonValue {
  const likelihoods = (listAt(response, 'logprobs') ?? []).slice(0, choices.length || undefined);
  let best = -1;
  for (const [index, likelihood] of likelihoods.entries()) {
    const most = best < 0 ? Number.NEGATIVE_INFINITY : Number(likelihoods[best]);
    if (isNumber(likelihood) && Number(likelihood) > most) best = index;
  }
  return best < 0 ? null : (choices[best] ?? best);
}

function oneOrAll(values: readonly JsonValue[]): JsonValue {
  return values.length > 1 ? [...values] : (values[0] ?? null);
}

/** Counts the tokens; a choice generates none. */
function countTokens(response: RecordReader, isChoice: boolean): JsonObject {
  const count = (name: string) =>
    (response.list(name) ?? []).reduce<number>(
      (sum, one) => sum + (Array.isArray(one) ? one.length : 1),
      0,
    );
  const [input_tokens, output_tokens] = [count('input_tokens'), count('output_tokens')];
  return !isChoice && input_tokens + output_tokens > 0
    ? usageOf({ input_tokens, output_tokens })
    : {};
}

function readMetrics(metrics: JsonObject = {}): JsonObject[] {
  return Object.keys(metrics).map((key) => ({ key, ...scoreOrValue(metrics[key] ?? null) }));
}

/** Flat columns: `example` is the question, `full_prompt` what was sent. */
function readOldDetail(record: RecordReader): JsonObject {
  const input = record.take('example', 'full_prompt');
  const all = (value: JsonValue) => (Array.isArray(value) ? oneOrAll(value) : value);
  record.leaveOut('input_tokens', 'cont_tokens');
  return {
    inputs: { input, ...known({ choices: record.take('choices') }) },
    ...known({ reference_outputs: all(record.take('gold')) }),
    outputs: { output: all(record.take('predictions')) },
    feedback: readMetrics(record.object('metrics')),
  };
}

/** What a file of details does not say itself. */
interface LightevalRun {
  readonly model: string | undefined;
  /** Scores of each task. */
  readonly results: JsonValue | undefined;
}

const TIME = /\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d+)?/;
/** `details/<model>/<time>/details_<task>_<time>.parquet`; a model's name may have a slash. */
const FOLDERS = /(?:^|[\\/])details[\\/](.+)[\\/]\d{4}-\d\d-\d\dT[^\\/]*[\\/][^\\/]+$/;

/** Reads the results of the same run, if they were put next to the details; else the path, which names the model. */
async function findRun({ name, companions }: ResultsFile): Promise<LightevalRun> {
  const [time] = TIME.exec(baseName(name)) ?? [];
  const found = await companions(/^results_.*\.json$/);
  const same = time === undefined ? found : found.filter((one) => one.name.includes(time));
  const value = same.length === 1 ? same[0]?.value : undefined;
  const config = objectAt(value, 'config_general');
  const [, folders] = FOLDERS.exec(name) ?? [];
  return {
    model:
      textAt(objectAt(config, 'model_config'), 'model_name') ??
      textAt(config, 'model_name') ??
      folders?.replaceAll('\\', '/'),
    results: objectAt(value, 'results'),
  };
}
