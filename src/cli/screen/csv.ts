import { type CsvLine, loadCsvWriter as loadLineWriter } from '../../csv-line.js';
import { withoutInvisible } from './printable.js';
import type { Terminal } from './terminal.js';

/** Loads what writes lines of CSV; a formula behind a character that a spreadsheet does not show is one, too. */
export async function loadCsvWriter(): Promise<CsvLine> {
  const line = await loadLineWriter();
  return (cells) => line(cells.map(withoutInvisible));
}

/** A table as the answer, in CSV. */
export async function answerCsv(
  terminal: Terminal,
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  const line = await loadCsvWriter();
  for (const row of [titles, ...rows]) terminal.answer(line(row));
}
