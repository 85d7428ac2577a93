import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished } from 'vitest';
import { LangSmith } from '../../src/langsmith/client.js';
import { asExperiment, prepare } from '../../src/prepare/prepare.js';
import { identify } from '../../src/recorder/identify.js';
import { recordSources } from '../../src/recorder/record.js';
import type { ExampleIdentity } from '../../src/recorder/record-options.js';
import { renamePart } from '../../src/recorder/rename.js';
import { test } from '../support/home.js';
import { newPackages } from '../support/packages.js';
import { readBack } from '../support/read-back.js';
import { sourceOf } from '../support/rows.js';

/** Rows of which something else is sent than was read, and some of which nothing is. */
const ROWS = `
{"inputs":{"n":NaN},"outputs":1,"id":"a"}
{"inputs":{"n":1e400},"outputs":1,"id":"b"}
{"inputs":{"t":"\\ud800"},"outputs":1,"id":"c"}
{"inputs":{"n":123456789012345678901234567890},"outputs":1,"id":"d"}
{"inputs":{"n":1.0},"outputs":1,"reference_outputs":{"t":"\\u0000"},"id":"e"}
{"inputs":{"n":1.0,"m":0.10},"outputs":1,"reference_outputs":{"r":[1E5]},"split":"test","example_metadata":{"x":1},"id":"f"}
{"inputs":{"n":NaN},"outputs":2,"id":"a"}
{"inputs":{"n":1},"example_id":"0b1c7f4e-0000-4000-8000-000000000002","outputs":1,"id":"g"}
{"inputs":{"broken"
`.trimStart();

/** The examples that rows answer, and which of them are the first to do so. */
async function namesOf(datasetId: string, identity: ExampleIdentity, rename?: string) {
  const nameFor = (id: string) => (result: Parameters<typeof identify>[2]) =>
    identify(id, identity, result);
  const { experiments } = await prepare([await sourceOf(ROWS)], {
    identity,
    nameExample: nameFor(datasetId),
    newPackage: newPackages(),
  });
  const names = [];
  for (const experiment of experiments) {
    for await (const part of asExperiment(experiment).parts()) {
      const named = rename === undefined ? part : renamePart(part, nameFor(rename));
      for await (const rows of named.read())
        names.push(
          ...rows.map(({ head: { row, example, isFirst, byContent, isFirstByContent } }) => ({
            row,
            example,
            isFirst,
            byContent,
            isFirstByContent,
          })),
        );
    }
  }
  return names;
}

describe('examples that were named for another dataset', () => {
  test.for(['content', 'inputs', 'id'] as const)(
    'get the ids that the file gives them in this one (--identity %s)',
    async (identity) => {
      const [one, other] = [randomUUID(), randomUUID()];

      const renamed = await namesOf(one, identity, other);

      expect(renamed).toEqual(await namesOf(other, identity));
      expect(renamed).not.toEqual(await namesOf(one, identity));
      expect(renamed).toHaveLength(9);
    },
  );
});

test('a dataset that another process creates meanwhile gets the examples that it would have had', async ({
  home,
}) => {
  const rows = ROWS.split('\n').slice(0, 7).join('\n');
  const client = new LangSmith({ endpoint: home.url });
  onTestFinished(() => client.close());
  const look = client.findDataset.bind(client);
  let created: { id: string } | undefined;
  client.findDataset = async (name) => {
    const found = await look(name);
    created ??= await client.createDataset({ name });
    return found;
  };

  const [recording] = await recordSources([await sourceOf(rows)], { client, dataset: 'raced' });

  const { id = '' } = created ?? {};
  expect(recording).toMatchObject({
    status: 'recorded',
    dataset: { id, created: false },
    rows: { read: 7, recorded: 7 },
    examples: { created: 6 },
  });
  const { examples } = await readBack(home.url, recording?.experiment ?? { id: '' }, { id });
  const wanted = (await namesOf(id, 'content')).slice(0, 7).map(({ example }) => example);
  expect(new Set(examples.map((example) => example.id))).toEqual(new Set(wanted));
});
