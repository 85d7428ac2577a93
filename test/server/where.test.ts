import fc from 'fast-check';
import { expect } from 'vitest';
import { readWhereRows } from '../../src/experiments/choose-examples.js';
import { readSubjects } from '../../src/experiments/read-subjects.js';
import { textsOf } from '../../src/experiments/texts.js';
import type { Where } from '../../src/experiments/where.js';
import { holds } from '../../src/experiments/where-holds.js';
import { readWhere } from '../../src/server/page/reads/where.js';
import { recordRows } from '../experiments/recorded.js';
import { test } from '../support/home.js';

const EXAMPLES = 40;
const TONES = ['kind', 'rude', 'true'];
const WORDS = ['Refund', 'policy', 'ü', '42', '"quoted"', 'a%b_c', "it's"];
const METADATA = [undefined, null, 'billing', 3, 0.5, true, ['a', 3], { deep: 'yes' }, '3', ''];

/** Something of each kind, told by a number. */
const pick = <T>(from: readonly T[], n: number): T => from[n % from.length] as T;

function rows(seed: number): object[] {
  return Array.from({ length: EXAMPLES }, (_, n) => {
    const at = n * 7 + seed * 13;
    const failed = at % 11 === 0;
    const metadata = { topic: pick(METADATA, at), only: pick(['x', 'y'], at) };
    return {
      inputs: { n, question: pick(WORDS, n) },
      ...(failed ? { error: 'Boom' } : { outputs: { answer: pick(WORDS, at), size: at % 50 } }),
      ...(n % 3 === 0 && { reference_outputs: { answer: pick(WORDS, n + 2) } }),
      ...(n % 4 === 0 && { example_metadata: { topic: pick(METADATA, n + 1), level: n % 5 } }),
      ...(n % 5 > 0 && { split: n % 5 === 1 ? ['test', 'hard'] : 'train' }),
      metadata,
      latency: 1 + (at % 5),
      scores: failed
        ? {}
        : {
            f1: (at % 9) / 8,
            'my key': at % 2 === 0,
            ...(at % 3 > 0 && { tone: pick(TONES, at) }),
          },
    };
  });
}

const compare = fc.constantFrom('<', '<=', '>', '>=', '=', '!=');
const number = fc.constantFrom(-1, 0, 0.125, 0.5, 0.50004, 1, 3, 4);
const condition: fc.Arbitrary<Where> = fc.oneof(
  fc.constant<Where>({ kind: 'error' }),
  fc.record({ kind: fc.constant('split'), value: fc.constantFrom('test', 'train', 'hard', 'no') }),
  fc.record({
    kind: fc.constant('text'),
    field: fc.constantFrom(undefined, 'input', 'output', 'reference'),
    text: fc.constantFrom(
      'refund',
      'POLICY',
      'Case',
      'ü',
      'Ü',
      '4',
      '"',
      '%',
      '_',
      "'",
      'question',
      '',
    ),
  }),
  fc.record({
    kind: fc.constant('number'),
    field: fc.constantFrom('score', 'delta'),
    key: fc.constantFrom('f1', 'my key', 'unknown'),
    compare,
    value: number,
  }),
  fc.record({
    kind: fc.constant('number'),
    field: fc.constantFrom('latency', 'tokens'),
    key: fc.constant(undefined),
    compare,
    value: number,
  }),
  fc.record({
    kind: fc.constant('category'),
    key: fc.constant('tone'),
    value: fc.constantFrom(...TONES, 'no'),
  }),
  fc.record({
    kind: fc.constant('metadata'),
    path: fc.constantFrom(['topic'], ['only'], ['level'], ['topic', 'deep'], ['no "such"']),
    compare,
    value: fc.constantFrom('billing', '3', '0.5', 'true', 'a', 'x', 'yes', ''),
  }),
) as fc.Arbitrary<Where>;
const { where } = fc.letrec<{ where: Where }>((tie) => ({
  where: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: condition },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom('and', 'or'),
        terms: fc.array(tie('where'), { minLength: 1, maxLength: 3 }),
      }) as fc.Arbitrary<Where>,
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('not'),
        term: tie('where'),
      }) as fc.Arbitrary<Where>,
    },
  ),
}));

test('a condition holds for the same examples in SQL as in memory', async ({ home }) => {
  const a = await recordRows(home.url, rows(1));
  const b = await recordRows(home.url, rows(2));
  const { client, datasetId } = a;
  const experiments = [a.experiment, b.experiment] as const;
  const asked = [...TONES, 'no'].map((value) => ({ key: 'tone', value, isScore: false }));
  const { signal } = new AbortController();
  const reading = { client, datasetId, experiments, signal, asked, metadata: true };
  const [ofA, ofB] = await readSubjects(reading);
  if (!ofA || !ofB) throw new Error('they were not read');
  const rowOf = await readWhereRows(
    { subject: ofA, texts: textsOf(client, datasetId, experiments[0]) },
    { subject: ofB, texts: textsOf(client, datasetId, experiments[1]) },
    { examples: true, outputs: true, metadata: true },
  );
  const ids = [...ofB.rows.keys()].sort();
  const sides = { datasetId, baseline: ofA, judged: ofB };

  fc.assert(
    fc.property(where, (tree) => {
      const inMemory = ids.filter((id) => holds(tree, rowOf(id)));
      const inSql = ids.filter(readWhere(home.store, tree, sides));

      expect(inSql).toEqual(inMemory);
    }),
    { numRuns: 300 },
  );
});
