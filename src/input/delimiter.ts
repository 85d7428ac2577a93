const CANDIDATES = [',', '\t', ';', '|'];

/** What separates the columns of a table, by its first line: what is there most often outside quotes. */
export function findDelimiter(beginning: string): string {
  const unquoted = beginning.trimStart().replace(/"[^"]*"/g, '');
  const header = /^[^\r\n]*/.exec(unquoted)?.[0] ?? '';
  const count = (candidate: string) => header.split(candidate).length;
  return CANDIDATES.reduce((best, next) => (count(next) > count(best) ? next : best));
}
