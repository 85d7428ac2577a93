import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { oaieval } from '../../../src/results/formats/oaieval.js';
import { hasSamples, readFile, samplePath, scoresOf, tokensOf } from '../../support/read-format.js';
import { fileOf } from '../../support/rows.js';

const fixture = new URL('../../../fixtures/formats/oaieval.jsonl', import.meta.url).pathname;

const recognise = (...rows: JsonObject[]) =>
  oaieval.recognise({ name: 'a.jsonl', kind: 'list', document: {}, rows, columns: [] });
const noon = Date.UTC(2026, 0, 31, 12) * 1000;

describe('a log of oaieval', () => {
  test('gives a row per sample, of events that come out of order', async () => {
    const { source, results, problems } = await readFile(fixture);

    expect(source.described).toBe(
      'OpenAI Evals log: it begins with a spec, and has events of samples',
    );
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      id: 'capitals.dev.1',
      inputs: { messages: [{ role: 'user', content: 'Capital of Peru?' }] },
      outputs: { output: 'Cusco' },
      referenceOutputs: { expected: ['Lima'] },
      startTime: noon + 2_000_000,
      endTime: noon + 3_000_001,
      feedback: [{ key: 'match', score: false }],
      childRuns: [],
      metadata: {
        ls_provider: 'openai',
        ls_model_name: 'gpt-3.5-turbo-0613',
        usage_metadata: { input_tokens: 9, output_tokens: 1, total_tokens: 10 },
        options: ['Lima'],
        eval_name: 'capitals.dev.v0',
        base_eval: 'capitals',
        split: 'dev',
        completion_fns: ['gpt-3.5-turbo'],
        run_id: '260131AB',
      },
    });
  });

  test('takes the answer from a match that comes without sampling', async () => {
    const { results } = await readFile(fixture);

    expect(results[1]).toMatchObject({
      inputs: { sample_id: 'capitals.dev.0' },
      outputs: { output: 'Paris' },
      referenceOutputs: { expected: 'Paris' },
      metadata: { ls_model_name: 'gpt-3.5-turbo', picked: 'Paris' },
    });
  });

  test('has an error only where one was recorded', async () => {
    const { results } = await readFile(fixture);

    expect(results.map(({ error }) => error)).toEqual([
      undefined,
      undefined,
      'no answer in 40 s',
      undefined,
    ]);
    expect(results[2]).toMatchObject({
      outputs: undefined,
      metadata: { error: { type: 'Timeout' } },
    });
  });

  test('answers with the last of several samplings, which are child runs; numbers of metrics are scores', async () => {
    const { results } = await readFile(fixture);

    expect(results[3]).toMatchObject({
      inputs: { input: 'Think. Capital of Cuba?' },
      outputs: { output: 'Havana' },
      feedback: [
        { key: 'f1', score: 0.5 },
        { key: 'fluent', score: true },
      ],
      metadata: { choice: 'A', raw_sample: [{ input: 'Capital of Cuba?' }] },
      childRuns: [
        { name: 'sampling', outputs: { output: 'Let me think.' } },
        { name: 'sampling', inputs: { input: 'Now answer.' }, outputs: { output: 'Havana' } },
      ],
    });
  });

  test('scores the experiment by the numbers of its final report', async () => {
    const { source } = await readFile(fixture);

    expect(source.summaries).toEqual([{ scores: [{ key: 'accuracy', score: 0.5 }] }]);
  });

  test('that a model graded does not take the judge’s words for the answer', async () => {
    const cls = 'evals.elsuite.modelgraded.classify:ModelBasedClassify';
    const event = (event_id: number, sampled: string) => ({
      event_id,
      sample_id: 'a',
      type: 'sampling',
      data: { prompt: 'Joke?', sampled },
    });
    const lines = [
      { spec: { eval_name: 'joke', run_config: { eval_spec: { cls } } } },
      event(0, 'Knock knock.'),
      event(1, 'Not funny.'),
    ];

    const { results } = await readFile(
      fileOf(lines.map((line) => JSON.stringify(line)).join('\n')),
    );

    expect(results[0]?.outputs).toEqual({ output: 'Knock knock.' });
  });

  test('is recognised by the spec that comes first, and by events', () => {
    const spec = { spec: { eval_name: 'a' } };
    const event = { sample_id: 'a.0', type: 'match', data: {} };

    expect(recognise(spec, event)).toBeDefined();
    expect(recognise(event)).toBeUndefined();
    expect(recognise({ spec: { model: 'a' } }, event)).toBeUndefined();
    expect(recognise(spec, { question: 'a' })).toBeUndefined();
  });
});

test.skipIf(!hasSamples)(
  'the sample of oaieval has three rows, of which one matches (../shared is there)',
  async () => {
    const { source, results, experiments } = await readFile(
      samplePath('openai-evals/230417220821DPM75QNS_auto_gpt_completion_fn_test-match.jsonl'),
    );

    expect(source.format).toBe('oaieval');
    expect(results.map(({ id, error }) => [id, error])).toEqual([
      ['test-match.s1.2', undefined],
      ['test-match.s1.1', undefined],
      ['test-match.s1.0', undefined],
    ]);
    expect(scoresOf(results, 'match')).toEqual({ n: 3, mean: 1 / 3 });
    expect(tokensOf(results, 'total_tokens')).toBe(0);
    expect(results[0]).toMatchObject({
      inputs: {
        input:
          'Complete the phrase as concisely as possible.\nUser: OpenAI was founded in 20\nAssistant: ',
      },
      outputs: { output: 'OpenAI was founded in 2015.2015' },
      referenceOutputs: { expected: '15' },
      startTime: Date.UTC(2023, 3, 17, 22, 10, 13) * 1000 + 127_375,
      metadata: { ls_model_name: 'auto_gpt_completion_fn' },
    });
    expect(results[0]?.metadata).not.toHaveProperty('ls_provider');
    expect(source.summaries).toEqual([
      { scores: [{ key: 'accuracy', score: 0.3333333333333333 }] },
    ]);
    expect(experiments).toEqual({ '': 3 });
  },
);
