import { describe, expect, test } from 'vitest';
import { openSources } from '../../src/input/open.js';
import type { OpenedSource } from '../../src/input/row.js';
import { Tolerated } from '../../src/input/tolerated.js';
import { recognise } from '../../src/results/recognise.js';
import { fileOf, rowsOf, sourceOf, spoolFolder } from '../support/rows.js';

const TABLE =
  '| question | answer | score |\n|---|:---:|---:|\n| q1 | a1 | 0.5 |\n| q2 | a2 | 1 |\n';

async function open(content: string, name = 'results.md', sheet?: string): Promise<OpenedSource> {
  const [source] = await openSources([fileOf(content, name)], { spoolFolder, sheet });
  return source as OpenedSource;
}

async function cells(source: OpenedSource): Promise<unknown[]> {
  return (await rowsOf(source)).map(({ cells: found, problem }) => problem ?? found);
}

describe('a Markdown table is a table', () => {
  test.for([
    ['with bars around it', TABLE],
    ['without', 'question | answer | score\n:-- | --- | ---\nq1 | a1 | 0.5\nq2 | a2 | 1\n'],
    [
      'as psql writes it',
      ' question | answer | score \n----------+--------+-------\n q1       | a1     |   0.5\n q2       | a2     |     1\n(2 rows)\n',
    ],
    [
      'as org-mode writes it',
      '| question | answer | score |\n|---+---+---|\n| q1 | a1 | 0.5 |\n|---+---+---|\n| q2 | a2 | 1 |\n',
    ],
    ['with the best in bold', TABLE.replace('| 1 |', '| **1** |')],
    ['with CRLF', TABLE.replaceAll('\n', '\r\n')],
    ['below text with commas', `Run of May, by me, "twice".\n\n${TABLE}\nThe end, for now.\n`],
    ['below keys', `Model: gpt-4o\nDate: May\n\n${TABLE}`],
  ] as const)('%s', async ([, content]) => {
    const source = await sourceOf(content);

    expect(await source.sample()).toMatchObject({ columns: ['question', 'answer', 'score'] });
    expect(await cells(source)).toEqual([
      ['q1', 'a1', '0.5'],
      ['q2', 'a2', '1'],
    ]);
  });

  test.for([
    ['an escaped bar', '| q | a |\n|---|---|\n| x \\| y | `a\\|b` |\n', [['x | y', '`a|b`']]],
    ['a cell of dashes', '| q | a |\n|---|---|\n| - | --- |\n', [['-', '---']]],
    ['cells that are left out at the end', '| q | a |\n|---|---|\n| x |\n', [['x', '']]],
    ['a row of empty cells', '| q | a |\n|---|---|\n|  |  |\n| x | y |\n', [['x', 'y']]],
    [
      'more cells than columns',
      '| q | a |\n|---|---|\n| x | y | z |\n',
      ['found 3 fields, expected 2 as in the header'],
    ],
  ] as const)('of which %s is kept as what it is', async ([, content, wanted]) => {
    expect(await cells(await sourceOf(content))).toEqual(wanted);
  });

  test('whose rows know their line', async () => {
    const rows = await rowsOf(await open(`# Run\n\n${TABLE}`));

    expect(rows.map(({ origin }) => origin.line)).toEqual([5, 6]);
  });

  test('and the text around it is left out, which is said', async () => {
    const source = await open(`# Run\n\nIt went well.\n\n${TABLE}\nMore soon.\n`);
    const tolerated = new Tolerated();

    for await (const _ of source.records({}, { tolerated }));

    expect(tolerated.sentences()).toEqual(['3 lines of text around the table left out']);
  });
});

describe('of several tables', () => {
  const totals = '## Totals\n\n| metric | value |\n|---|---|\n| accuracy | 0.5 |\n\n';
  const content = `# Run\n\n${totals}## Answers ##\n\n${TABLE}`;

  test('the first that has inputs and outputs is read, and the others are named', async () => {
    const recognised = await recognise(await open(content));

    expect(await rowsOf(recognised)).toHaveLength(2);
    expect(recognised.assumptions[0]).toBe(
      '"Answers" is read; left out: "Totals" (choose with --sheet)',
    );
  });

  test('--sheet and the path name one by the heading above it', async () => {
    const path = fileOf(content, 'results.md');

    for (const [file, sheet] of [
      [path, 'Totals'],
      [`${path}/Totals`, undefined],
    ] as const) {
      const [source] = await openSources([file], { spoolFolder, sheet });

      expect(source?.name).toBe(file);
      expect(await cells(source as OpenedSource)).toEqual([['accuracy', '0.5']]);
    }
  });
});

test.for([
  ['a cell of CSV', 'question,answer\nq1,"\n| a | b |\n|---|---|\n| 1 | 2 |\n"\n', 'table'],
  ['a text of YAML', '- inputs: q\n  outputs: |\n    | a | b |\n    |---|---|\n', 'list'],
  ['a text of JSON', '{"inputs":"| a | b |\\n|---|---|\\n","outputs":1}\n', 'list'],
] as const)('a table in %s is part of it', async ([, content, kind]) => {
  const source = await sourceOf(content);

  expect(source.kind).toBe(kind);
  expect(await rowsOf(source)).toHaveLength(1);
});

test('Markdown without a table is refused', async () => {
  await expect(open('# Run\n\nIt went well, all in all.\n')).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(/results\.md contains no table$/),
  });
});

test('a file without tables has no sheets', async () => {
  await expect(open('q,a\n1,2\n', 'rows.csv', 'One')).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/rows\.csv has no sheets$/),
  });
});
