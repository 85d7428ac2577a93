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

test('other scores that differ with the metric have its name before theirs', async () => {
  const { results } = await read(
    'example_id,evaluator_name,score,passed,overall',
    'e1,relevance,0.9,true,0.6',
    'e1,faithfulness,0.3,false,0.6',
    'e2,relevance,0.7,true,0.5',
    'e2,faithfulness,0.3,false,0.5',
  );

  expect(results).toHaveLength(2);
  expect(results[0]?.feedback.map(({ key, score }) => [key, Number(score)])).toEqual([
    ['relevance', 0.9],
    ['relevance.passed', 1],
    ['overall', 0.6],
    ['faithfulness', 0.3],
    ['faithfulness.passed', 0],
  ]);
});

test('without a column of values, the metric stands before the name of each score', async () => {
  const { results } = await read(
    'id,question,metric,gpt4,llama',
    '1,Who?,f1,0.8,0.4',
    '1,Who?,em,0.5,0.2',
  );

  expect(results.map(({ feedback }) => feedback.map(({ key }) => key))).toEqual([
    ['f1.gpt4', 'f1.llama', 'em.gpt4', 'em.llama'],
  ]);
});

test('the metrics of several judges are repetitions', async () => {
  const { results } = await read(
    'question,answer,judge,metric,score',
    'Who?,She,a,clarity,4',
    'Who?,She,a,truth,2',
    'Who?,She,b,clarity,3',
    'Who?,She,b,truth,1',
  );

  expect(results.map(({ metadata }) => metadata)).toEqual([{ judge: 'a' }, { judge: 'b' }]);
  expect(scoresOf(results, 'truth')).toEqual({ n: 2, mean: 1.5 });
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
