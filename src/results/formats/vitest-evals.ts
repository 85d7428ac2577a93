import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { listAt, memberAt, objectAt, textAt } from '../format-kit/members.js';
import { nameExperiments, splitModel } from '../format-kit/model.js';
import { feedbackOf, RecordReader, restOf } from '../format-kit/reader.js';
import { readEach } from '../format-kit/rows.js';
import { nestSpans } from '../format-kit/tree.js';
import { readUsage } from '../format-kit/usage.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

/** What `vitest run --reporter=json` writes of tests that use vitest-evals; unit tests next to them are passed over. */
export const vitestEvals: Format = {
  name: 'vitest-evals',
  title: 'vitest-evals results',
  files: 'vitest-results.json',
  reads: 'a row per evaluated test, an experiment per suite, the scores of its judges',
  recognise({ document }, isAsked = false) {
    const files = listAt(document, 'testResults') ?? [];
    const tests = files.flatMap((file) => listAt(file, 'assertionResults') ?? []);
    // Reports of unit tests look the same, and evaluated tests may come after many of those.
    const isEnough = isAsked && tests.length > 0;
    if (!isEnough && !tests.some(isEvaluated)) return undefined;
    return {
      why: isEnough ? 'it has tests' : 'tests have meta.eval or meta.harness',
      recordsAt: ['testResults', '*', 'assertionResults'],
      rows: readRows,
    };
  },
};

const NO_REASON = 'the test failed and did not say why';

function isEvaluated(test: JsonValue): boolean {
  const meta = memberAt(test, 'meta');
  return objectAt(meta, 'eval') !== undefined || objectAt(meta, 'harness') !== undefined;
}

async function* readRows(source: ResultsFile): AsyncGenerator<FormatRow> {
  const { header, records } = source;
  let isEmpty = true;
  const files = listAt(header, 'testResults') ?? [];
  const nameOf = nameExperiments();
  const rows = readEach(evaluated(records), 'the result of a test', (test, { path }) => {
    isEmpty = false;
    const place = Number(path?.[0]);
    const file = files[place];
    const name = textAt(file, 'name')?.split(/[\\/]/).at(-1);
    const [suite] = listAt(test.record, 'ancestorTitles') ?? [];
    const label = typeof suite === 'string' && suite !== '' ? suite : (name ?? '');
    test.keep({ file: name });
    return {
      value: readTest(test, memberAt(file, 'startTime') ?? null),
      experiment: nameOf(`${place} ${label}`, label),
    };
  });
  yield* rows;
  if (isEmpty) {
    const problem = 'none of the tests has meta.eval or meta.harness: they are unit tests';
    yield { origin: { file: source.name, line: 1 }, problem };
  }
}

async function* evaluated(records: ResultsFile['records']): ResultsFile['records'] {
  for await (const row of records)
    if (!isJsonObject(row.value) || isEvaluated(row.value)) yield row;
}

function readTest(test: RecordReader, fileStart: JsonValue): JsonObject {
  const meta = test.merge('meta');
  const isScored = isJsonObject(meta.record.eval);
  const evaluation = meta.merge('eval');
  const harness = meta.merge('harness');
  const run = harness.merge('run');
  const usage = run.open('usage');
  const session = objectAt(run.record, 'session');
  const traces = run.items('traces').map((trace) => new RecordReader(trace));
  const spans = traces.map((trace) => trace.list('spans') ?? []);
  const [first] = traces;
  const [start, end] = [first?.text('startedAt'), first?.text('finishedAt')];
  const duration = test.take('duration');
  const provider = usage.text('provider') ?? textAt(session, 'provider');
  const model = usage.text('model') ?? textAt(session, 'model');
  test.leaveOut('fullName');
  test.keep({ harness: harness.take('name'), traces: restOf(traces) });
  return {
    inputs: readInputs(test.record, run.record),
    ...readAnswer(test.record, evaluation, run, isScored),
    ...(start !== undefined && end !== undefined
      ? { start_time: start, end_time: end }
      : { start_time: fileStart, latency_ms: duration }),
    feedback: evaluation.items('scores').map((score) => feedbackOf(score, readScore)),
    child_runs: spans.flatMap(readSpans),
    metadata: {
      ...(model && provider ? { ls_provider: provider, ls_model_name: model } : splitModel(model)),
      ...readUsage(usage),
    },
  };
}

/** What the user said first; before harnesses there was only the test's title. */
function readInputs(test: JsonObject, run: JsonObject): JsonValue {
  const events = listAt(objectAt(run, 'session'), 'events') ?? [];
  const said = events.find((event) => memberAt(event, 'role') === 'user');
  return memberAt(said, 'content') ?? { input: test.title ?? test.fullName ?? null };
}

/** A test below its threshold fails, but nothing went wrong in it. */
function readAnswer(
  test: JsonObject,
  evaluation: RecordReader,
  run: RecordReader,
  isScored: boolean,
): JsonObject {
  const [error] = listAt(run.record, 'errors') ?? [];
  if (error !== undefined) return { error: textAt(error, 'message') ?? (error || NO_REASON) };
  const outputs = evaluation.take('output') ?? run.take('output');
  run.leaveOutCopy('output', outputs);
  if (outputs !== null || isScored) return { outputs: outputs ?? { output: null } };
  const [failure] = listAt(test, 'failureMessages') ?? [];
  return test.status === 'failed' ? { error: failure || NO_REASON } : { outputs: { output: null } };
}

function readScore(score: RecordReader): JsonObject {
  const comment = score.open('metadata').text('rationale') ?? null;
  return { key: score.text('name') ?? 'score', comment };
}

const RUN_TYPES = new Map([
  ['model', 'llm'],
  ['llm', 'llm'],
  ['generation', 'llm'],
  ['tool', 'tool'],
  ['retrieval', 'retriever'],
]);

/** Makes child runs of a trace's spans. Their tokens stay attributes: they are counted in the row already. */
function readSpans(spans: readonly JsonValue[]): JsonObject[] {
  return nestSpans(spans, { id: 'id', parent: 'parentId' }, readSpan);
}

function readSpan(span: RecordReader): JsonObject {
  const kind = textAt(span.record, 'kind');
  const error = span.open('error').take('message');
  span.merge('attributes');
  span.leaveOut('parentId');
  return {
    name: span.text('name') ?? kind ?? null,
    run_type: RUN_TYPES.get(kind ?? '') ?? 'chain',
    start_time: span.text('startedAt') ?? null,
    end_time: span.text('finishedAt') ?? null,
    error: error ?? span.take('error'),
  };
}
