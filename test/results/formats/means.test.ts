import { expect, test } from 'vitest';
import { holdsMeans } from '../../../src/results/formats/means.js';

const tableOf = (...rows: Record<string, string>[]) => ({
  kind: 'table' as const,
  name: 'a.csv',
  document: {},
  rows,
  columns: Object.keys(rows[0] ?? {}),
});

test.for([
  ['a metric a row', tableOf({ metric: 'faithfulness', score: '0.9' }), true],
  [
    'a model a row',
    tableOf({ model: 'a', accuracy: '0.9' }, { model: 'b', accuracy: '0.8' }),
    true,
  ],
  ['numbers of a whole run', tableOf({ num_samples: '200', faithfulness: '0.9' }), true],
  [
    'one row of our own fields',
    tableOf({ 'inputs.q': '1', 'outputs.a': '2', 'scores.ok': '1' }),
    false,
  ],
  ['one question with its answer', tableOf({ question: '1', answer: '2', score: '1' }), false],
] as const)('%s: is a summary without rows: %s', ([, sample, isSummary]) => {
  expect(holdsMeans(sample)).toBe(isSummary);
});
