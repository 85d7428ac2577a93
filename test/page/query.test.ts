import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  printView,
  readView,
  SHOWS,
  TEXTS,
  VIEWS,
  type View,
} from '../../src/server/page/query.js';

const id = fc.uuid();
const text = fc.string({ minLength: 1, unit: 'grapheme' });
const view: fc.Arbitrary<View> = fc.record({
  experiments: fc.uniqueArray(id, { maxLength: 4 }),
  baseline: fc.option(id, { nil: undefined }),
  metric: fc.option(text, { nil: undefined }),
  vs: fc.option(id, { nil: undefined }),
  show: fc.constantFrom(...SHOWS),
  q: text.map((words) => words.trim()),
  sort: fc.option(
    fc.record({
      by: fc.constantFrom('created', 'delta', 'metric', 'latency', 'cost'),
      descending: fc.boolean(),
    }),
    { nil: undefined },
  ),
  view: fc.constantFrom(...VIEWS),
  against: fc.constantFrom('baseline', 'reference'),
  cols: fc.option(fc.array(text, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  group: fc.option(text, { nil: undefined }),
  row: fc.option(id, { nil: undefined }),
  run: fc.option(id, { nil: undefined }),
  text: fc.constantFrom(...TEXTS),
  as: fc.option(text, { nil: undefined }),
  page: fc.integer({ min: 1, max: 1e9 - 1 }),
});

test('an address says all of a view, and nothing else', () => {
  fc.assert(
    fc.property(view, (asked) => {
      expect(readView(new URLSearchParams(printView(asked)))).toEqual(asked);
    }),
  );
});

test.for([
  'selectedSessions=a&page=0',
  'selectedSessions=a&page=1.5',
  'selectedSessions=a&show=everything',
  'selectedSessions=a&sort=best',
  'selectedSessions=a&view=',
])('what makes no sense in %s is as if it were not there', (query) => {
  const plain = readView(new URLSearchParams('selectedSessions=a'));

  expect(readView(new URLSearchParams(query))).toEqual(plain);
});
