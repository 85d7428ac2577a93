import type { RowTexts } from '../../experiments/compared-rows.js';
import type { Answer } from '../../experiments/texts.js';
import { textOf } from '../../experiments/word-diff.js';
import { loadCsvWriter } from '../screen/csv.js';
import type { Terminal } from '../screen/terminal.js';
import type { ComparedPair } from './compared-pair.js';

/** A line a row: what became of it, its scores in both, and its words. */
export async function answerRowsAsCsv(
  pairs: readonly ComparedPair[],
  rowsOf: (pair: ComparedPair) => AsyncIterable<RowTexts>,
  terminal: Terminal,
): Promise<void> {
  const line = await loadCsvWriter();
  const keys = new Set<string>();
  for (const { comparison } of pairs)
    for (const { key, kind } of comparison.scores) if (kind === 'score') keys.add(key);
  const titles = ['baseline', 'experiment', 'status', 'row_id', 'example_id'];
  const ofScores = [...keys].sort().flatMap((key) => [`${key} baseline`, `${key} experiment`]);
  const words = ['input', 'reference', 'output baseline', 'output experiment'];
  const errors = ['error baseline', 'error experiment'];
  terminal.answer(line([...titles, ...ofScores, ...words, ...errors]));
  for (const pair of pairs) {
    const { a, b } = pair.comparison;
    for await (const row of rowsOf(pair)) {
      const of = (key: string) => row.scores.find((score) => score.key === key);
      const answered = row.b ?? row.a;
      terminal.answer(
        line([
          ...[a.name, b.name, row.status, answered?.rowId ?? '', row.exampleId],
          ...[...keys].sort().flatMap((key) => [number(of(key)?.a), number(of(key)?.b)]),
          ...[textOf(answered?.inputs), textOf(answered?.reference)],
          ...[outputsOf(row.a), outputsOf(row.b), errorsOf(row.a), errorsOf(row.b)],
        ]),
      );
    }
  }
}

function number(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}

/** The outputs of all repetitions. */
function outputsOf(answer: Answer | undefined): string {
  return (answer?.runs ?? []).map(({ outputs }) => textOf(outputs)).join('\n');
}

function errorsOf(answer: Answer | undefined): string {
  return (answer?.runs ?? []).flatMap(({ error }) => error ?? []).join('\n');
}
