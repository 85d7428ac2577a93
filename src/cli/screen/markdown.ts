import { printable } from './printable.js';
import { shorten } from './width.js';

/** In a cell, where a table need not fit a terminal. */
const CELL = 120;

/** Text that neither leaves its cell nor becomes a link, a picture or HTML; nobody is called by name. */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replaceAll(/[\\`*_[\]<>|~&$#:!]/g, '\\$&')
    .replaceAll('@', '@<!-- -->');
}

/** The same where Markdown is HTML, as in a summary. */
export function escapeHtml(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@<!-- -->');
}

export function markdownLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Lines of a table. */
export function markdownTable(
  columns: readonly { readonly title: string; readonly align?: 'left' | 'right' }[],
  rows: readonly (readonly string[])[],
): string[] {
  const cell = (text: string) => escapeMarkdown(shorten(text, CELL));
  return [
    markdownLine(columns.map(({ title }) => cell(title))),
    markdownLine(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => markdownLine(row.map(cell))),
  ];
}

/** Text as it is, in a block that no text within it can close. */
export function markdownCode(text: string): string[] {
  const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return [fence, ...text.split('\n').map(printable), fence];
}
