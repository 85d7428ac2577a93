import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect } from 'vitest';
import { type ExampleUpload, LangSmith } from '../../src/langsmith/client.js';
import { addExamples } from '../../src/recorder/add-examples.js';
import { type TestHome, test } from '../support/home.js';

let client: LangSmith | undefined;
afterEach(() => client?.close());

async function makeDataset(home: TestHome) {
  client = new LangSmith({ endpoint: home.url });
  return { client, dataset: await client.createDataset({ name: randomUUID() }) };
}

function example(n: number): ExampleUpload {
  const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  return { id, inputs: JSON.stringify({ n }) };
}

async function* of(...examples: readonly ExampleUpload[]) {
  yield* examples;
}

describe('examples are added', () => {
  test('in as many requests as it takes, each once however often it comes', async ({ home }) => {
    const { client, dataset } = await makeDataset(home);
    const all = Array.from({ length: 1200 }, (_, n) => example(n));
    const added = { created: 0, existing: 0 };

    const twice = of(...all, example(3), example(700), example(700));
    await addExamples(client, dataset.id, twice, { isNew: true, added });

    expect(added).toEqual({ created: 1200, existing: 3 });
    expect((await client.findDataset(dataset.id))?.exampleCount).toBe(1200);
  });

  test('beside those that are there', async ({ home }) => {
    const { client, dataset } = await makeDataset(home);
    await client.createExamples(dataset.id, [example(1), example(2)]);
    const added = { created: 0, existing: 0 };

    await addExamples(client, dataset.id, of(example(2), example(3)), { isNew: false, added });

    expect(added).toEqual({ created: 1, existing: 1 });
  });

  test('all but the one that is refused, which is named', async ({ home }) => {
    const { client, dataset } = await makeDataset(home);
    await client.createExamples(dataset.id, [example(2)]);
    home.store.examples.delete([example(2).id], Date.now() * 1000);
    const added = { created: 0, existing: 0 };
    const refused: string[] = [];

    const adding = addExamples(client, dataset.id, of(example(1), example(2)), {
      isNew: true,
      added,
      onRefused: ({ id }) => refused.push(id),
    });

    await expect(adding).rejects.toThrow('already exists');
    expect(refused).toEqual([example(2).id]);
    expect(added).toEqual({ created: 1, existing: 0 });
  });
});
