import { Client } from 'langsmith';
import { expect } from 'vitest';
import { scorersOf } from '../../src/scoring/functions.js';
import { scoreRuns } from '../../src/scoring/score-runs.js';
import { recordRows } from '../experiments/recorded.js';
import { test } from '../support/home.js';

const rows = ['Paris', 'Milan'].map((answer, n) => ({
  inputs: { n },
  outputs: { answer },
  reference_outputs: { answer: ['Paris', 'Rome'][n] },
}));

test('the official SDK reads the scores back, and its own next to them', async ({ home }) => {
  const { client, experiment, datasetId } = await recordRows(home.url, rows, {
    experiment: 'nightly',
    keepTimes: true,
  });
  const { signal } = new AbortController();
  function length({ outputs }: { outputs: Readonly<Record<string, unknown>> | undefined }) {
    if (outputs?.answer === 'Milan') throw new Error('not this one');
    return { score: 5, comment: 'letters' };
  }
  await scoreRuns(scorersOf(['exact', length]), {
    client,
    experiment: { ...experiment, datasetId },
    signal,
  });
  const sdk = new Client({ apiUrl: home.url, apiKey: 'home' });

  const runIds: string[] = [];
  for await (const run of sdk.listRuns({ projectName: 'nightly' })) runIds.push(run.id);
  await sdk.createFeedback(runIds[0] ?? '', 'human', { score: 1 });
  const feedback = [];
  for await (const { key, score, comment } of sdk.listFeedback({ runIds }))
    feedback.push({ key, score, comment });
  const project = await sdk.readProject({ projectName: 'nightly', includeStats: true });

  const byKey = feedback.sort((a, b) => `${a.key} ${a.score}`.localeCompare(`${b.key} ${b.score}`));
  expect(byKey).toMatchObject([
    { key: 'exact', score: false },
    { key: 'exact', score: true },
    { key: 'human', score: 1 },
    { key: 'length', score: 5, comment: 'letters' },
    { key: 'length', score: null, comment: 'not this one' },
  ]);
  expect(project.feedback_stats).toMatchObject({
    exact: { n: 2, avg: 0.5 },
    length: { n: 1, avg: 5, errors: 1 },
  });
});
