import {
  appendFileSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromRows } from '../../src/input/from-rows.js';
import { pythonJson } from '../../src/json/canonical.js';
import { parseJson } from '../../src/json/parse.js';
import { JsonNumber, type JsonObject } from '../../src/json/value.js';
import {
  movePackage,
  PackageWriter,
  readFacts,
  removePackage,
  writeFacts,
} from '../../src/prepare/package.js';
import {
  PAYLOAD,
  type PackedRow,
  packResult,
  payloadsOfChild,
  unpackRow,
} from '../../src/prepare/packed-row.js';
import { asExperiment, prepare, readPrepared } from '../../src/prepare/prepare.js';
import { Changes } from '../../src/prepare/sendable.js';
import { checkRow } from '../../src/results/parse.js';
import type { Result } from '../../src/results/result.js';
import { newPackages, rowsOfPackage } from '../support/packages.js';

function resultOf(value: JsonObject, n = 0): Result {
  const origin = { file: 'rows.jsonl', line: n + 1 };
  const checked = checkRow({ origin, index: n, shape: 'document', value });
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  return checked.result;
}

function pack(rows: readonly JsonObject[], tellsExample = false) {
  const path = newPackages()();
  const changes = new Changes();
  const writer = new PackageWriter(path);
  for (const [n, original] of rows.entries()) {
    const options = { changes, original, tellsExample };
    const result = resultOf(original, n);
    const { run, payloads } = packResult(result, options);
    const { id, split, exampleId: example } = result;
    const isNamed = example !== undefined || undefined;
    writer.add(
      'rows.jsonl',
      { row: n, line: n + 1, id, split, example, isNamed, ...run },
      payloads,
    );
  }
  writer.flush();
  return { path, changes: changes.counts };
}

async function packed(json: string, tellsExample = false) {
  const row = parseJson(json) as JsonObject;
  const { path, changes } = pack([row], tellsExample);
  const [read] = await rowsOfPackage(path);
  if (!read) throw new Error('the row is gone');
  return { row, read, changes };
}

const textOf = ({ payloads }: PackedRow) => payloads.map((bytes) => Buffer.from(bytes).toString());
/** Payloads whatever the order of their members. */
const valuesOf = (row: PackedRow) => textOf(row).map((text) => text && pythonJson(parseJson(text)));
const withInputs = (json: string) => `{"inputs":${json},"outputs":{}}`;

/** A row for each thing that must not be lost between a file and LangSmith. */
const ROWS = {
  'numbers as they are written': withInputs('{"n":[1.0,0.1000,9007199254740993,1E5,-0.0]}'),
  'NaN and Infinity': withInputs('{"n":[NaN,-Infinity]}'),
  'a number beyond a double': withInputs('{"n":1e400}'),
  'an integer beyond 64 bits': withInputs('{"n":123456789012345678901234567890}'),
  'a lone surrogate and a zero': withInputs('{"t":"\\ud800x","z":"\\u0000"}'),
  'text that takes more bytes than letters': withInputs('{"t":"é😀\\u2028"}'),
  'a key named __proto__': withInputs('{"__proto__":{"a":1},"constructor":2}'),
  'no inputs, but an example': `{"example_id":"0b1c7f4e-0000-4000-8000-000000000002","outputs":{"a":1}}`,
  'an error without outputs': '{"inputs":{},"error":"time\\u0000out"}',
  'reference, metadata and splits of the example':
    '{"inputs":{},"outputs":{},"reference_outputs":{"a":1.0},"example_metadata":{"x":[1]},"split":["a","b"]}',
  'the row’s own id': '{"inputs":{},"outputs":{},"id":"row 7","metadata":{"row_id":"another"}}',
  microseconds:
    '{"inputs":{},"outputs":{},"start_time":1767225600.123456,"end_time":"2026-01-01T00:00:01.654321Z"}',
  'a latency alone': '{"inputs":{},"outputs":{},"latency_ms":12.345}',
  'metadata that says what we would say': '{"inputs":{},"outputs":{},"metadata":{"untimed":"no"}}',
  'name, type and tags':
    '{"inputs":{},"outputs":{},"name":"n","run_type":"chain","tags":["a","b"]}',
  'scores, exact':
    '{"inputs":{},"outputs":{},"scores":{"f1":0.123456789,"ok":true,"tone":"kind","none":null}}',
  'feedback with value, comment and correction':
    '{"inputs":{},"outputs":{},"feedback":[{"key":"judge","score":1,"value":{"n":1.0},"comment":"why\\nnot","correction":{"a":[1.50]}}]}',
  'runs below runs':
    '{"inputs":{},"outputs":{},"child_runs":[{"name":"a","inputs":{"n":1.0},"scores":{"x":0.5},"child_runs":[{"name":"b","outputs":{"n":2.0}}]},{"name":"c","error":"no"}]}',
};

/** Of a score that LangSmith does not take as it is, the exact one has one place only, the last one's. */
const TWICE = {
  'two fine scores under one key':
    '{"inputs":{},"outputs":{},"feedback":[{"key":"f1","score":0.123456},{"key":"f1","score":0.98765}]}',
};

describe('a row that is packed and read is the same row', () => {
  test.for(Object.entries(ROWS))('%s', async ([, json]) => {
    const { row, read } = await packed(json);

    // Of our own metadata, what a file gave under such a name is kept under another.
    const again = resultOf(unpackRow(read));
    const { metadata, ...result } = resultOf(row);
    expect(again).toMatchObject(result);
    expect({ ...again, metadata }).toEqual({ ...result, metadata });
  });

  test.for(Object.entries({ ...ROWS, ...TWICE }))(
    'and packs into the same once more: %s',
    async ([, json]) => {
      for (const tellsExample of [false, true]) {
        const { read } = await packed(json, tellsExample);

        const path = pack([unpackRow(read)], tellsExample).path;

        const [again] = await rowsOfPackage(path);
        expect(again?.head).toEqual(read.head);
        expect(again && valuesOf(again)).toEqual(valuesOf(read));
      }
    },
  );
});

describe('payloads are the bytes that requests carry', () => {
  test('as they were written, each in its place', async () => {
    const { read, changes } = await packed(
      '{"inputs":{"n":1.0},"outputs":{"é":9007199254740993},"reference_outputs":{"a":1e5},"example_metadata":{"m":1},"metadata":{"k":0.10},"child_runs":[{"name":"a","inputs":{"i":1},"child_runs":[{"name":"b","outputs":{"o":2}}]},{"name":"c","inputs":{"i":3}}]}',
    );

    const texts = textOf(read);
    expect(texts[PAYLOAD.inputs]).toBe('{"n":1.0}');
    expect(texts[PAYLOAD.outputs]).toBe('{"é":9007199254740993}');
    expect(texts[PAYLOAD.metadata]).toBe('{"k":0.10,"untimed":true}');
    expect(texts[PAYLOAD.reference]).toBe('{"a":1e5}');
    expect(texts[PAYLOAD.exampleMetadata]).toBe('{"m":1}');
    expect(texts[PAYLOAD.original]).toBe('');
    expect(
      [0, 1, 2].map((n) =>
        payloadsOfChild(
          texts.map((t) => Buffer.from(t)),
          n,
        ).join(),
      ),
    ).toEqual(['{"i":1},,{}', ',{"o":2},{}', '{"i":3},,{}']);
    expect(changes).toEqual([]);
  });

  test('with what is replaced counted, and the row kept as it was', async () => {
    const json = '{"inputs":{"n":NaN},"outputs":{"n":1e400,"t":"\\ud800"}}';
    const { read, changes } = await packed(json);

    const texts = textOf(read);
    expect(texts[PAYLOAD.inputs]).toBe('{"n":null}');
    expect(texts[PAYLOAD.outputs]).toBe('{"n":"1e400","t":"\ufffd"}');
    expect(texts[PAYLOAD.original]).toBe(json);
    expect(changes.map(([, count]) => count)).toEqual([1, 1, 1]);
  });

  test('with a score in four decimals, the exact one in metadata', async () => {
    const { read } = await packed('{"inputs":{},"outputs":{},"scores":{"f1":0.123456}}');

    expect(read.head.scores).toEqual([{ key: 'f1', score: '0.1235' }]);
    expect(textOf(read)[PAYLOAD.metadata]).toBe('{"untimed":true,"scores.f1":"0.123456"}');
  });
});

const NUMBERED = Array.from({ length: 3 }, (_, n) => ({ inputs: { n }, outputs: { n } }));
const rowNumbers = (rows: readonly PackedRow[]) => rows.map(({ head }) => head.row);

describe('a package', () => {
  test('can be read by its owner alone', async () => {
    const { path } = pack(NUMBERED);
    await writeFacts(path, { rows: 3 });

    for (const end of ['heads', 'payloads', 'facts'])
      expect(statSync(`${path}.${end}`).mode & 0o777).toBe(0o600);
  });

  test('of which the last line was cut off has the rows before it', async () => {
    const { path } = pack(NUMBERED);
    const heads = `${path}.heads`;

    truncateSync(heads, statSync(heads).size - 1);
    expect(rowNumbers(await rowsOfPackage(path))).toEqual([0, 1]);

    appendFileSync(heads, '\n{"row":3,"line"');
    expect(rowNumbers(await rowsOfPackage(path))).toEqual([0, 1, 2]);
  });

  test('of which a line in the middle is damaged is not read, and says which file to remove', async () => {
    const { path } = pack(NUMBERED);
    const heads = readFileSync(`${path}.heads`, 'utf8');
    writeFileSync(`${path}.heads`, heads.replace('{', '['));

    await expect(rowsOfPackage(path)).rejects.toMatchObject({
      code: 'HOME_UNAVAILABLE',
      message: expect.stringContaining(`${path}.heads`),
    });
  });

  test('whose payloads were cut off has no row without its own', async () => {
    const { path } = pack(NUMBERED);
    truncateSync(`${path}.payloads`, statSync(`${path}.payloads`).size - 1);

    const rows = await rowsOfPackage(path);

    expect(rows.map((row) => textOf(row)[PAYLOAD.inputs])).toEqual(
      ['{"n":0}', '{"n":1}', '{"n":2}'].slice(0, rows.length),
    );
    expect(rows.length).toBeLessThan(3);
  });

  test('is read without payloads where none are wanted', async () => {
    const { path } = pack(NUMBERED);
    truncateSync(`${path}.payloads`);

    const rows = await rowsOfPackage(path, () => false);

    expect(rowNumbers(rows)).toEqual([0, 1, 2]);
    expect(rows.flatMap(({ payloads }) => payloads)).toEqual([]);
  });

  test('gives rows larger than what is read at once, and those after them', async () => {
    const sizes = [3, 2_000_000, 5, 900_000, 900_000, 7];
    const { path } = pack(sizes.map((size) => ({ inputs: { t: 'é'.repeat(size) }, outputs: {} })));

    const rows = await rowsOfPackage(path);

    expect(rows.map((row) => row.payloads[PAYLOAD.inputs]?.length)).toEqual(
      sizes.map((size) => 2 * size + '{"t":""}'.length),
    );
  });

  test('remembers the file of each row, written once for those that follow', async () => {
    const path = newPackages()();
    const writer = new PackageWriter(path);
    for (const [row, file] of ['a', 'a', 'b', 'a'].entries())
      writer.add(file, { row, line: 1 }, []);
    writer.flush();

    const rows = await rowsOfPackage(path);

    expect(rows.map(({ file }) => file)).toEqual(['a', 'a', 'b', 'a']);
    expect(readFileSync(`${path}.heads`, 'utf8').match(/"file"/g)).toHaveLength(3);
  });

  test('is whole once its facts are written, and not where they were cut off', async () => {
    const { path } = pack(NUMBERED);
    expect(await readFacts(path)).toBeUndefined();

    const facts = { rows: 3, scores: [{ key: 'all', score: new JsonNumber('1.0') }] };
    await writeFacts(path, facts);
    expect(await readFacts(path)).toEqual(facts);

    truncateSync(`${path}.facts`, 5);
    expect(await readFacts(path)).toBeUndefined();
  });

  test.for(['heads', 'payloads'])(
    'is not whole where its %s were cut off, or are gone',
    async (end) => {
      const { path } = pack(NUMBERED);
      const file = `${path}.${end}`;
      await writeFacts(path, { rows: 3 });

      truncateSync(file, statSync(file).size - 1);
      expect(await readFacts(path)).toBeUndefined();

      rmSync(file);
      expect(await readFacts(path)).toBeUndefined();
    },
  );

  test('can be moved over another, and removed', async () => {
    const next = newPackages();
    const [old, { path }] = [next(), pack(NUMBERED)];
    new PackageWriter(old).flush();
    await writeFacts(path, {});

    await movePackage(path, old);

    expect(rowNumbers(await rowsOfPackage(old))).toEqual([0, 1, 2]);
    await expect(rowsOfPackage(path)).rejects.toMatchObject({ code: 'ENOENT' });
    await removePackage(old);
    await expect(rowsOfPackage(old)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('that cannot be written ends the preparation, and says where', async () => {
    const preparing = prepare([fromRows(NUMBERED, 'rows')], {
      newPackage: () => '/nowhere/at/all/0',
    });

    await expect(preparing).rejects.toMatchObject({
      code: 'HOME_UNAVAILABLE',
      message: expect.stringContaining('/nowhere/at/all/0'),
    });
  });

  test('that was prepared gives the same experiment from its facts alone', async () => {
    const rows = [
      ...NUMBERED,
      { inputs: 1 },
      { inputs: { t: '\0' }, outputs: 1, scores: { s: 0.5 } },
    ];
    const { experiments } = await prepare([fromRows(rows, 'rows')], { newPackage: newPackages() });
    const [prepared] = experiments;
    const { path, ...facts } = prepared as NonNullable<typeof prepared>;
    await writeFacts(path ?? '', facts);

    const known = await readPrepared(path ?? '');

    expect(known).toEqual(JSON.parse(JSON.stringify(prepared)));
    const inputs = [];
    for await (const part of asExperiment(known as NonNullable<typeof known>).parts()) {
      expect(part).toMatchObject({ isWhole: true, rows: 5, badRows: 1, facts: { rows: 4 } });
      for await (const some of part.read())
        inputs.push(...some.map((row) => unpackRow(row).inputs));
    }
    expect(inputs).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }, 1, { t: '\0' }]);
  });
});
