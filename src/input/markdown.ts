import { LsRecordError } from '../errors.js';
import { describeSize } from '../json/size.js';
import { type Bytes, type NamedContents, tableOf } from './contents.js';
import { holdText } from './hold.js';
import type { RowsOptions } from './row.js';
import { readTable, type Table, type TableRecord } from './table.js';

/** All of it is held. */
const MAX_BYTES = 64 * 1024 * 1024;
/** The line below a header: dashes for each column, parted by bars, or by crosses as psql and org-mode write them. */
const RULE = /^\|?\s*:?-+:?\s*(?:[|+]\s*:?-+:?\s*)*\|?$/;
const HEADING = /^#{1,6}\s+(.*?)\s*#*\s*$/;
/** A bar that is not escaped. */
const BAR = /(?<!\\)\|/;
const BEST = /^(\*\*|__)([-+]?[\d.,]+%?)\1$/;

interface FoundTable {
  readonly name: string;
  /** The line of its header, from 0; `end` is the line after its last row. */
  readonly start: number;
  readonly end: number;
}

/**
 * Whether text is Markdown with a table that is no part of something else: it begins with one, or one stands by itself
 * below, and not in a cell of CSV.
 */
export function isMarkdown(text: string): boolean {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.trim() !== '');
  const [table] = findTables(lines);
  if (!table) return false;
  const before = lines.slice(0, table.start).join('\n');
  const isQuoted = (before.match(/"/g)?.length ?? 0) % 2 === 1;
  return table.start === first || (lines[table.start]?.startsWith('|') === true && !isQuoted);
}

/**
 * Opens the tables of Markdown, each named by the heading above it.
 *
 * @throws {LsRecordError} `INPUT_INVALID` if it is too large to be held.
 */
export async function openMarkdown(file: string, bytes: Bytes): Promise<NamedContents[]> {
  const text = await holdText(bytes({}), file, MAX_BYTES, () => tooLarge(file));
  const lines = text.split('\n');
  const tables = findTables(lines);
  const inTables = tables.reduce((sum, { start, end }) => sum + end - start, 0);
  const around = lines.filter((line) => line.trim() !== '').length - inTables;
  return tables.map(({ name, start, end }) => {
    const table: Table = { file, print: (fields) => `| ${fields.join(' | ')} |` };
    const records = async function* ({ tolerated }: RowsOptions) {
      if (around > 0) tolerated?.add('textAround', around);
      yield* recordsOf(lines, start, end);
    };
    return { name, contents: tableOf((options) => readTable(records(options), table, options)) };
  });
}

function tooLarge(file: string): LsRecordError {
  return new LsRecordError(
    'INPUT_INVALID',
    `${file} is Markdown larger than ${describeSize(MAX_BYTES)}`,
    { hint: 'Save its tables as CSV, which may be any size.' },
  );
}

function findTables(lines: readonly string[]): FoundTable[] {
  const found: FoundTable[] = [];
  const names = new Set<string>();
  let heading: string | undefined;
  for (let at = 0; at < lines.length; at++) {
    heading = HEADING.exec(lines[at] ?? '')?.[1] ?? heading;
    if (!isHeader(lines[at], lines[at + 1])) continue;
    const start = at;
    at += 2;
    while (BAR.test(lines[at] ?? '')) at++;
    const name =
      heading === undefined || names.has(heading) ? `table ${found.length + 1}` : heading;
    names.add(name);
    found.push({ name, start, end: at });
  }
  return found;
}

function isHeader(line = '', rule = ''): boolean {
  if (!BAR.test(line) || !/[|+]/.test(rule) || !RULE.test(rule.trim())) return false;
  return (
    cellsOf(line).length ===
    rule
      .trim()
      .replace(/^\||\|$/g, '')
      .split(/[|+]/).length
  );
}

/** A row that ends early is filled with empty cells, as the specification of GitHub has it. */
function* recordsOf(lines: readonly string[], start: number, end: number): Generator<TableRecord> {
  const columns = cellsOf(lines[start] ?? '').length;
  for (let at = start; at < end; at++) {
    const line = lines[at] ?? '';
    const isRule = at === start + 1 || (line.includes('+') && RULE.test(line.trim()));
    if (isRule) continue;
    const fields = cellsOf(line);
    while (fields.length < columns) fields.push('');
    yield { fields, line: at + 1 };
  }
}

function cellsOf(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(BAR).map((cell) => cell.trim().replaceAll('\\|', '|').replace(BEST, '$2'));
}
