/** One text of a list as Python prints it, with its quotes, and the comma or bracket after it. */
const ITEM = /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(,|\])/sy;
const ESCAPE = /\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|(.))/gis;
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * Reads a list of texts as Python prints it: `['a', "it's"]`. Numpy prints lists without commas; those, and all else,
 * are left as they are.
 *
 * @see https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences
 * @returns undefined if it is anything else.
 */
export function readPythonList(text: string): string[] | undefined {
  const trimmed = text.trim();
  if (trimmed === '[]') return [];
  if (!trimmed.startsWith('[')) return undefined;
  const items: string[] = [];
  ITEM.lastIndex = 1;
  for (let match = ITEM.exec(trimmed); match; match = ITEM.exec(trimmed)) {
    const [, single, double, after] = match;
    items.push(unescapeText(single ?? double ?? ''));
    if (after === ']') return ITEM.lastIndex === trimmed.length ? items : undefined;
  }
  return undefined;
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
