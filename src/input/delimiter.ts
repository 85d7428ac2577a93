const CANDIDATES = [',', '\t', ';', '|'];

/** What separates the columns of a table, by its first line: what is there most often outside quotes. */
export function findDelimiter(beginning: string): string {
  const unquoted = beginning.trimStart().replace(/"[^"]*"/g, '');
  const header = /^[^\r\n]*/.exec(unquoted)?.[0] ?? '';
  const counts = CANDIDATES.map((candidate) => header.split(candidate).length);
  return CANDIDATES[counts.indexOf(Math.max(...counts))] ?? ',';
}
