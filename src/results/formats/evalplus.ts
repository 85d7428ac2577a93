import { addTo } from '../../group-by.js';
import type { Sample } from '../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { known, listAt, objectAt, textAt } from '../format-kit/members.js';
import { baseName, findModelFolder, splitModel } from '../format-kit/model.js';
import { type RecordReader, readRun } from '../format-kit/reader.js';
import { mostRecords, readEach, unexpected } from '../format-kit/rows.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

const PROGRAMS = ['completion', 'solution'];
/** All that a sample, or a checked sample, has. More than that is a table of someone's own. */
const NAMES =
  `_identifier canonical_solution completion completion_id entry_point passed prompt raw_solution result
  solution task_id test`.split(/\s+/);
/** `deepseek-ai--deepseek-coder_vllm_temp_0.0.jsonl`, `gpt-4_temp_0.8` */
const NAMED_FOR_MODEL =
  /^(.+?)(?:_(?:vllm|hf|openai|anthropic|google|bedrock|ollama))?_temp_[\d.]+/;

/** Samples of HumanEval and MBPP, such as were checked by human-eval, and results of EvalPlus. */
export const evalplus: Format = {
  name: 'evalplus',
  title: 'HumanEval and EvalPlus',
  files: 'samples.jsonl, samples.jsonl_results.jsonl, samples_eval_results.json',
  reads: 'a row per program, passed, or base and plus',
  recognise(sample) {
    const why = tell(sample);
    if (why === undefined) return undefined;
    const model = findModel(sample.name);
    const assumptions = model === undefined ? [] : [`the model is that of the path: ${model}`];
    if (sample.kind === 'document' && objectAt(sample.document, 'eval'))
      return { why, assumptions, recordsAt: ['eval'], rows: (file) => readResults(file, model) };
    const read = (record: RecordReader) => ({
      value: { ...readSample(record), metadata: splitModel(model) },
    });
    const isOne = (record: JsonObject) => textAt(record, 'task_id') !== undefined;
    return {
      why,
      assumptions,
      rows: ({ records }) => readEach(records, 'a sample with task_id', read, isOne),
    };
  },
};

function tell(sample: Sample): string | undefined {
  const { document } = sample;
  const tasks = objectAt(document, 'eval');
  if (tasks && textAt(document, 'hash') && textAt(document, 'date')) {
    const areTasks = Object.values(tasks).every(
      (task) => Array.isArray(task) || listAt(task, 'base'),
    );
    return areTasks ? 'it has eval, hash and date' : undefined;
  }
  return mostRecords(sample, isSample) ? 'rows have task_id and a program' : undefined;
}

function isSample(record: JsonObject): boolean {
  const hasProgram = PROGRAMS.some((name) => typeof record[name] === 'string');
  const isOnly = Object.keys(record).every((name) => NAMES.includes(name));
  return textAt(record, 'task_id') !== undefined && hasProgram && isOnly;
}

/** No file names its model. */
function findModel(path: string): string | undefined {
  const folder = findModelFolder(path);
  const [, named] =
    NAMED_FOR_MODEL.exec(baseName(path)) ?? NAMED_FOR_MODEL.exec(folder ?? '') ?? [];
  return (named ?? folder)?.replace('--', '/');
}

function readSample(record: RecordReader): JsonObject {
  const { passed } = record.record;
  if (typeof passed !== 'boolean') return readProgram(record);
  const result = record.text('result');
  const comment = passed && result === 'passed' ? null : (result ?? null);
  record.leaveOut('passed');
  return { ...readProgram(record), feedback: [{ key: 'passed', score: passed, comment }] };
}

/** @see https://github.com/evalplus/evalplus, evalplus/eval/__init__.py: PASS */
const PASSED = ['pass', 'success'];

/**
 * Reads results of EvalPlus, a record for each task. Until version 0.2 they hold no programs, which then come from the
 * file of samples next to it, where each task's stand in the same order.
 */
async function* readResults(
  file: ResultsFile,
  model: string | undefined,
): AsyncGenerator<FormatRow> {
  const samples = await findSamples(file);
  for await (const { origin, value: record, path } of file.records) {
    const task = String(path?.at(-1));
    const results = Array.isArray(record) ? record.filter(isJsonObject) : unzip(record);
    if (!results) {
      yield unexpected({ origin, value: record }, `results of ${task}`);
      continue;
    }
    for (const [place, result] of results.entries()) {
      const program = { ...samples.get(task)?.[place], ...result, task_id: task };
      const value = readRun(program, (record) => {
        record.keep({ date: file.header.date, hash: file.header.hash });
        const feedback = [...readStatus('base', record), ...readStatus('plus', record)];
        return { ...readProgram(record), feedback, metadata: splitModel(model) };
      });
      yield { origin, value };
    }
  }
}

/** Until version 0.2: `{nfiles, base: [[status, [passed, …]]], plus: [[status, …]]}`. */
function unzip(record: JsonValue): JsonObject[] | undefined {
  const plus = listAt(record, 'plus') ?? [];
  return listAt(record, 'base')?.map((base, place) => {
    const [base_status = null, base_details = null] = Array.isArray(base) ? base : [base];
    const other = plus[place] ?? null;
    const [plus_status = null, plus_details = null] = Array.isArray(other) ? other : [other];
    return { base_status, base_details, plus_status, plus_details };
  });
}

/** A program that ran out of time has not passed. */
function readStatus(key: string, record: RecordReader): JsonObject[] {
  const status = record.text(`${key}_status`);
  if (status === undefined) return [];
  const hasPassed = PASSED.includes(status);
  return [{ key, score: hasPassed ? 1 : 0, comment: hasPassed ? null : status }];
}

async function findSamples(file: ResultsFile): Promise<ReadonlyMap<string, JsonObject[]>> {
  const [, stem] = /^(.+)_eval_results\.json(?:\.(?:gz|zst))?$/.exec(baseName(file.name)) ?? [];
  if (stem === undefined) return new Map();
  const pattern = new RegExp(`^${stem.replace(/[^\w-]/g, '\\$&')}\\.jsonl$`);
  const samples = new Map<string, JsonObject[]>();
  for (const { value } of await file.companions(pattern)) {
    for (const sample of Array.isArray(value) ? value.filter(isJsonObject) : []) {
      const task = textAt(sample, 'task_id') ?? '';
      addTo(samples, task, sample);
    }
  }
  return samples;
}

/** The task, and the program that was written for it. */
function readProgram(record: RecordReader): JsonObject {
  const task_id = record.take('task_id');
  const outputs = record.pick('completion', 'solution');
  return {
    id: task_id,
    inputs: { task_id, ...record.pick('prompt') },
    ...known({ reference_outputs: record.pick('canonical_solution') }),
    outputs: Object.keys(outputs).length > 0 ? outputs : { output: null },
  };
}
