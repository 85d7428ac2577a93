import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { LangSmith } from '../../../src/langsmith/client.js';
import { judge, record, score } from '../../../src/library.js';
import { test } from '../../support/home.js';
import { says, startScriptedModel } from '../../support/scripted-model.js';

const rows = ['Paris', 'Milan'].map((answer, n) => ({ inputs: { n }, outputs: { answer } }));

test('a judge of a program scores rows and runs, and asks about each row once', async ({
  home,
}) => {
  const model = await startScriptedModel(() => says({ comment: 'short', concise: true }));
  onTestFinished(() => model.close());
  const client = new LangSmith({ endpoint: home.url });
  onTestFinished(() => client.close());
  const concise = judge(
    { name: 'concise', prompt: 'Is {{output}} short?', model: 'openai:gpt-4o-mini' },
    {
      environment: { OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: model.baseUrl },
      answersFolder: mkdtempSync(join(tmpdir(), 'ls-record-answers-')),
    },
  );

  const scorers = [concise];
  const [recording] = await record(rows, { client, dataset: 'd', experiment: 'a', scorers });
  await record(rows, { client, dataset: 'd', experiment: 'b' });
  const scoring = await score('b', scorers, { client });

  expect(recording?.scores).toMatchObject([{ key: 'concise', n: 2, mean: 1 }]);
  expect(scoring).toMatchObject({ created: 2, errors: 0 });
  expect(model.requests).toHaveLength(2);
});

test('a judge without a key is refused before anything is scored', () => {
  const make = () => judge({ ready: 'correctness', model: 'openai:gpt-4o' }, { environment: {} });

  expect(make).toThrow(
    expect.objectContaining({
      code: 'MODEL_KEY',
      message: 'the judge cannot run: there is no key: set OPENAI_API_KEY',
    }),
  );
});
