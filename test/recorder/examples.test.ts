import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished } from 'vitest';
import { fromRows } from '../../src/input/from-rows.js';
import { LangSmith } from '../../src/langsmith/client.js';
import { asExperiment, prepare } from '../../src/prepare/prepare.js';
import type { Part } from '../../src/prepare/prepared.js';
import { Account } from '../../src/recorder/account.js';
import { ExampleTies } from '../../src/recorder/example-ties.js';
import { type ExampleTarget, writeExamples } from '../../src/recorder/examples.js';
import { identify } from '../../src/recorder/identify.js';
import type { ExampleIdentity } from '../../src/recorder/record-options.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { type TestHome, test } from '../support/home.js';
import { newPackages } from '../support/packages.js';

/** A dataset, as a process of its own sees it. */
async function openDataset(home: TestHome, dataset?: { id: string }) {
  const proxy = await startFaultProxy(home.url, () => undefined);
  const client = new LangSmith({ endpoint: proxy.url });
  onTestFinished(async () => {
    await client.close();
    await proxy.close();
  });
  const { id } = dataset ?? (await client.createDataset({ name: randomUUID() }));
  const count = async () => (await client.findDataset(id))?.exampleCount;
  return { client, id, count, log: proxy.log };
}

/** Puts the examples of rows in place. */
async function write(
  { client, id: datasetId }: Awaited<ReturnType<typeof openDataset>>,
  rows: readonly object[],
  { identity = 'content' as ExampleIdentity, mayExist = true } = {},
) {
  const { experiments } = await prepare([fromRows(rows)], {
    identity,
    nameExample: (result) => identify(datasetId, identity, result),
    newPackage: newPackages(),
  });
  const parts: Part[] = [];
  for (const one of experiments)
    for await (const part of asExperiment(one).parts()) parts.push(part);
  const account = new Account();
  const ties = new ExampleTies();
  const target: ExampleTarget = {
    client,
    datasetId,
    mayExist,
    identity,
    known: undefined,
    ties,
    account,
  };
  for (const part of parts) await writeExamples(target, part);
  return { ...account.examples, refused: ties.refusals };
}

const row = (n: number, more: object = {}) => ({ inputs: { n }, outputs: { n }, ...more });

describe('examples are added', () => {
  test('in as many requests as it takes, each once however often it comes', async ({ home }) => {
    const dataset = await openDataset(home);
    const all = Array.from({ length: 1200 }, (_, n) => row(n));

    const twice = [...all, row(3), row(700), row(700)];
    const written = await write(dataset, twice, { mayExist: false });

    expect(written).toEqual({ created: 1200, existing: 0, updated: 0, refused: [] });
    expect(await dataset.count()).toBe(1200);
    expect(dataset.log.filter((request) => request.endsWith('/examples'))).toHaveLength(3);
  });

  test('next to those that are there', async ({ home }) => {
    const dataset = await openDataset(home);
    await write(dataset, [row(1), row(2)]);

    const written = await write(dataset, [row(2), row(3)]);

    expect(written).toMatchObject({ created: 1, existing: 1 });
    expect(await dataset.count()).toBe(3);
  });

  test('without asking for the rest where none of the first is there', async ({ home }) => {
    const dataset = await openDataset(home);
    await write(dataset, [row(-1)]);
    dataset.log.length = 0;

    await write(
      dataset,
      Array.from({ length: 1100 }, (_, n) => row(n)),
    );

    const requests = (method: string) =>
      dataset.log.filter((one) => one.startsWith(method) && one.includes('examples')).length;
    expect({ asked: requests('GET'), posted: requests('POST') }).toEqual({ asked: 1, posted: 3 });
  });

  test('though another process has just added some of them', async ({ home }) => {
    const dataset = await openDataset(home);
    await write(dataset, [row(500), row(1100)]);

    const written = await write(
      dataset,
      Array.from({ length: 1200 }, (_, n) => row(n)),
      { mayExist: false },
    );

    expect(written).toMatchObject({ created: 1198, existing: 2, refused: [] });
  });

  test('all but the one that is refused, which is named', async ({ home }) => {
    const dataset = await openDataset(home);
    await write(dataset, [row(2)]);
    const listed = dataset.client.listExamples(dataset.id)[Symbol.asyncIterator]();
    const { id = '' } = (await listed.next()).value ?? {};
    home.store.examples.delete([id], Date.now() * 1000);

    const written = await write(dataset, [row(1), row(2), row(3)], { mayExist: false });

    expect(written).toMatchObject({ created: 2, existing: 0 });
    expect(written.refused).toEqual([
      expect.stringMatching(`^example ${id} exists in another dataset, or was deleted`),
    ]);
  });

  test('never under an id that a row gives', async ({ home }) => {
    const dataset = await openDataset(home);
    const id = '0b1c7f4e-0000-4000-8000-000000000002';

    const [bare, full] = [{ example_id: id, outputs: 1 }, row(2, { example_id: id })];
    const written = await write(dataset, [bare, full, row(1)]);

    expect(written).toMatchObject({ created: 2 });
    expect(await dataset.client.findExampleHeads(dataset.id, [id])).toEqual([]);
  });
});

describe('examples that rows name', () => {
  const named = (n: number, a: number) => row(n, { id: `row ${n}`, reference_outputs: { a } });

  test('are updated where their reference changed, and only those', async ({ home }) => {
    const dataset = await openDataset(home);
    await write(dataset, [named(1, 1), named(2, 2)], { identity: 'id' });

    const written = await write(dataset, [named(1, 1), named(2, 3)], { identity: 'id' });

    expect(written).toEqual({ created: 0, existing: 2, updated: 1, refused: [] });
  });

  test('are refused where they name other inputs', async ({ home }) => {
    const dataset = await openDataset(home);
    await write(dataset, [named(1, 1)], { identity: 'id' });

    const other = { ...named(2, 1), id: 'row 1' };
    const { refused } = await write(dataset, [other], { identity: 'id' });

    expect(refused).toEqual([expect.stringContaining('other inputs')]);
  });
});
