import type { Row } from '../../../input/row.js';
import type { Sample } from '../../../input/sample.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { findOnly, labelExperiment, nameExperiments } from '../../format-kit/experiment-names.js';
import { known, listAt, memberAt, textAt } from '../../format-kit/members.js';
import { feedbackOf, type RecordReader, readRun } from '../../format-kit/reader.js';
import { describeFound } from '../../found.js';
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
  for await (const { origin, value: run } of records) {
    if (!isJsonObject(run) || !filesOf(run).every(isFile)) {
      yield { origin, problem: `found ${describeFound(run)}, expected a file with its tasks` };
      continue;
    }
    const time = textAt(run, 'datetime');
    for (const file of filesOf(run)) {
      for (const task of listAt(file, 'tasks') ?? []) {
        const key = [time, textAt(file, 'file'), textAt(task, 'task')].join(' ');
        const experiment = nameOf(key, labelExperiment(textAt(task, 'task'), time, onlyTime));
        yield* readTask(task, { file, time, experiment, origin });
      }
    }
  }
}

interface Place {
  readonly file: JsonValue;
  readonly time: string | undefined;
  readonly experiment: string;
  readonly origin: Row['origin'];
}

/** A task without results was broken off: there is nothing to record of it. */
function* readTask(
  task: JsonValue,
  { file, time, experiment, origin }: Place,
): Generator<FormatRow> {
  const results = listAt(task, 'results') ?? [];
  for (const result of results) {
    if (!isJsonObject(result)) {
      yield { origin, problem: `found ${describeFound(result)}, expected the result of a task` };
      continue;
    }
    const value = readRun(result, (record) => ({
      inputs: record.take('input') ?? { input: null },
      outputs: record.take('result') ?? { output: null },
      reference_outputs: record.take('expected'),
      start_time: time ?? null,
      latency_ms: record.take('duration'),
      feedback: record.items('scores').map((score) => feedbackOf(score, readScore)),
      metadata: known({ file: memberAt(file, 'file'), task: memberAt(task, 'task') }),
    }));
    yield { origin, value, experiment };
  }
  const score = memberAt(task, 'score');
  if (score !== undefined && results.length > 0)
    yield { summary: { experiment, scores: [{ key: 'score', score }] } };
}

function readScore(score: RecordReader): JsonObject {
  return { key: score.text('name') ?? 'score' };
}
