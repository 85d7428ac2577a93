import { describe, expect, test } from 'vitest';
import { Tolerated } from '../../src/input/tolerated.js';
import { printJson } from '../../src/json/print.js';
import { sourceOf } from '../support/rows.js';

const A = '{"q":1,"a":{"n":1.0}}';
const B = '{"q":9007199254740993,"a":"},{"}';

async function read(content: string) {
  const source = await sourceOf(content);
  const tolerated = new Tolerated();
  const rows = [];
  const place = content.startsWith('{"rows"') ? { recordsAt: ['rows'] } : {};
  for await (const row of source.records(place, { tolerated })) rows.push(row);
  return { rows, sentences: tolerated.sentences() };
}

describe('JSON that is nearly right is read, and what was tolerated is counted', () => {
  test.for([
    ['a comma after the last element', `[\n${A},\n${B},\n]`, '1 stray comma ignored'],
    ['a comma before the bracket', `[${A},${B},]`, '1 stray comma ignored'],
    ['a comma after each line', `${A},\n${B},\n`, '2 stray commas ignored'],
    ['a comma between lines', `${A},\n${B}`, '1 stray comma ignored'],
    [
      'a comma after the last member',
      `{"q":1,"a":{"n":1.0},}\n{"q":9007199254740993,"a":"},{",}\n`,
      '2 stray commas ignored',
    ],
    [
      'commas in printed objects',
      `[{\n"q": 1,\n"a": {"n": 1.0,},\n},\n{"q": 9007199254740993, "a": "},{"}]`,
      '1 stray comma ignored',
    ],
    [
      'printed objects with commas between them',
      `{\n"q": 1,\n"a": {"n": 1.0}\n},\n{\n"q": 9007199254740993,\n"a": "},{"\n}\n`,
      '1 stray comma ignored',
    ],
    ['a comma after the rows of a document', `{"rows":[${A},\n${B}],\n}`, '1 stray comma ignored'],
    ['comments', `# run 7\n${A}\n  // and more\n${B}\n#{"q":3}\n`, '3 comment lines left out'],
    ['objects in one line', `${A}${B}`, ''],
    ['objects in one line of many', `${A}\n`.replace('\n', ` ${B}\n`), ''],
    [
      'objects in a line with a comma',
      `{"inputs":1}, {"inputs":2}\n{"inputs":3}{"inputs":4}\n`,
      '2 lines hold several objects: each is a row',
    ],
    ['a line of a log in brackets', `[12:30:01 INFO] started, one\n${A}\n${B}\n`, ''],
  ] as const)('%s', async ([, content, sentence]) => {
    const { rows, sentences } = await read(content);

    const good = rows.filter(({ problem }) => problem === undefined);
    if (!content.includes('inputs'))
      expect(good.map(({ value }) => printJson(value))).toEqual([A, B]);
    else expect(good.map(({ value }) => value)).toEqual([1, 2, 3, 4].map((inputs) => ({ inputs })));
    expect(rows.map(({ index }) => index)).toEqual(rows.map((_, at) => at));
    expect(sentences).toEqual(sentence === '' ? [] : [sentence]);
  });

  test('rows of one line have their columns', async () => {
    const { rows } = await read(`{"inputs":1}\n{"inputs":2} {"inputs":nope}\n`);

    expect(rows.map(({ origin: { line, column }, problem }) => [line, column, problem])).toEqual([
      [1, undefined, undefined],
      [2, undefined, undefined],
      [2, 24, 'expected a value but found "n"'],
    ]);
  });
});

describe('JSON that is wrong in another way stays refused, with its place', () => {
  test.for([
    ['{"inputs":1}\n[1,]\n', 'rows:2:4: trailing comma after the last element'],
    ['{"inputs":1}\n{"id":0,}\n', 'rows:2:9: trailing comma after the last member'],
    [
      '{"inputs":1}\n{"id":0,"q":1,,}\n',
      'rows:2:15: expected a key in double quotes but found ","',
    ],
    ['{"inputs":1}\n{,}\n', 'rows:2:2: expected a key in double quotes but found ","'],
    ['{"inputs":1}\n{"q":1}]\n', 'rows:2:8: expected nothing more but found "]"'],
    ['{"inputs":1}\n{"q":1}{\n', 'rows:2:8: expected nothing more but found "{"'],
    [
      `{"inputs":1}\n{'q': 1}\n`,
      `rows:2:2: expected a key in double quotes but found "'"is Python, not JSON; write rows with json.dumps(row)`,
    ],
    [
      '{"inputs":1}\n{"q": None}\n',
      'rows:2:7: expected a value but found "N"is Python, not JSON; write rows with json.dumps(row)',
    ],
  ] as const)('%j', async ([content, message]) => {
    const { rows } = await read(content);

    const [bad] = rows.filter(({ problem }) => problem !== undefined);
    expect(`rows:${bad?.origin.line}:${bad?.origin.column}: ${bad?.problem}`).toBe(message);
    expect(rows).toHaveLength(2);
  });

  test.for([
    ['["",]', 'rows:1:5: trailing comma after the last element'],
    ['{"rows":[{"q":1}],"n":0,}', 'rows:1:25: trailing comma after the last member'],
    ['[{"q":1},,]', 'rows:1:10: expected a value but found ","'],
    ['// run 7\n{\n"rows": [{"q":1}]}', 'rows:1:1: expected a value but found "/" (JSON has no'],
    ['[{"q":1}, # one\n{"q":2}]', 'rows:1:11: expected a value but found "#" (JSON has no'],
    [`[{'q': 1}]`, 'rows:1:3: this is printed Python, which is not JSON'],
    [`\n {'q': None}\n`, 'rows:2:3: this is printed Python, which is not JSON'],
  ] as const)('%j', async ([content, message]) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(message),
    });
  });
});

test.for([
  ['{{question}},answer\nq,a\n', ['{{question}}', 'answer']],
  ['{question};{answer}\nq;a\n', ['{question}', '{answer}']],
] as const)('names in braces are the header of a table: %j', async ([content, columns]) => {
  expect(await (await sourceOf(content)).sample()).toMatchObject({ kind: 'table', columns });
});
