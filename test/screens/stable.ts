import type { Machine } from '../cli/command-line.js';

/** Replaces what differs each time by something as long: the columns of a table stay where they are. */
const REPLACED: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, zeros('8-4-4-4-12')],
  [/\b20\d\d-\d\d-\d\d \d\d:\d\d\b/g, '2026-01-02 03:04'],
  [/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d/g, '2026-01-02T03:04:05'],
  [/(?<=T03:04:05\.)\d{6}\b/g, '678900'],
  [/(?<=\banswers in )\d+(\.\d+)? m?s\b/g, '12 ms'],
  [/\bls-record \d[^ ]*, Node [\d.]+/g, 'ls-record 1.2.3, Node 22.1.0'],
  [/\b127\.0\.0\.1:[1-9]\d{4}\b/g, '127.0.0.1:50000'],
];

/** Text as it would be on another day, on another machine. */
export function stable(text: string, { root }: Machine): string {
  const [folder] = root.split(/(?<=ls-record-cli-)/);
  const elsewhere = text.replaceAll(root, `${folder}folder`);
  return REPLACED.reduce((changed, [from, to]) => changed.replace(from, to), elsewhere);
}

function zeros(lengths: string): string {
  return lengths
    .split('-')
    .map((length) => '0'.repeat(Number(length)))
    .join('-');
}
