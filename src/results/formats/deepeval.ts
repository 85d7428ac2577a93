import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { known, listAt, memberAt, objectAt, textAt } from '../format-kit/members.js';
import { splitModel } from '../format-kit/model.js';
import { addMetadata, without } from '../format-kit/reader.js';
import { describeFound } from '../found.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

/**
 * What `deepeval test run` and `evaluate()` leave: a test run, in `.latest_test_run.json` within `testRunData`.
 * An error in it is always one of a metric, so no row has an error.
 */
export const deepeval: Format = {
  name: 'deepeval',
  title: 'DeepEval test run',
  files: '.deepeval/.latest_test_run.json, .latest_run_full.json, files of DEEPEVAL_RESULTS_FOLDER',
  reads: 'a row per test case, single or of several turns, a score per metric and success',
  recognise({ document }, isAsked = false) {
    const above = objectAt(document, 'testRunData') ? ['testRunData'] : [];
    const run = objectAt(document, 'testRunData') ?? document;
    const cases = listAt(run, 'testCases');
    const conversations = listAt(run, 'conversationalTestCases');
    const isMeasured = [...(cases ?? []), ...(conversations ?? [])].some(
      (one) => listAt(one, 'metricsData') !== undefined,
    );
    const isEnough = isAsked && (cases ?? conversations) !== undefined;
    if (!isMeasured && !isEnough && !(cases && conversations)) return undefined;
    const hasCases = cases !== undefined && cases.length > 0;
    return {
      why: tellWhy(isMeasured, conversations !== undefined),
      recordsAt: [...above, hasCases ? 'testCases' : 'conversationalTestCases'],
      leaveOut: [
        [...above, 'metricsScores'],
        [...above, 'prompts'],
      ],
      assumptions: [
        'where completionTime is not told, a row’s time is runDuration, which includes the time of its metrics',
      ],
      rows: readRows,
    };
  },
};

function tellWhy(isMeasured: boolean, hasConversations: boolean): string {
  if (isMeasured) return 'test cases have metricsData';
  return hasConversations ? 'it has conversationalTestCases' : 'it has testCases';
}

async function* readRows({ name, header, records }: ResultsFile): AsyncGenerator<FormatRow> {
  const run = objectAt(header, 'testRunData') ?? header;
  for await (const { origin, value } of records) yield readCase(value, origin, run);
  // A run of both kinds has its conversations after the other cases, and is read for those line by line.
  for (const value of listAt(run, 'conversationalTestCases') ?? [])
    yield readCase(value, { file: name, line: 1 }, run);
}

function readCase(
  record: JsonValue,
  origin: { file: string; line: number },
  run: JsonObject,
): FormatRow {
  if (!isJsonObject(record)) {
    return { origin, problem: `found ${describeFound(record)}, expected a test case of DeepEval` };
  }
  const turns = listAt(record, 'turns');
  const tags = (listAt(record, 'tags') ?? []).filter((tag) => typeof tag === 'string');
  const value = {
    ...(turns ? readConversation(record, turns) : readSingle(record)),
    latency: memberAt(record, 'completionTime') ?? memberAt(record, 'runDuration') ?? null,
    feedback: [
      ...(listAt(record, 'metricsData') ?? []).filter(isJsonObject).map(readMetric),
      { key: 'success', score: record.success ?? null },
    ],
    tags,
    metadata: readMetadata(record, run),
  };
  return { origin, value };
}

function readSingle(record: JsonObject): JsonObject {
  const reference = {
    ...present('output', memberAt(record, 'expectedOutput')),
    ...present('expectedTools', memberAt(record, 'expectedTools')),
  };
  return {
    inputs: {
      input: record.input ?? null,
      ...present('context', memberAt(record, 'context')),
      ...present('retrievalContext', memberAt(record, 'retrievalContext')),
    },
    ...known({ reference_outputs: reference }),
    outputs: {
      output: record.actualOutput ?? null,
      ...present('toolsCalled', memberAt(record, 'toolsCalled')),
    },
  };
}

/** What the user said is the input; what came of it, the whole conversation. */
function readConversation(record: JsonObject, turns: JsonValue[]): JsonObject {
  const answer = turns.findLast((turn) => textAt(turn, 'role') === 'assistant');
  return {
    inputs: {
      messages: turns.filter((turn) => textAt(turn, 'role') === 'user'),
      ...present('scenario', memberAt(record, 'scenario')),
      ...present('userDescription', memberAt(record, 'userDescription')),
      ...present('context', memberAt(record, 'context')),
    },
    reference_outputs: memberAt(record, 'expectedOutcome') ?? null,
    outputs: { output: memberAt(answer, 'content') ?? null, messages: turns },
  };
}

/** A metric that failed has no score, whatever stands there; the rest it says is kept beside the score. */
function readMetric(metric: JsonObject): JsonObject {
  const error = textAt(metric, 'error');
  return {
    ...without(metric, 'name', 'score', 'reason', 'error'),
    key: textAt(metric, 'name') ?? 'score',
    score: error === undefined ? (metric.score ?? null) : null,
    comment: error ?? textAt(metric, 'reason') ?? null,
  };
}

/** The model under test is told by hyperparameters only; `evaluationModel` and `evaluationCost` are of the judge. */
function readMetadata(record: JsonObject, run: JsonObject): JsonObject {
  const hyperparameters = objectAt(run, 'hyperparameters');
  const model = textAt(hyperparameters, 'model');
  const cost = memberAt(record, 'tokenCost');
  const metadata: JsonObject = {
    ...splitModel(model),
    ...known({ usage_metadata: known({ total_cost: cost }) }),
  };
  addMetadata(metadata, without(record, ...TOLD_ELSEWHERE));
  addMetadata(metadata, { hyperparameters, identifier: run.identifier, testFile: run.testFile });
  return metadata;
}

const TOLD_ELSEWHERE = [
  'input',
  'context',
  'retrievalContext',
  'expectedOutput',
  'expectedTools',
  'actualOutput',
  'toolsCalled',
  'turns',
  'scenario',
  'userDescription',
  'expectedOutcome',
  'metricsData',
  'success',
  'tags',
  'tokenCost',
  'completionTime',
];

function present(key: string, value: JsonValue | undefined): JsonObject {
  return value === undefined ? {} : { [key]: value };
}
