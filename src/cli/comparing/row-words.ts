import type { ComparedRow, RowTexts } from '../../experiments/compared-rows.js';
import { firstInput } from '../../experiments/gist.js';
import type { Answer, RunText } from '../../experiments/texts.js';
import { diffWords, textOf } from '../../experiments/word-diff.js';
import { rowName } from '../datasets/row-name.js';
import type { Block } from '../screen/report.js';
import { showNumber, showScore } from '../screen/words.js';

/** The most characters of one text on a screen; --json has all. */
const MOST_SHOWN = 2000;

/** `row r17`: by its own id, by its place in a file, or by its example. */
export function nameOfRow({ exampleId, a, b }: RowTexts): string {
  const rowId = b?.rowId ?? a?.rowId;
  const named = rowName({ rowId, exampleId });
  return (rowId === undefined ? (b?.place ?? a?.place ?? named) : named) ?? '';
}

/** `correct 1 → 0, f1 0.8 → 0.5`: what changed, or is missing. */
export function scoresInWords({ scores }: ComparedRow): string {
  return scores
    .filter(({ gain }) => gain !== 0)
    .map(({ key, a, b }) => `${key} ${showScore(a) || '–'} → ${showScore(b) || '–'}`)
    .join(', ');
}

/** A failed row is described by its error, any other by its input. */
export function inputOf({ a, b, status }: RowTexts): string {
  const error =
    status === 'failed' ? b?.runs.find((run) => run.error !== undefined)?.error : undefined;
  const inputs = (b ?? a)?.inputs;
  return error ?? (inputs ? firstInput(inputs) : '');
}

/** A row in full: what was asked, what both answered, and where these differ. */
export function rowBlock(row: RowTexts): Block {
  const { a, b } = row;
  const asked = b ?? a;
  const answers = [...answersOf('A', a), ...answersOf('B', b)];
  return {
    kind: 'texts',
    title: [row.status, nameOfRow(row), scoresInWords(row)].filter(Boolean).join('  '),
    texts: [
      ...(asked ? [['input', shown(textOf(asked.inputs))] as const] : []),
      ...(asked?.reference ? [['reference', shown(textOf(asked.reference))] as const] : []),
      ...answers,
      ...differenceOf(a, b),
    ],
  };
}

function answersOf(side: string, answer: Answer | undefined): (readonly [string, string])[] {
  if (!answer) return [[side, '(no row)']];
  return answer.runs.map((run, at) => {
    const name = answer.runs.length > 1 ? `${side} ${at + 1}` : side;
    return [name, shown(answerOf(run))];
  });
}

function answerOf({ outputs, error }: RunText): string {
  return error === undefined ? textOf(outputs) : `error: ${error}`;
}

/** As git shows it: `[-removed-]{+added+}`. Of repetitions, the first ones. */
function differenceOf(a: Answer | undefined, b: Answer | undefined): (readonly [string, string])[] {
  const [before, after] = [a?.runs[0], b?.runs[0]];
  if (!before?.outputs || !after?.outputs || before.error !== after.error) return [];
  const parts = diffWords(textOf(before.outputs), textOf(after.outputs));
  if (parts.every(({ kind }) => kind === 'same')) return [['diff', '(the same)']];
  if (parts.every(({ kind }) => kind !== 'same')) return [];
  const marked = parts.map(({ kind, text }) =>
    kind === 'same' ? text : kind === 'removed' ? `[-${text}-]` : `{+${text}+}`,
  );
  return [['diff', shown(marked.join(''))]];
}

function shown(text: string): string {
  if (text.length <= MOST_SHOWN) return text;
  return `${text.slice(0, MOST_SHOWN)} … ${showNumber(text.length - MOST_SHOWN)} more characters`;
}
