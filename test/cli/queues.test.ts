import { afterEach, beforeEach, expect, test } from 'vitest';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const run = (...argv: string[]) => machine.run([...argv, '--local']);
const runJson = async (...argv: string[]) => JSON.parse((await run(...argv, '--json')).stdout);

const rows = [
  { inputs: 1, outputs: 1, scores: { correct: 1 } },
  { inputs: 2, outputs: 2, scores: { correct: 0.4 } },
  { inputs: 3, error: 'boom' },
  { inputs: 4, outputs: 4, scores: { correct: 0.5 } },
];
const recordNightly = () =>
  machine.run(['record', 'a.jsonl', '-d', 'd', '-e', 'nightly', '--local'], {
    files: { 'a.jsonl': rows.map((row) => JSON.stringify(row)).join('\n') },
  });

test('a queue is created once, changed when it differs, shown and listed', async () => {
  const create = (...more: string[]) => runJson('queues', 'create', 'weekly', ...more);

  const created = await create('--rubric', 'correct: Is it right?', '--rubric', 'quality=1-3');
  expect(created).toMatchObject({
    became: 'created',
    queue: {
      rubric: [
        { key: 'correct', description: 'Is it right?', choices: [] },
        { key: 'quality', description: null, choices: ['1', '2', '3'] },
      ],
    },
  });
  expect((await create()).became).toBe('same');
  const changed = await create('--rubric', 'tone=kind|rude');
  expect(changed).toMatchObject({ became: 'changed', queue: { id: created.queue.id } });

  const { stdout } = await run('queues', 'show', 'weekly');
  expect(stdout).toContain('weekly: 0 of 0 runs reviewed');
  expect(stdout).toContain(`/annotation-queues/${created.queue.id}`);
  expect((await run('queues', 'list')).stdout).toMatch(/weekly +0 +0/);
});

test.each([
  ['all', 4],
  ['failed', 1],
  ['low:correct<0.5', 1],
  ['low:correct<=0.5', 2],
  ['sample:2', 2],
])('--rows %s adds %i runs, and none again', async (which, expected) => {
  await recordNightly();
  await run('queues', 'create', 'weekly');
  const add = () => runJson('queues', 'add', 'weekly', 'nightly', '--rows', which);

  expect(await add()).toMatchObject({ selected: expected, added: expected });
  expect(await add()).toMatchObject({ added: 0, queue: { runs: expected } });
});

test.each([
  [
    ['queues', 'add', 'weekly', 'nightly', '--rows', 'low:correct'],
    'low:correct does not say which runs',
  ],
  [['queues', 'show', 'weekly'], 'there is no annotation queue "weekly"'],
  [['queues', 'create', 'weekly', '--rubric', ': x'], 'names no score'],
])('%j is misuse', async (argv, words) => {
  const { status, stderr } = await run(...argv);
  expect(status).toBe(2);
  expect(stderr).toContain(words);
});

test('record fills a queue, and makes it where there is none', async () => {
  const record = (queue: string) =>
    machine.run(['record', 'a.jsonl', '-d', 'd', '-e', 'nightly', '--local', '--queue', queue], {
      files: { 'a.jsonl': rows.map((row) => JSON.stringify(row)).join('\n') },
    });

  const { status, stderr } = await record('weekly=failed');
  expect(status).toBe(0);
  expect(stderr).toContain('1 run added to the new queue "weekly"');
  await record('weekly');
  expect((await runJson('queues', 'show', 'weekly')).queue.runs).toBe(4);
});
