import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const result = (question: string, provider: string, output: unknown) => ({
  vars: { question },
  provider,
  promptIdx: 0,
  response: { output },
  score: 1,
  success: true,
});
const PROMPTFOO = JSON.stringify({
  results: {
    version: 3,
    results: [
      result('one', 'openai:gpt-4o', '1'),
      result('one', 'openai:o3', 'I'),
      result('two', 'openai:gpt-4o', '2'),
      result('two', 'openai:o3', 'II'),
    ],
  },
});
const files = { 'promptfoo.json': PROMPTFOO };
const record = ['record', 'promptfoo.json', '-d', 'numbers', '--local'];

describe('a file of several models', () => {
  test('becomes an experiment each on the same examples, and a link to see them side by side', async () => {
    const { status, stdout, stderr } = await machine.run(record, { files });

    expect(status).toBe(0);
    const ids = stdout
      .trimEnd()
      .split('\n')
      .map((url) => url.split('=').at(-1));
    expect(ids).toHaveLength(2);
    expect(stderr).toContain(`selectedSessions=${ids.join(',')}`);
    expect(stderr).toContain('Dataset numbers (new), 2 new examples');
    expect(stderr).toMatch(/^promptfoo-openai:o3-\w+: 2 rows read = 2 recorded$/m);
    expect(stderr).toMatch(/^EXPERIMENT +ROWS +score +pass\nopenai:gpt-4o +2 +1 +1$/m);
  });

  test('says what it was taken for', async () => {
    const { stderr } = await machine.run(record, { files });

    expect(stderr).toContain('promptfoo.json: promptfoo results: results.version is 3');
  });

  test('done again sends nothing', async () => {
    await machine.run(record, { files });

    const { status, stdout } = await machine.run([...record, '--json']);

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      experiments: [
        { label: 'openai:gpt-4o', status: 'complete', runs: 0 },
        { label: 'openai:o3', status: 'complete', runs: 0 },
      ],
    });
  });

  test('gives one of them on request, the same as among all', async () => {
    const one = await machine.run([...record, '--only', 'openai:o3', '--json'], { files });
    const all = await machine.run([...record, '--json']);

    const [picked, ...others] = JSON.parse(one.stdout).experiments;
    expect(others).toEqual([]);
    expect(picked).toMatchObject({ label: 'openai:o3', rows: { read: 2, recorded: 2 } });
    expect(JSON.parse(all.stdout).experiments[1]).toMatchObject({
      id: picked.id,
      status: 'complete',
    });
  });

  test('that has no such experiment is refused with those that it has', async () => {
    const { status, stderr } = await machine.run([...record, '--only', 'o4'], { files });

    expect(status).toBe(2);
    expect(stderr).toContain('There are: "openai:gpt-4o", "openai:o3".');
  });

  test('carries the given name and each label', async () => {
    const { stdout } = await machine.run([...record, '-e', 'nightly', '--json'], { files });

    expect(JSON.parse(stdout).experiments.map(({ name }: { name: string }) => name)).toEqual([
      'nightly-openai:gpt-4o',
      'nightly-openai:o3',
    ]);
  });

  test('with a bad row writes nothing of any of them', async () => {
    const bad = PROMPTFOO.replace('"output":"II"', '"output":nope');

    const { status, stderr } = await machine.run(record, { files: { 'promptfoo.json': bad } });
    const listed = await machine.run(['datasets', 'list', '--local', '--json']);

    expect(status).toBe(3);
    expect(stderr).toContain('1 of 4 rows cannot be recorded; nothing was written');
    expect(JSON.parse(listed.stdout)).toEqual({ version: 1, datasets: [] });
  });

  test('with --on-invalid skip accounts for the bad row once', async () => {
    const bad = PROMPTFOO.replace('"output":"II"', '"output":nope');

    const { status, stdout } = await machine.run([...record, '--on-invalid', 'skip', '--json'], {
      files: { 'promptfoo.json': bad },
    });

    expect(status).toBe(8);
    const { experiments } = JSON.parse(stdout);
    expect(experiments.map(({ rows }: { rows: object }) => rows)).toEqual([
      { read: 3, recorded: 2, refused: 0, skipped: 1, left: 0 },
      { read: 1, recorded: 1, refused: 0, skipped: 0, left: 0 },
    ]);
  });
});
