import { expect, onTestFinished } from 'vitest';
import { fromRows } from '../../src/input/from-rows.js';
import { parseJson } from '../../src/json/parse.js';
import type { JsonValue } from '../../src/json/value.js';
import { LangSmith } from '../../src/langsmith/client.js';
import { nativeSource } from '../../src/results/native.js';
import type { RecognisedSource } from '../../src/results/recognised.js';
import { test } from '../support/home.js';
import { record } from '../support/record.js';

const rows = [{ inputs: { q: 1 }, outputs: { a: 1 }, scores: { correct: true } }];

async function recordWith(
  url: string,
  scores: { key: string; score?: JsonValue; value?: JsonValue; comment?: string }[],
) {
  const client = new LangSmith({ endpoint: url });
  onTestFinished(() => client.close());
  const summaries = [{ scores }] as RecognisedSource['summaries'];
  const source = { ...nativeSource(fromRows(rows)), summaries };
  const recording = await record(source, { client, dataset: 'questions' });
  return { client, recording };
}

test('scores of an experiment as a whole stand on the experiment, not on its runs', async ({
  home,
}) => {
  const { client, recording } = await recordWith(home.url, [
    { key: 'accuracy', score: 0.75, comment: 'of all samples' },
    { key: 'verdict', value: 'good' },
  ]);

  const stats = await client.experimentStats(recording.experiment.id);
  const scores = [];
  for await (const one of client.listFeedback(recording.experiment.id, 'experiment'))
    scores.push(one);

  expect(recording).toMatchObject({ runs: 1, feedback: 3, verified: 'yes' });
  expect(stats?.summary).toMatchObject({ accuracy: { n: 1, avg: 0.75 } });
  expect(stats?.feedback).toMatchObject({ correct: { n: 1, avg: 1 } });
  expect(scores.map(({ key, score, value, comment }) => [key, score, value, comment])).toEqual(
    expect.arrayContaining([
      ['accuracy', 0.75, undefined, 'of all samples'],
      ['verdict', undefined, 'good', undefined],
    ]),
  );
});

test('doing it again adds nothing to them', async ({ home }) => {
  await recordWith(home.url, [{ key: 'accuracy', score: 1 }]);
  const { client, recording } = await recordWith(home.url, [{ key: 'accuracy', score: 1 }]);

  const stats = await client.experimentStats(recording.experiment.id);

  expect(recording).toMatchObject({ status: 'complete', runs: 0, feedback: 0 });
  expect(stats?.summary).toMatchObject({ accuracy: { n: 1 } });
});

test('they are rounded as LangSmith takes them, and NaN is not a score', async ({ home }) => {
  const { client, recording } = await recordWith(home.url, [
    { key: 'f1', score: parseJson('0.123456') },
    { key: 'none', score: parseJson('NaN') },
  ]);

  const stats = await client.experimentStats(recording.experiment.id);

  expect(stats?.summary).toMatchObject({ f1: { n: 1, avg: 0.1235 } });
  expect(Object.keys(stats?.summary ?? {})).toEqual(['f1']);
});
