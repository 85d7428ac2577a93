import type { Sample } from '../../../input/sample.js';
import type { JsonObject } from '../../../json/value.js';
import { isUuid } from '../../../uuid.js';
import { hasKeys, listAt, textAt } from '../../format-kit/members.js';
import type { RecordReader } from '../../format-kit/reader.js';
import { findRecords, readEach } from '../../format-kit/rows.js';
import type { Reading } from '../format.js';
import { readResults } from './scores.js';

/**
 * What LangChain's `run_on_dataset()` gave: results by the id of their example.
 *
 * @see https://python.langchain.com/api_reference/langchain/smith/langchain.smith.evaluation.runner_utils.TestResult.html
 */
export function testResultsOf(sample: Sample): Reading | undefined {
  const place = findRecords(sample, isResult, ['results', '*']);
  if (!place?.recordsAt) return undefined;
  return {
    ...place,
    why: 'results by example have input, output and feedback',
    rows: ({ header, records }) =>
      readEach(records, 'a result', (record, { path = [] }) => {
        const exampleId = String(path.at(-1));
        return {
          value: readResult(record, exampleId),
          experiment: textAt(header, 'project_name') ?? '',
        };
      }),
  };
}

function isResult(record: JsonObject): boolean {
  return (
    hasKeys(record, 'input') &&
    listAt(record, 'feedback') !== undefined &&
    ['output', 'Error', 'execution_time'].some((name) => Object.hasOwn(record, name))
  );
}

function readResult(record: RecordReader, exampleId: string): JsonObject {
  const feedback = readResults(record.join({ results: record.list('feedback') ?? [] }));
  return {
    id: record.text('run_id') ?? null,
    example_id: isUuid(exampleId) ? exampleId : null,
    inputs: record.take('input'),
    outputs: record.take('output'),
    reference_outputs: record.take('reference'),
    error: record.text('Error') ?? record.text('error') ?? null,
    latency: record.figure('execution_time') ?? null,
    feedback,
  };
}
