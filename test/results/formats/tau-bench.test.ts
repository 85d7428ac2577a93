import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { tauBench } from '../../../src/results/formats/tau-bench.js';
import { hasSamples, readFile, samplePath, scoresOf, tokensOf } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/tau-bench/${name}`, import.meta.url).pathname;

const recognise = (rows: JsonObject[], name = 'a.json') =>
  tauBench.recognise({ name, kind: 'list', document: {}, rows, columns: [] });
const recogniseDocument = (document: JsonObject) =>
  tauBench.recognise({ name: 'a.json', kind: 'document', document, rows: [], columns: [] });

describe('results of tau-bench', () => {
  test('give a row per trial, with the conversation as child runs', async () => {
    const { source, results, problems } = await readFile(fixture('gpt-4o-airline.json'));

    expect(source.described).toBe('tau-bench results: rows have task_id, reward, traj and trial');
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      id: '0',
      inputs: { instruction: 'Book a flight.' },
      referenceOutputs: { actions: [{ name: 'book', kwargs: { to: 'SEA' } }] },
      outputs: { output: 'HAT1 it is.' },
      error: undefined,
      runType: 'chain',
      metadata: {
        ls_provider: 'openai',
        ls_model_name: 'gpt-4o',
        task_id: 0,
        trial: 1,
        source: 'user',
        user_cost: 0.004,
        user_id: 'mia_1',
      },
      childRuns: [
        { name: 'user', runType: 'chain', outputs: { output: 'Hi' } },
        {
          name: 'assistant',
          runType: 'llm',
          inputs: {
            messages: [
              { role: 'system', content: 'Policy' },
              { role: 'user', content: 'Hi' },
            ],
          },
          outputs: { output: null, tool_calls: [{ function: { name: 'find' } }] },
        },
        { name: 'find', runType: 'tool', inputs: { to: 'SEA' }, outputs: { output: 'HAT1' } },
        {
          name: 'assistant',
          inputs: { messages: [{ role: 'tool', content: 'HAT1' }] },
          outputs: { output: 'HAT1 it is.' },
        },
        { name: 'user', outputs: { output: '###STOP###' } },
      ],
    });
    expect(scoresOf(results, 'reward')).toEqual({ n: 3, mean: 1 / 3 });
    expect(results[0]?.metadata).not.toHaveProperty('usage_metadata');
  });

  test('that broke off are errors of the same example as other trials of their task', async () => {
    const { results } = await readFile(fixture('gpt-4o-airline.json'));

    expect(results.slice(1)).toMatchObject([
      {
        inputs: { instruction: 'Book a flight.' },
        referenceOutputs: { actions: [{ name: 'book' }] },
        outputs: undefined,
        error: 'RateLimitError',
        metadata: { trial: 0, traceback: '...' },
        childRuns: [],
      },
      { inputs: { task_id: 7 }, error: 'Timeout' },
    ]);
  });

  test('are recognised by their trajectories; the file is named for the model', () => {
    const trial = { task_id: 0, reward: 0, info: {}, traj: [], trial: 0 };
    const run = 'tool-calling-claude-3-haiku-0.0_range_0--1_user-gpt-4o-llm_0510120000.json';

    expect(recognise([trial])?.assumptions).toEqual([]);
    expect(recognise([trial], `results/${run}`)?.assumptions).toEqual([
      'the model is that of the file’s name: claude-3-haiku',
    ]);
    expect(recognise([{ task_id: 0, reward: 0, trial: 0 }])).toBeUndefined();
    expect(recognise([trial, { traj: [] }])).toBeUndefined();
  });
});

describe('results of tau2', () => {
  test('give a row per simulation, with the tokens and the cost of the agent alone', async () => {
    const { source, results, problems } = await readFile(fixture('tau2.json'));

    expect(source.described).toBe('tau-bench results: it has tasks and simulations');
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      id: 't1',
      inputs: {
        task_id: 't1',
        user_scenario: { persona: null, instructions: 'Fix my data.' },
      },
      referenceOutputs: { actions: [{ name: 'reset' }] },
      outputs: { output: 'Done.' },
      startTime: Date.UTC(2026, 0, 31, 12) * 1000,
      endTime: (Date.UTC(2026, 0, 31, 12) + 9500) * 1000,
      metadata: {
        ls_provider: 'anthropic',
        ls_model_name: 'claude-3-7-sonnet',
        usage_metadata: {
          input_tokens: 250,
          output_tokens: 15,
          total_tokens: 265,
          total_cost: 0.02,
        },
        user_cost: 0.5,
        termination_reason: 'user_stop',
        domain: 'telecom',
        description: { purpose: 'test' },
      },
    });
    expect(results[0]?.childRuns).toMatchObject([
      { name: 'assistant', outputs: { output: 'Hi!' } },
      { name: 'user', metadata: { cost: 0.1, usage: { prompt_tokens: 900 } } },
      {
        name: 'assistant',
        inputs: { messages: [{ role: 'user', content: 'No data' }] },
        outputs: { output: null, tool_calls: [{ name: 'reset' }] },
        metadata: { usage_metadata: { input_tokens: 100, total_cost: 0.01 } },
      },
      { name: 'reset', runType: 'tool', inputs: { line: 1 }, outputs: { output: 'ok' } },
      { name: 'assistant', outputs: { output: 'Done.' } },
    ]);
    expect(scoresOf(results, 'reward')).toEqual({ n: 2, mean: 0.5 });
  });

  test('are errors where nothing could be evaluated, not where the agent failed', async () => {
    const { results } = await readFile(fixture('tau2.json'));

    expect(results.map(({ error }) => error)).toEqual([
      undefined,
      'infrastructure_error',
      undefined,
    ]);
    expect(results[1]).toMatchObject({ outputs: undefined, feedback: [] });
  });

  test('are recognised by simulations with messages', () => {
    const simulation = { task_id: 'a', messages: [] };

    expect(recogniseDocument({ tasks: [], simulations: [simulation] })).toBeDefined();
    expect(recogniseDocument({ simulations: [simulation] })).toBeUndefined();
    expect(recogniseDocument({ tasks: [], simulations: [{ task_id: 'a' }] })).toBeUndefined();
  });
});

test.skipIf(!hasSamples)(
  'the sample of tau-bench has ten trials, of which one was rewarded (../shared is there)',
  async () => {
    const { source, results, experiments } = await readFile(
      samplePath('tau-bench/gpt-4o-airline.json'),
    );

    expect(source.format).toBe('tau-bench');
    expect(scoresOf(results, 'reward')).toEqual({ n: 10, mean: 0.1 });
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(tokensOf(results, 'total_tokens')).toBe(0);
    expect(String(results[0]?.inputs?.instruction)).toMatch(/^You are mia_li_3668\. You want to/);
    expect(String(results[0]?.outputs?.output)).toMatch(/^Your flight from New York \(JFK\)/);
    // One for each message but the system's.
    expect(results.map(({ childRuns }) => childRuns.length)).toEqual([
      31, 11, 23, 61, 25, 25, 23, 25, 17, 51,
    ]);
    expect(results[0]?.metadata).toMatchObject({ ls_provider: 'openai', ls_model_name: 'gpt-4o' });
    expect(experiments).toEqual({ '': 10 });
  },
);
