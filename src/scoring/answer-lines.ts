import { parseJson } from '../json/parse.js';
import { type Printable, printJson } from '../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';
import { type Feedback, type ReadFeedback, readFeedback, readScores } from '../results/feedback.js';
import { shorten } from '../results/found.js';
import { type Answer, failedOn, type RowToScore } from './scorer.js';

/** A row as a program gets it: a line of JSON. */
export function printRow(row: RowToScore): string {
  const { id, exampleId, outputs, referenceOutputs, error, ...rest } = row;
  const line: Printable = {
    ...rest,
    id: id ?? null,
    example_id: exampleId ?? null,
    outputs: outputs ?? null,
    reference_outputs: referenceOutputs ?? null,
    error: error ?? null,
  };
  return `${printJson(line)}\n`;
}

/**
 * Reads a line of a program: `{row, key, score, comment}`, or several scores at once in `scores` or `feedback`.
 * `{row, error}` says that the program could not score the row.
 *
 * @param isAsked whether a row was given to the program.
 * @param defaultKey of a score without a key.
 */
export function readAnswers(
  line: string,
  isAsked: (row: number) => boolean,
  defaultKey: string,
): Answer[] {
  const given = parse(line);
  if (!isJsonObject(given))
    return [{ problem: `the scorer wrote no JSON object: ${shorten(line)}` }];
  const { row: number, scores, feedback, error, ...own } = given;
  const row = Number(number);
  if (typeof number !== 'number' || !isAsked(row))
    return [{ problem: `the scorer named no row that it was given: ${shorten(line)}` }];
  const key = typeof own.key === 'string' && own.key !== '' ? own.key : defaultKey;
  if (error !== undefined && error !== null) return [failedOn(row, key, asWords(error))];

  const reads = [
    ...(scores === undefined ? [] : [readScores(scores)]),
    ...(feedback === undefined ? [] : [readFeedback(feedback)]),
    ...(scores === undefined && feedback === undefined ? [readFeedback([{ ...own, key }])] : []),
  ];
  return reads.flatMap((read) => answersIn(read, row, key));
}

function answersIn({ feedback, problems }: ReadFeedback, row: number, key: string): Answer[] {
  const [problem] = problems;
  if (problem) return [failedOn(row, key, `the scorer gave no score: ${problem.message}`)];
  if (feedback.length === 0) return [failedOn(row, key, 'the scorer gave no score')];
  return feedback.map((one: Feedback) => ({ row, feedback: one }));
}

function parse(line: string): JsonValue | undefined {
  try {
    return parseJson(line);
  } catch {
    // The caller says that it is none.
    return undefined;
  }
}

function asWords(error: JsonObject | JsonValue): string {
  return typeof error === 'string' ? error : printJson(error);
}
