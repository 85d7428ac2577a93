import { describe, expect, test } from 'vitest';
import { readCsv } from '../../src/input/csv.js';
import { rowsOf, sourceOf, streamOf } from '../support/rows.js';

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
  'a quote that is not closed is told with the line it opens in: %s',
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
