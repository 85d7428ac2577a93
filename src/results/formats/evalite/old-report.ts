import type { Sample } from '../../../input/sample.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { findOnly, labelExperiment, nameExperiments } from '../../format-kit/experiment-names.js';
import { known, listAt, memberAt, textAt } from '../../format-kit/members.js';
import { feedbackOf, type RecordReader } from '../../format-kit/reader.js';
import { readOne, summaryOf, unexpected } from '../../format-kit/rows.js';
import type { FormatRow, Reading, ResultsFile } from '../format.js';

/**
 * Tells the reports of 2024: files with tasks with results, as a list, as JSON Lines to which each run adds its own,
 * or within an object per run.
 */
export function recogniseOldReport(sample: Sample): Reading | undefined {
  const runs = sample.kind === 'document' ? [sample.document] : sample.rows;
  const files = runs.flatMap(filesOf);
  if (!files.some(isFile)) return undefined;
  const onlyTime = findOnly(runs.map((run) => textAt(run, 'datetime')));
  return {
    why: 'files have tasks with results and scores',
    hasExperiments: true,
    rows: (file) => readRows(file, onlyTime),
  };
}

function filesOf(run: JsonObject): JsonValue[] {
  return listAt(run, 'files') ?? [run];
}

function isFile(file: JsonValue): boolean {
  const tasks = listAt(file, 'tasks');
  if (textAt(file, 'file') === undefined || !tasks) return false;
  return tasks.every((task) => textAt(task, 'task') !== undefined && listAt(task, 'results'));
}

async function* readRows(
  { records }: ResultsFile,
  onlyTime: string | undefined,
): AsyncGenerator<FormatRow> {
  const nameOf = nameExperiments();
  for await (const row of records) {
    const { value: run } = row;
    if (!isJsonObject(run) || !filesOf(run).every(isFile)) {
      yield unexpected(row, 'a file with its tasks');
      continue;
    }
    const time = textAt(run, 'datetime');
    for (const file of filesOf(run)) {
      for (const task of listAt(file, 'tasks') ?? []) {
        const place = known({ file: memberAt(file, 'file'), task: memberAt(task, 'task') });
        const key = [time, place.file, place.task].join(' ');
        const experiment = nameOf(key, labelExperiment(textAt(place, 'task'), time, onlyTime));
        const results = listAt(task, 'results') ?? [];
        for (const value of results) {
          yield readOne({ ...row, value }, 'the result of a task', (result) => ({
            value: { ...readResult(result), start_time: time ?? null, metadata: place },
            experiment,
          }));
        }
        // A task without results was broken off: there is nothing to record of it.
        const score = memberAt(task, 'score');
        if (score !== undefined && results.length > 0)
          yield* summaryOf([{ key: 'score', score }], experiment);
      }
    }
  }
}

function readResult(result: RecordReader): JsonObject {
  return {
    inputs: result.take('input') ?? { input: null },
    outputs: result.take('result') ?? { output: null },
    reference_outputs: result.take('expected'),
    latency_ms: result.take('duration'),
    feedback: result
      .items('scores')
      .map((score) => feedbackOf(score, (one) => ({ key: one.text('name') ?? 'score' }))),
  };
}
