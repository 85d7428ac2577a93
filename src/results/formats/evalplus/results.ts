import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { known, listAt, textAt } from '../../format-kit/members.js';
import { baseName, splitModel } from '../../format-kit/model.js';
import { type RecordReader, readRun } from '../../format-kit/reader.js';
import { unexpected } from '../../format-kit/rows.js';
import type { FormatRow, ResultsFile } from '../format.js';

/** @see https://github.com/evalplus/evalplus, evalplus/eval/__init__.py: PASS */
const PASSED = ['pass', 'success'];

/**
 * Reads results of EvalPlus, a record for each task. Until version 0.2 they hold no programs, which then come from the
 * file of samples beside, where each task's stand in the same order.
 */
export async function* readResults(
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
  for (const { value } of await file.beside(pattern)) {
    for (const sample of Array.isArray(value) ? value.filter(isJsonObject) : []) {
      const task = textAt(sample, 'task_id') ?? '';
      samples.set(task, [...(samples.get(task) ?? []), sample]);
    }
  }
  return samples;
}

/** The task, and the program that was written for it. */
export function readProgram(record: RecordReader): JsonObject {
  const task_id = record.take('task_id');
  const outputs = record.pick('completion', 'solution');
  return {
    id: task_id,
    inputs: { task_id, ...record.pick('prompt') },
    ...known({ reference_outputs: record.pick('canonical_solution') }),
    outputs: Object.keys(outputs).length > 0 ? outputs : { output: null },
  };
}
