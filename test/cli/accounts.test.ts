import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { PackageWriter } from '../../src/prepare/package.js';
import { type Fault, type FaultPlan, startFaultProxy } from '../support/fault-proxy.js';
import { openTestHome } from '../support/home.js';
import { Machine, type Setup } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const row = (n: number, more: object = {}) =>
  JSON.stringify({ inputs: { n }, outputs: { n }, scores: { c: 1 }, ...more });
const rows = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, n) => `${row(n, more)}\n`).join('');

/** LangSmith on loopback, behind a network with faults in it. */
async function startLangSmith(plan: FaultPlan) {
  const home = await openTestHome();
  const proxy = await startFaultProxy(home.url, plan);
  onTestFinished(async () => {
    await proxy.close();
    await home.close();
  });
  const environment = {
    LANGSMITH_ENDPOINT: proxy.url,
    LANGSMITH_API_KEY: 'lsv2_pt_a_b',
    CI: 'true',
  };
  const record = (argv: readonly string[], setup: Setup = {}) =>
    machine.run(['record', ...argv, '-d', 'capitals', '--retry-for', '1s'], {
      ...setup,
      environment: { ...environment, ...setup.environment },
    });
  return { home, record };
}

const isRuns = (path: string) => path.endsWith('/runs/multipart');
const busy = (words: string): Fault => ({ kind: 'status', status: 429, when: 'before', words });

describe('a monthly limit in the middle', () => {
  const used = { in_reject_set: true, usage_limit_type: 'monthly_traces' };
  const start = () =>
    startLangSmith(({ path, count }) => {
      if (path.endsWith('/usage_limits'))
        return { kind: 'status', status: 200, when: 'before', json: used };
      return isRuns(path) && count >= 1 ? busy('Monthly unique traces limit exceeded') : undefined;
    });

  test('ends as unfinished, with an account of all rows', async () => {
    const { record } = await start();

    const { status, stderr } = await record(['a.jsonl'], { files: { 'a.jsonl': rows(300) } });

    expect(status).toBe(5);
    expect(stderr).toContain('Monthly unique traces');
    expect(stderr).toMatch(/300 rows read = \d+ recorded \+ \d+ remaining\n$/);
  });

  test('says the same to programs', async () => {
    const { record } = await start();

    const { status, stdout } = await record(['a.jsonl', '--json'], {
      files: { 'a.jsonl': rows(300) },
    });

    const { experiments, error } = JSON.parse(stdout);
    const { read, recorded, refused, skipped, left } = experiments[0].rows;
    expect(status).toBe(5);
    expect(error.code).toBe('LIMIT_REACHED');
    expect(experiments[0]).toMatchObject({ status: 'unfinished', source: 'a.jsonl' });
    expect(recorded + refused + skipped + left).toBe(read);
    expect([read, left]).toEqual([300, 300 - recorded]);
    expect(left).toBeGreaterThan(0);
  });
});

test('an outage before the first run leaves all rows to do, and the same command records them', async () => {
  let isOut = true;
  const { record } = await startLangSmith(({ path }) =>
    isOut && path.endsWith('/examples') ? { kind: 'reset', when: 'before' } : undefined,
  );

  const cut = await record(['a.jsonl'], { files: { 'a.jsonl': rows(3) } });
  isOut = false;
  const again = await record(['a.jsonl']);

  expect(cut.status).toBe(5);
  expect(cut.stderr).toContain('3 rows read = 0 recorded + 3 remaining\n');
  expect(again.status).toBe(0);
  expect(again.stderr).toContain('3 rows read = 3 recorded\n');
});

describe('figures are of what was recorded', () => {
  const first = '{"id":"k1","inputs":{"q":1},"outputs":{"a":1},"scores":{"c":1}}\n';
  const changed = '{"id":"k1","inputs":{"q":2},"outputs":{"a":1},"scores":{"c":0}}\n';
  const second = '{"id":"k2","inputs":{"q":3},"outputs":{"a":1},"scores":{"c":1}}\n';

  async function recordTwice(content: string) {
    const { record } = await startLangSmith(() => undefined);
    await record(['a.jsonl', '--identity', 'id', '-e', 'A'], {
      files: { 'a.jsonl': first + second },
    });
    const summary = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(machine.root, 'sum') };
    const words = await record(['b.jsonl', '--identity', 'id', '-e', 'B'], {
      files: { 'b.jsonl': content },
      environment: summary,
    });
    const json = await record(['b.jsonl', '--identity', 'id', '-e', 'C', '--json']);
    return { words, json: JSON.parse(json.stdout).experiments[0] };
  }

  test('in words, in JSON and in the summary of the job', async () => {
    const { words, json } = await recordTwice(changed + second);

    expect(words.status).toBe(8);
    expect(words.stderr).toMatch(/runs +1, with 1 score\n/);
    expect(words.stderr).toMatch(/scores +c 1\n/);
    expect(json.scores).toMatchObject([{ key: 'c', n: 1, mean: 1 }]);
    expect(readFileSync(join(machine.root, 'sum'), 'utf8')).toMatch(/\*\*1 of 2\*\* \| 0 \| 1 \|/);
  });

  test('and are none where nothing was', async () => {
    const { words, json } = await recordTwice(changed);

    expect(words.stderr).not.toMatch(/scores +c/);
    expect(json.scores).toEqual([]);
  });
});

test('kept times that hide rows are said, with how many and why', async () => {
  const { record } = await startLangSmith(() => undefined);
  const old = { start_time: '2024-01-01T00:00:00Z', end_time: '2024-01-01T00:00:03Z' };

  const kept = await record(['a.jsonl', '--keep-times'], { files: { 'a.jsonl': rows(2, old) } });
  const moved = await record(['b.jsonl'], { files: { 'b.jsonl': rows(2, old) } });

  expect(kept.stderr).toMatch(/LangSmith hides runs that ended before .* \(2 rows\)/);
  expect(moved.stderr).not.toContain('does not show');
});

test('a row’s own id is kept with its run, and given back by pull', async () => {
  const csv = 'id,question,answer,ground_truth,row_id\n007,q1,a1,a1,x\n008,q2,a2,a2,y\n';
  const local = ['-d', 'own', '--local'];

  await machine.run(['record', 'a.csv', '-e', 'own1', ...local, '--id', 'id'], {
    files: { 'a.csv': csv },
  });
  const pulled = await machine.run(['experiments', 'pull', 'own1', '--local']);

  const lines = pulled.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.sort((a, b) => a.id.localeCompare(b.id))).toMatchObject([
    { id: '007', metadata: { row_id: 'x' } },
    { id: '008', metadata: { row_id: 'y' } },
  ]);
});

test('a stream that no longer fits on the disk is recorded as far as it was read', async () => {
  const { home, record } = await startLangSmith(() => undefined);
  const appended = vi.spyOn(PackageWriter.prototype, 'flush').mockImplementation(() => {
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  });

  const { status, stderr } = await record(['-e', 'full'], { stdin: rows(3) });
  appended.mockRestore();

  expect(status).toBe(5);
  expect(stderr).toMatch(/^error: cannot write .*: the disk is full\n/m);
  expect(stderr).toMatch(/3 rows read = 3 recorded\n$/);
  expect(home.store.sessions.findByName('full')?.end_time).toEqual(expect.any(Number));
});

test('nothing of what was read is left behind when all of it is recorded', async () => {
  const { record } = await startLangSmith(() => undefined);

  await record(['a.jsonl'], { files: { 'a.jsonl': rows(3) } });

  const names = readdirSync(join(machine.root, 'data', 'recordings'));
  expect(names).toEqual([expect.stringMatching(/^[0-9a-f]{12}\.jsonl$/)]);
});

test('a server that shows nothing is said, with how much and what to do', async () => {
  const { record } = await startLangSmith(({ method, path }) =>
    method === 'POST' && isRuns(path)
      ? { kind: 'status', status: 202, when: 'before', json: {} }
      : undefined,
  );

  const { status, stderr } = await record(['a.jsonl', '-e', 'night ly'], {
    files: { 'a.jsonl': rows(3) },
  });

  expect(status).toBe(0);
  expect(stderr).toContain(
    "0 of 3 rows visible so far; LangSmith may take minutes: ls-record experiments show 'night ly'",
  );
});

describe('one of several that fill an experiment', () => {
  const files = { 'a.jsonl': rows(5) };

  test('accounts for the rows that it leaves to other parts', async () => {
    const { record } = await startLangSmith(() => undefined);

    const planned = await record(['a.jsonl', '--part', '2/3', '--dry-run'], { files });
    const { stderr } = await record(['a.jsonl', '--part', '2/3'], { files });
    const { stdout } = await record(['a.jsonl', '--part', '3/3', '--json'], { files });

    expect(planned.stdout).toContain('5, 0 of them bad, 3 left to other parts');
    expect(stderr).toContain('5 rows read = 2 recorded + 3 left to other parts');
    const counts = { read: 5, recorded: 1, refused: 0, skipped: 0, left: 0, others: 4 };
    expect(JSON.parse(stdout).experiments[0].rows).toEqual(counts);
  });

  test.for(['0/3', '4/3', '3', 'a/b', '1/2/3'])('is not %s', async (part) => {
    const { record } = await startLangSmith(() => undefined);
    const { status, stderr } = await record(['a.jsonl', '--part', part], { files });
    expect(status).toBe(2);
    expect(stderr).toContain('3/8');
  });

  test.for(['JOB_COMPLETION_INDEX', 'SLURM_ARRAY_TASK_ID'])('is named by %s', async (name) => {
    const { home, record } = await startLangSmith(() => undefined);
    const argv = ['a.jsonl', '-e', 'all', '--append', '--shard'];
    for (const shard of ['0', '1'])
      await record([...argv, 'auto'], { files, environment: { [name]: shard } });
    const again = await record([...argv, '1', '--json'], { files });

    expect(JSON.parse(again.stdout).experiments[0].status).toBe('complete');
    const answer = await fetch(`${home.url}/api/v1/sessions?include_stats=true`);
    expect(await answer.json()).toMatchObject([{ run_count: 10 }]);
  });

  test('is not named by itself where the machine says nothing', async () => {
    const { record } = await startLangSmith(() => undefined);
    const { status, stderr } = await record(['a.jsonl', '--shard', 'auto'], { files });
    expect(status).toBe(2);
    expect(stderr).toContain('JOB_COMPLETION_INDEX');
  });
});
