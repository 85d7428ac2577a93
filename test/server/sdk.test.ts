import { Client } from 'langsmith';
import { evaluate } from 'langsmith/evaluation';
import { afterEach, beforeEach, describe, expect, vi } from 'vitest';
import { type TestHome, test } from '../support/home.js';

const capitals = [
  { inputs: { country: 'France' }, outputs: { capital: 'Paris' } },
  { inputs: { country: 'Italy' }, outputs: { capital: 'Rome' } },
  { inputs: { country: 'Spain' }, outputs: { capital: 'Madrid' } },
];

const GUESSES: Record<string, string> = { France: 'Paris', Italy: 'Rome', Spain: 'Barcelona' };

type Answered = { outputs: Record<string, string>; referenceOutputs?: Record<string, string> };

function isCorrect({ outputs, referenceOutputs }: Answered) {
  return { key: 'correct', score: outputs.capital === referenceOutputs?.capital };
}

function countLetters({ outputs }: Answered) {
  return { key: 'letters', score: outputs.capital?.length ?? 0, comment: 'of the capital' };
}

function countRuns({ runs }: { runs: unknown[] }) {
  return { key: 'runs', score: runs.length };
}

function clientOf(home: TestHome, path = ''): Client {
  return new Client({ apiUrl: home.url + path, apiKey: 'home' });
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function createCapitals(client: Client) {
  const dataset = await client.createDataset('capitals', { description: 'of countries' });
  const examples = await client.createExamples(
    capitals.map((example) => ({ ...example, dataset_id: dataset.id })),
  );
  return { dataset, examples };
}

describe('the official JS SDK, unchanged', () => {
  beforeEach(() => {
    for (const name of Object.keys(globalThis.process.env)) {
      if (/^LANG(SMITH|CHAIN)_/.test(name)) vi.stubEnv(name, undefined);
    }
  });
  afterEach(() => vi.unstubAllEnvs());

  test('creates a dataset, finds it by name and id, lists and deletes it', async ({ home }) => {
    const client = clientOf(home);

    const dataset = await client.createDataset('capitals', {
      description: 'of countries',
      metadata: { owner: 'geography' },
    });

    expect(await client.readDataset({ datasetName: 'capitals' })).toEqual(dataset);
    expect(await client.readDataset({ datasetId: dataset.id })).toMatchObject({
      name: 'capitals',
      description: 'of countries',
      metadata: { owner: 'geography' },
      example_count: 0,
    });
    expect(await client.hasDataset({ datasetName: 'capital' })).toBe(false);
    expect(await all(client.listDatasets({ datasetNameContains: 'PITAL' }))).toHaveLength(1);

    await client.deleteDataset({ datasetName: 'capitals' });
    expect(await all(client.listDatasets())).toEqual([]);
  });

  test('creates, reads, updates and deletes examples', async ({ home }) => {
    const client = clientOf(home);
    const { dataset, examples } = await createCapitals(client);
    const [france, italy, spain] = examples;
    if (!france || !italy || !spain) throw new Error('three examples were sent');

    await client.updateExample({ id: france.id, metadata: { continent: 'Europe' }, split: 'test' });
    await client.updateExamples([
      { id: italy.id, dataset_id: dataset.id, outputs: { capital: 'Roma' } },
    ]);
    await client.deleteExample(spain.id);

    expect(await client.readExample(france.id)).toMatchObject({
      inputs: { country: 'France' },
      outputs: { capital: 'Paris' },
      metadata: { continent: 'Europe', dataset_split: ['test'] },
    });
    expect(await client.readExample(italy.id)).toMatchObject({
      outputs: { capital: 'Roma' },
      metadata: { dataset_split: ['base'] },
    });
    await expect(client.readExample(spain.id)).rejects.toThrow('404');
    expect(await all(client.listExamples({ datasetId: dataset.id }))).toHaveLength(2);
    expect(
      await all(client.listExamples({ datasetId: dataset.id, splits: ['test'] })),
    ).toMatchObject([{ id: france.id }]);
    expect((await client.readDataset({ datasetId: dataset.id })).example_count).toBe(2);
  });

  test('reads a dataset as it was at an earlier version', async ({ home }) => {
    const client = clientOf(home);
    const { dataset, examples } = await createCapitals(client);
    const before = await client.readDatasetVersion({ datasetId: dataset.id, tag: 'latest' });

    await client.deleteExamples(examples.map(({ id }) => id));

    expect(await all(client.listExamples({ datasetId: dataset.id }))).toEqual([]);
    expect(
      await all(client.listExamples({ datasetId: dataset.id, asOf: before.as_of })),
    ).toHaveLength(3);
  });

  test('changes the splits of examples', async ({ home }) => {
    const client = clientOf(home);
    const { dataset, examples } = await createCapitals(client);
    const [france] = examples;
    if (!france) throw new Error('three examples were sent');

    await client.updateDatasetSplits({
      datasetId: dataset.id,
      splitName: 'hard',
      exampleIds: [france.id],
    });

    expect(await client.listDatasetSplits({ datasetId: dataset.id })).toEqual(['base', 'hard']);
  });

  test('keeps an attachment of an example', async ({ home }) => {
    const client = clientOf(home);
    const dataset = await client.createDataset('pictures');
    const data = new Uint8Array([0, 255, 13, 10, 45, 45]);

    await client.createExamples([
      {
        inputs: { question: 'what is it?' },
        dataset_id: dataset.id,
        attachments: { picture: { mimeType: 'image/png', data } },
      },
    ]);

    const [example] = await all(
      client.listExamples({ datasetId: dataset.id, includeAttachments: true }),
    );
    const url = example?.attachments?.picture?.presigned_url ?? '';
    expect(new Uint8Array(await (await fetch(url)).arrayBuffer())).toEqual(data);
  });

  test('creates, reads, lists, updates and deletes a project', async ({ home }) => {
    const client = clientOf(home);

    const project = await client.createProject({
      projectName: 'tries',
      metadata: { models: ['m-1'] },
    });
    await client.updateProject(project.id, { description: 'first tries' });

    expect(await client.readProject({ projectName: 'tries' })).toMatchObject({
      id: project.id,
      description: 'first tries',
      extra: { metadata: { models: ['m-1'] } },
    });
    expect(await client.hasProject({ projectName: 'tries' })).toBe(true);
    expect(await all(client.listProjects({ metadata: { models: ['m-1'] } }))).toHaveLength(1);
    await expect(client.createProject({ projectName: 'tries' })).rejects.toThrow('409');

    await client.deleteProject({ projectName: 'tries' });
    expect(await client.hasProject({ projectName: 'tries' })).toBe(false);
  });

  test('traces runs, reads them back and gives them feedback', async ({ home }) => {
    const client = clientOf(home);
    const id = '01900000-0000-7000-8000-000000000001';

    await client.createRun({
      id,
      name: 'answer',
      run_type: 'llm',
      inputs: { question: 'why?' },
      project_name: 'tries',
      start_time: Date.now(),
    });
    await client.updateRun(id, { outputs: { answer: 'because' }, end_time: Date.now() });
    await client.awaitPendingTraceBatches();
    const run = await client.readRun(id);
    await client.createFeedback(id, 'helpful', {
      score: 0.123456,
      ...(run.session_id !== undefined && { sessionId: run.session_id }),
      comment: 'so so',
    });
    await client.awaitPendingTraceBatches();

    expect(run).toMatchObject({
      name: 'answer',
      inputs: { question: 'why?' },
      outputs: { answer: 'because' },
      status: 'success',
    });
    expect(await all(client.listRuns({ projectName: 'tries', isRoot: true }))).toMatchObject([
      { id, feedback_stats: { helpful: { n: 1, avg: 0.1235 } } },
    ]);
    const [feedback] = await all(client.listFeedback({ runIds: [id] }));
    expect(feedback).toMatchObject({ key: 'helpful', score: 0.1235, comment: 'so so' });
    await client.updateFeedback(feedback?.id ?? '', { score: 1 });
    expect(await client.readFeedback(feedback?.id ?? '')).toMatchObject({
      score: 1,
      comment: 'so so',
    });
    await client.deleteFeedback(feedback?.id ?? '');
    expect(await all(client.listFeedback({ runIds: [id] }))).toEqual([]);
  });

  test.for(['', '/api', '/api/v1'])(
    'evaluates over a base that ends in "%s"',
    async (path, { home }) => {
      const client = clientOf(home, path);
      const { dataset } = await createCapitals(client);

      const results = await evaluate(
        ({ country }: Record<string, string>) => ({ capital: GUESSES[country ?? ''] }),
        {
          client,
          data: 'capitals',
          experimentPrefix: 'guesses',
          metadata: { models: ['atlas'] },
          evaluators: [isCorrect, countLetters],
          summaryEvaluators: [countRuns],
        },
      );
      await client.awaitPendingTraceBatches();

      const experiment = await client.readProject({
        projectName: results.experimentName,
        includeStats: true,
      });
      expect(experiment).toMatchObject({
        reference_dataset_id: dataset.id,
        run_count: 3,
        error_rate: 0,
        test_run_number: 1,
        extra: { metadata: { models: ['atlas'] } },
        feedback_stats: {
          correct: { n: 3, avg: 2 / 3, min: 0, max: 1 },
          letters: { n: 3, avg: 6, values: {} },
        },
        session_feedback_stats: { runs: { n: 1, avg: 3 } },
      });
      const roots = await all(client.listRuns({ projectId: experiment.id, isRoot: true }));
      expect(roots.map(({ outputs }) => outputs?.capital).sort()).toEqual([
        'Barcelona',
        'Paris',
        'Rome',
      ]);
      const feedback = await all(client.listFeedback({ runIds: roots.map(({ id }) => id) }));
      expect(feedback.map(({ key }) => key).sort()).toEqual([
        'correct',
        'correct',
        'correct',
        'letters',
        'letters',
        'letters',
      ]);
      expect(await all(client.listProjects({ referenceDatasetId: dataset.id }))).toHaveLength(1);
    },
  );
});
