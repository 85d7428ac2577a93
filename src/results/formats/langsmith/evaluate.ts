import type { Sample } from '../../../input/sample.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { nameExperiments } from '../../format-kit/experiment-names.js';
import { hasMembers, memberAt, objectAt } from '../../format-kit/members.js';
import { RecordReader } from '../../format-kit/reader.js';
import { findRecords, readEach, summaryOf } from '../../format-kit/rows.js';
import type { Format, FormatRow, Reading, ResultsFile, SummaryScores } from '../format.js';
import { readAnswered } from './answered.js';
import { readTable, tableOf } from './evaluation-table.js';
import { readResults } from './scores.js';
import { testResultsOf } from './test-results.js';

/** Python's spelling, and JavaScript's. */
const RESULTS = ['evaluation_results', 'evaluationResults'];
const SUMMARIES = ['summary_results', 'summaryResults'];

/**
 * What the SDKs' `evaluate()` and `get_test_results()` give, dumped as objects or as a table, and what LangChain's
 * `run_on_dataset()` gave before.
 *
 * @see https://github.com/langchain-ai/langsmith-sdk, python/langsmith/evaluation/_runner.py
 */
export const langsmithEvaluate: Format = {
  name: 'langsmith-evaluate',
  title: 'LangSmith evaluation results',
  files: '*.csv, *.json, *.jsonl',
  reads: 'a row per example, a score per evaluator, the example’s outputs as the reference',
  recognise(sample) {
    const table = tableOf(sample);
    if (table) return readTable(table);
    return rowsOf(sample) ?? testResultsOf(sample);
  },
};

function rowsOf(sample: Sample): Reading | undefined {
  const place = findRecords(sample, isRow, ['results', ...Object.keys(sample.document)]);
  return (
    place && {
      ...place,
      why: 'rows have run, example and evaluation_results',
      hasExperiments: true,
      rows: readRows,
    }
  );
}

function isRow(record: JsonObject): boolean {
  const hasResults = RESULTS.some((name) => memberAt(record, name) !== undefined);
  return hasMembers(objectAt(record, 'run'), 'id') && (hasMembers(record, 'example') || hasResults);
}

async function* readRows({ header, records }: ResultsFile): AsyncGenerator<FormatRow> {
  const nameOf = nameExperiments();
  const expected = 'a run and its example';
  yield* readEach(
    records,
    expected,
    (record, { origin }) => {
      const results = RESULTS.find((name) => memberAt(record.record, name) !== undefined);
      const told = results === undefined ? [] : readResults(openResults(record, results));
      const run = record.object('run') ?? {};
      return readAnswered(run, record.open('example'), { origin, nameOf, told });
    },
    (record) => objectAt(record, 'run') !== undefined,
  );
  yield* summaryOf(SUMMARIES.flatMap((name) => summariesIn(memberAt(header, name))));
}

/** `{results: […]}`, or the list alone. */
function openResults(record: RecordReader, name: string): RecordReader {
  const list = record.list(name);
  return list ? record.join({ results: list }) : record.open(name);
}

function summariesIn(given: JsonValue | undefined): SummaryScores['scores'] {
  const results = new RecordReader(Array.isArray(given) ? { results: given } : given);
  return readResults(results).flatMap(({ key, score, value, comment }) => {
    const figure = score ?? value ?? null;
    if (typeof key !== 'string' || figure === null || isJsonObject(figure)) return [];
    return [{ key, score: figure, ...(typeof comment === 'string' && { comment }) }];
  });
}
