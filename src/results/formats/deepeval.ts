import type { Row } from '../../input/row.js';
import type { JsonObject, JsonValue } from '../../json/value.js';
import { known, listAt, memberAt, objectAt, textAt } from '../format-kit/members.js';
import { splitModel } from '../format-kit/model.js';
import { feedbackOf, type RecordReader } from '../format-kit/reader.js';
import { readEach } from '../format-kit/rows.js';
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
      why: isMeasured
        ? 'test cases have metricsData'
        : `it has ${conversations ? 'conversationalTestCases' : 'testCases'}`,
      recordsAt: [...above, hasCases ? 'testCases' : 'conversationalTestCases'],
      leaveOut: ['metricsScores', 'prompts'].map((name) => [...above, name]),
      assumptions: [
        'where completionTime is missing, a row’s time is runDuration, which includes the time of its metrics',
      ],
      rows: readRows,
    };
  },
};

async function* readRows({ name, header, records }: ResultsFile): AsyncGenerator<FormatRow> {
  const run = objectAt(header, 'testRunData') ?? header;
  // A run of both kinds has its conversations after the other cases, and is read for those line by line.
  async function* all(): AsyncGenerator<Row> {
    yield* records;
    for (const value of listAt(run, 'conversationalTestCases') ?? [])
      yield { origin: { file: name, line: 1 }, index: 0, shape: 'document', value };
  }
  yield* readEach(all(), 'a test case of DeepEval', (record) => ({ value: readCase(record, run) }));
}

function readCase(record: RecordReader, run: JsonObject): JsonObject {
  const hyperparameters = objectAt(run, 'hyperparameters');
  const turns = record.list('turns');
  record.keep({ hyperparameters, identifier: run.identifier, testFile: run.testFile });
  return {
    ...(turns ? readConversation(record, turns) : readSingle(record)),
    latency: record.take('completionTime') ?? memberAt(record.record, 'runDuration') ?? null,
    feedback: [
      ...record.items('metricsData').map((metric) => feedbackOf(metric, readMetric)),
      { key: 'success', score: record.take('success') },
    ],
    tags: record.texts('tags'),
    metadata: {
      // Of the model under test; `evaluationModel` and `evaluationCost` are of the judge.
      ...splitModel(textAt(hyperparameters, 'model')),
      ...known({ usage_metadata: known({ total_cost: record.take('tokenCost') }) }),
    },
  };
}

function readSingle(record: RecordReader): JsonObject {
  const { expectedOutput: output, ...tools } = record.pick('expectedOutput', 'expectedTools');
  const reference = { ...(output !== undefined && { output }), ...tools };
  return {
    inputs: { input: record.take('input'), ...record.pick('context', 'retrievalContext') },
    ...known({ reference_outputs: reference }),
    outputs: { output: record.take('actualOutput'), ...record.pick('toolsCalled') },
  };
}

/** What the user said is the input; what came of it, the whole conversation. */
function readConversation(record: RecordReader, turns: JsonValue[]): JsonObject {
  const answer = turns.findLast((turn) => textAt(turn, 'role') === 'assistant');
  return {
    inputs: {
      messages: turns.filter((turn) => textAt(turn, 'role') === 'user'),
      ...record.pick('scenario', 'userDescription', 'context'),
    },
    reference_outputs: record.take('expectedOutcome'),
    outputs: { output: memberAt(answer, 'content') ?? null, messages: turns },
  };
}

/** A metric that failed has no score, whatever stands there; the rest it says is kept next to the score. */
function readMetric(metric: RecordReader): JsonObject {
  const error = metric.text('error');
  const score = metric.take('score');
  return {
    key: metric.text('name') ?? 'score',
    score: error === undefined ? score : null,
    comment: error ?? metric.text('reason') ?? null,
  };
}
