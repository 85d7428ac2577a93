import type { Sample } from '../../input/sample.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { listAt, memberAt, objectAt, textAt } from '../format-kit/members.js';
import { addMetadata, without } from '../format-kit/reader.js';
import { describeFound } from '../found.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

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
  for await (const { origin, value } of records) {
    if (isJsonObject(value)) yield { origin, value: readResult(value, header) };
    else yield { origin, problem: `found ${describeFound(value)}, expected a result` };
  }
  const scores = (listAt(header, 'summary_experiment_scores') ?? []).flatMap(readSummary);
  if (scores.length > 0) yield { summary: { scores } };
}

function readResult(result: JsonObject, header: JsonObject): JsonObject {
  const metadata: JsonObject = { ...objectAt(result, 'run_metadata') };
  addMetadata(metadata, without(result, ...TOLD_ELSEWHERE));
  addMetadata(metadata, without(header, ...OF_THE_EXPERIMENT));
  return {
    id: result.row_id ?? null,
    inputs: result.inputs ?? null,
    reference_outputs: result.expected_outputs ?? null,
    outputs: result.actual_outputs ?? null,
    error: result.error ?? null,
    start_time: result.start_time ?? null,
    end_time: result.end_time ?? null,
    name: result.run_name ?? null,
    feedback: result.evaluation_scores ?? null,
    metadata,
  };
}

function readSummary(score: JsonValue): { key: string; score: JsonValue; comment?: string }[] {
  const key = textAt(score, 'key');
  const comment = textAt(score, 'comment');
  const given = memberAt(score, 'score') ?? memberAt(score, 'value');
  if (key === undefined || given === undefined) return [];
  return [{ key, score: given, comment }];
}

const TOLD_ELSEWHERE = [
  'inputs',
  'expected_outputs',
  'actual_outputs',
  'evaluation_scores',
  'start_time',
  'end_time',
  'run_name',
  'error',
  'run_metadata',
];

/** What the experiment’s own fields, and the times of its rows, tell already. */
const OF_THE_EXPERIMENT = [
  'summary_experiment_scores',
  'experiment_start_time',
  'experiment_end_time',
];
