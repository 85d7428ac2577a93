import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { readFile } from '../../support/read-format.js';
import { fileOf } from '../../support/rows.js';

const event = { id: 'e1', span_id: 's1', root_span_id: 's1', scores: { exact: 1 }, input: 'q' };
const trace = { trace_id: 'tr-1', request: '"q"', response: '"a"', assessments: [] };
const rated = { question: 'q', answer: 'a', context: 'c', truth: 't', gpt_groundedness: 5 };

test.for<[format: string, record: JsonObject, id: string]>([
  ['braintrust', { ...event, output: 'a', dataset_record_id: 'd1' }, 'd1'],
  ['braintrust', { ...event, output: 'a', origin: { object_type: 'dataset', id: 'd2' } }, 'd2'],
  ['mlflow', { ...trace, client_request_id: 'question-7' }, 'question-7'],
  ['azure', { ...rated, id: 'question-8' }, 'question-8'],
])('%s calls a sample by an id that is the row’s: %j', async ([format, record, id]) => {
  const { source, results } = await readFile(fileOf(`${JSON.stringify(record)}\n`, 'rows.jsonl'));

  expect(source.format).toBe(format);
  expect(results[0]?.id).toBe(id);
});
