import { JsonSyntaxError, parseJson, positionAt } from '../json/parse.js';
import type { Row } from './row.js';

/** A longer line would not fit into a string of the engine. */
export const MAX_ROW_CHARACTERS = 256 * 1024 * 1024;

const MAX_KEPT_TEXT = 1000;

/** Reads JSON Lines: a row a line, blank lines passed over; a line that is not JSON is a row with a problem. */
export async function* readJsonLines(
  text: AsyncIterable<string>,
  file: string,
): AsyncGenerator<Row> {
  let index = 0;
  for await (const { content, line, isTooLong } of lines(text)) {
    if (content.trim() === '' && !isTooLong) continue;
    const origin = { file, line };
    if (isTooLong) {
      const problem = `the line is longer than ${MAX_ROW_CHARACTERS / 1024 / 1024} MB`;
      yield { origin, index, shape: 'document', value: null, problem };
    } else {
      yield readRow(content, origin, index);
    }
    index++;
  }
}

/** One row from its text; `column` is where the text begins in its line. */
export function readRow(
  text: string,
  origin: { file: string; line: number },
  index: number,
  column = 1,
): Row {
  try {
    return { origin, index, shape: 'document', value: parseJson(text) };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const at = positionAt(text, error.offset);
    const place = {
      file: origin.file,
      line: origin.line + at.line - 1,
      column: at.line === 1 ? at.column + column - 1 : at.column,
    };
    const kept = text.slice(0, MAX_KEPT_TEXT);
    return {
      origin: place,
      index,
      shape: 'document',
      value: null,
      problem: error.message,
      text: kept,
    };
  }
}

interface Line {
  readonly content: string;
  readonly line: number;
  readonly isTooLong: boolean;
}

async function* lines(text: AsyncIterable<string>): AsyncGenerator<Line> {
  // Pieces are joined once a line is whole: appending to a long text chunk by chunk would be quadratic.
  let pieces: string[] = [];
  let length = 0;
  let line = 1;

  const take = (): Line => {
    const isTooLong = length > MAX_ROW_CHARACTERS;
    const content = isTooLong ? '' : pieces.join('');
    pieces = [];
    length = 0;
    return { content, line: line++, isTooLong };
  };
  const add = (piece: string) => {
    length += piece.length;
    if (length <= MAX_ROW_CHARACTERS) pieces.push(piece);
    else pieces = [];
  };

  for await (const chunk of text) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
      add(chunk.slice(start, end));
      yield take();
      start = end + 1;
    }
    if (start < chunk.length) add(chunk.slice(start));
  }
  if (length > 0) yield take();
}
