import { escapeHtml, escapeMarkdown, markdownCode, markdownTable } from './markdown.js';
import { columnsOfCells } from './table.js';
import type { Terminal } from './terminal.js';

/** A piece of a report that is shown on a terminal or as Markdown: one content, two renderings. */
export type Block =
  | { readonly kind: 'heading'; readonly text: string; readonly url?: string | undefined }
  /** `bad` is marked. */
  | { readonly kind: 'line'; readonly text: string; readonly tone?: 'bad' }
  | {
      readonly kind: 'table';
      readonly title?: string;
      readonly columns: readonly ReportColumn[];
      readonly rows: readonly (readonly string[])[];
    }
  /** Rows of data, each in a line, and its name below. */
  | {
      readonly kind: 'rows';
      readonly title: string;
      readonly rows: readonly { readonly head: readonly string[]; readonly name: string }[];
    }
  /** Where a person sees more; Markdown has it in the heading. */
  | { readonly kind: 'link'; readonly url: string }
  /** Texts under names of their own, as they are. */
  | {
      readonly kind: 'texts';
      readonly title: string;
      readonly texts: readonly (readonly [name: string, text: string])[];
    };

export interface ReportColumn {
  readonly title: string;
  readonly align?: 'right';
  readonly dispensable?: number;
}

export function answerReport(blocks: readonly Block[], terminal: Terminal): void {
  let before: Block['kind'] | undefined;
  for (const block of blocks) {
    // Lines stand together; all else has room around it.
    const isApart = before !== undefined && !(before === block.kind && block.kind === 'line');
    if (isApart && before !== 'heading') terminal.answer('');
    before = block.kind;
    answerBlock(block, terminal);
  }
}

function answerBlock(block: Block, terminal: Terminal): void {
  switch (block.kind) {
    case 'heading':
      terminal.answer(block.text);
      break;
    case 'line':
      if (block.tone === 'bad') terminal.answerMarked('✗', 'red', block.text);
      else terminal.answerProse(block.text);
      break;
    case 'table':
      if (block.title !== undefined) terminal.answer(block.title);
      terminal.answerTable(columnsOfCells(block.columns), block.rows);
      break;
    case 'rows':
      terminal.answer(block.title);
      for (const { head, name } of block.rows) {
        terminal.answerCut(head.filter(Boolean).join('  '));
        terminal.answerCut(`  ${name}`);
      }
      break;
    case 'link':
      terminal.answer(block.url);
      break;
    case 'texts':
      terminal.answer(block.title);
      for (const [name, text] of block.texts) {
        const [first = '', ...more] = text.split('\n');
        terminal.answer(`  ${name.padEnd(NAME_WIDTH)}${first}`);
        for (const line of more) terminal.answer(`  ${' '.repeat(NAME_WIDTH)}${line}`);
      }
  }
}

const NAME_WIDTH = 11;

/** The same for a comment or a job's summary. */
export function reportAsMarkdown(blocks: readonly Block[]): string[] {
  const shown = blocks.filter(({ kind }) => kind !== 'link');
  return shown.flatMap((block) => [...blockAsMarkdown(block), '']).slice(0, -1);
}

function blockAsMarkdown(block: Block): string[] {
  switch (block.kind) {
    case 'heading': {
      const text = escapeMarkdown(block.text);
      return [`### ${block.url === undefined ? text : `[${text}](${block.url})`}`];
    }
    case 'line': {
      const text = escapeMarkdown(block.text);
      return [block.tone === 'bad' ? `**✗ ${text}**` : text];
    }
    case 'table': {
      const title = block.title === undefined ? [] : [`**${escapeMarkdown(block.title)}**`, ''];
      return [...title, ...markdownTable(block.columns, block.rows)];
    }
    case 'rows':
      return markdownTable(
        [{ title: block.title }, { title: '' }, { title: '' }, { title: 'ROW' }],
        block.rows.map(({ head, name }) => [...head, name]),
      );
    case 'link':
      return [block.url];
    case 'texts':
      return [
        '<details>',
        `<summary>${escapeHtml(block.title)}</summary>`,
        ...block.texts.flatMap(([name, text]) => [
          '',
          `${escapeMarkdown(name)}:`,
          ...markdownCode(text),
        ]),
        '',
        '</details>',
      ];
  }
}
