import { describe, expect, test } from 'vitest';
import { readJsonLines } from '../../src/input/jsonl.js';
import type { Row } from '../../src/input/row.js';
import { checkRow } from '../../src/results/parse.js';
import { recognise } from '../../src/results/recognise.js';
import { rowsOf, sourceOf } from '../support/rows.js';

const ROW = '{"inputs":{"q":1},"outputs":{"a":2}}';
const VALUE = { inputs: { q: 1 }, outputs: { a: 2 } };
const DEEP = 100_000;
const TOO_DEEP = 'arrays and objects are nested more than 1000 deep';

const arrays = `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`;
const objects = `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`;

describe('nesting 100,000 deep', () => {
  test.for([
    ['arrays in a line', `${ROW}\n{"inputs":{"q":${arrays}},"outputs":{}}\n${ROW}\n`],
    ['objects in a line', `${ROW}\n{"inputs":${objects},"outputs":{}}\n${ROW}\n`],
    ['a line of arrays alone', `${ROW}\n${arrays}\n${ROW}\n`],
    ['arrays in an array', `[${ROW},${arrays},${ROW}]`],
    ['objects in an array', `[${ROW},${objects},${ROW}]`],
    ['objects in a document of rows', `{"rows":[${ROW},{"inputs":${objects}},${ROW}],"version":1}`],
  ] as const)('%s is a row with a problem, and the others are read', async ([, content]) => {
    const rows = await rowsOf(await sourceOf(content));

    expect(rows.map(({ problem }) => problem)).toEqual([undefined, TOO_DEEP, undefined]);
    expect(rows[1]).toMatchObject({ origin: { column: expect.any(Number) } });
    expect(rows[1]?.text?.length).toBeLessThanOrEqual(1000);
  });

  test.for([
    ['beside the rows', `{"meta":${objects},"rows":[${ROW}]}`],
    ['beside the rows, in arrays', `{"meta":${arrays},"rows":[${ROW}]}`],
  ] as const)('%s does not matter', async ([, content]) => {
    const rows = await rowsOf(await sourceOf(content));

    expect(rows.map(({ value }) => value)).toEqual([VALUE]);
  });

  test.for([
    ['arrays', '['.repeat(DEEP)],
    ['arrays and objects in turn', '[{"":'.repeat(DEEP)],
    ['objects', '{"a":'.repeat(DEEP)],
  ] as const)('%s that are never closed are refused with a place', async ([, content]) => {
    const read = sourceOf(content).then(rowsOf);

    const problems = await read.then(
      (rows) => rows.map(({ problem }) => problem),
      (error) => [error.message],
    );

    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/nested more than 1000 deep|rows:1:\d+: the file ends inside/);
  });
});

describe('tables', () => {
  const names = Array.from({ length: 10_000 }, (_, n) => `inputs.c${n}`);

  test('of 10,000 columns are read', async () => {
    const cells = names.map((_, n) => String(n));
    const content = `${names.join(',')},outputs.a\n${cells.join(',')},x\n${cells.join(',')},y\n`;

    const source = await recognise(await sourceOf(content));
    const results: unknown[] = [];
    for await (const row of source.rows()) {
      const checked = checkRow(row);
      if ('result' in checked) results.push(checked.result);
    }

    expect(results).toMatchObject([{ outputs: { a: 'x' } }, { outputs: { a: 'y' } }]);
    expect(Object.keys((results[0] as { inputs: object }).inputs)).toHaveLength(10_000);
  });

  test('of 10,000 columns of no known name are read', async () => {
    const content = `question,answer,${names.map((_, n) => `c${n}`).join(',')}\n${'x,'.repeat(10_001)}x\n`;

    const source = await recognise(await sourceOf(content));
    const rows = await rowsOf(source);

    expect(rows).toHaveLength(1);
  });

  test('of a header only have no rows', async () => {
    for (const content of [
      'inputs.q,outputs.a',
      'inputs.q,outputs.a\n',
      'inputs.q\toutputs.a\r\n\r\n',
    ])
      expect(await rowsOf(await recognise(await sourceOf(content)))).toEqual([]);
  });

  test('may use the names that every object has', async () => {
    const content = 'inputs.__proto__,inputs.constructor,outputs.toString\n1,2,3\n';

    const [row] = await rowsOf(await sourceOf(content));
    const checked = checkRow(row as Row);

    if (!('result' in checked)) throw new Error('the row was refused');
    expect(Object.entries(checked.result.inputs ?? {})).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
    expect(Object.entries(checked.result.outputs ?? {})).toEqual([['toString', '3']]);
  });
});

test('a million short lines are read, one at a time', async () => {
  const chunk = '{"inputs":1,"outputs":2}\n'.repeat(1000);
  const text = async function* () {
    for (let n = 0; n < 1000; n++) yield chunk;
  };

  let rows = 0;
  let last: Row | undefined;
  for await (const row of readJsonLines(text(), 'rows.jsonl')) {
    rows++;
    last = row;
  }

  expect(rows).toBe(1_000_000);
  expect(last).toMatchObject({ index: 999_999, origin: { line: 1_000_000 } });
});

describe('names that every object has are keys like any other', () => {
  const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
  const own = `{${NAMES.map((name) => `"${name}":{"__proto__":{"x":1}}`).join(',')}}`;

  test.for([
    ['a line', (row: string) => `${row}\n`],
    ['an array', (row: string) => `[${row}]`],
    ['a document', (row: string) => `{"__proto__":{"y":1},"rows":[${row}],"constructor":2}`],
  ] as const)('in %s', async ([, wrap]) => {
    const text = `{"inputs":${own},"outputs":${own},"reference_outputs":${own},"metadata":${own},"__proto__":1,"constructor":2}`;

    const [row] = await rowsOf(await sourceOf(wrap(text)));
    const checked = checkRow(row as Row);

    if (!('result' in checked)) throw new Error(checked.problems[0]?.message);
    const { inputs, outputs, referenceOutputs, metadata } = checked.result;
    const wanted = Object.keys(JSON.parse(own));
    for (const payload of [inputs, outputs, referenceOutputs]) {
      expect(Object.keys(payload ?? {})).toEqual(wanted);
      expect(JSON.stringify(payload)).toBe(own);
    }
    expect(Object.keys(metadata)).toEqual(expect.arrayContaining(['__proto__', 'constructor']));
    expect(Object.getPrototypeOf(inputs)).toBe(Object.prototype);
    expect(({} as { x?: number; y?: number }).x).toBeUndefined();
  });
});

describe('marks and line ends', () => {
  const wide = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

  test.for([
    ['a mark in each of two joined files', `\ufeff${ROW}\n\ufeff${ROW}\n`],
    ['all kinds of line ends', `${ROW}\r\n\r\n${ROW}\n \n`],
    ['UTF-16 with CRLF', wide(`${ROW}\r\n${ROW}\r\n`)],
    ['UTF-16, an array', wide(`[${ROW},\r\n${ROW}]`)],
    ['UTF-16BE, an array', wide(`[${ROW},\r\n${ROW}]`).swap16()],
    ['a mark before an array', `\ufeff[${ROW},${ROW}]`],
    ['a mark before a document', `\ufeff{"rows":[${ROW},${ROW}]}`],
  ] as const)('%s', async ([, content]) => {
    const rows = await rowsOf(await sourceOf(content));

    expect(rows.map(({ value, problem }) => problem ?? value)).toEqual([VALUE, VALUE]);
  });

  test.for([
    ['a mark', '\ufeffinputs.q,outputs.a\n1,2\n'],
    ['UTF-16', wide('inputs.q,outputs.a\r\n1,2\r\n')],
    ['UTF-16, tabs, as spreadsheets write it', wide('inputs.q\toutputs.a\r\n1\t2\r\n')],
    ['a mark and quotes', '\ufeff"inputs.q","outputs.a"\r\n"1","2"'],
  ] as const)('a table with %s', async ([, content]) => {
    const rows = await rowsOf(await sourceOf(content));

    expect(rows.map(({ value }) => value)).toEqual([{ 'inputs.q': '1', 'outputs.a': '2' }]);
  });

  test('a mark within a line is named by its number, since it cannot be seen', async () => {
    const [row] = await rowsOf(await sourceOf(`{"inputs":\ufeff1}\n${ROW}\n`));

    expect(row).toMatchObject({
      origin: { line: 1, column: 11 },
      problem: 'expected a value but found U+FEFF',
    });
  });
});
