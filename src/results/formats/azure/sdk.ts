import type { Sample } from '../../../input/sample.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { known, listAt } from '../../format-kit/members.js';
import type { RecordReader } from '../../format-kit/reader.js';
import { readEach, summaryOf } from '../../format-kit/rows.js';
import { isFiniteNumber, readScore, scoresIn } from '../../format-kit/values.js';
import type { FormatRow, Reading, ResultsFile } from '../format.js';

const REFERENCE = new Set(['ground_truth', 'expected_output', 'expected_response', 'truth']);
const ANSWER = new Set(['response', 'answer']);
/** What an evaluator says beside its score: its threshold, its own tokens, its model and its prompt. */
const BESIDE =
  /_(?:threshold|prompt_tokens|completion_tokens|total_tokens|finish_reason|model|sample_input|sample_output|details|properties)$/;

/**
 * Tells what `evaluate()` of azure-ai-evaluation writes: rows whose members are `inputs.<name>` and
 * `outputs.<evaluator>.<metric>`.
 *
 * @see https://learn.microsoft.com/python/api/azure-ai-evaluation
 */
export function recogniseAzureSdk({ document }: Sample): Reading | undefined {
  const rows = listAt(document, 'rows') ?? [];
  const hasNames = (row: JsonValue) =>
    isJsonObject(row) &&
    ['inputs.', 'outputs.'].every((start) =>
      Object.keys(row).some((name) => name.startsWith(start)),
    );
  if (rows.length === 0 || !rows.every(hasNames)) return undefined;
  return {
    why: 'rows have members inputs.<name> and outputs.<evaluator>.<metric>',
    recordsAt: ['rows'],
    rows: readRows,
  };
}

async function* readRows({ header, records }: ResultsFile): AsyncGenerator<FormatRow> {
  yield* readEach(records, 'an evaluated row', (record) => ({ value: readRow(record) }));
  yield* summaryOf(scoresIn(header.metrics));
}

function readRow(record: RecordReader): JsonObject {
  const inputs: JsonObject = {};
  const reference: JsonObject = {};
  const outputs: JsonObject = {};
  const scores: JsonObject = {};
  for (const name of Object.keys(record.record)) {
    const [place, part = '', ...rest] = name.split('.');
    if (place === 'inputs' && part !== '') {
      const field = name.slice('inputs.'.length);
      const into = REFERENCE.has(field) ? reference : ANSWER.has(field) ? outputs : inputs;
      setKey(into, field, record.take(name));
    } else if (place === 'outputs' && rest.length > 0) {
      addMetric(scores, record, name, part, rest.join('.'));
    } else if (place === 'outputs' && part !== '') setKey(outputs, part, record.take(name));
  }
  return { inputs, ...known({ reference_outputs: reference }), outputs, scores };
}

/** `outputs.relevance.relevance` is the score relevance; `outputs.qa.f1_score` is qa.f1_score. */
function addMetric(
  scores: JsonObject,
  record: RecordReader,
  name: string,
  evaluator: string,
  metric: string,
): void {
  const isReason = metric.endsWith('_reason') && Object.hasOwn(record.record, name.slice(0, -7));
  const score = readScore(record.record[name]);
  const isScore = score === null || typeof score === 'boolean' || isFiniteNumber(score);
  if (isReason || !isScore || BESIDE.test(metric)) return;
  record.leaveOut(name);
  const comment = record.text(`${name}_reason`);
  const key = metric === evaluator ? metric : `${evaluator}.${metric}`;
  setKey(scores, key, comment === undefined ? score : { score, comment });
}
