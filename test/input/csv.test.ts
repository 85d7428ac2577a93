import { describe, expect, test } from 'vitest';
import { readCsv } from '../../src/input/csv.js';
import { openSources } from '../../src/input/open.js';
import type { Source } from '../../src/input/row.js';
import { Tolerated } from '../../src/input/tolerated.js';
import { fileOf, rowsOf, sourceOf, spoolFolder, streamOf } from '../support/rows.js';

const ROWS = [
  { a: '1', b: 'x' },
  { a: '2', b: 'y' },
];

describe('a table is read the same', () => {
  test.for([
    ['with LF', 'a,b\n1,x\n2,y\n'],
    ['with CRLF', 'a,b\r\n1,x\r\n2,y\r\n'],
    ['with CR', 'a,b\r1,x\r2,y'],
    ['with CRLF after a header with LF', 'a,b\n1,x\r\n2,"y"\r\n'],
    ['with LF after a header with CRLF', 'a,b\r\n1,x\n2,"y"\n'],
    ['with blank lines', '\n\na,b\n\n1,x\n\r\n2,y\n\n'],
    ['with semicolons', 'a;b\n1;x\n2;y\n'],
    ['with bars', 'a|b\n1|x\n2|y\n'],
    ['with tabs', 'a\tb\n1\tx\n2\ty\n'],
    ['with spaces around its quotes', '"a" ,"b"\n"1" ,"x"  \n"2","y"\n'],
    ['with columns at the end that are empty', 'a,b,,\n1,x,,\n2,y\n'],
  ] as const)('%s', async ([, content]) => {
    const rows = await rowsOf(await sourceOf(content));

    expect(rows.map(({ value, shape }) => [value, shape])).toEqual(
      ROWS.map((row) => [row, 'columns']),
    );
  });
});

test.for([
  ['"a;b",c;d,e\n1,2,3\n', ['a;b', 'c;d', 'e']],
  ['one|two,two|three\n1|2|3\n', ['one', 'two,two', 'three']],
  ['"a\nb"\t"c, d, e"\tf\n1\t2\t3\n', ['a\nb', 'c, d, e', 'f']],
] as const)(
  'what is within quotes does not decide on the delimiter: %j',
  async ([content, names]) => {
    const [row] = await rowsOf(await sourceOf(content));

    expect(Object.keys(row?.value ?? {})).toEqual(names);
  },
);

test.for([
  [
    'names with commas in them',
    'id (a, b);question (as asked, once);answer\n1;q?;a\n2;r?;b\n',
    ['id (a, b)', 'question (as asked, once)', 'answer'],
  ],
  [
    'commas in the names and in some cells',
    'q (text, short);a (text, long, maybe);t;f1\na;b, c, d, e;c;0.5\nx, y;z;z;1\n',
    ['q (text, short)', 'a (text, long, maybe)', 't', 'f1'],
  ],
  [
    'cells that list words',
    'question,words,answer\nq,a;b;c;d,x\nr,e;f;g;h,y\n',
    ['question', 'words', 'answer'],
  ],
  ['a name of numbers first', '\tq\ta\n0\tx, y\tz\n1\tx, y\tz\n', ['', 'q', 'a']],
  ['Excel’s line that says it', 'sep=;\r\nq, asked;a\r\nx, y;z\r\n', ['q, asked', 'a']],
] as const)('the delimiter is the one by which rows line up: %s', async ([, content, names]) => {
  const source = await sourceOf(content);
  const sample = await source.sample();

  expect(sample.columns).toEqual(names);
  expect(sample.rows.map((row) => Object.keys(row))).toEqual(sample.rows.map(() => names));
  expect(sample.rows).not.toEqual([]);
});

test('a delimiter that is said overrules, and belongs to what identifies the reading', async () => {
  const path = fileOf('q,a;b\nx,y;z\n');

  const [source] = await openSources([path], { spoolFolder, delimiter: ';' });

  expect(await source?.sample()).toMatchObject({ columns: ['q,a', 'b'] });
  expect(source?.reading).toEqual({ delimiter: ';' });
});

test('rows that do not fit say what was assumed, unless it was said', async () => {
  const content = 'a;b\n1;2\n3;4;5\n';
  const [said] = await openSources([fileOf(content)], { spoolFolder, delimiter: ';' });

  const [, guessed] = await rowsOf(await sourceOf(content));
  const [, told] = await rowsOf(said as Source);

  expect(guessed?.problem).toBe(
    'found 3 fields, expected 2 as in the header; a semicolon is assumed to separate them (--delimiter overrides)',
  );
  expect(told?.problem).toBe('found 3 fields, expected 2 as in the header');
});

describe('what a spreadsheet adds is left out, and counted', () => {
  test.for([
    ['an empty row', 'q,a,f,,\n1,x,1,,\n,,,,\n2,y,0,,\n', ['1 empty row left out']],
    ['empty rows at the end', 'q,a,f\n1,x,1\n2,y,0\n,,\n" ",,\n', ['2 empty rows left out']],
    [
      'a header in the middle',
      'q,a,f\n1,x,1\nq,a,f\n2,y,0\n',
      ['1 row left out that repeats the header: line 3'],
    ],
    [
      'averages below the rows',
      'q,a,f\n1,x,1\n2,y,0\n,,\nAverage,,0.5\nStd dev,,50%\n',
      ['1 empty row left out', '2 rows left out that sum up the rows above them: lines 5, 6'],
    ],
    [
      'figures by what they are of, and in other languages',
      'q,a,f\n1,x,1\n2,y,0\nTOTAL,,1\nAccuracy,,50%\nDurchschnitt,,"0,5"\n',
      ['3 rows left out that sum up the rows above them: lines 4, 5, 6'],
    ],
    [
      'a title',
      'Run of May,,\n,,\nq,a,f\n1,x,1\n2,y,0\n',
      ['1 empty row left out', '1 line above the header left out'],
    ],
    [
      'a title that is not padded',
      'Run of May\n\nq;a;f\n1;x;1\n2;y;0\n',
      ['1 line above the header left out'],
    ],
    ['remarks', '# run 7\n# of May\nq,a,f\n1,x,1\n2,y,0\n', ['2 lines above the header left out']],
  ] as const)('%s', async ([, content, sentences]) => {
    const source = await sourceOf(content);
    const tolerated = new Tolerated();
    const rows: unknown[] = [];

    for await (const { value } of source.records({}, { tolerated })) rows.push(value);

    expect(rows).toEqual([
      { q: '1', a: 'x', f: '1' },
      { q: '2', a: 'y', f: '0' },
    ]);
    expect(tolerated.sentences()).toEqual(sentences);
    expect(await source.sample()).toMatchObject({ columns: ['q', 'a', 'f'] });
  });

  test.for([
    ['other rows follow it', 'q,a,f\nTotal,,1\n2,y,0\n'],
    ['no cell of it is empty', 'q,a,f\n2,y,0\nTotal,1,1\n'],
    ['there is no other row', 'q,a,f\nAccuracy,,1\nF1,,0.5\n'],
    ['it has other text', 'q,a,f,g\n2,y,0,1\nAverage,,mean,1\n'],
    ['it has nothing but its name', 'q,a,f\n2,y,0\nOverall,,\n'],
  ] as const)('a row named as an average is a row if %s', async ([, content]) => {
    const source = await sourceOf(content);
    const tolerated = new Tolerated();
    const rows: unknown[] = [];

    for await (const { value } of source.records({}, { tolerated })) rows.push(value);

    expect(rows).toHaveLength(2);
    expect(tolerated.sentences()).toEqual([]);
  });

  test.for([
    ['one column of a pandas index', ',a\nx,1\ny,2\n', ['', 'a']],
    ['a comma too many', 'a,\n1,\n2,\n', ['a']],
    ['two commas too many', 'a,,\n1,,\n2,,\n', ['a']],
    ['the words of the header in a table of one column', 'a\na\na\n', ['a']],
  ] as const)('nothing of %s', async ([, content, columns]) => {
    const { columns: found, rows } = await (await sourceOf(content)).sample();

    expect(found).toEqual(columns);
    expect(rows).toHaveLength(2);
  });
});

test('a name above texts with commas is not a title', async () => {
  const rows = await rowsOf(await sourceOf('a\nHello, world\nHi, you, too\n'));

  expect(rows.map(({ problem }) => problem?.slice(0, 34))).toEqual([
    'found 2 fields, expected 1 as in t',
    'found 3 fields, expected 1 as in t',
  ]);
});

test('cells keep their spaces, line breaks, quotes and numbers as they are', async () => {
  const [row] = await rowsOf(await sourceOf('a,b,c\n 1.0 ,"x\r\ny","say ""so"""\n'));

  expect(row?.value).toEqual({ a: ' 1.0 ', b: 'x\r\ny', c: 'say "so"' });
});

test('__proto__ is a column like any other', async () => {
  const [row] = await rowsOf(await sourceOf('__proto__,b\n1,2\n'));

  expect(Object.entries(row?.value ?? {})).toEqual([
    ['__proto__', '1'],
    ['b', '2'],
  ]);
});

test('a row of the wrong length keeps its text', async () => {
  const [row] = await rowsOf(await sourceOf('a;b\n1;"x;y";3\n'));

  expect(row).toMatchObject({ value: null, text: '1;"x;y";3' });
});

test.for([
  ['at the end', 'a,b\n1,2\n3,4\n5,"6\n7,8\n', 4],
  ['in a cell after one with line breaks', 'a,b\n"1\n2\n3","4\n5,6\n', 4],
  ['with text after it', 'a,b\n1,2\n"3" x,4\n', 3],
] as const)(
  'a quote that is not closed is reported with the line it opens in: %s',
  async ([, content, line]) => {
    const source = await sourceOf(content);

    await expect(rowsOf(source)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(`rows:${line}: a quote`),
    });
  },
);

test('rows before a quote that is not closed are given', async () => {
  const values: unknown[] = [];
  const read = async () => {
    const source = await sourceOf('a,b\n1,x\n2,y\n3,"z\n');
    for await (const row of source.rows()) values.push(row.value);
  };

  await expect(read()).rejects.toThrow('a quote');
  expect(values).toEqual(ROWS);
});

test('a row is there as soon as its line is', async () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const source = await streamOf(
    (async function* () {
      yield 'inputs,outputs\n1,"x"\n';
      await opened;
      yield '2,y\n';
    })(),
  );
  const rows = source.rows()[Symbol.asyncIterator]();

  const first = await rows.next();
  open();
  const second = await rows.next();

  expect(source.live).toBe(true);
  expect([first.value?.value, second.value?.value]).toEqual([
    { inputs: '1', outputs: 'x' },
    { inputs: '2', outputs: 'y' },
  ]);
});

test('a quote within a field of a long row opens nothing', async () => {
  const inches = 'a 5" screen; '.repeat(10_000);
  const text = async function* () {
    yield 'a,b,c\n';
    for (let n = 0; n < 15; n++) yield inches;
    yield ',"he said ""5,\n""""",5" too\n1,2,3\n';
  };

  const values: unknown[] = [];
  for await (const { value, origin } of readCsv(text(), 'long.csv')) {
    values.push([value, origin.line]);
  }

  expect(values).toEqual([
    [{ a: inches.repeat(15), b: 'he said "5,\n""', c: '5" too' }, 2],
    [{ a: '1', b: '2', c: '3' }, 4],
  ]);
});

test('a row of megabytes that comes in small pieces is whole', async () => {
  const piece = 'line, "" and line\n'.repeat(4000);
  const text = async function* () {
    yield 'a,b\n1,"';
    for (let n = 0; n < 60; n++) yield piece;
    yield '"\n2,y\n';
  };

  const values: unknown[] = [];
  for await (const { value, origin } of readCsv(text(), 'long.csv')) {
    values.push([value, origin.line]);
  }

  expect(values).toEqual([
    [{ a: '1', b: piece.repeat(60).replaceAll('""', '"') }, 2],
    [{ a: '2', b: 'y' }, 2 + 1 + 60 * 4000],
  ]);
});
