import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const row = (n: number, correct: boolean) =>
  `${JSON.stringify({ inputs: { n }, outputs: { n }, scores: { correct } })}\n`;

describe('where there is no terminal', () => {
  test.for([
    [['experiments', 'show'], 'no experiment given'],
    [['experiments', 'pull'], 'no experiment given'],
    [['experiments', 'compare'], 'nothing to compare'],
    [['experiments', 'list'], 'no dataset given'],
  ] as const)('%s says what it wants', async ([words, message]) => {
    const { status, stderr } = await machine.run([...words, '--local']);

    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('ls-record experiments list DATASET');
  });
});

test('the page that shows two experiments side by side names both to compare, the earliest as the baseline', async () => {
  const files = { 'a.jsonl': row(1, false), 'b.jsonl': row(1, true) };
  const both = ['record', 'a.jsonl', 'b.jsonl', '--each', '-d', 'numbers', '--local'];
  const { stderr } = await machine.run(both, { files });
  const page = /Side by side: (\S+)/.exec(stderr)?.[1] ?? '';

  const { status, stdout } = await machine.run([
    'experiments',
    'compare',
    page,
    '--local',
    '--json',
  ]);

  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    baseline: { name: expect.stringMatching(/^a-/), reason: 'the earliest' },
    comparisons: [{ experiment: { name: expect.stringMatching(/^b-/) } }],
  });
});
