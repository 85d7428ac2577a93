import type { Sample } from '../../../input/sample.js';
import type { JsonObject } from '../../../json/value.js';
import { listAt, objectAt, textAt } from '../../format-kit/members.js';
import { baseName, findModelFolder, splitModel } from '../../format-kit/model.js';
import type { RecordReader } from '../../format-kit/reader.js';
import { mostRecords, readEach } from '../../format-kit/rows.js';
import type { Format } from '../format.js';
import { readProgram, readResults } from './results.js';

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
