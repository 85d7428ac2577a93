import type { Sample } from '../../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { listAt, memberAt, textAt, without } from '../../format-kit/members.js';
import type { RecordReader } from '../../format-kit/reader.js';
import { readEach, summaryOf } from '../../format-kit/rows.js';
import type { Format, FormatRow, ResultsFile } from '../format.js';

/**
 * The body of a request to LangSmith's `/datasets/upload-experiment`.
 *
 * @see https://docs.langchain.com/langsmith/upload-existing-experiments
 */
export const langsmithUpload: Format = {
  name: 'langsmith-upload',
  title: 'LangSmith upload body',
  files: '*.json',
  reads: 'a row per result with its evaluation scores, and summary scores of the experiment',
  recognise(sample) {
    if (!isUpload(sample)) return undefined;
    return {
      why: 'it has experiment_name, and results with row_id and actual_outputs',
      recordsAt: ['results'],
      rows: readRows,
    };
  },
};

function isUpload({ document }: Sample): boolean {
  const results = listAt(document, 'results') ?? [];
  const isResult = (result: JsonValue) =>
    isJsonObject(result) &&
    Object.hasOwn(result, 'row_id') &&
    (Object.hasOwn(result, 'actual_outputs') || memberAt(result, 'error') !== undefined);
  return (
    textAt(document, 'experiment_name') !== undefined &&
    results.length > 0 &&
    results.every(isResult)
  );
}

async function* readRows({ header, records }: ResultsFile): AsyncGenerator<FormatRow> {
  const experiment = without(header, ...OF_THE_EXPERIMENT);
  yield* readEach(records, 'a result', (result) => {
    result.keep(experiment);
    return { value: readResult(result) };
  });
  yield* summaryOf((listAt(header, 'summary_experiment_scores') ?? []).flatMap(readSummary));
}

function readResult(result: RecordReader): JsonObject {
  return {
    id: result.record.row_id ?? null,
    inputs: result.take('inputs'),
    reference_outputs: result.take('expected_outputs'),
    outputs: result.take('actual_outputs'),
    error: result.take('error'),
    start_time: result.take('start_time'),
    end_time: result.take('end_time'),
    name: result.take('run_name'),
    feedback: result.take('evaluation_scores'),
    metadata: result.object('run_metadata') ?? {},
  };
}

function readSummary(score: JsonValue): { key: string; score: JsonValue; comment?: string }[] {
  const key = textAt(score, 'key');
  const comment = textAt(score, 'comment');
  const given = memberAt(score, 'score') ?? memberAt(score, 'value');
  if (key === undefined || given === undefined) return [];
  return [{ key, score: given, comment }];
}

/** What the experiment’s own fields, and the times of its rows, tell already. */
const OF_THE_EXPERIMENT = [
  'summary_experiment_scores',
  'experiment_start_time',
  'experiment_end_time',
];
