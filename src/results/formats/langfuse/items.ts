import type { Sample } from '../../../input/sample.js';
import type { JsonObject } from '../../../json/value.js';
import { nameExperiments } from '../../format-kit/experiment-names.js';
import { hasKeys, hasMembers, listAt, objectAt, textAt } from '../../format-kit/members.js';
import { RecordReader } from '../../format-kit/reader.js';
import { readingOf, summaryOf } from '../../format-kit/rows.js';
import { takeScores } from '../../format-kit/score-list.js';
import { readLooseUsage } from '../../format-kit/usage.js';
import type { Reading, SummaryScores } from '../format.js';
import { readOutcome, takeLatency } from './outcome.js';

/** Items of experiments, which the API also calls dataset runs. @see https://api.reference.langfuse.com/#tag/experiments */
export function recogniseItems(sample: Sample): Reading | undefined {
  const nameOf = nameExperiments();
  return readingOf(sample, {
    why: 'items have traceId, experimentItemId or datasetItemId, and output',
    members: ['data'],
    hasExperiments: true,
    is: isItem,
    expected: 'an experiment item of Langfuse with traceId and output',
    read(item) {
      const name = textAt(item.record, 'experimentName') ?? textAt(item.record, 'datasetRunName');
      const id = textAt(item.record, 'experimentId') ?? textAt(item.record, 'datasetRunId') ?? name;
      const experiment = id === undefined ? {} : { experiment: nameOf(id, name ?? id) };
      return { value: readItem(item), ...experiment };
    },
  });
}

function isItem(record: JsonObject): boolean {
  const isOfExperiment = ['experimentItemId', 'datasetItemId'].some((id) => hasMembers(record, id));
  return isOfExperiment && hasMembers(record, 'traceId') && hasKeys(record, 'output');
}

function readItem(item: RecordReader): JsonObject {
  item.merge('metadata');
  return {
    id: item.take('experimentItemId', 'datasetItemId'),
    inputs: item.take('input') ?? { input: null },
    reference_outputs: item.take('expectedOutput'),
    ...readOutcome(item),
    start_time: item.take('startTime'),
    end_time: item.take('endTime'),
    ...takeLatency(item),
    feedback: takeScores(item, 'scores'),
    metadata: readLooseUsage(item),
  };
}

/** Results of the SDKs' `run_experiment()`, in Python's spelling or JavaScript's. */
export function recogniseResults(sample: Sample): Reading | undefined {
  const { document } = sample;
  const name = textAt(document, 'run_name') ?? textAt(document, 'runName');
  const reading = readingOf(sample, {
    why: 'results have item, output, evaluations and a trace',
    members: ['item_results', 'itemResults'],
    hasExperiments: name !== undefined,
    is: isResult,
    expected: 'a result of run_experiment() with item, output and evaluations',
    read: (result) => ({ value: readResult(result), ...(name && { experiment: name }) }),
  });
  if (!reading) return undefined;
  return {
    ...reading,
    async *rows(file) {
      yield* reading.rows(file);
      yield* summaryOf(readSummary(new RecordReader(file.header)), name);
    },
  };
}

function isResult(record: JsonObject): boolean {
  const hasTrace = hasKeys(record, 'trace_id') || hasKeys(record, 'traceId');
  return (
    hasTrace &&
    hasKeys(record, 'output') &&
    listAt(record, 'evaluations') !== undefined &&
    (objectAt(record, 'item') !== undefined || hasKeys(record, 'input'))
  );
}

/** JavaScript's has the item's input and expected output once more, next to it. */
function readResult(result: RecordReader): JsonObject {
  const item = result.open('item');
  const input = item.take('input');
  const expected = item.take('expected_output', 'expectedOutput');
  result.leaveOutCopy('input', input);
  result.leaveOutCopy('expectedOutput', expected);
  return {
    id: item.take('id'),
    inputs: input ?? result.take('input') ?? { input: null },
    reference_outputs: expected ?? result.take('expectedOutput'),
    outputs: result.take('output') ?? { output: null },
    feedback: takeScores(result, 'evaluations'),
  };
}

function readSummary(header: RecordReader): SummaryScores['scores'] {
  const scores = ['run_evaluations', 'runEvaluations'].flatMap((name) => takeScores(header, name));
  return scores.map(({ key, score, value, comment }) => ({
    key: String(key),
    score: score ?? value ?? null,
    ...(typeof comment === 'string' && { comment }),
  }));
}
