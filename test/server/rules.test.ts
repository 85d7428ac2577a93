import { describe, expect } from 'vitest';
import { type TestHome, test } from '../support/home.js';
import { openExperiment, send, uuid } from './requests.js';

const STRUCTURED = {
  prompt: [['human', 'Is {{output}} right?']],
  template_format: 'mustache',
  schema: {
    name: 'eval',
    parameters: { type: 'object', properties: { right: { type: 'boolean' } } },
  },
  variable_mapping: { output: 'output' },
};
const RULE = {
  display_name: 'right',
  sampling_rate: 1,
  dataset_id: uuid(1),
  evaluators: [{ structured: STRUCTURED }],
};

async function addRule(home: TestHome, changes: object = {}): Promise<string> {
  return (await send(home, 'POST /runs/rules', { ...RULE, ...changes })).json.id;
}

describe('a rule', () => {
  test('is kept, found, changed and deleted', async ({ home }) => {
    await openExperiment(home);

    const created = await send(home, 'POST /api/v1/runs/rules', RULE);
    const path = `/runs/rules/${created.json.id}`;
    const changed = await send(home, `PATCH ${path}`, {
      display_name: 'wrong',
      sampling_rate: 0.5,
    });
    const listed = await send(home, `GET /runs/rules?id=${created.json.id}`);
    const deleted = await send(home, `DELETE ${path}`);

    expect(created).toMatchObject({
      status: 200,
      json: { ...RULE, dataset_name: 'capitals', is_enabled: true, tenant_id: home.store.tenantId },
    });
    expect(changed.status).toBe(200);
    expect(listed.json).toMatchObject([
      { ...RULE, display_name: 'wrong', sampling_rate: 0.5, evaluators: RULE.evaluators },
    ]);
    expect(deleted.status).toBe(200);
    expect((await send(home, 'GET /runs/rules')).json).toEqual([]);
    expect((await send(home, `DELETE ${path}`)).status).toBe(404);
  });

  test.for([
    ['dataset_id', `dataset_id=${uuid(1)}`, ['right', 'polite']],
    ['session_id', `session_id=${uuid(3)}`, ['of a project']],
    ['type', 'type=session', ['of a project']],
    ['name_contains', 'name_contains=POL', ['polite']],
  ] as const)('is listed by %s', async ([, query, names], { home }) => {
    await openExperiment(home);
    await addRule(home);
    await addRule(home, { display_name: 'polite' });
    await addRule(home, { display_name: 'of a project', dataset_id: null, session_id: uuid(3) });

    const { json } = await send(home, `GET /runs/rules?${query}`);

    expect(json.map((rule: { display_name: string }) => rule.display_name)).toEqual(names);
  });

  test('goes with its dataset', async ({ home }) => {
    await openExperiment(home);
    await addRule(home);

    await send(home, `DELETE /datasets/${uuid(1)}`);

    expect((await send(home, 'GET /runs/rules')).json).toEqual([]);
  });

  test.for([
    ['without a sampling rate', { sampling_rate: undefined }, 422],
    ['with a sampling rate over 1', { sampling_rate: 2 }, 422],
    [
      'with a null in its judge',
      { evaluators: [{ structured: { ...STRUCTURED, hub_ref: null } }] },
      422,
    ],
    ['without a prompt', { evaluators: [{ structured: {} }] }, 422],
    ['of no dataset', { dataset_id: null }, 400],
    ['of a dataset that is not there', { dataset_id: uuid(9) }, 404],
    ['that would call a webhook', { webhooks: [{ url: 'https://example.com' }] }, 400],
  ] as const)('%s is refused', async ([, changes, status], { home }) => {
    await openExperiment(home);

    const answer = await send(home, 'POST /runs/rules', { ...RULE, ...changes });

    expect(answer.status).toBe(status);
    expect((await send(home, 'GET /runs/rules')).json).toEqual([]);
  });
});

test('rules are checked without being kept, and there are no secrets', async ({ home }) => {
  await openExperiment(home);

  const validated = await send(home, 'POST /runs/rules/validate', { ...RULE, test_inputs: {} });

  expect(validated).toMatchObject({ status: 200, json: [] });
  expect((await send(home, 'GET /runs/rules')).json).toEqual([]);
  expect((await send(home, 'GET /workspaces/current/secrets')).json).toEqual([]);
});
