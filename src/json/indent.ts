import { printJson } from './print.js';
import { isJsonObject, type JsonValue } from './value.js';

const STEP = '  ';
/** What fits is kept on one line. */
const LINE_CHARACTERS = 72;

/** JSON for people: indented where it is long, each number as it was written. */
export function indentJson(value: JsonValue): string {
  const pieces: string[] = [];
  write(value, '', pieces);
  return pieces.join('');
}

function write(value: JsonValue, margin: string, pieces: string[]): void {
  const isList = Array.isArray(value);
  if (!(isList || isJsonObject(value)) || roomAfter(value, LINE_CHARACTERS - margin.length) >= 0) {
    pieces.push(printJson(value));
    return;
  }

  const inner = margin + STEP;
  let separator = isList ? '[\n' : '{\n';
  for (const [key, member] of Object.entries(value)) {
    pieces.push(separator, inner, isList ? '' : `${JSON.stringify(key)}: `);
    write(member, inner, pieces);
    separator = ',\n';
  }
  pieces.push('\n', margin, isList ? ']' : '}');
}

/** Characters left on a line once this stands on it, negative if it does not fit; stops as soon as that is known. */
function roomAfter(value: JsonValue, room: number): number {
  if (typeof value === 'string') return room - value.length - 2;
  const isList = Array.isArray(value);
  if (!isList && !isJsonObject(value)) return room - printJson(value).length;

  let left = room - 2;
  for (const [key, member] of Object.entries(value)) {
    if (left < 0) return left;
    left = roomAfter(member, left - (isList ? 1 : key.length + 4));
  }
  return left;
}
