import type { Row } from '../../../input/row.js';
import { isJsonObject, type JsonObject } from '../../../json/value.js';
import { hasKeys, listAt } from '../../format-kit/members.js';
import { nameExperiments } from '../../format-kit/model.js';
import { findRecords, readOne, unexpected } from '../../format-kit/rows.js';
import type { Format, FormatRow } from '../format.js';
import { readAnswered } from './answered.js';
import { isRun } from './runs.js';

/**
 * Examples with the runs that answer them, as `POST /datasets/{id}/runs` and version 2's `experiment-runs` give them.
 *
 * @see https://api.smith.langchain.com/redoc, ExampleWithRuns
 */
export const langsmithExamples: Format = {
  name: 'langsmith-examples',
  title: 'LangSmith examples with runs',
  files: '*.json, *.jsonl',
  reads:
    'a row per run, an experiment per project; the example’s outputs are the reference, feedback gives scores',
  recognise(sample) {
    const place = findRecords(sample, isAnswered, Object.keys(sample.document));
    return (
      place && {
        ...place,
        why: 'examples have inputs, outputs and runs',
        rows: ({ records }) => readExamples(records),
      }
    );
  },
};

/** Runs may have no more than was asked for: then their dataset tells examples. */
function isAnswered(record: JsonObject): boolean {
  const runs = listAt(record, 'runs');
  if (!runs || !hasKeys(record, 'id', 'inputs')) return false;
  return hasKeys(record, 'dataset_id') || runs.some((run) => isJsonObject(run) && isRun(run));
}

async function* readExamples(records: AsyncIterable<Row>): AsyncGenerator<FormatRow> {
  const nameOf = nameExperiments();
  for await (const row of records) {
    const { origin, value: example } = row;
    if (!isJsonObject(example) || !listAt(example, 'runs')) {
      yield unexpected(row, 'an example with its runs');
      continue;
    }
    for (const run of listAt(example, 'runs') ?? [])
      yield readOne({ origin, value: example }, 'an example', (record) => {
        record.leaveOut('runs');
        if (!isJsonObject(run)) return 'one of its runs is no object';
        return readAnswered(run, record, { origin, nameOf });
      });
  }
}
