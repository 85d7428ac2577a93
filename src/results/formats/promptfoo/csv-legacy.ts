import type { Sample } from '../../../input/row.js';
import type { JsonObject } from '../../../json/value.js';
import { readCell, readNumber } from '../../format-kit/values.js';
import { NO_REASON } from './scores.js';

const CELL = /^\[(?:PASS|FAIL|ERROR)\](?:\s|$)/;
/** `[PASS] (1.00, accuracy: 0.50)`; at first without scores. @see promptfoo's outputToSimpleString */
const HEAD = /^\[(PASS|FAIL|ERROR)\](?: \((-?[\d.]+(?:, [^)\n]*)?)\))?\s*/;
const REASON = /\s*\n[ \t]*(?:Pass|Fail) Reason: /g;
/** Between the reason of a failure and the output, in the cell's text. */
const RULE = '\n---\n';

/** Which columns hold answers. */
export interface LegacyTable {
  readonly answers: readonly number[];
  /** Cells end in the grader's reason: one without it was not graded. */
  readonly hasReasons: boolean;
}

/** @returns undefined if no column holds answers only, each of which begins with whether it passed. */
export function recogniseCells({ columns, rows }: Sample): LegacyTable | undefined {
  const cellsOf = (name: string) =>
    rows.map((row) => row[name]).filter((cell) => typeof cell === 'string' && cell !== '');
  const answers = columns.flatMap((name, at) => {
    const cells = cellsOf(name);
    const isAnswers = cells.length > 0 && cells.every((cell) => CELL.test(String(cell)));
    return isAnswers ? [at] : [];
  });
  if (answers.length === 0) return undefined;
  const hasReasons = answers.some((at) =>
    cellsOf(columns[at] ?? '').some((cell) => String(cell).search(REASON) !== -1),
  );
  return { answers, hasReasons };
}

/**
 * Takes a cell apart: `[FAIL] (0.00)`, the reason and a rule, the output, the reason again. A failure that was not
 * graded is an error; files from before 2025 do not call it one.
 *
 * @returns undefined of an empty cell.
 */
export function readLegacyCell(cell: string, hasReasons: boolean): JsonObject | undefined {
  if (cell === '') return undefined;
  const [head, status, scores = ''] = HEAD.exec(cell) ?? [];
  if (head === undefined) return { outputs: cell };

  const { text, reason } = splitReason(cell.slice(head.length));
  const isGraded = reason !== undefined || text.includes(RULE) || !hasReasons;
  if (status === 'ERROR' || (status === 'FAIL' && !isGraded))
    return { error: text || reason || NO_REASON };
  const why = reason ?? (status === 'FAIL' ? beforeRule(text) : undefined);
  const [score = '', ...named] = scores.split(', ');
  return {
    outputs: readCell(status === 'FAIL' ? withoutReason(text, reason) : text),
    feedback: [
      ...(score === '' ? [] : [{ key: 'score', score: readNumber(score) }]),
      { key: 'pass', score: status === 'PASS', comment: why ?? null },
      ...named.flatMap(readNamed),
    ],
  };
}

/** The reason is the last thing in a cell, though an output may hold such words as well. */
function splitReason(body: string): { text: string; reason?: string } {
  const last = [...body.matchAll(REASON)].at(-1);
  if (!last) return { text: body.trim() };
  const reason = body.slice(last.index + last[0].length).trim();
  return { text: body.slice(0, last.index).trim(), reason };
}

function withoutReason(text: string, reason: string | undefined): string {
  if (reason !== undefined && text.startsWith(reason)) {
    const rest = text.slice(reason.length);
    return rest.startsWith(RULE) ? rest.slice(RULE.length).trim() : text;
  }
  const rule = text.indexOf(RULE);
  return rule === -1 ? text : text.slice(rule + RULE.length).trim();
}

function beforeRule(text: string): string | undefined {
  const rule = text.indexOf(RULE);
  return rule === -1 ? undefined : text.slice(0, rule).trim();
}

/** `accuracy: 0.50` */
function readNamed(text: string): JsonObject[] {
  const at = text.lastIndexOf(': ');
  return at < 1 ? [] : [{ key: text.slice(0, at), score: readNumber(text.slice(at + 2)) }];
}
