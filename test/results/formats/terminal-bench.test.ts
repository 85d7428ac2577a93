import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findFiles } from '../../../src/input/paths.js';
import { readFile, scoresOf, tokensOf } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/terminal-bench/${name}`, import.meta.url).pathname;

describe('a run of terminal-bench', () => {
  test('has a row per trial, timed while the agent worked', async () => {
    const { source, problems, results } = await readFile(fixture('results.json'));

    expect(source.format).toBe('terminal-bench');
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      id: 'fix-git',
      inputs: { task_id: 'fix-git', instruction: 'Find my lost commit.' },
      startTime: Date.UTC(2026, 1, 1, 10, 1) * 1000,
      endTime: Date.UTC(2026, 1, 1, 10, 2) * 1000,
      metadata: { parser_results: { test_commit: 'passed' } },
    });
    expect(tokensOf(results, 'input_tokens')).toBe(3600);
  });

  test('has an error where there is no verdict, and a score where the agent ran out of time', async () => {
    const { results } = await readFile(fixture('results.json'));

    expect(scoresOf(results, 'is_resolved')).toEqual({ n: 2, mean: 0.5 });
    expect(results[1]).toMatchObject({ error: 'test_timeout' });
    expect(results[2]).toMatchObject({
      error: undefined,
      feedback: [{ key: 'is_resolved', score: false, comment: 'agent_timeout' }],
    });
  });

  test('is of the agent and the model that the file next to it names', async () => {
    const { experiments } = await readFile(fixture('results.json'));

    expect(experiments).toEqual({ 'terminus · anthropic/claude-sonnet-4': 3 });
  });
});

test('a trial of Harbor is a row with its rewards, tokens and cost', async () => {
  const { source, results, experiments } = await readFile(fixture('result.json'));

  expect(source.format).toBe('terminal-bench');
  expect(experiments).toEqual({ 'codex · openai/gpt-5': 1 });
  expect(results).toMatchObject([
    {
      inputs: { task_name: 'fix-git' },
      feedback: [{ key: 'reward' }],
      metadata: {
        ls_provider: 'openai',
        ls_model_name: 'gpt-5',
        usage_metadata: {
          input_tokens: 1000,
          output_tokens: 50,
          input_token_details: { cache_read: 400 },
        },
      },
    },
  ]);
});

describe('the folder of a run stands for', () => {
  const newFolder = () => mkdtempSync(join(tmpdir(), 'ls-record-run-'));

  test('its results, not what is next to them', async () => {
    const folder = newFolder();
    for (const name of ['results.json', 'run_metadata.json'])
      copyFileSync(fixture(name), join(folder, name));

    expect(await findFiles(folder)).toEqual([join(folder, 'results.json')]);
  });

  test('its trials, not the totals of a Harbor job', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'fix-git__abc'));
    for (const name of ['result.json', 'fix-git__abc/result.json'])
      copyFileSync(fixture('result.json'), join(folder, name));

    expect(await findFiles(folder)).toEqual([join(folder, 'fix-git__abc', 'result.json')]);
  });
});
