import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openSources } from '../../src/input/open.js';
import type { OpenedSource } from '../../src/input/row.js';
import { type ZipEntry, zipOf } from '../support/containers.js';
import { hasSamples, samplePath } from '../support/read-format.js';
import { fileOf, rowsOf, spoolFolder } from '../support/rows.js';

const ROW = '{"inputs":{"q":1},"outputs":{"a":"é😀"}}';
const VALUE = JSON.parse(ROW);
const LINES = `${ROW}\n${ROW}\n`;
const MB = 1024 * 1024;

function archiveOf(entries: readonly ZipEntry[], name = 'runs.zip'): string {
  return fileOf(zipOf(entries), name);
}

async function open(path: string): Promise<OpenedSource[]> {
  return openSources([path], { spoolFolder });
}

async function only(path: string): Promise<OpenedSource> {
  const [source, ...others] = await open(path);
  expect(others).toEqual([]);
  return source as OpenedSource;
}

describe('an archive', () => {
  test('gives a source for each of its files that may hold results, in the order of names', async () => {
    const path = archiveOf([
      { name: 'b/two.csv', content: 'inputs.q,outputs.a\n1,2\n' },
      { name: 'a.jsonl', content: LINES, method: 93 },
      { name: 'c.json.gz', content: gzipSync(`[${ROW}]`), method: 0 },
      { name: 'read-me.md', content: 'x' },
      { name: '__MACOSX/._a.jsonl', content: 'x' },
      { name: 'b/', content: '', method: 0 },
    ]);

    const sources = await open(path);
    const rows = await Promise.all(sources.map(rowsOf));

    expect(sources.map(({ name, kind }) => [name, kind])).toEqual([
      [`${path}/a.jsonl`, 'list'],
      [`${path}/b/two.csv`, 'table'],
      [`${path}/c.json.gz`, 'list'],
    ]);
    expect(rows.map(({ length }) => length)).toEqual([2, 1, 1]);
    expect(rows[0]?.[1]).toMatchObject({
      value: VALUE,
      origin: { file: `${path}/a.jsonl`, line: 2 },
    });
  });

  test('gives one of its files, named as if it were a folder', async () => {
    const path = archiveOf([
      { name: 'a/b.jsonl', content: LINES },
      { name: 'a/c.jsonl', content: 'not read' },
    ]);

    const source = await only(`${path}/a/b.jsonl`);

    expect(source.name).toBe(`${path}/a/b.jsonl`);
    expect(await rowsOf(source)).toHaveLength(2);
  });

  test('has files next to a file: those of its folder', async () => {
    const path = archiveOf([
      { name: 'run/samples.jsonl', content: LINES },
      { name: 'run/config.txt', content: '{"model":"m"}' },
      { name: 'config.txt', content: '{"model":"another"}' },
    ]);

    const source = await only(path);

    expect(await source.companions(/^config/)).toEqual([
      { name: 'config.txt', value: { model: 'm' } },
    ]);
  });

  test('from stdin is removed when the last of its sources is closed', async () => {
    const before = readdirSync(spoolFolder);
    const bytes = zipOf([
      { name: 'a.jsonl', content: LINES },
      { name: 'b.jsonl', content: LINES },
    ]);
    const stdin = Readable.from([bytes], { objectMode: false });

    const [one, other] = await openSources(['-'], { spoolFolder, stdin });
    await one?.close?.();
    const rows = await rowsOf(other as OpenedSource);
    await other?.close?.();

    expect(rows[0]?.origin).toEqual({ file: 'stdin/b.jsonl', line: 1 });
    expect(readdirSync(spoolFolder)).toEqual(before);
  });

  test('with two files of one name is refused, unless they are the same', async () => {
    const twice = (content: string) =>
      archiveOf([
        { name: 'a.jsonl', content: LINES },
        { name: 'a.jsonl', content },
      ]);

    await expect(open(twice(ROW))).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(/several different files .*runs\.zip\/a\.jsonl/),
    });
    expect(await open(twice(LINES))).toHaveLength(1);
  });

  test.for(['../../escaped.jsonl', '/escaped.jsonl', 'C:\\escaped.jsonl', '\u001b[31m.jsonl'])(
    'with an entry named %j is read, and writes nothing',
    async (name) => {
      const path = archiveOf([{ name, content: LINES }]);

      const source = await only(path);
      const rows = await rowsOf(source);

      expect(rows).toHaveLength(2);
      expect(existsSync(join(dirname(path), '../../escaped.jsonl'))).toBe(false);
      expect(readdirSync(dirname(path))).toEqual(['runs.zip']);
    },
  );

  test.for([
    ['is encrypted', { content: LINES, flags: 1 }, /runs.zip\/a.jsonl is encrypted/],
    ['is packed in another way', { content: LINES, method: 12 }, /compression method 12/],
    ['has another checksum', { content: LINES, crc: 1 }, /checksum mismatch/],
    [
      'is no deflate',
      { content: LINES, method: 8, raw: true },
      /cannot be decompressed as deflate/,
    ],
    ['is an archive', { content: zipOf([{ name: 'b.jsonl', content: ROW }]) }, /archive inside/],
    ['is empty', { content: '' }, /a.jsonl is empty/],
  ] as const)('with an entry that %s is refused', async ([, entry, message]) => {
    const bytes = zipOf([{ name: 'a.jsonl', ...entry }]);
    // The content as it is, where the method says that it is packed.
    if ('raw' in entry) bytes.fill(0xff, 30 + 'a.jsonl'.length, 30 + 'a.jsonl'.length + 4);

    await expect(
      open(fileOf(bytes, 'runs.zip')).then(([one]) => rowsOf(one as OpenedSource)),
    ).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(message),
      hint: expect.any(String),
    });
  });

  test('that unpacks to more than a thousand times its size is refused', async () => {
    const content = Buffer.alloc(110 * MB, 'x');
    content.write('{"inputs":"');
    const path = archiveOf([{ name: 'a.jsonl', content }]);

    const read = async () => rowsOf(await only(path));

    await expect(read()).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('more than 1000 times its size'),
    });
  });

  test.for([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, -30)],
    [
      'cut off at its beginning',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 4), bytes.subarray(60)]),
    ],
    ['only a mark', (bytes: Buffer) => bytes.subarray(0, 4)],
    [
      'with an end that lies',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -12), Buffer.alloc(12, 0xff)]),
    ],
  ] as const)('%s is refused', async ([, damage]) => {
    const bytes = zipOf([{ name: 'a.jsonl', content: LINES }]);

    const read = open(fileOf(damage(bytes))).then(([one]) => rowsOf(one as OpenedSource));

    await expect(read).rejects.toMatchObject({ code: 'INPUT_INVALID', hint: expect.any(String) });
  });

  test('without results is refused, and what it holds is named', async () => {
    const path = archiveOf([{ name: 'read-me.md', content: 'x' }]);

    await expect(open(path)).rejects.toThrow(
      /no results in the archive .*: it contains read-me.md/,
    );
  });

  test('that has no such entry is refused, and what it holds is named', async () => {
    const path = archiveOf([{ name: 'a.jsonl', content: ROW }]);

    await expect(open(`${path}/b.jsonl`)).rejects.toThrow(/no b.jsonl in .*: it contains a.jsonl/);
  });
});

test('what is named as an entry of a file that is not an archive is not there', async () => {
  const path = fileOf(`${ROW}\n`, 'rows.jsonl');

  await expect(open(`${path}/a.jsonl`)).rejects.toMatchObject({
    code: 'INPUT_NOT_FOUND',
    message: `no such file: ${path}/a.jsonl`,
  });
});

describe('an Inspect log', () => {
  const log = [
    { name: '_journal/start.json', content: '{"version":2,"eval":{"task":"t","model":"m"}}' },
    { name: 'samples/10_epoch_1.json', content: '{"id":10,"epoch":1}', method: 93 },
    { name: 'samples/2_epoch_2.json', content: '{"id":2,"epoch":2}' },
    { name: 'samples/2_epoch_1.json', content: '{"id":2,\n"epoch":nope}' },
    { name: 'header.json', content: '{"version":2,"status":"success","eval":{"task":"t"}}' },
  ];

  async function samplesOf(source: OpenedSource) {
    const rows = [];
    for await (const row of source.records({ recordsAt: ['samples'] })) rows.push(row);
    return rows;
  }

  test('is a document whose samples come in the order of ids and epochs, each from its file', async () => {
    const path = archiveOf(log, 'log.eval');
    const source = await only(path);

    const rows = await samplesOf(source);

    expect(source.kind).toBe('document');
    expect(rows.map(({ origin, index }) => [origin.file, index])).toEqual([
      [`${path}/samples/2_epoch_1.json`, 0],
      [`${path}/samples/2_epoch_2.json`, 1],
      [`${path}/samples/10_epoch_1.json`, 2],
    ]);
    expect(rows[2]?.value).toEqual({ id: 10, epoch: 1 });
  });

  test('reports a broken sample with its place, and of the others as usual', async () => {
    const [broken] = await samplesOf(await only(archiveOf(log, 'log.eval')));

    expect(broken).toMatchObject({ problem: expect.any(String), origin: { line: 2, column: 9 } });
  });

  test('shows its first sample with its header', async () => {
    const source = await only(archiveOf(log.slice(0, 3).concat(log.slice(4)), 'log.eval'));

    const { document } = await source.sample();

    expect(document).toEqual({
      version: 2,
      status: 'success',
      eval: { task: 't' },
      samples: [{ id: 2, epoch: 2 }],
    });
    expect(await source.header({ recordsAt: ['samples'] })).toEqual({
      version: 2,
      status: 'success',
      eval: { task: 't' },
    });
  });

  test('of a run that was killed is read by what it began with', async () => {
    const source = await only(archiveOf(log.slice(0, -1), 'log.eval'));

    expect((await source.sample()).document).toMatchObject({
      status: 'started',
      eval: { task: 't', model: 'm' },
    });
  });

  test('is known by all bytes of its archive, each time it is read', async () => {
    const path = archiveOf(log, 'log.eval');
    const source = await only(path);
    const read = async () => {
      const hash = createHash('sha256');
      const onBytes = (chunk: Uint8Array) => hash.update(chunk);
      for await (const _ of source.records({ recordsAt: ['samples'] }, { onBytes }));
      return hash.digest('hex');
    };

    const whole = createHash('sha256').update(readFileSync(path)).digest('hex');

    expect([await read(), await read()]).toEqual([whole, whole]);
  });

  test.skipIf(!hasSamples).for([
    ['log_formats.eval', 1],
    ['log_streaming-2epochs.eval', 4],
    ['mmlu-choices.eval', 1],
    ['popularity-10-no-scores.eval', 10],
    ['retry-2-then-success.zstd.eval', 1],
  ] as const)('of Inspect itself, %s, is read whole', async ([name, count]) => {
    const source = await only(samplePath(`inspect/${name}`));

    const rows = await samplesOf(source);
    const { document } = await source.sample();

    expect(rows).toHaveLength(count);
    expect(rows.map(({ problem }) => problem)).toEqual(rows.map(() => undefined));
    expect(document).toMatchObject({ status: 'success', samples: [{ id: expect.anything() }] });
  });
});

test('reading an archive leaves no file open', async () => {
  const folder = '/proc/self/fd';
  if (!existsSync(folder)) return;
  const path = archiveOf([{ name: 'a.jsonl', content: LINES }]);
  const openOnes = () => readdirSync(folder).length;
  await rowsOf(await only(path));
  const before = openOnes();

  for (let round = 0; round < 20; round++) {
    for await (const _ of (await only(path)).rows()) break;
  }
  await new Promise((resolve) => setTimeout(resolve, 50));

  expect(openOnes()).toBeLessThan(before + 10);
});

test('nothing of an archive is put on disk', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'ls-record-')), 'spool');

  await openSources([archiveOf([{ name: 'a.jsonl', content: LINES }])], { spoolFolder: folder });

  expect(existsSync(folder)).toBe(false);
});
