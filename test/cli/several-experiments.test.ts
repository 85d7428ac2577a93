import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startFaultProxy } from '../support/fault-proxy.js';
import { openTestHome } from '../support/home.js';
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
/** What is kept of recordings: of those that came to an end, a journal. */
const recordedFiles = () => readdirSync(join(machine.root, 'data', 'recordings'));
const files = { 'promptfoo.json': PROMPTFOO };
const record = ['record', 'promptfoo.json', '-d', 'numbers', '--local'];

/**
 * Records what the server does not take.
 *
 * @returns the ids of what resume lists, and the environment in which the server takes runs again.
 */
async function cutOff(argv: readonly string[], files: Readonly<Record<string, string>>) {
  const home = await openTestHome();
  let isCut = true;
  const proxy = await startFaultProxy(home.url, ({ path }) =>
    isCut && path.endsWith('/runs/multipart')
      ? { kind: 'status', status: 403, when: 'before' }
      : undefined,
  );
  onTestFinished(async () => {
    await proxy.close();
    await home.close();
  });
  const environment = { LANGSMITH_ENDPOINT: proxy.url, LANGSMITH_API_KEY: 'a-key' };
  const cut = await machine.run(argv, { files, environment });
  expect(cut.status).toBe(4);
  isCut = false;
  const { stdout } = await machine.run(['resume', '--json']);
  const ids: string[] = JSON.parse(stdout).recordings.map(({ id }: { id: string }) => id);
  return { ids, environment };
}

async function resume(id: string, environment: Record<string, string>) {
  const { stdout } = await machine.run(['resume', id, '--json'], { environment });
  return JSON.parse(stdout).experiments.map(({ rows }: { rows: unknown }) => rows);
}

const whole = { read: 2, recorded: 2, refused: 0, skipped: 0, left: 0 };

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
    expect(stderr).not.toContain('cut off');
    expect(stderr).toMatch(/^promptfoo-openai:o3-\w+: 2 rows read = 2 recorded$/m);
    expect(stderr).toMatch(/^EXPERIMENT +ROWS +score +pass\nopenai:gpt-4o +2 +1 +1$/m);
  });

  test('says what it is read as', async () => {
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

  describe('that is cut off at the first', () => {
    const cutPromptfoo = () => cutOff(['record', 'promptfoo.json', '-d', 'numbers'], files);

    test('continues with each of them, without the file', async () => {
      const { ids, environment } = await cutPromptfoo();
      rmSync(join(machine.workingFolder, 'promptfoo.json'));

      const rows = [];
      for (const id of ids) rows.push(...(await resume(id, environment)));

      expect(rows).toEqual([whole, whole]);
      expect(recordedFiles()).toHaveLength(2);
    });

    test('before all of them were kept, continues with all of them from the file', async () => {
      const { ids, environment } = await cutPromptfoo();
      const [first = '', second = ''] = ids;
      for (const name of recordedFiles())
        if (name.startsWith(second)) rmSync(join(machine.root, 'data', 'recordings', name));

      expect(await resume(first, environment)).toEqual([whole, whole]);
      expect(recordedFiles()).toHaveLength(2);
    });
  });

  test('of which one is refused leaves nothing to go on with', async () => {
    const other = '{"inputs":1,"outputs":1}\n';
    await machine.run(['record', 'o.jsonl', '-d', 'o', '--local', '-e', 'a-openai:gpt-4o'], {
      files: { ...files, 'o.jsonl': other },
    });

    const { status } = await machine.run([...record, '-e', 'a']);

    expect(status).toBe(2);
    expect(recordedFiles()).toHaveLength(1);
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
    expect(stderr).toContain('Experiments: "openai:gpt-4o", "openai:o3".');
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

describe('systems side by side', () => {
  const wide = {
    'wide.csv': 'question,old_answer,old_f1,new_answer,new_f1\none,1,0.5,I,1\ntwo,2,0.5,II,1\n',
  };
  const recordWide = ['record', 'wide.csv', '-d', 'wide', '--systems', 'old,new'];

  test('become an experiment each, whose rows are all accounted for', async () => {
    const { status, stderr } = await machine.run([...recordWide, '--local'], { files: wide });

    expect(status).toBe(0);
    expect(stderr).toMatch(/^wide-old-\w+: 2 rows read = 2 recorded$/m);
    expect(stderr).toMatch(/^wide-new-\w+: 2 rows read = 2 recorded$/m);
    expect(stderr).toMatch(/^EXPERIMENT +ROWS +f1\nold +2 +0.5\nnew +2 +1$/m);
  });

  test('are the same to validate and in a plan', async () => {
    const validate = ['validate', 'wide.csv', '--systems', 'old,new', '--json'];
    const validated = await machine.run(validate, { files: wide });
    const planned = await machine.run([...recordWide, '--local', '--dry-run', '--json']);

    const labels = [validated, planned].map(({ stdout }) =>
      JSON.parse(stdout).experiments.map(({ label }: { label: string }) => label),
    );
    expect(labels).toEqual([
      ['old', 'new'],
      ['old', 'new'],
    ]);
  });

  test('that are cut off go on one by one', async () => {
    const { ids, environment } = await cutOff(recordWide, wide);

    const rows = [];
    for (const id of ids) rows.push(...(await resume(id, environment)));

    expect(rows).toEqual([whole, whole]);
  });

  test('leave the bad rows of each in a rejects file, with the line of their record', async () => {
    const bad = { 'wide.csv': `${wide['wide.csv']}three,3,0.5,,\n,4,0.5,IV,1\n` };

    const { status, stderr } = await machine.run(
      [...recordWide, '--local', '--on-invalid', 'skip', '--rejects', 'bad.jsonl'],
      { files: bad },
    );

    expect(status).toBe(8);
    expect(stderr).toContain('4 rows read = 3 recorded + 1 skipped');
    expect(stderr).toContain('3 rows read = 2 recorded + 1 skipped');
    const rejected = ['bad.jsonl', 'bad-2.jsonl'].map((name) =>
      JSON.parse(readFileSync(join(machine.workingFolder, name), 'utf8')),
    );
    expect(rejected.map(({ outputs, _rejected: { line } }) => [outputs.answer, line])).toEqual([
      ['4', 5],
      ['IV', 5],
    ]);
  });
});
