import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { hasKeys, hasMembers, listAt, memberAt, objectAt, textAt } from '../format-kit/members.js';
import { nameExperiments } from '../format-kit/model.js';
import type { RecordReader } from '../format-kit/reader.js';
import { type ReadRecord, readEach, readingOf } from '../format-kit/rows.js';
import { takeScores } from '../format-kit/score-list.js';
import { splitItem } from '../format-kit/split-vars.js';
import { readLooseUsage } from '../format-kit/usage.js';
import type { Format } from './format.js';

const EXPECTED = 'an item of an Opik experiment with dataset_item_id and trace_id';
/** Python's spelling, and TypeScript's. */
const MEMBERS = [
  ['dataset_item_id', 'trace_id', 'feedback_scores'],
  ['datasetItemId', 'traceId', 'feedbackScores'],
];

/**
 * Items of experiments, as Opik's API, its SDKs and `opik export` give them.
 *
 * @see https://www.comet.com/docs/opik/reference/rest-api/experiments
 */
export const opik: Format = {
  name: 'opik',
  title: 'Opik experiment items',
  files: 'API answers, get_items() results, experiment_<name>.json of opik export',
  reads: 'a row per experiment item with its feedback scores, an experiment per experiment id',
  recognise(sample) {
    const nameOf = nameExperiments();
    const common = { why: 'items have dataset_item_id, trace_id and feedback_scores' };
    const read = (item: RecordReader, data: JsonValue, experiment?: JsonObject): ReadRecord => {
      const id = item.text('experiment_id', 'experimentId') ?? textAt(experiment, 'id');
      item.keep({ experiment_id: id, experiment });
      const value = readItem(item, data);
      if (id === undefined) return { value };
      return { value, experiment: nameOf(id, textAt(experiment, 'name') ?? id) };
    };
    if ((listAt(sample.document, 'content') ?? []).some(hasItems))
      return {
        ...common,
        recordsAt: ['content', '*', 'experiment_items'],
        rows: ({ header, records }) =>
          readEach(records, EXPECTED, (item, { path }) => {
            const ofDataset = listAt(header, 'content')?.[Number(path?.[0])];
            return read(item, memberAt(ofDataset, 'data') ?? null);
          }),
      };
    return readingOf(sample, {
      ...common,
      members: ['items', 'content'],
      is: isItem,
      expected: EXPECTED,
      read: (item, _, { header }) => read(item, null, objectAt(header, 'experiment')),
    });
  },
};

function isItem(record: JsonValue): boolean {
  return MEMBERS.some(
    ([item = '', trace = '', scores = '']) =>
      hasMembers(record, item, trace) && hasKeys(record, scores),
  );
}

/** An item of a dataset, with what experiments made of it. */
function hasItems(ofDataset: JsonValue): boolean {
  return (listAt(ofDataset, 'experiment_items') ?? []).some(isItem);
}

/** The inputs are what the dataset has for the item; without it, what the task was given. */
function readItem(item: RecordReader, given: JsonValue): JsonObject {
  const data = item.object('dataset_item_data') ?? item.object('datasetItemData') ?? given;
  if (isJsonObject(data)) item.leaveOutCopy('input', data);
  const error = item.take('error_info', 'errorInfo');
  const output = item.take('evaluation_task_output', 'evaluationTaskOutput', 'output');
  return {
    id: item.take('dataset_item_id', 'datasetItemId'),
    ...(isJsonObject(data)
      ? splitItem(data)
      : {
          inputs: item.take('input') ?? { input: null },
          reference_outputs: item.take('expected_output'),
        }),
    outputs: output ?? (error === null ? { output: null } : null),
    error,
    start_time: item.take('start_time'),
    end_time: item.take('end_time'),
    latency_ms: item.number('duration') ?? null,
    feedback: ['feedback_scores', 'feedbackScores'].flatMap((name) => takeScores(item, name)),
    metadata: readLooseUsage(item),
  };
}
