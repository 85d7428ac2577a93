import { LsRecordError } from '../errors.js';
import { describeOrigin } from '../input/row.js';
import type { RowProblem, Survey } from '../prepare/survey.js';

const MAX_SHOWN = 20;

/** Rows cannot be recorded as they are, and nothing was written. */
export class InvalidRows extends LsRecordError {
  readonly problems: readonly RowProblem[];

  constructor(message: string, problems: readonly RowProblem[], hint: string) {
    super('RESULT_INVALID', message, { hint });
    this.problems = problems;
  }
}

export function invalidRows({
  rows,
  badRows,
  problems,
}: Pick<Survey, 'rows' | 'badRows' | 'problems'>): InvalidRows {
  const count = `${badRows} of ${rows} rows cannot be recorded; nothing was written`;
  return new InvalidRows(
    `${count}\n${listProblems(problems)}`,
    problems,
    'Fix these rows, or skip them with --on-invalid skip.',
  );
}

/** No row at all, or none that can be recorded. */
export function noRows(name: string, survey?: Pick<Survey, 'rows' | 'problems'>): InvalidRows {
  const source = name === '-' ? 'stdin' : name;
  if (!survey || survey.rows === 0) {
    return new InvalidRows(
      `${source} contains no rows`,
      [],
      'A row is a JSON object, or a line of a table below its header, with inputs, and outputs, error or scores.',
    );
  }
  const what =
    survey.rows === 1
      ? `the only row of ${source} cannot be recorded`
      : `none of the ${survey.rows} rows of ${source} can be recorded`;
  return new InvalidRows(
    `${what}; nothing was written\n${listProblems(survey.problems)}`,
    survey.problems,
    'Each row needs inputs, and outputs, error or scores.',
  );
}

/** The first of them, a line each. */
export function listProblems(problems: readonly RowProblem[]): string {
  const lines = problems.slice(0, MAX_SHOWN).map((problem) => `  ${describeProblem(problem)}`);
  if (problems.length > MAX_SHOWN) lines.push('  …');
  return lines.join('\n');
}

/** `results.jsonl:3: scores.correct: found a list, expected a number`. */
export function describeProblem(problem: RowProblem): string {
  const field = problem.field === undefined ? '' : `${problem.field}: `;
  return `${describeOrigin(problem)}: ${field}${problem.message}`;
}
