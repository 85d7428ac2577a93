import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { nameExperiments } from '../../format-kit/experiment-names.js';
import { known, listAt, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { addMetadata, without } from '../../format-kit/reader.js';
import { sumTokens, TOKEN_NAMES } from '../../format-kit/usage.js';
import { describeFound } from '../../found.js';
import type { Format, FormatRow, ResultsFile } from '../format.js';
import { nestSpans } from './spans.js';

/** What `vitest run --reporter=json` writes of tests that use vitest-evals; unit tests beside them are passed over. */
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
      hasExperiments: true,
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
  for await (const { origin, value: test, path } of records) {
    if (!isJsonObject(test)) {
      yield { origin, problem: `found ${describeFound(test)}, expected the result of a test` };
      continue;
    }
    if (!isEvaluated(test)) continue;
    isEmpty = false;
    const place = Number(path?.[0]);
    const file = files[place];
    const name = textAt(file, 'name')?.split(/[\\/]/).at(-1);
    const [suite] = listAt(test, 'ancestorTitles') ?? [];
    const label = typeof suite === 'string' && suite !== '' ? suite : (name ?? '');
    yield {
      origin,
      value: readTest(test, memberAt(file, 'startTime'), name),
      experiment: nameOf(`${place} ${label}`, label),
    };
  }
  if (isEmpty) {
    const problem = 'none of the tests has meta.eval or meta.harness: they are unit tests';
    yield { origin: { file: source.name, line: 1 }, problem };
  }
}

function readTest(
  test: JsonObject,
  fileStart: JsonValue | undefined,
  file: string | undefined,
): JsonObject {
  const evaluation = objectAt(test.meta, 'eval');
  const harness = objectAt(test.meta, 'harness');
  const run = objectAt(harness, 'run');
  const traces = listAt(run, 'traces') ?? [];
  const start = textAt(traces[0], 'startedAt');
  const end = textAt(traces[0], 'finishedAt');
  return {
    inputs: readInputs(test, run),
    ...readAnswer(test, evaluation, run),
    ...(start !== undefined && end !== undefined
      ? { start_time: start, end_time: end }
      : { start_time: fileStart ?? null, latency_ms: test.duration ?? null }),
    feedback: (listAt(evaluation, 'scores') ?? []).filter(isJsonObject).map(readScore),
    child_runs: traces.flatMap((trace) => nestSpans(listAt(trace, 'spans') ?? [])),
    metadata: readMetadata(test, file),
  };
}

/** What the user said first; before harnesses there was only the test's title. */
function readInputs(test: JsonObject, run: JsonObject | undefined): JsonValue {
  const events = listAt(objectAt(run, 'session'), 'events') ?? [];
  const said = events.find((event) => memberAt(event, 'role') === 'user');
  return memberAt(said, 'content') ?? { input: test.title ?? test.fullName ?? null };
}

/** A test below its threshold fails, but nothing went wrong in it. */
function readAnswer(
  test: JsonObject,
  evaluation: JsonObject | undefined,
  run: JsonObject | undefined,
): JsonObject {
  const output = memberAt(evaluation, 'output') ?? memberAt(run, 'output');
  const [error] = listAt(run, 'errors') ?? [];
  if (error !== undefined) return { error: textAt(error, 'message') ?? (error || NO_REASON) };
  if (output !== undefined || evaluation) return { outputs: output ?? { output: null } };
  const [failure] = listAt(test, 'failureMessages') ?? [];
  return test.status === 'failed' ? { error: failure || NO_REASON } : { outputs: { output: null } };
}

function readScore(score: JsonObject): JsonObject {
  const metadata = objectAt(score, 'metadata') ?? {};
  const rationale = textAt(metadata, 'rationale');
  const details = without(metadata, 'rationale');
  return {
    ...without(score, 'name', 'metadata'),
    key: textAt(score, 'name') ?? 'score',
    comment: rationale ?? null,
    ...known({ metadata: details }),
  };
}

function readMetadata(test: JsonObject, file: string | undefined): JsonObject {
  const meta = objectAt(test, 'meta') ?? {};
  const harness = objectAt(meta, 'harness') ?? {};
  const run = objectAt(harness, 'run') ?? {};
  const session = objectAt(run, 'session');
  const usage = objectAt(run, 'usage');
  const model = textAt(usage, 'model') ?? textAt(session, 'model');
  const provider = textAt(usage, 'provider') ?? textAt(session, 'provider');
  const metadata: JsonObject = {
    ...(model && provider ? named(provider, model) : splitModel(model)),
    ...sumTokens([usage]),
  };
  addMetadata(metadata, {
    file,
    ...without(test, 'meta', 'duration', 'fullName'),
    ...without(meta, 'eval', 'harness'),
    ...without(objectAt(meta, 'eval') ?? {}, 'scores', 'output'),
    harness: harness.name,
    ...without(harness, 'name', 'run'),
    ...without(run, 'output', 'traces', 'usage'),
    usage: without(usage ?? {}, 'provider', 'model', ...TOKEN_NAMES),
  });
  return metadata;
}

function named(provider: string, model: string) {
  return { ls_provider: provider, ls_model_name: model };
}
