import { fromJs } from '../json/from-js.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';
import { inOrder } from '../langsmith/in-order.js';
import { Changes, printPayload } from '../prepare/sendable.js';
import { readFeedback } from '../results/feedback.js';
import { builtInScorer, readCheck } from './built-in.js';
import { type Answer, failedOn, type RowToScore, type Scorer } from './scorer.js';

/** A row as a function gets it: plain values, as JSON.parse gives them. */
export interface RowGiven extends Pick<RowToScore, 'id' | 'exampleId' | 'error'> {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>> | undefined;
  readonly referenceOutputs: Readonly<Record<string, unknown>> | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A score; without a key, under the function's name. */
export interface ScoreGiven {
  readonly key?: string | undefined;
  readonly score?: number | boolean | string | null | undefined;
  readonly value?: unknown;
  readonly comment?: string | undefined;
  readonly correction?: unknown;
}

type Given = number | boolean | string | null | undefined | ScoreGiven | readonly ScoreGiven[];

/** Scores a row; null or undefined: it has no score. What it throws is recorded as its error on the row. */
export type ScoreFunction = (row: RowGiven) => Given | Promise<Given>;

/** Functions at work at once. */
const PACE = { limit: 4 };

/**
 * Makes scorers of functions, and of checks such as `exact`; judges and programs are scorers already.
 *
 * @throws {LsRecordError} `USAGE` for a check that there is not.
 */
export function scorersOf(given: readonly (ScoreFunction | string | Scorer)[]): Scorer[] {
  const functions = given.filter((one) => typeof one === 'function');
  const checks = given.filter((one) => typeof one === 'string').map(readCheck);
  return [
    ...(checks.length > 0 ? [builtInScorer(checks)] : []),
    ...(functions.length > 0 ? [functionScorer(functions)] : []),
    ...given.filter((one) => typeof one === 'object'),
  ];
}

function functionScorer(functions: readonly ScoreFunction[]): Scorer {
  return {
    name: 'function',
    definition: { functions: functions.map(nameOf) },
    async *score(rows) {
      const work = (row: RowToScore) => scoreRow(row, functions);
      for await (const answers of inOrder(rows, work, PACE)) yield* answers;
    },
  };
}

async function scoreRow(row: RowToScore, functions: readonly ScoreFunction[]): Promise<Answer[]> {
  const { id, exampleId, error } = row;
  const given: RowGiven = {
    id,
    exampleId,
    error,
    inputs: plain(row.inputs),
    outputs: row.outputs && plain(row.outputs),
    referenceOutputs: row.referenceOutputs && plain(row.referenceOutputs),
    metadata: plain(row.metadata),
  };
  const answers = functions.map(async (score) => {
    const key = nameOf(score);
    try {
      return answersOf(row.row, key, fromJs(await score(given)));
    } catch (thrown) {
      return [failedOn(row.row, key, thrown instanceof Error ? thrown.message : String(thrown))];
    }
  });
  return (await Promise.all(answers)).flat();
}

function answersOf(row: number, key: string, given: JsonValue): Answer[] {
  if (given === null) return [];
  const items = Array.isArray(given) ? given : [isJsonObject(given) ? given : { score: given }];
  const named = items.map((item) => (isJsonObject(item) ? { key, ...item } : item));
  const { feedback, problems } = readFeedback(named);
  return [
    ...feedback.map((one) => ({ row, feedback: one })),
    ...problems.map(({ message }) => failedOn(row, key, message)),
  ];
}

function nameOf({ name }: ScoreFunction): string {
  return name === '' ? 'score' : name;
}

/** As it is sent, since a number whose text matters is an object of ours. */
function plain(object: JsonObject): Readonly<Record<string, unknown>> {
  return JSON.parse(printPayload(object, new Changes()));
}
