import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { lmEval } from '../../../src/results/formats/lm-eval.js';
import { hasSamples, readFile, samplePath, scoresOf } from '../../support/read-format.js';
import { fileOf } from '../../support/rows.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/lm-eval/${name}`, import.meta.url).pathname;
const SUMS = fixture('meta-llama__Llama-3-8B/samples_sums_2026-01-31T12-00-00.123456.jsonl');
const YES_NO = fixture('meta-llama__Llama-3-8B/samples_yesno_2026-02-01T00-00-00.jsonl');

describe('samples of lm-evaluation-harness', () => {
  test('are an experiment per filter of answers, with scores from the results next to them', async () => {
    const { source, problems, experiments, results } = await readFile(SUMS);

    expect(source.described).toBe(
      'lm-evaluation-harness samples: rows have doc, arguments, resps and filtered_resps',
    );
    expect(problems).toEqual([]);
    expect(experiments).toEqual({
      'gpt-4o-mini · sums · strict-match': 2,
      'gpt-4o-mini · sums · flexible-extract': 2,
    });
    expect(source.summaries).toEqual([
      {
        experiment: 'gpt-4o-mini · sums · strict-match',
        scores: [{ key: 'exact_match', score: 0.5 }],
      },
      {
        experiment: 'gpt-4o-mini · sums · flexible-extract',
        scores: [{ key: 'exact_match', score: expect.objectContaining({ text: '1.0' }) }],
      },
    ]);
    expect(results[2]?.inputs).toEqual(results[0]?.inputs);
  });

  test('have the document for inputs, and metrics that are lists for values', async () => {
    const { results } = await readFile(SUMS);

    expect(results[0]).toMatchObject({
      id: '1',
      inputs: { question: '1+1?', answer: '2' },
      outputs: { output: '[invalid]' },
      referenceOutputs: { output: '2' },
      error: undefined,
      metadata: {
        ls_provider: 'openai',
        ls_model_name: 'gpt-4o-mini',
        task: 'sums',
        num_fewshot: 5,
        filter: 'strict-match',
        resps: [[' It is 2.']],
        arguments: { gen_args_0: { arg_0: 'Q: 1+1?\nA:' } },
        doc_hash: 'd',
      },
    });
    expect(results[0]?.feedback).toEqual([
      { key: 'exact_match', score: expect.objectContaining({ text: '0.0' }) },
      { key: 'f1', value: { values: [['2'], ['3']] } },
    ]);
    expect(Object.keys(results[0]?.metadata ?? {})).not.toContain('exact_match');
  });

  test('of a choice have the likeliest for output, though likelihoods are texts', async () => {
    const { results, experiments } = await readFile(YES_NO);

    expect(experiments).toEqual({ 'meta-llama/Llama-3-8B · yesno': 2 });
    expect(results[0]).toMatchObject({
      outputs: { output: ' yes' },
      metadata: {
        ls_model_name: 'meta-llama/Llama-3-8B',
        choice: 0,
        filtered_resps: [
          ['-3.5', 'False'],
          ['-10.25', 'False'],
        ],
      },
    });
    expect(results[0]?.metadata.resps).toBeUndefined();
  });

  test('of a choice pass over what was asked without its context, and keep repeats', async () => {
    const { results } = await readFile(YES_NO);

    expect(results[1]).toMatchObject({ outputs: { output: ' no' }, metadata: { choice: 1 } });
    expect(results[1]?.metadata.resps).toHaveLength(4);
  });

  test('have a folder for model only under the names that the harness gives', async () => {
    const row = {
      doc: { q: 'a' },
      target: 'b',
      arguments: [['a', {}]],
      resps: [['b']],
      filtered_resps: ['b'],
      acc: 1,
    };

    const { results } = await readFile(fileOf(JSON.stringify(row), 'answers.jsonl'));

    expect(results).toMatchObject([{ feedback: [{ key: 'acc' }] }]);
    expect(results[0]?.metadata).not.toHaveProperty('ls_model_name');
  });

  test('of before 0.4.3 have every number for a metric', async () => {
    const { results, experiments } = await readFile(fixture('old.jsonl'));

    expect(experiments).toEqual({ '': 1 });
    expect(results).toMatchObject([
      {
        inputs: { text: 'a b' },
        outputs: { output: ' b' },
        feedback: [{ key: 'acc' }, { key: 'acc_norm' }],
        metadata: { byte_perplexity: [-1.5, 2] },
      },
    ]);
    expect(results[0]?.metadata.ls_model_name).toBeUndefined();
  });

  test.for<JsonObject>([
    { doc_id: 1, doc: { q: 'a' }, target: 'b', resps: [['b']] },
    { doc: { query: 'a' }, metric: { acc: 1 }, model_response: { text: ['b'] } },
  ])('are not anything alike: %j', (row) => {
    const sample = {
      name: 'a.jsonl',
      kind: 'list',
      document: {},
      rows: [row],
      columns: [],
    } as const;

    expect(lmEval.recognise(sample)).toBeUndefined();
  });
});

// Each figure was counted in the file itself, by a script that knows nothing of this reader.
describe.skipIf(!hasSamples)('of real samples of lm-evaluation-harness', () => {
  test('a generated task has twenty rows, and the results’ own scores', async () => {
    const read = await readFile(
      samplePath('lm-eval/samples_negotiationtom_intention_2026-07-08T16-04-34.219874.jsonl'),
    );

    expect(read.problems).toEqual([]);
    expect(read.experiments).toEqual({ 'Qwen/Qwen3-8B · negotiationtom_intention': 20 });
    expect(scoresOf(read.results, 'exact_match')).toEqual({ n: 20, mean: 0.2 });
    expect(scoresOf(read.results, 'micro_f1').n).toBe(0);
    expect(read.results[0]).toMatchObject({
      inputs: { dialogue_id: '0-0', utterance_idx: 0 },
      referenceOutputs: { output: 'Discover-Preference,Promote-Coordination' },
      outputs: { output: 'A  ' },
      metadata: { ls_provider: 'huggingface', ls_model_name: 'Qwen/Qwen3-8B' },
    });
    expect(read.source.summaries[0]?.scores).toEqual([
      { key: 'micro_f1', score: 0.30188679245283023 },
      { key: 'macro_f1', score: 0.2523809523809524 },
      { key: 'exact_match', score: 0.2 },
      { key: 'exact_match_stderr', score: 0.0917662935482247 },
    ]);
  });

  test('another has ten, none of which is right', async () => {
    const read = await readFile(
      samplePath('lm-eval/samples_math_perturbed_full_2026-01-21T03-44-18.458309.jsonl'),
    );

    expect(read.problems).toEqual([]);
    expect(scoresOf(read.results, 'exact_match')).toEqual({ n: 10, mean: 0 });
    expect(read.results[0]).toMatchObject({
      inputs: { idx: 0, answer: '3' },
      referenceOutputs: { output: '3' },
      metadata: {
        ls_provider: 'huggingface',
        ls_model_name: 'RylanSchaeffer/mem_Qwen3-93M_minerva_math_rep_0_sbst_1.0000_epch_1_ot_1',
      },
    });
    expect(read.results[0]?.outputs?.output).toMatch(/^ 1\. The graph of \$y=1\./);
  });

  test('an old choice tells only the number of what was chosen', async () => {
    const read = await readFile(samplePath('lm-eval/old-0.4-winogrande.jsonl'));

    expect(read.problems).toEqual([]);
    expect(scoresOf(read.results, 'acc')).toEqual({ n: 2, mean: 0.5 });
    expect(read.results.map(({ outputs }) => outputs)).toEqual([{ output: 1 }, { output: 1 }]);
    expect(read.results[0]?.inputs).toMatchObject({ option1: 'Sarah', answer: '2' });
  });
});
