import { describe, expect, test } from 'vitest';
import { JsonNumber } from '../../../src/json/value.js';
import { phoenix } from '../../../src/results/formats/phoenix.js';
import { readFile, scoresOf } from '../../support/read-format.js';

const fixture = (name: string) =>
  new URL(`../../../fixtures/formats/${name}`, import.meta.url).pathname;

describe('an experiment of Phoenix', () => {
  test('as JSON has a row per run, with times, tokens and annotations', async () => {
    const { source, problems, results } = await readFile(fixture('phoenix.json'));

    expect(source.described).toBe(
      'Phoenix experiment: rows have example_id, repetition_number and annotations',
    );
    expect(problems).toEqual([]);
    expect(results[0]).toMatchObject({
      id: 'RGF0YXNldEV4YW1wbGU6MQ==',
      inputs: { question: 'Capital of France?' },
      outputs: { output: 'Paris' },
      referenceOutputs: { answer: 'Paris' },
      startTime: Date.UTC(2026, 0, 31, 12) * 1000,
      endTime: Date.UTC(2026, 0, 31, 12) * 1000 + 1_250_500,
      metadata: {
        repetition_number: 1,
        trace_id: 't-1',
        usage_metadata: { input_tokens: 12, output_tokens: 3 },
        'scores.correctness.details': { annotator_kind: 'LLM' },
      },
    });
  });

  test('has the label as value, and no score where the annotator failed', async () => {
    const { results } = await readFile(fixture('phoenix.json'));

    expect(results[0]?.feedback).toEqual([
      {
        key: 'correctness',
        score: new JsonNumber('1.0'),
        value: 'correct',
        comment: 'same city',
      },
      { key: 'style', comment: 'RateLimitError' },
    ]);
  });

  test('has errors, and repetitions of one example', async () => {
    const { results } = await readFile(fixture('phoenix.json'));

    expect(results[1]).toMatchObject({ error: 'APIConnectionError', outputs: undefined });
    expect(results[1]?.inputs).toEqual(results[0]?.inputs);
  });

  test('as CSV has annotations in columns, whose names may have underscores', async () => {
    const { source, problems, results } = await readFile(fixture('phoenix.csv'));

    expect(source.format).toBe('phoenix');
    expect(problems).toEqual([]);
    expect(results).toMatchObject([
      {
        inputs: { question: '2+2?' },
        outputs: { answer: '4' },
        referenceOutputs: { answer: '4' },
        latencyUs: 250_000,
        feedback: [{ key: 'exact_match', value: 'match', comment: 'equal' }],
      },
      {
        outputs: { output: 'seven' },
        error: undefined,
        feedback: [{ key: 'exact_match', comment: 'ValueError: no' }],
      },
    ]);
    expect(scoresOf(results, 'exact_match')).toEqual({ n: 1, mean: 1 });
  });

  test('is not a table of span evaluations, which has no inputs', () => {
    const columns = ['context.span_id', 'label', 'score', 'explanation'];
    const sample = { name: 'x.csv', document: {}, columns } as const;
    const row = { 'context.span_id': 'a', label: 'b', score: 1, explanation: 'c' };

    expect(phoenix.recognise({ ...sample, kind: 'table', rows: [row] })).toBe(undefined);
    expect(phoenix.recognise({ ...sample, kind: 'list', rows: [row] })).toBe(undefined);
  });
});
