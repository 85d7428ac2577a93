import { describe, expect, test } from 'vitest';
import { directionOf } from '../../../src/experiments/statistics.js';

const nothing = { typed: new Map(), kept: new Map() };

describe('less is better', () => {
  test.for([
    'hallucination',
    'Hallucination',
    'hallucination_rate',
    'hallucination-score',
    'HallucinationMetric',
    'toxicity/v1/mean',
    'max_toxicity',
    'error',
    'word_error_rate',
    'wer',
    'word_perplexity,none',
    'latency_ms',
    'latencyMs',
    'p95_latency',
    'judge.cost_usd',
    'total_tokens',
    'edit_distance',
    'rmse',
    'noise_sensitivity',
    'self_harm',
  ])('of %s by its name', (key) => {
    expect(directionOf(key, nothing)).toEqual({ lowerIsBetter: true, source: 'name' });
  });
});

describe('more is better', () => {
  test.for([
    'correct',
    'f1',
    'no_hallucination',
    'answer-not-toxic',
    'hallucination_free',
    'error_handling',
    'cost_effectiveness',
    'tower',
    'lossless',
    'refusal',
    '',
    '42',
  ])('of %s, as nothing else is known', (key) => {
    expect(directionOf(key, nothing)).toEqual({ lowerIsBetter: false, source: 'default' });
  });
});

test('what is typed wins over what is kept, and that over the name', () => {
  const kept = new Map([['toxicity', false]]);
  const typed = new Map([['toxicity', true]]);

  expect(directionOf('toxicity', { typed, kept })).toEqual({
    lowerIsBetter: true,
    source: 'option',
  });
  expect(directionOf('toxicity', { ...nothing, kept })).toEqual({
    lowerIsBetter: false,
    source: 'config',
  });
});
