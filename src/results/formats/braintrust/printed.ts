import type { Row } from '../../../input/row.js';
import { spell } from '../../../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { memberAt, objectAt, saysNothing, textAt, toNumber } from '../../format-kit/members.js';
import { type RecordReader, readRun } from '../../format-kit/reader.js';
import { unexpected } from '../../format-kit/rows.js';
import type { FormatRow, ResultsFile } from '../format.js';

const MAX_WAITING = 100_000;

/** What `{}` stands for: JavaScript prints no member of an Error. */
const NOT_PRINTED = 'the task failed; Braintrust printed {} for its error';

export function isSummary(row: JsonObject): boolean {
  const [project, name] = [textAt(row, 'projectName'), textAt(row, 'experimentName')];
  return project !== undefined && name !== undefined && objectAt(row, 'scores') !== undefined;
}

/** Of an Error, JavaScript prints `{}`. */
export function isFailure(row: JsonObject): boolean {
  const names = Object.keys(row).sort().join();
  return /^error,expected,input,metadata,scores(?:,tags)?$/.test(names) && Boolean(row.error);
}

/**
 * Reads what `braintrust eval --jsonl` prints: for each evaluator the rows that failed, then a summary that names the
 * experiment. Rows wait for it in memory.
 */
export async function* readPrinted({ records }: ResultsFile): AsyncGenerator<FormatRow> {
  let waiting: { origin: Row['origin']; value: JsonObject }[] = [];
  for await (const { origin, value } of records) {
    const label = readLabel(value);
    if (label !== undefined) {
      for (const row of waiting) yield { ...row, experiment: label };
      waiting = [];
      yield { summary: { experiment: label, scores: readSummary(value) } };
    } else if (!isJsonObject(value) || !isFailure(value)) {
      yield unexpected({ origin, value }, 'a row or a summary');
    } else if (waiting.length >= MAX_WAITING) {
      yield { origin, problem: `no summary follows on ${MAX_WAITING} rows that failed` };
    } else {
      waiting.push({ origin, value: readRun(value, readFailure) });
    }
  }
  // It was stopped before it came to a summary.
  yield* waiting;
}

/** Without sending logs, the name is `project [experimentName=name]`. */
function readLabel(value: JsonValue): string | undefined {
  const name = textAt(value, 'experimentName');
  if (name === undefined || textAt(value, 'projectName') === undefined) return undefined;
  return /\[experimentName=(.+)\]$/s.exec(name)?.[1] ?? name;
}

function readFailure(record: RecordReader): JsonObject {
  const error = record.take('error');
  record.merge('metadata');
  return {
    inputs: record.take('input') ?? { input: null },
    reference_outputs: record.take('expected'),
    outputs: record.take('output'),
    error: saysNothing(error) ? NOT_PRINTED : error,
    scores: record.object('scores') ?? null,
    tags: record.texts('tags'),
  };
}

/** Scores, and metrics such as the duration; how they compare with another experiment is the comment. */
function readSummary(summary: JsonValue): { key: string; score: JsonValue; comment?: string }[] {
  const scores = { ...objectAt(summary, 'metrics'), ...objectAt(summary, 'scores') };
  return Object.keys(scores).flatMap((key) => {
    const { [key]: given } = scores;
    const score = memberAt(given, 'score') ?? memberAt(given, 'metric');
    if (score === undefined) return [];
    const changes = ['diff', 'improvements', 'regressions', 'unit'].flatMap((name) => {
      const value = memberAt(given, name);
      return value === undefined || toNumber(value) === 0 ? [] : [`${name} ${spell(value)}`];
    });
    return [{ key, score, comment: changes.join(', ') || undefined }];
  });
}
