import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findFiles } from '../../../src/input/paths.js';
import { readFile, tokensOf } from '../../support/read-format.js';
import { fileOf } from '../../support/rows.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/swe-agent/${name}`, import.meta.url).pathname;

describe('a trajectory of SWE-agent', () => {
  test('is a row with its submission, exit status, tokens and cost', async () => {
    const { source, problems, results, experiments } = await readFile(fixture('octo__cat-1.traj'));

    expect(source.format).toBe('swe-agent');
    expect(problems).toEqual([]);
    expect(experiments).toEqual({ 'gpt-4o': 1 });
    expect(results).toMatchObject([
      {
        id: 'octo__cat-1',
        inputs: { task: 'The cat does not purr.' },
        outputs: { submission: 'diff --git a/cat.py b/cat.py\n' },
        feedback: [{ key: 'exit_status', value: 'submitted' }],
      },
    ]);
    expect(tokensOf(results, 'input_tokens')).toBe(100);
    expect(tokensOf(results, 'total_cost')).toBe(0.5);
  });

  test('has each answer and each action as child runs', async () => {
    const { results } = await readFile(fixture('octo__cat-1.traj'));

    expect(results[0]?.childRuns).toMatchObject([
      { runType: 'llm', inputs: { messages: expect.any(Array) }, outputs: { action: 'ls' } },
      {
        runType: 'tool',
        inputs: { input: 'ls' },
        outputs: { output: 'cat.py' },
        latencyUs: 250_000,
        metadata: { state: { working_dir: '/cat' } },
      },
      { runType: 'llm', inputs: { messages: [{ content: 'cat.py\n$' }] } },
      { runType: 'tool', inputs: { input: 'submit' } },
    ]);
  });

  test('that only has steps is asked the first message that is not a demonstration', async () => {
    const trajectory = {
      history: [
        { role: 'user', content: 'An example', is_demo: true },
        { role: 'user', content: [{ type: 'text', text: 'Fix it' }] },
      ],
      trajectory: [{ action: 'ls', observation: 'a.py', response: 'look' }],
      info: { exit_status: 'exit_cost', submission: null },
    };

    const { results } = await readFile(fileOf(JSON.stringify(trajectory), 'cat-9.traj'));

    expect(results).toMatchObject([
      { id: 'cat-9', inputs: { task: 'Fix it' }, error: 'exit_cost', outputs: undefined },
    ]);
  });
});

describe('a trajectory of mini-SWE-agent', () => {
  test('is a row whose messages are its steps', async () => {
    const { results, experiments } = await readFile(fixture('octo__cat-2.traj.json'));

    expect(experiments).toEqual({ 'deepseek/deepseek-chat': 1 });
    expect(results).toMatchObject([
      {
        id: 'octo__cat-2',
        inputs: { task: 'The cat does not purr.' },
        metadata: {
          ls_model_name: 'deepseek-chat',
          usage_metadata: { input_tokens: 50, output_tokens: 5 },
        },
        childRuns: [
          { name: 'user' },
          { name: 'assistant', runType: 'llm' },
          { name: 'bash', runType: 'tool', inputs: { command: 'ls' } },
          { name: 'exit' },
        ],
      },
    ]);
  });

  test('that broke off has the reason as its error', async () => {
    const trajectory = {
      messages: [{ role: 'user', content: 'Fix it' }],
      info: { exit_status: 'RateLimitError', submission: 'too many requests' },
    };

    const { results } = await readFile(fileOf(JSON.stringify(trajectory), 'cat-9.traj.json'));

    expect(results).toMatchObject([
      { error: 'RateLimitError: too many requests', outputs: undefined },
    ]);
  });
});

test('the folder of a run stands for the trajectories in the folders of its instances', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ls-record-run-'));
  for (const name of ['octo__cat-1', 'octo__cat-3']) {
    mkdirSync(join(folder, name));
    copyFileSync(fixture('octo__cat-1.traj'), join(folder, name, `${name}.traj`));
  }
  copyFileSync(fixture('octo__cat-1.traj'), join(folder, 'preds.json'));

  const files = await findFiles(folder);

  expect(files.map((file) => basename(file))).toEqual(['octo__cat-1.traj', 'octo__cat-3.traj']);
});
