import { describe, expect, test } from 'vitest';
import { openSources } from '../../src/input/open.js';
import type { OpenedSource } from '../../src/input/row.js';
import { Tolerated } from '../../src/input/tolerated.js';
import { recognise } from '../../src/results/recognise.js';
import { zipOf } from '../support/containers.js';
import { fileOf, rowsOf, spoolFolder, streamOf } from '../support/rows.js';
import { rowsOfCells, type WorkbookParts, workbookOf } from '../support/workbook.js';

const ANSWERS = rowsOfCells(['question', 'answer', 'correct'], ['q1', 'a1', 1], ['q2', 'a2', 0]);
const TOTALS = rowsOfCells(['Metric', 'Value'], ['accuracy', 0.5]);

async function open(parts: WorkbookParts, options: { sheet?: string } = {}): Promise<OpenedSource> {
  const path = fileOf(workbookOf(parts), 'book.xlsx');
  const [source] = await openSources([path], { spoolFolder, ...options });
  return source as OpenedSource;
}

/** The cells of a sheet that has one cell below its header. */
async function cellOf(cell: string, parts: Omit<WorkbookParts, 'sheets'> = {}): Promise<unknown> {
  const rows = `<row><c t="str"><v>q</v></c><c t="str"><v>b</v></c></row><row>${cell}<c t="str"><v>x</v></c></row>`;
  const [row] = await rowsOf(await open({ ...parts, sheets: { One: rows } }));
  return row?.cells?.[0];
}

test('a sheet is read as the same table in CSV', async () => {
  const book = await open({ sheets: { One: ANSWERS } });
  const [csv] = await openSources(
    [fileOf('question,answer,correct\nq1,a1,1\nq2,a2,0\n', 'book.csv')],
    { spoolFolder },
  );
  const read = async (source: OpenedSource) => {
    const recognised = await recognise(source);
    const rows = await rowsOf(recognised);
    const values = rows.map(({ value, index, origin }) => [value, index, origin.line]);
    return { columns: recognised.columns, values };
  };

  expect(await read(book)).toEqual(await read(csv as OpenedSource));
  expect(book).toMatchObject({ kind: 'table', live: false, bytes: expect.any(Number) });
});

describe('a cell is read as', () => {
  const shared =
    '<si><t>plain</t></si><si><r><t>ri</t></r><r><rPr><b/></rPr><t xml:space="preserve">ch </t></r></si>' +
    '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si><si><t/></si>';

  test.for([
    ['a shared text', '<c t="s"><v>0</v></c>', 'plain'],
    ['a rich text', '<c t="s"><v>1</v></c>', 'rich '],
    ['a text without the hint how to say it', '<c t="s"><v>2</v></c>', '東京'],
    ['an empty text', '<c t="s"><v>3</v></c>', ''],
    ['a text that is missing', '<c t="s"><v>99</v></c>', ''],
    [
      'a text of its own',
      '<c t="inlineStr"><is><t> a &lt; b &#128512; </t></is></c>',
      ' a < b 😀 ',
    ],
    ['a text with a line break', '<c t="inlineStr"><is><t>a_x000D_\nb</t></is></c>', 'a\r\nb'],
    ['a text in CDATA', '<c t="inlineStr"><is><t><![CDATA[a & b]]></t></is></c>', 'a & b'],
    ['what a formula gave, a text', '<c t="str"><f>A1</f><v>sum</v></c>', 'sum'],
    ['what a formula gave, a number', '<c><f>1/2</f><v>0.5</v></c>', '0.5'],
    ['true', '<c t="b"><v>1</v></c>', 'TRUE'],
    ['false', '<c t="b"><v>0</v></c>', 'FALSE'],
    ['an error', '<c t="e"><v>#N/A</v></c>', '#N/A'],
    ['a date of its own', '<c t="d"><v>2026-02-03T00:00:00</v></c>', '2026-02-03'],
    ['an integer with all its digits', '<c><v>9007199254740993</v></c>', '9007199254740993'],
    ['a whole number', '<c t="n"><v>100.0</v></c>', '100'],
    ['a number beyond doubles', '<c><v>0.12345678901234567890</v></c>', '0.12345678901234567890'],
    ['what is no number', '<c><v>n/a</v></c>', 'n/a'],
    ['a number that was typed', '<c><v>0.28999999999999998</v></c>', '0.29'],
    ['a small number', '<c><v>1.0000000000000001E-5</v></c>', '0.00001'],
  ] as const)('%s', async ([, cell, text]) => {
    expect(await cellOf(cell, { strings: shared })).toBe(text);
  });

  const styles =
    '<numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm:ss.000"/>' +
    '<numFmt numFmtId="165" formatCode="[h]:mm:ss"/><numFmt numFmtId="166" formatCode="0.0 &quot;days&quot;"/>' +
    '<numFmt numFmtId="167" formatCode="[Red]0.00;[$-409]d"/><numFmt numFmtId="168" formatCode="mmm"/></numFmts>' +
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/>' +
    '<xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="9"/><xf numFmtId="168"/>' +
    '<xf numFmtId="21"/></cellXfs>';

  test.for([
    ['a date', 1, '46056', '2026-02-03'],
    ['a date with its time', 2, '46056.5', '2026-02-03T12:00:00'],
    ['a date with its milliseconds', 3, '46056.500001157', '2026-02-03T12:00:00.100'],
    ['a date that has a time, whatever is shown', 1, '46056.25', '2026-02-03T06:00:00'],
    ['a date before the day that never was', 1, '59', '1900-02-28'],
    ['a date after it', 1, '61', '1900-03-01'],
    ['a month', 8, '46056', '2026-02-03'],
    ['a time', 9, '0.75', '18:00:00'],
    ['more hours than a day has', 4, '1.5', '36:00:00'],
    ['a number, where it is no date', 1, '-1', '-1'],
    ['a number before days', 5, '3.5', '3.5'],
    ['a number in colour', 6, '0.25', '0.25'],
    ['a share, not a percentage', 7, '0.75', '0.75'],
    ['a number of no style', 99, '46056', '46056'],
  ] as const)('%s', async ([, style, value, text]) => {
    expect(await cellOf(`<c s="${style}"><v>${value}</v></c>`, { styles })).toBe(text);
  });

  test('a date of the calendar that begins in 1904', async () => {
    expect(await cellOf('<c s="1"><v>44594</v></c>', { styles, is1904: true })).toBe('2026-02-03');
  });
});

describe('what stands where in a sheet', () => {
  const header =
    '<row r="2"><c r="A2" t="str"><v>q</v></c><c r="B2" t="str"><v>a</v></c><c r="C2" t="str"><v>f</v></c></row>';

  test.for([
    ['cells that are left out', '<row r="3"><c r="C3"><v>1</v></c></row>', [['', '', '1']], []],
    [
      'rows that are left out or empty',
      '<row r="3"/><row r="9"><c r="A9"><v>1</v></c></row><row r="10"><c r="A10" s="3"/></row>',
      [['1', '', '']],
      [],
    ],
    [
      'a header that repeats',
      `${header}<row><c><v>1</v></c></row>`,
      [['1', '', '']],
      ['1 row left out that repeats the header: line 2'],
    ],
    [
      'a formula that was never calculated',
      '<row><c><f>A1+1</f></c><c t="str"><f>""</f><v></v></c><c><v>1</v></c></row>',
      [['', '', '1']],
      [
        '1 formula without a stored value read as empty: open the workbook in a spreadsheet and save it',
      ],
    ],
  ] as const)('%s', async ([, rows, cells, sentences]) => {
    const source = await open({ sheets: { One: header + rows } });
    const tolerated = new Tolerated();
    const found: unknown[] = [];

    for await (const row of source.records({}, { tolerated })) found.push(row.cells);

    expect(found).toEqual(cells);
    expect(tolerated.sentences()).toEqual(sentences);
  });

  test('a title above the header is left out', async () => {
    const title = '<row r="1"><c r="A1" t="str"><v>Run of May</v></c></row>';
    const source = await open({
      sheets: { One: `${title}${header}<row r="5"><c r="B5"><v>1</v></c></row>` },
    });

    const [row] = await rowsOf(source);

    expect(row).toMatchObject({ value: { q: '', a: '1', f: '' }, origin: { line: 5 } });
  });

  test('a cell beyond the header is a problem with its place', async () => {
    const source = await open({
      sheets: { One: `${header}<row r="3"><c r="A3"><v>1</v></c><c r="E3"><v>2</v></c></row>` },
    });

    const [row] = await rowsOf(source);

    expect(row).toMatchObject({
      problem: 'found 5 fields, expected 3 as in the header',
      text: '1\t\t\t\t2',
      origin: { file: expect.stringMatching(/book\.xlsx\/One$/), line: 3 },
    });
  });

  test('elements may have a prefix', async () => {
    const source = await open({ sheets: { One: ANSWERS }, prefix: 'x:' });

    expect(await rowsOf(source)).toHaveLength(2);
  });
});

describe('of several sheets', () => {
  const sheets = { Totals: TOTALS, Notes: '', 'Raw &amp; all': ANSWERS };

  test('the first that has inputs and outputs is read, and the others are named', async () => {
    const recognised = await recognise(await open({ sheets }));

    expect(await rowsOf(recognised)).toHaveLength(2);
    expect(recognised.assumptions).toEqual([
      '"Raw & all" is read; left out: "Totals", "Notes" (choose with --sheet)',
    ]);
    expect(recognised.decisions()).toMatchObject({ sheet: 'Raw & all' });
  });

  test('a hidden one comes last', async () => {
    const source = await open({ sheets: { Old: ANSWERS, New: ANSWERS }, hidden: ['Old'] });

    expect((await recognise(source)).decisions()).toMatchObject({ sheet: 'New' });
  });

  test('options for columns decide which one is meant', async () => {
    const source = await open({ sheets: { Answers: ANSWERS, Totals: TOTALS } });

    const recognised = await recognise(source, { inputs: ['Metric'], outputs: ['Value'] });

    expect(recognised.decisions()).toMatchObject({ sheet: 'Totals' });
  });

  test.for([
    ['--sheet', (path: string) => [path, { sheet: 'totals' }]],
    ['the path', (path: string) => [`${path}/Totals`, {}]],
  ] as const)('%s names one', async ([, how]) => {
    const [path, options] = how(fileOf(workbookOf({ sheets }), 'book.xlsx')) as [string, object];

    const [source] = await openSources([path], { spoolFolder, ...options });

    expect(await source?.sample()).toMatchObject({ columns: ['Metric', 'Value'] });
    expect(source?.reading).toEqual({ sheet: 'Totals' });
    expect(source?.tables).toBeUndefined();
  });

  test('none is read as rows before one is chosen', async () => {
    const source = await open({ sheets });

    await expect(rowsOf(source)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/contains several tables: "Totals", "Notes", "Raw & all"$/),
    });
  });

  test('one that is not there is refused, and those that are there are named', async () => {
    await expect(open({ sheets }, { sheet: 'Result' })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('no sheet "Result" in'),
      hint: 'It has "Totals", "Notes", "Raw & all".',
    });
  });
});

test('a workbook that is piped in is read', async () => {
  const source = await streamOf([workbookOf({ sheets: { One: ANSWERS } })]);

  expect(await rowsOf(source)).toHaveLength(2);
  await source.close?.();
});

describe('a workbook is refused', () => {
  const good = workbookOf({ sheets: { One: ANSWERS } });
  const row = (cells: string) => `<row>${cells}</row>`;

  test.for([
    ['cut off', good.subarray(0, good.length - 100), 'is a truncated or invalid zip archive'],
    [
      'with a sheet that ends too soon',
      workbookOf({ sheets: { One: '<row><c><v>1' } }),
      'is no whole part of a workbook',
    ],
    ['without a sheet that it lists', withoutSheet(good), 'it is missing'],
    [
      'with too many columns',
      workbookOf({ sheets: { One: row('<c r="XFE1"><v>1</v></c>') } }),
      'has more than 16384 columns',
    ],
    ['nested too deeply', workbookOf({ sheets: { One: '<a>'.repeat(200) } }), 'nested too deeply'],
    [
      'with a text without an end',
      workbookOf({ sheets: { One: `<row r="${'1'.repeat(9_000_000)}` } }),
      'too long',
    ],
    [
      'with a row without an end',
      workbookOf({
        sheets: {
          One: row(`<c t="str"><v>${`${'x'.repeat(1_000_000)}<b/>`.repeat(60)}</v></c>`),
        },
      }),
      'row 1 is too long',
    ],
    [
      'without sheets',
      zipOf([
        { name: '[Content_Types].xml', content: '' },
        { name: 'xl/workbook.xml', content: '<workbook/>' },
      ]),
      'contains no table',
    ],
  ] as const)('%s', async ([, bytes, message]) => {
    const path = fileOf(bytes, 'book.xlsx');
    const read = async () => {
      for (const source of await openSources([path], { spoolFolder })) await rowsOf(source);
    };

    await expect(read()).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(message),
      hint: expect.any(String),
    });
  });
});

/** Its sheet has another name in the table of contents of the archive. */
function withoutSheet(workbook: Buffer): Buffer {
  const changed = Buffer.from(workbook);
  changed.write('sheet9', changed.lastIndexOf('sheet1.xml'));
  return changed;
}
