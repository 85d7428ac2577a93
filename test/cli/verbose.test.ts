import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Answer, INFO, startScriptedServer } from '../support/scripted-server.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const KEY = 'lsv2_pt_0123456789abcdef';

async function listDatasets(answer: Answer[], ...flags: string[]) {
  const server = await startScriptedServer(({ path }) =>
    path.endsWith('/info') ? { json: INFO } : (answer.shift() ?? { json: [] }),
  );
  onTestFinished(server.close);
  const environment = { LANGSMITH_ENDPOINT: server.url, LANGSMITH_API_KEY: KEY };
  return machine.run(['datasets', 'list', ...flags], { environment });
}

test('--verbose shows each request: its status, how long it took, how large it was', async () => {
  const { status, stdout, stderr } = await listDatasets([], '--verbose');

  expect(status).toBe(0);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^GET \/info 200 [\d.]+ m?s \d+ B$/m);
  expect(stderr).toMatch(/^GET \/datasets 200 [\d.]+ m?s 2 B$/m);
});

test('and why one is sent again', async () => {
  const { status, stderr } = await listDatasets(
    [
      { status: 503, json: { detail: 'down for a moment' }, headers: { 'retry-after': '0' } },
      'destroy',
    ],
    '--verbose',
  );

  expect(status).toBe(0);
  expect(stderr).toMatch(/^GET \/datasets 503 /m);
  expect(stderr).toMatch(/^GET \/datasets: 503 down for a moment; retrying in \d\.\d s/m);
  expect(stderr).toMatch(/^GET \/datasets failed after [\d.]+ m?s: the connection was closed$/m);
});

test('but never the key', async () => {
  const { status, stderr } = await listDatasets(
    [{ status: 403, json: { detail: `no rights for ${KEY}` } }],
    '--verbose',
  );

  expect(status).toBe(4);
  expect(stderr).toContain('Key from LANGSMITH_API_KEY');
  expect(stderr).toContain('GET /datasets 403');
  expect(stderr).not.toContain(KEY);
});

test.for([[[]], [['--quiet', '--verbose']]])(
  'with %j no request is shown',
  async ([flags = []]) => {
    expect((await listDatasets([], ...flags)).stderr).not.toContain('GET');
  },
);
