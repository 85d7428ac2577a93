import type { Sample } from '../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { known, listAt, memberAt, objectAt, textAt, toNumber } from '../format-kit/members.js';
import { findOnly, labelExperiment, nameExperiments } from '../format-kit/model.js';
import { feedbackOf, RecordReader, readRun } from '../format-kit/reader.js';
import { readEach, readOne, summaryOf, unexpected } from '../format-kit/rows.js';
import { readLooseUsage } from '../format-kit/usage.js';
import type { Format, FormatRow, Reading, ResultsFile } from './format.js';

/** What `evalite run --outputPath` writes, and both reporters of 2024. */
export const evalite: Format = {
  name: 'evalite',
  title: 'Evalite results',
  files: 'evalite-results.json, report.json, evalite-report.jsonl',
  reads: 'a row per case, an experiment per eval and variant, the scores of its scorers',
  recognise(sample, isAsked = false) {
    if (!isReport(sample, isAsked)) return recogniseOldReport(sample);
    return {
      why: 'it has run, and evals with results and scores',
      recordsAt: ['evals', '*', 'results'],
      rows: readRows,
    };
  },
};

function isReport({ document }: Sample, isAsked: boolean): boolean {
  const evals = listAt(document, 'evals');
  if (!evals || objectAt(document, 'run') === undefined) return false;
  const results = evals.flatMap((one) => listAt(one, 'results') ?? []);
  return isAsked || results.some((row) => listAt(row, 'scores'));
}

async function* readRows({ header, records }: ResultsFile): AsyncGenerator<FormatRow> {
  const evals = listAt(header, 'evals') ?? [];
  const nameOf = nameExperiments();
  const labels = evals.map((one, place) =>
    nameOf(String(place), labelExperiment(textAt(one, 'name'), textAt(one, 'variantName'))),
  );
  yield* readEach(records, 'a result of Evalite', (record, { path }) => {
    const place = Number(path?.[0]);
    record.keep({ eval: evals[place], run: header.run });
    return { value: readResult(record), experiment: labels[place] };
  });
  for (const [place, one] of evals.entries()) {
    const score = memberAt(one, 'averageScore');
    if (score !== undefined)
      yield { summary: { experiment: labels[place], scores: [{ key: 'averageScore', score }] } };
  }
}

function readResult(record: RecordReader): JsonObject {
  const traces = record.items('traces');
  const createdAt = record.text('createdAt');
  return {
    inputs: record.take('input') ?? { input: null },
    reference_outputs: record.take('expected'),
    ...readAnswer(record),
    // SQLite's CURRENT_TIMESTAMP: UTC, though it does not say so.
    start_time: createdAt === undefined ? null : withZone(createdAt),
    latency_ms: record.take('duration'),
    feedback: record.items('scores').map((score) => feedbackOf(score, readScore)),
    // Each trace is a model's call: what it used is counted there, and shown here.
    run_type: traces.length > 0 ? 'chain' : null,
    child_runs: traces.map((trace) => readRun(trace, readTrace)),
    metadata: readLooseUsage(traces.map((trace) => new RecordReader(trace))),
  };
}

function withZone(time: string): string {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?$/.test(time) ? `${time}Z` : time;
}

/** A row that failed has the thrown error where its output would be. */
function readAnswer(record: RecordReader): JsonObject {
  const { status, output, scores } = record.record;
  const hasScores = Array.isArray(scores) && scores.length > 0;
  if (status !== 'fail' || hasScores) return { outputs: record.take('output') ?? { output: null } };
  if (textAt(output, 'message') === undefined)
    return { error: 'the case failed and did not say why', outputs: record.take('output') };
  const thrown = record.merge('output');
  const [name, message] = [thrown.text('name'), thrown.take('message')];
  return { error: name === undefined ? message : `${name}: ${message}` };
}

function readScore(score: RecordReader): JsonObject {
  return {
    key: score.text('name') ?? 'score',
    score: score.take('score'),
    comment: score.text('description') ?? null,
  };
}

/** Its times are of a clock that began with the process: only how long it took can be known. */
function readTrace(trace: RecordReader): JsonObject {
  const { startTime, endTime } = trace.record;
  const tookMs = toNumber(endTime) - toNumber(startTime);
  if (tookMs >= 0) trace.leaveOut('startTime', 'endTime');
  return {
    name: 'trace',
    run_type: 'llm',
    inputs: trace.take('input'),
    outputs: trace.take('output'),
    latency_ms: tookMs >= 0 ? tookMs : null,
    metadata: readLooseUsage(trace),
  };
}

/**
 * Tells the reports of 2024: files with tasks with results, as a list, as JSON Lines to which each run adds its own,
 * or within an object per run.
 */
function recogniseOldReport(sample: Sample): Reading | undefined {
  const runs = sample.kind === 'document' ? [sample.document] : sample.rows;
  const files = runs.flatMap(filesOf);
  if (!files.some(isFile)) return undefined;
  const onlyTime = findOnly(runs.map((run) => textAt(run, 'datetime')));
  return {
    why: 'files have tasks with results and scores',
    rows: (file) => readOldRows(file, onlyTime),
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

async function* readOldRows(
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
            value: { ...readOldResult(result), start_time: time ?? null, metadata: place },
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

function readOldResult(result: RecordReader): JsonObject {
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
