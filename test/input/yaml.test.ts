import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { LsRecordError } from '../../src/errors.js';
import { openSources } from '../../src/input/open.js';
import type { OpenedSource, RecordsPlace, Row } from '../../src/input/row.js';
import { printJson } from '../../src/json/print.js';
import { JsonNumber } from '../../src/json/value.js';
import { hasSamples, samplePath } from '../support/read-format.js';
import { fileOf, rowsOf, sourceOf } from '../support/rows.js';

const DOCUMENT = `# written by a harness
version: 3
results:
  rows:
    - inputs: {q: 1.0}
      outputs: *missing
`;

async function recordsOf(source: OpenedSource, place: RecordsPlace): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of source.records(place)) rows.push(row);
  return rows;
}

describe('YAML holds', () => {
  test.for([
    ['a list', '- inputs: {q: 1}\n  outputs: {a: 2}\n- inputs: {q: 3}\n  outputs: {a: 4}\n'],
    ['documents', '---\ninputs: {q: 1}\noutputs: {a: 2}\n---\ninputs: {q: 3}\noutputs: {a: 4}\n'],
    [
      'rows in a mapping',
      'version: 1\nrows:\n- inputs: {q: 1}\n  outputs: {a: 2}\n- inputs: {q: 3}\n  outputs: {a: 4}\n',
    ],
    [
      'rows in a mapping that begins with a sentence',
      'about: cities, rivers\n\nrows:\n- inputs: {q: 1}\n  outputs: {a: 2}\n- inputs: {q: 3}\n  outputs: {a: 4}\n',
    ],
    [
      'a list in braces',
      '- {inputs: {q: 1}, outputs: {a: 2}}\n- {inputs: {q: 3}, outputs: {a: 4}}\n',
    ],
    [
      'rows below its version',
      '%YAML 1.2\n---\n- inputs: {q: 1}\n  outputs: {a: 2}\n- inputs: {q: 3}\n  outputs: {a: 4}\n',
    ],
    [
      'rows with CRLF',
      '- inputs: {q: 1}\r\n  outputs: {a: 2}\r\n- inputs: {q: 3}\r\n  outputs: {a: 4}\r\n',
    ],
  ])('%s', async ([, content]) => {
    const rows = await rowsOf(await sourceOf(content as string));

    expect(rows.map(({ value }) => value)).toMatchObject([
      { inputs: { q: 1 }, outputs: { a: 2 } },
      { inputs: { q: 3 }, outputs: { a: 4 } },
    ]);
    expect(rows.map(({ index, shape }) => [index, shape])).toEqual([
      [0, 'document'],
      [1, 'document'],
    ]);
  });

  test('one row, if the mapping has its fields', async () => {
    const rows = await rowsOf(await sourceOf('inputs:\n  q: 1\noutputs: {}\n'));

    expect(rows.map(({ value }) => value)).toEqual([{ inputs: { q: 1 }, outputs: {} }]);
  });

  test('records at a path, with what is around them, and their lines', async () => {
    const source = await sourceOf(
      'version: 3\ntasks:\n  one:\n    - a: 1\n    - a: 2\n  two:\n    - plain\n',
    );

    const rows = await recordsOf(source, { recordsAt: ['tasks', '*'] });

    expect(source.kind).toBe('document');
    expect(rows.map(({ value, path, origin }) => [value, path, origin.line])).toEqual([
      [{ a: 1 }, ['one', 0], 4],
      [{ a: 2 }, ['one', 1], 5],
      ['plain', ['two', 0], 7],
    ]);
    expect(await source.header({ recordsAt: ['tasks', '*'] })).toMatchObject({ version: 3 });
  });
});

describe('values of YAML', () => {
  test('keep the text of numbers', async () => {
    const [row] = await rowsOf(
      await sourceOf(
        '- inputs: {a: 1.0, b: 9007199254740993, c: .nan, d: -.inf, e: 0x10, f: 1e3}\n',
      ),
    );

    expect(printJson(row?.value ?? null)).toBe(
      '{"inputs":{"a":1.0,"b":9007199254740993,"c":NaN,"d":-Infinity,"e":16,"f":1e3}}',
    );
    expect(row?.value).toMatchObject({ inputs: { c: new JsonNumber('NaN') } });
  });

  test('stay text where YAML 1.2 says so', async () => {
    const [row] = await rowsOf(
      await sourceOf(
        '- inputs: {a: yes, b: 2026-01-02, c: "1", d: ~, e: true, f: !!python/tuple x}\n',
      ),
    );

    expect(row?.value).toEqual({
      inputs: { a: 'yes', b: '2026-01-02', c: '1', d: null, e: true, f: 'x' },
    });
  });

  test('repeat by alias', async () => {
    const [row] = await rowsOf(await sourceOf('- inputs: &it {q: [1]}\n  outputs: *it\n'));

    expect(row?.value).toEqual({ inputs: { q: [1] }, outputs: { q: [1] } });
  });

  test('of a repeated key: the last counts; __proto__ is an ordinary key', async () => {
    const [row] = await rowsOf(await sourceOf('- a: 1\n  a: 2\n  __proto__: {b: 1}\n'));

    expect(printJson(row?.value ?? null)).toBe('{"a":2,"__proto__":{"b":1}}');
  });

  test('come back as they were written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue({ maxDepth: 3 }), { minLength: 1 }),
        async (values) => {
          const list = values.map((value) => ({ inputs: { value } }));

          const rows = await rowsOf(await sourceOf(`---\n${stringify(list)}`));

          expect(rows.map(({ value }) => JSON.parse(printJson(value)))).toEqual(list);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test.for([
  ['key, with a comma: x\nrows:\n- inputs: {q: 1}\n  outputs: {a: 2}\n', 'rows.yaml'],
  ['"my key": a, b\nrows:\n- inputs: {q: 1}\n  outputs: {a: 2}\n', 'rows.yml'],
  ['rows: [{inputs: {q: 1}, outputs: {a: 2}}]', 'rows.YAML'],
] as const)('what could begin a table is YAML by its name: %s', async ([content, name]) => {
  const [source] = await openSources([fileOf(content, name)], { spoolFolder: tmpdir() });

  const rows = source ? await rowsOf(source) : [];

  expect(rows.map(({ value }) => value)).toMatchObject([{ inputs: { q: 1 }, outputs: { a: 2 } }]);
});

test('every reading sees all bytes', async () => {
  const content = '# a comment\n- inputs: {q: 1}\n  outputs: {}\n\n';
  const source = await sourceOf(content);
  const read = async () => {
    const hash = createHash('sha256');
    for await (const _ of source.rows({ onBytes: (chunk) => hash.update(chunk) }));
    return hash.digest('hex');
  };

  const expected = createHash('sha256').update(content).digest('hex');

  expect([await read(), await read()]).toEqual([expected, expected]);
});

describe('YAML is refused, in words and with its place,', () => {
  test.for([
    ['that is broken', 'a:\n  - b: [1,\nc: 2\n', /rows:3:1: /],
    ['with an alias of nothing', DOCUMENT, /rows:6:16: .*missing/],
    [
      'of aliases that multiply',
      `---\na: &a [x,x,x,x,x,x,x,x,x,x]\n${multiply()}`,
      /more than 10000000 values/,
    ],
    [
      'of a long text that repeats',
      `---\n- &a ${'x'.repeat(1_000_000)}\n${'- *a\n'.repeat(1100)}`,
      /more than 10000000 values, or as much text/,
    ],
    ['that is deep', `a:\n ${'['.repeat(5000)}${']'.repeat(5000)}\n`, /nested/],
    ['that is very deep', `a:\n ${'['.repeat(100_000)}`, /nested/],
    ['of very many values', `---\n[${'1,'.repeat(1_500_000)}]`, /YAML input is limited in size/],
    ['that is large', `a:\n${'# a comment that is long\n'.repeat(700_000)}`, /larger than 16 MB/],
  ] as const)('%s', async ([, content, message]) => {
    await expect(sourceOf(content).then(rowsOf)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(message),
      hint: expect.any(String),
    });
  });
});

test('whatever is changed in it, the failure is one that a person can act on', async () => {
  const original =
    'version: 1\nrows:\n- inputs: &a {q: "1", r: [1.0, .nan]}\n  outputs: *a\n  text: |\n    x\n';
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '&a',
    '*a',
    '"',
    ':',
    '- ',
    '\n',
    '|',
    '>',
    '!',
    '%',
    '#',
    '? ',
    '\u0000',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(), pieces), { minLength: 1, maxLength: 4 }),
      async (changes) => {
        let text = original;
        for (const [at, piece] of changes) {
          const place = at % text.length;
          text = text.slice(0, place) + piece + text.slice(place + 1);
        }

        const outcome = await sourceOf(text)
          .then(rowsOf)
          .catch((error: unknown) => error);

        expect(Array.isArray(outcome) || outcome instanceof LsRecordError, String(outcome)).toBe(
          true,
        );
      },
    ),
    { numRuns: 200 },
  );
});

test.skipIf(!hasSamples)('what promptfoo writes as YAML is what it writes as JSON', async () => {
  const path = samplePath('promptfoo/v3-multi-provider-errors.yaml');
  const [source] = await openSources([path], { spoolFolder: tmpdir() });
  const rows = await recordsOf(source as OpenedSource, { recordsAt: ['results', 'results'] });

  const json = JSON.parse(readFileSync(path.replace(/yaml$/, 'json'), 'utf8'));

  expect(rows.length).toBe(json.results.results.length);
  expect(Object.keys(rows[0]?.value ?? {}).sort()).toEqual(
    Object.keys(json.results.results[0]).sort(),
  );
});

/** Ten to the power of ten values in ten lines. */
function multiply(): string {
  const names = 'abcdefghij';
  return [...names]
    .slice(1)
    .map((name, at) => `${name}: &${name} [${`*${names[at]},`.repeat(9)}*${names[at]}]\n`)
    .join('');
}
