import type { Sample } from '../../../input/sample.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { labelExperiment, nameExperiments } from '../../format-kit/experiment-names.js';
import { known, listAt, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import { addMetadata, without } from '../../format-kit/reader.js';
import { sumTokens, TOKEN_NAMES } from '../../format-kit/usage.js';
import { describeFound } from '../../found.js';
import type { Format, FormatRow, ResultsFile } from '../format.js';
import { recogniseOldReport } from './old-report.js';

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
      hasExperiments: true,
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
  for await (const { origin, value: record, path } of records) {
    if (!isJsonObject(record)) {
      yield { origin, problem: `found ${describeFound(record)}, expected a result of Evalite` };
      continue;
    }
    const place = Number(path?.[0]);
    const value = readResult(record, objectAt(header, 'run'), evals[place]);
    yield { origin, value, experiment: labels[place] };
  }
  for (const [place, one] of evals.entries()) {
    const score = memberAt(one, 'averageScore');
    if (score !== undefined)
      yield {
        summary: { experiment: labels[place], scores: [{ key: 'averageScore', score }] },
      };
  }
}

function readResult(
  record: JsonObject,
  run: JsonObject | undefined,
  ofEval: JsonValue | undefined,
): JsonObject {
  const traces = (listAt(record, 'traces') ?? []).filter(isJsonObject);
  const createdAt = textAt(record, 'createdAt');
  const metadata = sumTokens(traces);
  addMetadata(metadata, {
    ...without(record, ...TOLD_ELSEWHERE),
    eval: ofEval,
    run,
  });
  return {
    inputs: record.input ?? { input: null },
    reference_outputs: record.expected ?? null,
    ...readAnswer(record, metadata),
    // SQLite's CURRENT_TIMESTAMP: UTC, though it does not say so.
    start_time: createdAt === undefined ? null : withZone(createdAt),
    latency_ms: record.duration ?? null,
    feedback: (listAt(record, 'scores') ?? []).filter(isJsonObject).map(readScore),
    // Each trace is a model's call: what it used is counted there, and shown here.
    run_type: traces.length > 0 ? 'chain' : null,
    child_runs: traces.map(readTrace),
    metadata,
  };
}

const TOLD_ELSEWHERE = ['input', 'output', 'expected', 'duration', 'scores', 'traces', 'createdAt'];

function withZone(time: string): string {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?$/.test(time) ? `${time}Z` : time;
}

/** A row that failed has the thrown error where its output would be. */
function readAnswer(record: JsonObject, metadata: JsonObject): JsonObject {
  const output = memberAt(record, 'output');
  const message = textAt(output, 'message');
  if (record.status !== 'fail' || (listAt(record, 'scores') ?? []).length > 0)
    return { outputs: output ?? { output: null } };
  if (message === undefined || !isJsonObject(output))
    return { error: 'the case failed and did not say why', outputs: output ?? null };
  addMetadata(metadata, { stack: output.stack });
  addMetadata(metadata, without(output, 'name', 'message', 'stack'));
  const name = textAt(output, 'name');
  return { error: name === undefined ? message : `${name}: ${message}` };
}

function readScore(score: JsonObject): JsonObject {
  return {
    key: textAt(score, 'name') ?? 'score',
    score: score.score ?? null,
    comment: textAt(score, 'description') ?? null,
    ...known({ metadata: memberAt(score, 'metadata') }),
  };
}

/** Its times are of a clock that began with the process: only how long it took can be told. */
function readTrace(trace: JsonObject): JsonObject {
  const { input = null, output = null, startTime, endTime } = trace;
  const tookMs = Number(endTime ?? Number.NaN) - Number(startTime ?? Number.NaN);
  return {
    name: 'trace',
    run_type: 'llm',
    inputs: input,
    outputs: output,
    latency_ms: tookMs >= 0 ? tookMs : null,
    metadata: {
      ...without(trace, 'input', 'output', 'startTime', 'endTime', ...TOKEN_NAMES),
      ...sumTokens([trace]),
    },
  };
}
