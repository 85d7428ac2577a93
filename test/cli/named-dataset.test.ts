import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished } from 'vitest';
import { findNamedDataset } from '../../src/cli/datasets/named-dataset.js';
import { LangSmith } from '../../src/langsmith/client.js';
import { type TestHome, test } from '../support/home.js';

/** A client of a server with three datasets. */
async function openClient({ url }: TestHome): Promise<LangSmith> {
  const client = new LangSmith({ endpoint: url, key: 'key' });
  onTestFinished(() => client.close());
  for (const name of ['capitals', 'capitals-v2', 'rivers'])
    await client.createDataset({ id: randomUUID(), name });
  return client;
}

describe('a dataset', () => {
  test('is found by the start of its name, if no other name starts like that', async ({ home }) => {
    const client = await openClient(home);

    const found = await Promise.all(
      ['riv', 'capitals', 'capitals-'].map((typed) => findNamedDataset(client, typed)),
    );

    expect(found.map(({ name }) => name)).toEqual(['rivers', 'capitals', 'capitals-v2']);
  });

  test('is not guessed among several', async ({ home }) => {
    const client = await openClient(home);

    await expect(findNamedDataset(client, 'cap')).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/^"cap" matches several datasets: capitals/),
    });
  });

  test('has to be named in full where it is deleted', async ({ home }) => {
    const client = await openClient(home);

    await expect(findNamedDataset(client, 'riv', true)).rejects.toMatchObject({
      code: 'DATASET_NOT_FOUND',
    });
  });
});
