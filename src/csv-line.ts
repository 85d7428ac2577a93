/**
 * What spreadsheets run as a formula, unless it is a plain number: such a cell gets a ' in front, which they show as text.
 * In East Asian ones the full-width signs count, too, and what is not seen in front of a sign does not hide it.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA =
  /^(?![-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$)[\s\p{Cc}\p{Cf}\p{DI}\u2800]*[=+\-@＝＋－＠﹦﹢﹣﹫\t\r]/iu;

/** A line of CSV without its end: quoted as RFC 4180 has it, and safe to open in a spreadsheet. */
export type CsvLine = (cells: readonly string[]) => string;

/** Loads what writes CSV: most commands never do. */
export async function loadCsvWriter(): Promise<CsvLine> {
  const { default: Papa } = await import('papaparse');
  return (cells) => Papa.unparse([[...cells]], { newline: '\n', escapeFormulae: FORMULA });
}
