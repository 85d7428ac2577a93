import { expect, test } from 'vitest';
import { JsonNumber } from '../../src/json/value.js';
import { type ScoreFunction, scorersOf } from '../../src/scoring/functions.js';
import type { Answer, RowToScore } from '../../src/scoring/scorer.js';

const rowOf = (row: number): RowToScore => ({
  row,
  id: `q${row}`,
  exampleId: undefined,
  inputs: { n: row, size: new JsonNumber('1.0') },
  outputs: { answer: row * 2 },
  referenceOutputs: { answer: 2 },
  error: undefined,
  metadata: {},
});

async function scoreBy(scorers: readonly (ScoreFunction | string)[], rows = 1) {
  const given = async function* () {
    for (let row = 0; row < rows; row++) yield rowOf(row);
  };
  const answers: Answer[] = [];
  for (const scorer of scorersOf(scorers))
    for await (const answer of scorer.score(given(), new AbortController().signal))
      answers.push(answer);
  return answers.map((answer) => ('feedback' in answer ? [answer.row, answer.feedback] : answer));
}

test('a function scores under its name, of plain values', async () => {
  const isOne: ScoreFunction = ({ inputs }) => inputs.size === 1;

  expect(await scoreBy([isOne])).toEqual([[0, { key: 'isOne', score: true }]]);
});

test.for<[unknown, object[]]>([
  [0.5, [{ key: 'f', score: 0.5 }]],
  ['kind', [{ key: 'f', value: 'kind' }]],
  [null, []],
  [undefined, []],
  [{ score: 1, comment: 'why' }, [{ key: 'f', score: 1, comment: 'why' }]],
  [
    [
      { key: 'a', score: 1 },
      { key: 'b', value: { x: 1 } },
    ],
    [
      { key: 'a', score: 1 },
      { key: 'b', value: { x: 1 } },
    ],
  ],
  [
    { score: {} },
    [
      {
        key: 'f',
        comment: 'found an empty object, expected a number, true or false, text or null',
        isError: true,
      },
    ],
  ],
])('%j is taken as %j', async ([given, expected]) => {
  const f = (() => given) as ScoreFunction;

  expect(await scoreBy([f])).toMatchObject(expected.map((feedback) => [0, feedback]));
});

test('what a function throws is its error on the row', async () => {
  const picky: ScoreFunction = async ({ inputs }) => {
    if (inputs.n === 1) throw new Error('not this one');
    return 1;
  };

  expect(await scoreBy([picky], 3)).toEqual([
    [0, { key: 'picky', score: 1 }],
    [1, { key: 'picky', comment: 'not this one', isError: true }],
    [2, { key: 'picky', score: 1 }],
  ]);
});

test('checks and functions go together', async () => {
  const one: ScoreFunction = () => 1;

  expect(await scoreBy([one, 'exact'], 2)).toEqual([
    [0, { key: 'exact', score: false }],
    [1, { key: 'exact', score: true }],
    [0, { key: 'one', score: 1 }],
    [1, { key: 'one', score: 1 }],
  ]);
  await expect(scoreBy(['exactly'])).rejects.toMatchObject({ code: 'USAGE' });
});
