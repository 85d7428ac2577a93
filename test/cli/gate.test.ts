import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gateResultSchema } from '../../src/experiments/gate/result.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const TOPICS = ['billing', 'shipping'];

/** 30 rows; those of the first `wrong` are 0, those in `failing` have an error instead. */
function rows(wrong: number, more: { failing?: number; left?: number } = {}): string {
  const { failing = 0, left = 30 } = more;
  return Array.from({ length: left }, (_, n) => {
    const row = { id: `r${n}`, inputs: { q: `question ${n}` }, reference_outputs: { a: n } };
    const topic = TOPICS[n % 2];
    const outcome =
      n >= 30 - failing
        ? { error: 'timeout' }
        : { outputs: { a: n }, scores: { correct: n >= wrong }, latency_ms: 100 + n };
    return `${JSON.stringify({ ...row, ...outcome, metadata: { topic } })}\n`;
  }).join('');
}

const files = {
  'good.jsonl': rows(2),
  'bad.jsonl': rows(14),
  'same.jsonl': rows(2),
  'crashed.jsonl': rows(2, { failing: 10 }),
  'short.jsonl': rows(2, { left: 25 }),
};

async function recordAll(...names: (keyof typeof files)[]): Promise<void> {
  for (const name of names) {
    const experiment = name.replace('.jsonl', '');
    const done = await machine.run(
      ['record', name, '-d', 'shop', '-e', experiment, '--local', '--new'],
      { files },
    );
    expect(done.status).toBe(0);
  }
}

const gate = (...argv: string[]) => machine.run(['gate', ...argv], { files });

describe('gate', () => {
  test('exits 7 where a score got worse, and 0 where none did', async () => {
    await recordAll('good.jsonl', 'bad.jsonl', 'same.jsonl');

    const bad = await gate('bad', '--baseline', 'good', '--local');
    const same = await gate('same', '--baseline', 'good', '--local');

    expect(bad.status).toBe(7);
    expect(bad.stdout).toContain('Gate failed: 1 check.');
    expect(bad.stdout).toMatch(/no-worse correct: worse by −0.4, n 30, one-sided p/);
    expect(same.status).toBe(0);
    expect(same.stdout).toContain('Gate passed');
  });

  test('holds a file to a file without any account or server', async () => {
    const { status, stdout } = await gate('bad.jsonl', '--baseline', 'good.jsonl', '--json');

    expect(status).toBe(7);
    const { data } = gateResultSchema.safeParse(JSON.parse(stdout));
    expect(data).toMatchObject({
      passed: false,
      baseline: { chosen: 'named', name: 'good.jsonl' },
    });
  });

  test('never takes rows that crashed or were dropped for a pass', async () => {
    expect((await gate('crashed.jsonl', '--baseline', 'good.jsonl')).stdout).toContain(
      'no-worse error',
    );
    const short = await gate('short.jsonl', '--baseline', 'good.jsonl');

    expect(short.status).toBe(7);
    expect(short.stdout).toMatch(/Lost: (r2\d \(absent\), ){4}r2\d \(absent\)\./);
  });

  test('judges a group of examples by its name', async () => {
    const { stdout } = await gate(
      ...['bad.jsonl', '--baseline', 'good.jsonl', '--json'],
      ...['--no-worse', 'correct@metadata.topic=billing'],
    );

    expect(JSON.parse(stdout).checks).toMatchObject([
      { key: 'correct', group: 'metadata.topic=billing', pairs: 15, status: 'failed' },
    ]);
  });

  test('takes its thresholds from a file, prints them, and lets typed ones win', async () => {
    machine.write('work/gate.json', '{"no_worse": {"correct": 0.5}, "max": {"latency_p95": 0.05}}');
    const by = ['bad.jsonl', '--baseline', 'good.jsonl', '--config', 'gate.json'];

    const failing = await gate(...by);
    const typed = await gate('same.jsonl', ...by.slice(1), '--max', 'latency_p95=3s');

    expect(failing.stdout).toContain('--no-worse correct:0.5 --max latency_p95=0.05');
    expect(failing.stdout).toMatch(
      /max latency_p95: p95 0.128 over 30 examples; wanted at most 0.05/,
    );
    expect(typed.status).toBe(0);
  });

  test('leaves out rows in quarantine', async () => {
    const flaky = Array.from({ length: 14 }, (_, n) => ({ row: `r${n}`, until: '2999-01-01' }));
    machine.write('work/flaky.json', JSON.stringify(flaky));

    const { status, stdout } = await gate(
      ...['bad.jsonl', '--baseline', 'good.jsonl', '--quarantine', 'flaky.json'],
    );

    expect(status).toBe(0);
    expect(stdout).toContain('14 quarantined');
  });

  test('writes Markdown that a workflow finds again, and a JUnit report', async () => {
    const { stdout } = await gate(
      ...['bad.jsonl', '--baseline', 'good.jsonl', '--markdown', '--junit', 'gate.xml'],
    );

    expect(stdout.startsWith('<!-- ls-record gate -->\n### ')).toBe(true);
    expect(stdout).toContain('| FAIL | no-worse correct | 30 |');
    expect(readFileSync(join(machine.workingFolder, 'gate.xml'), 'utf8')).toMatch(
      /<testsuite name="ls-record gate" tests="1" failures="1">[\s\S]*<failure message="worse by/,
    );
  });

  test('without a baseline is misused, and says how to make one', async () => {
    await recordAll('good.jsonl');

    const { status, stderr } = await gate('good', '--local');
    const first = await gate('good', '--local', '--first-run-ok', '--json');

    expect(status).toBe(2);
    expect(stderr).toContain('ls-record bless EXPERIMENT');
    expect(stderr).toContain('--baseline EXPERIMENT');
    expect(first).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('this first run passes'),
    });
    expect(gateResultSchema.safeParse(JSON.parse(first.stdout)).data).toMatchObject({
      passed: true,
      baseline: null,
    });
  });

  test('whose server cannot be reached is unfinished, never failed', async () => {
    const { status } = await machine.run(['gate', 'a', '--baseline', 'b'], {
      environment: { LANGSMITH_API_KEY: 'key', LANGSMITH_ENDPOINT: 'http://127.0.0.1:9' },
    });

    expect(status).toBe(5);
  }, 30_000);
});

describe('bless', () => {
  test('makes an experiment the baseline of its dataset, until it is cleared', async () => {
    await recordAll('good.jsonl', 'bad.jsonl');

    const blessed = await machine.run(['bless', 'good', '--local']);
    const shown = await machine.run(['bless', '--show', '-d', 'shop', '--local', '--json']);
    const gated = await gate('bad', '--local', '--json');
    const cleared = await machine.run(['bless', '--clear', '-d', 'shop', '--local']);

    expect(blessed.stdout).toBe('"good" is the baseline of "shop".\n');
    expect(JSON.parse(shown.stdout).baseline).toMatchObject({
      name: 'good',
      at: expect.any(String),
    });
    expect(JSON.parse(gated.stdout).baseline).toMatchObject({ name: 'good', chosen: 'blessed' });
    expect(gated.status).toBe(7);
    expect(cleared.status).toBe(0);
    expect((await gate('bad', '--local')).status).toBe(2);
  });

  test('names the baseline that was deleted, and does not call it none', async () => {
    await recordAll('good.jsonl', 'bad.jsonl');
    await machine.run(['bless', 'good', '--local']);
    await machine.run(['experiments', 'delete', 'good', '--local', '--yes']);

    const { status, stderr } = await gate('bad', '--local', '--first-run-ok');

    expect(status).toBe(2);
    expect(stderr).toContain('the baseline of "shop" was deleted: experiment "good"');
  });
});
