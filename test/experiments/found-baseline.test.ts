import { describe, expect } from 'vitest';
import { findBlessed, findLatest } from '../../src/experiments/baseline.js';
import type { Dataset } from '../../src/langsmith/wire.js';
import { send } from '../server/requests.js';
import { test } from '../support/home.js';
import { type Recorded, recordRows } from './recorded.js';

const row = (n: number) => ({ inputs: { n }, outputs: { n }, start_time: '2026-05-01T09:00:00Z' });

async function datasetOf({ client, datasetId }: Recorded): Promise<Dataset> {
  const dataset = await client.findDataset(datasetId);
  if (!dataset) throw new Error('it is not there');
  return dataset;
}

describe('the blessed experiment of a dataset', () => {
  test.for([
    ['the field of its own', (id: string) => ({ baseline_experiment_id: id })],
    ['its metadata', (id: string) => ({ metadata: { ls_record_baseline: { id } } })],
  ] as const)('is found by %s', async ([, naming], { home }) => {
    const recorded = await recordRows(home.url, [row(1)], { experiment: 'main' });
    await send(home, `PATCH /datasets/${recorded.datasetId}`, naming(recorded.experiment.id));

    const blessed = await findBlessed(recorded.client, await datasetOf(recorded));

    expect(blessed).toMatchObject({ name: 'main' });
  });

  test('is none where none is named', async ({ home }) => {
    const recorded = await recordRows(home.url, [row(1)]);

    expect(await findBlessed(recorded.client, await datasetOf(recorded))).toBeUndefined();
  });

  test('that was deleted is named in the error', async ({ home }) => {
    const recorded = await recordRows(home.url, [row(1)]);
    const { client, datasetId, experiment } = recorded;
    const metadata = { ls_record_baseline: { id: experiment.id } };
    await send(home, `PATCH /datasets/${datasetId}`, { metadata });
    await client.deleteExperiment(experiment.id);

    const finding = findBlessed(client, await datasetOf(recorded));

    await expect(finding).rejects.toThrow(
      `the baseline of "questions" was deleted: experiment ${experiment.id}`,
    );
  });
});

test('the latest experiment is the one that was made last, whatever its times', async ({
  home,
}) => {
  const kept = { keepTimes: true };
  const early = { ...row(1), start_time: '2020-01-01T00:00:00Z' };
  const first = await recordRows(home.url, [row(1)], { experiment: 'first', ...kept });
  const second = await recordRows(home.url, [early], { experiment: 'second', ...kept });
  const { client, datasetId } = first;

  const latest = await findLatest(client, datasetId);
  const previous = await findLatest(client, datasetId, second.experiment);
  const none = await findLatest(client, datasetId, first.experiment);

  expect([latest?.name, previous?.name, none]).toEqual(['second', 'first', undefined]);
});
