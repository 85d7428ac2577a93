import { JsonSyntaxError, parseJson, positionAt } from '../json/parse.js';
import { explainSyntax, isComment, objectsIn, parseLoosely } from './loose-json.js';
import type { Row } from './row.js';
import {
  describeTooMany,
  MAX_KEPT_TEXT,
  passBlankLines,
  RowText,
  type TakenText,
} from './row-text.js';
import type { Tolerated } from './tolerated.js';

/**
 * Reads JSON Lines: a row a line, blank lines and comments passed over; a line that is not JSON is a row with a problem.
 * A byte order mark may begin any line: files that have one are joined to one another.
 */
export async function* readJsonLines(
  text: AsyncIterable<string>,
  file: string,
  tolerated?: Tolerated,
): AsyncGenerator<Row> {
  const plain: ReadingOfRow = { column: 1, tolerated };
  const marked: ReadingOfRow = { column: 2, tolerated };
  let index = 0;
  for await (const some of lines(text)) {
    for (const { taken, line } of some) {
      if (taken.problem === undefined && taken.text.trim() === '') continue;
      const hasMark = taken.text.startsWith('\ufeff');
      const unmarked = hasMark ? { ...taken, text: taken.text.slice(1) } : taken;
      const how = hasMark ? marked : plain;
      const row = readRow(unmarked, { file, line }, index, how);
      if (row.problem === undefined) {
        index++;
        yield row;
      } else for (const one of rowsOfLine(unmarked, row, how)) yield { ...one, index: index++ };
    }
  }
}

/** What is in a line that is not one row: nothing if it is a comment, or several rows. */
function rowsOfLine({ text, problem }: TakenText, bad: Row, how: ReadingOfRow): Row[] {
  if (problem !== undefined) return [bad];
  if (isComment(text)) {
    how.tolerated?.add('comment');
    return [];
  }
  const objects = objectsIn(text);
  if (!objects) return [bad];
  how.tolerated?.add('severalOnLine');
  const { file, line } = bad.origin;
  return objects.map((object) =>
    readRow(object, { file, line }, bad.index, { ...how, column: how.column + object.at }),
  );
}

interface ReadingOfRow {
  /** Where the text begins in its line. */
  readonly column: number;
  readonly tolerated?: Tolerated | undefined;
}

/** One row from its text. */
export function readRow(
  { text, problem }: TakenText,
  origin: { file: string; line: number },
  index: number,
  { column, tolerated }: ReadingOfRow = { column: 1 },
): Row {
  const bad = { index, shape: 'document', value: null } as const;
  if (problem !== undefined) return { ...bad, origin: { ...origin, column }, problem, text };
  const tooMany = describeTooMany(text);
  if (tooMany !== undefined) {
    const kept = text.slice(0, MAX_KEPT_TEXT);
    return { ...bad, origin: { ...origin, column }, problem: tooMany, text: kept };
  }
  try {
    return { origin, index, shape: 'document', value: parseJson(text) };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const value = parseLoosely(text);
    if (value !== undefined) {
      tolerated?.add('comma');
      return { origin, index, shape: 'document', value };
    }
    const at = positionAt(text, error.offset);
    const place = {
      file: origin.file,
      line: origin.line + at.line - 1,
      column: at.line === 1 ? at.column + column - 1 : at.column,
    };
    const why = explainSyntax(text, error);
    return { ...bad, origin: place, problem: why, text: text.slice(0, MAX_KEPT_TEXT) };
  }
}

interface Line {
  readonly taken: TakenText;
  readonly line: number;
}

/** The lines that each piece of text ends. */
async function* lines(text: AsyncIterable<string>): AsyncGenerator<Line[]> {
  const row = new RowText();
  let line = 1;

  for await (const chunk of text) {
    const ended: Line[] = [];
    let start = 0;
    if (row.isEmpty) ({ start, line } = passBlankLines(chunk, start, line));
    for (let end = chunk.indexOf('\n', start); end !== -1; end = chunk.indexOf('\n', start)) {
      row.add(chunk.slice(start, end));
      ended.push({ taken: row.take(), line: line++ });
      ({ start, line } = passBlankLines(chunk, end + 1, line));
    }
    if (start < chunk.length) row.add(chunk.slice(start));
    yield ended;
  }
  if (!row.isEmpty) yield [{ taken: row.take(), line }];
}
