import type { Sample } from '../../../input/sample.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { known, listAt, objectAt } from '../../format-kit/members.js';
import { addMetadata } from '../../format-kit/reader.js';
import { isFiniteNumber, readScore } from '../../format-kit/values.js';
import { describeFound } from '../../found.js';
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
  for await (const { origin, value } of records) {
    if (isJsonObject(value)) yield { origin, value: readRow(value) };
    else yield { origin, problem: `found ${describeFound(value)}, expected an evaluated row` };
  }
  const metrics = objectAt(header, 'metrics') ?? {};
  const scores = Object.entries(metrics)
    .filter(([, score]) => isFiniteNumber(score))
    .map(([key, score]) => ({ key, score }));
  if (scores.length > 0) yield { summary: { scores } };
}

function readRow(record: JsonObject): JsonObject {
  const inputs: JsonObject = {};
  const reference: JsonObject = {};
  const outputs: JsonObject = {};
  const scores: JsonObject = {};
  const metadata: JsonObject = {};
  for (const name of Object.keys(record)) {
    const value = record[name] ?? null;
    const [place, part = '', ...rest] = name.split('.');
    if (place === 'inputs' && part !== '') {
      const field = name.slice('inputs.'.length);
      const into = REFERENCE.has(field) ? reference : ANSWER.has(field) ? outputs : inputs;
      setKey(into, field, value);
    } else if (place === 'outputs' && rest.length > 0) {
      addMetric({ scores, metadata }, record, name, value);
    } else if (place === 'outputs' && part !== '') setKey(outputs, part, value);
    else addMetadata(metadata, { [name]: value });
  }
  return {
    inputs,
    ...known({ reference_outputs: reference }),
    outputs,
    scores,
    metadata,
  };
}

/** `outputs.relevance.relevance` is the score relevance; `outputs.qa.f1_score` is qa.f1_score. */
function addMetric(
  into: { scores: JsonObject; metadata: JsonObject },
  record: JsonObject,
  name: string,
  value: JsonValue,
): void {
  const [, evaluator = '', ...rest] = name.split('.');
  const metric = rest.join('.');
  const reasonOf = `outputs.${evaluator}.${metric.replace(/_reason$/, '')}`;
  if (reasonOf !== name && Object.hasOwn(record, reasonOf)) return;

  const score = readScore(value);
  const isScore = score === null || typeof score === 'boolean' || isFiniteNumber(score);
  const comment = record[`${name}_reason`];
  if (!isScore || BESIDE.test(metric)) addMetadata(into.metadata, { [name]: value });
  else {
    const key = metric === evaluator ? metric : `${evaluator}.${metric}`;
    setKey(into.scores, key, typeof comment === 'string' ? { score, comment } : score);
  }
}
