import { expect, test } from 'vitest';
import { readFile, scoresOf } from '../../support/read-format.js';
import { fileOf } from '../../support/rows.js';

async function read(...lines: readonly string[]) {
  return readFile(fileOf(`${lines.join('\n')}\n`, 'long.csv'));
}

test('rows of one metric each are joined, and scores have the names of the metrics', async () => {
  const { source, results } = await read(
    'id,question,answer,metric,value,reason',
    '1,Who?,She,f1,0.8,',
    '1,Who?,She,exact,no,another word',
    '2,Where?,Paris,f1,1,',
    '2,Where?,Paris,exact,yes,',
  );

  expect(results).toMatchObject([
    {
      inputs: { question: 'Who?' },
      outputs: { answer: 'She' },
      feedback: [
        { key: 'f1', score: 0.8 },
        { key: 'exact', score: false, comment: 'another word' },
      ],
      metadata: {},
    },
    { inputs: { question: 'Where?' } },
  ]);
  expect(source.columns).toContain(
    'value → scores named by metric, reason → comments named by metric',
  );
  expect(source.assumptions).toEqual([
    'each row is one metric: metric names what value is of, and rows that follow one another are joined where only their scores differ',
  ]);
});

test('rows of one metric each, metric by metric, keep a mean for each metric', async () => {
  const { results } = await read(
    'question_id,model,metric_name,score',
    'q1,a,bleu,0.2',
    'q2,a,bleu,0.4',
    'q1,a,rouge,0.6',
    'q2,a,rouge,0.8',
  );

  expect(results).toHaveLength(4);
  expect(scoresOf(results, 'bleu').mean).toBeCloseTo(0.3, 9);
  expect(scoresOf(results, 'rouge').mean).toBeCloseTo(0.7, 9);
});

test.for([
  ['each question has its own metric', ['Who?,She,f1,0.8', 'Where?,Paris,exact,1']],
  [
    'a metric comes twice for a question',
    ['Who?,She,f1,0.8', 'Who?,Her,f1,0.5', 'Where?,Paris,f1,1'],
  ],
] as const)('a column of metrics stays metadata where %s', async ([, rows]) => {
  const { results } = await read('question,answer,metric,score', ...rows);

  expect(results[0]).toMatchObject({
    feedback: [{ key: 'score', score: 0.8 }],
    metadata: { metric: 'f1' },
  });
  expect(results).toHaveLength(rows.length);
});
