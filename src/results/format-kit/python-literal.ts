import { tryParseJson } from '../../json/parse.js';
import type { JsonValue } from '../../json/value.js';

/** A text, a word or number, or a mark of a literal as Python prints it; numpy's numbers have their type around them. */
const TOKEN =
  /\s*(?:[bu]?'((?:[^'\\]|\\.)*)'|[bu]?"((?:[^"\\]|\\.)*)"|(?:np|numpy)\.\w+\(([^()]*)\)|([-+\w.]+)|([[\]{}(),:]))\s*/sy;
const WORDS: Readonly<Record<string, string>> = {
  True: 'true',
  False: 'false',
  None: 'null',
  nan: 'NaN',
  inf: 'Infinity',
  '-inf': '-Infinity',
  'np.True_': 'true',
  'np.False_': 'false',
  'np.nan': 'NaN',
};
const MARKS: Readonly<Record<string, string>> = { '(': '[', ')': ']' };
const ESCAPE = /\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|(.))/gis;
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * Reads a list or a dict as Python prints it: `{'f1': 0.5, 'ok': True}`. Numpy prints lists without commas; those, and
 * all else, are left as they are.
 *
 * @see https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences
 * @returns undefined if it is anything else.
 */
export function readPythonLiteral(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  let json = '';
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (!match) return undefined;
    const [, single, double, number, word, mark = ''] = match;
    const quoted = single ?? double;
    if (quoted !== undefined) json += JSON.stringify(unescapeText(quoted));
    // A tuple of one has a comma after it.
    else if (/[\])}]/.test(mark)) json = json.replace(/,$/, '') + (MARKS[mark] ?? mark);
    else json += MARKS[mark] ?? (mark || inJson(number ?? word ?? ''));
  }
  return tryParseJson(json);
}

function inJson(word: string): string {
  return WORDS[word] ?? word;
}

function unescapeText(text: string): string {
  return text.replace(ESCAPE, (whole, x?: string, u?: string, long?: string, other = '') => {
    const code = Number.parseInt(x ?? u ?? long ?? '', 16);
    if (code > 0x10ffff) return whole;
    if (!Number.isNaN(code)) return String.fromCodePoint(code);
    if (/['"\\]/.test(other)) return other;
    return ESCAPED[other] ?? whole;
  });
}
