import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSources } from '../../src/input/open.js';
import { hasSamples, samplePath } from '../support/read-format.js';
import { spoolFolder } from '../support/rows.js';

const ROW = '{"inputs":{"q":1},"outputs":{}}\n';

/** A folder with a file under each name, each of one row. */
function folderOf(...names: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'ls-record-folder-'));
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), ROW);
  }
  return folder;
}

/** The files that a path stands for, by their names in the folder. */
async function found(folder: string, path: string): Promise<string[]> {
  const sources = await openSources([join(folder, path)], { spoolFolder });
  return sources.map(({ name }) => name.slice(folder.length + 1));
}

describe('a pattern', () => {
  const folder = folderOf(
    'a.jsonl',
    'b.jsonl',
    'b.csv',
    '.hidden.jsonl',
    'x/a.jsonl',
    'x/y/b.jsonl',
    'x/.git/c.jsonl',
    'odd[1].jsonl',
  );

  test.for([
    ['*.jsonl', ['a.jsonl', 'b.jsonl', 'odd[1].jsonl']],
    ['?.jsonl', ['a.jsonl', 'b.jsonl']],
    ['[ab].jsonl', ['a.jsonl', 'b.jsonl']],
    ['[!a].jsonl', ['b.jsonl']],
    ['[a-b].{jsonl,csv}', ['a.jsonl', 'b.csv', 'b.jsonl']],
    ['{a,x/{a,y/b}}.jsonl', ['a.jsonl', 'x/a.jsonl', 'x/y/b.jsonl']],
    ['*/*.jsonl', ['x/a.jsonl']],
    ['**/b.jsonl', ['b.jsonl', 'x/y/b.jsonl']],
    ['x/**/*.jsonl', ['x/a.jsonl', 'x/y/b.jsonl']],
    ['.*.jsonl', ['.hidden.jsonl']],
    ['b.*', ['b.csv', 'b.jsonl']],
  ] as const)(
    '%s stands for the files that match, in the order of names',
    async ([pattern, names]) => {
      expect(await found(folder, pattern)).toEqual(names);
    },
  );

  test('is a name first, if there is such a file', async () => {
    expect(await found(folder, 'odd[1].jsonl')).toEqual(['odd[1].jsonl']);
  });

  test.skipIf(process.platform === 'win32')(
    'counts a file once that is also reached through a link',
    async () => {
      const linked = folderOf('runs/may.jsonl');
      symlinkSync('runs/may.jsonl', join(linked, 'zz-latest.jsonl'));
      symlinkSync('..', join(linked, 'runs/up'));

      expect(await found(linked, '**/*.jsonl')).toEqual(['runs/may.jsonl']);
      expect(await found(linked, '*.jsonl')).toEqual(['zz-latest.jsonl']);
    },
  );

  test('that is relative gives relative names', async () => {
    const from = relative(process.cwd(), folder);

    const sources = await openSources([join(from, '[ab].jsonl')], { spoolFolder });

    expect(sources.map(({ name }) => name)).toEqual(
      ['a.jsonl', 'b.jsonl'].map((name) => join(from, name)),
    );
  });

  test.for(['*.parquet', 'none/*.jsonl', '[z-a].jsonl', 'a.json(l)*', '+.jsonl*'])(
    '%s that matches nothing is refused',
    async (pattern) => {
      await expect(found(folder, pattern)).rejects.toMatchObject({
        code: 'INPUT_NOT_FOUND',
        message: `no file matches ${join(folder, pattern)}`,
        hint: expect.any(String),
      });
    },
  );
});

describe('a folder stands for', () => {
  test.for([
    [
      'the logs of Inspect',
      ['2026-01-02T03-04-05_t_id.eval', '2026-01-02T03-04-06_t_id.json', 'logs.json'],
      2,
    ],
    [
      'the samples of lm-eval',
      ['results_2026.json', 'samples_a_2026.jsonl', 'samples_b_2026.jsonl'],
      2,
    ],
    [
      'those of each model',
      ['one/results_1.json', 'one/samples_a_1.jsonl', 'two/samples_a_1.jsonl'],
      2,
    ],
    ['the state of a HELM run', ['run_spec.json', 'scenario_state.json', 'stats.json'], 1],
    [
      'that of each run',
      ['one/scenario_state.json', 'one/stats.json', 'two/scenario_state.json'],
      2,
    ],
    [
      'its results, if they are of one kind',
      ['a.jsonl', 'b.jsonl', 'read-me.md', '.c.csv', '~$c.xlsx'],
      2,
    ],
  ] as const)('%s', async ([, names, count]) => {
    const folder = folderOf(...names);

    const files = await found(folder, '');

    expect(files).toHaveLength(count);
    expect(names).toEqual(expect.arrayContaining(files));
    expect(files).toEqual([...files].sort());
  });

  test('nothing, if they are of several kinds: what to type instead is reported', async () => {
    const folder = folderOf('a.jsonl', 'b.csv');

    await expect(found(folder, '')).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: `the folder ${folder} contains several kinds of files: a.jsonl, b.csv`,
      hint: expect.stringContaining(`'${join(folder, '*.jsonl')}'`),
    });
  });

  test.for([
    ['nothing', [], 'nothing'],
    ['no results', ['read-me.md'], 'read-me.md'],
  ] as const)('nothing, if it holds %s', async ([, names, listed]) => {
    const folder = folderOf(...names);

    await expect(found(folder, '')).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: `no results in the folder ${folder}: it contains ${listed}`,
    });
  });

  test.skipIf(!hasSamples).for([
    ['inspect', 5],
    ['lm-eval', 2],
    ['helm/hellaswag', 1],
  ] as const)('what a harness left in it: %s', async ([name, count]) => {
    expect(await found(samplePath('').replace(/\/$/, ''), name)).toHaveLength(count);
  });
});
