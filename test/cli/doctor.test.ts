import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ORG_SCOPED, OTHER, startCloud, TEAM, type World } from '../support/cloud.js';
import { INFO } from '../support/scripted-server.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const KEY = 'lsv2_sk_0123456789abcdef';
const US = 'api.smith.langchain.com';
const EU = 'eu.api.smith.langchain.com';

function inInk(text: string, colour: number | undefined): string {
  return colour === undefined ? text : `\u001b[${colour}m${text}\u001b[39m`;
}

async function examine(environment: Record<string, string>, ...flags: string[]) {
  const { status, stdout, stderr } = await machine.run(['doctor', '--json', ...flags], {
    environment,
  });
  expect(stdout + stderr).not.toContain(KEY);
  const checks: { name: string; state: string; message: string; remedy: string | null }[] =
    JSON.parse(stdout).checks;
  return { status, checks, bad: checks.filter(({ state }) => state !== 'ok') };
}

async function examineCloud(host: string | undefined, world: World = {}, more = {}) {
  const { server, environment } = await startCloud(host, world);
  return { server, ...(await examine({ ...environment, LANGSMITH_API_KEY: KEY, ...more })) };
}

describe('doctor', () => {
  test('looks at everything, and writes nothing, when all is well', async () => {
    const { status, bad, checks, server } = await examineCloud(US);

    expect(bad).toEqual([]);
    expect(status).toBe(0);
    expect(checks.map(({ name }) => name)).toEqual([
      'versions',
      'endpoint',
      'key from',
      'proxy',
      'trust',
      'connection',
      'clock',
      'server',
      'key',
      'workspace',
      'rights',
      'quota',
      'home',
    ]);
    expect(server.requests.every(({ method }) => method === 'GET')).toBe(true);
    expect(existsSync(join(machine.root, 'data'))).toBe(false);
  });

  test('tells a person in lines of the width of the terminal, with a sign for each', async () => {
    const { environment } = await startCloud(EU);

    const { stdout } = await machine.run(['doctor'], {
      environment: { ...environment, LANGSMITH_API_KEY: KEY, NO_COLOR: '1' },
      terminal: { columns: 60 },
    });

    expect(stdout).toMatch(/^✓ versions {4}ls-record /);
    expect(stdout).toContain('✗ key         it belongs to LangSmith EU, not LangSmith US\n');
    expect(stdout).toContain('\n              → Set\n              LANGSMITH_ENDPOINT=https://eu.');
    expect(stdout.split('\n').filter((line) => line.length > 60 && !line.includes('/'))).toEqual(
      [],
    );
  });

  test.for([
    ['colours the signs on a terminal', {}, true],
    ['leaves them plain with NO_COLOR', { NO_COLOR: '1' }, false],
  ] as const)('%s', async ([, inks, isColoured]) => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const { environment } = await startCloud(US, {
      info: { json: INFO, headers: { date } },
      workspaces: { json: [{ ...TEAM, read_only: true }] },
    });

    const { stdout } = await machine.run(['doctor'], {
      environment: { ...environment, ...inks, LANGSMITH_API_KEY: KEY },
      terminal: { columns: 80 },
    });

    const [green, magenta, red] = isColoured ? [32, 35, 31] : [];
    expect(stdout).toContain(`${inInk('✓', green)} versions`);
    expect(stdout).toContain(`${inInk('!', magenta)} clock`);
    expect(stdout).toContain(`${inInk('✗', red)} rights`);
  });

  test('looks at home only when nothing leaves this machine', async () => {
    const { status, checks } = await examine({}, '--local');

    expect(checks.map(({ name }) => name)).toEqual(['versions', 'settings', 'home']);
    expect(status).toBe(0);
  });

  test('reports a missing key, and checks home all the same', async () => {
    const { status, checks, bad } = await examine({});

    expect(status).toBe(4);
    expect(bad).toMatchObject([{ name: 'settings', message: 'no API key found' }]);
    expect(checks.at(-1)).toMatchObject({ name: 'home', state: 'ok' });
  });
});

describe('it tells apart', () => {
  test.for<[string, number, string | undefined, World, object]>([
    [
      'a key of another region',
      4,
      EU,
      {},
      {
        name: 'key',
        message: 'it belongs to LangSmith EU, not LangSmith US',
        remedy: expect.stringContaining(`LANGSMITH_ENDPOINT=https://${EU}`),
      },
    ],
    [
      'a key that no region knows',
      4,
      undefined,
      {},
      {
        name: 'key',
        message: expect.stringContaining('no LangSmith region accepts the service key'),
      },
    ],
    [
      'a key that has expired',
      4,
      US,
      { public: { status: 401, json: { detail: 'API key expired' } } },
      { name: 'key', remedy: expect.stringContaining('Create a new one') },
    ],
    [
      'a key that needs a workspace',
      4,
      US,
      { public: ORG_SCOPED },
      { name: 'workspace', remedy: expect.stringContaining('--workspace') },
    ],
    [
      'a key that tells no workspace',
      4,
      US,
      { public: { json: {} }, workspaces: { json: [TEAM, OTHER] } },
      {
        name: 'workspace',
        remedy: `Set LANGSMITH_WORKSPACE_ID to one of ${TEAM.id} (Team), ${OTHER.id} (Other).`,
      },
    ],
    [
      'a viewer',
      4,
      US,
      { workspaces: { json: [{ ...TEAM, permissions: ['datasets:read', 'runs:read'] }] } },
      { name: 'rights', message: expect.stringContaining('lacks datasets:create') },
    ],
    [
      'a workspace that is read-only',
      4,
      US,
      { workspaces: { json: [{ ...TEAM, read_only: true }] } },
      { name: 'rights', message: 'the workspace is read-only' },
    ],
    [
      'a key that may not read',
      4,
      US,
      { datasets: { status: 403, json: { detail: 'Forbidden' } } },
      { name: 'rights' },
    ],
    [
      'a plan that is used up',
      5,
      US,
      { usage_limits: { json: { in_reject_set: true, usage_limit_type: 'monthly_traces' } } },
      { name: 'quota', message: expect.stringContaining('monthly_traces') },
    ],
    [
      'a web page in the way',
      5,
      US,
      { info: { status: 403, text: '<html>' } },
      { name: 'connection', message: expect.stringContaining('proxy or gateway') },
    ],
    [
      'a server that is no LangSmith',
      5,
      US,
      { info: { text: '<html>' } },
      { name: 'connection', message: expect.stringContaining('is not a LangSmith API') },
    ],
  ])('%s', async ([, expected, host, world, found]) => {
    const { status, bad } = await examineCloud(host, world);

    expect(bad).toMatchObject([{ state: 'failed', remedy: expect.any(String), ...found }]);
    expect(status).toBe(expected);
  });

  test('a workspace that the key does not reach', async () => {
    const { status, bad } = await examineCloud(US, {}, { LANGSMITH_WORKSPACE_ID: OTHER.id });

    expect(bad).toMatchObject([
      { name: 'workspace', message: expect.stringContaining('the key has no access to ') },
    ]);
    expect(status).toBe(4);
  });

  test('a clock that is wrong, which stops nothing', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();

    const { status, bad } = await examineCloud(US, { info: { json: INFO, headers: { date } } });

    expect(bad).toMatchObject([
      { name: 'clock', state: 'warning', message: expect.stringMatching(/behind the server/) },
    ]);
    expect(status).toBe(0);
  });

  test('an authority that is not trusted', async () => {
    const { status, bad } = await examineCloud(US, {}, { SSL_CERT_FILE: '' });

    expect(bad).toMatchObject([
      { name: 'connection', remedy: expect.stringContaining('--ca-cert') },
    ]);
    expect(status).toBe(5);
  });

  test('a proxy that is not there', async () => {
    const { status, bad } = await examine({
      LANGSMITH_API_KEY: KEY,
      HTTPS_PROXY: 'http://127.0.0.1:9',
    });

    expect(bad).toMatchObject([
      { name: 'connection', remedy: expect.stringContaining('HTTPS_PROXY') },
    ]);
    expect(status).toBe(5);
  });

  test('a key that may not go to that host', async () => {
    machine.write('work/.env', 'LANGSMITH_ENDPOINT=https://langsmith.example.com/api\n');

    const { status, bad } = await examine({ LANGSMITH_API_KEY: KEY });

    expect(bad).toMatchObject([
      { name: 'settings', remedy: expect.stringContaining('--endpoint') },
    ]);
    expect(status).toBe(4);
  });

  test.skipIf(process.getuid?.() === 0)('a home that cannot be written', async () => {
    const folder = join(machine.root, 'locked');
    mkdirSync(folder);
    chmodSync(folder, 0o500);

    const { status, bad } = await examine({ LS_RECORD_HOME: join(folder, 'home') }, '--local');

    expect(bad).toMatchObject([
      { name: 'home', remedy: expect.stringContaining('LS_RECORD_HOME') },
    ]);
    expect(status).toBe(5);
  });

  test('a home that is not a database', async () => {
    machine.write('data/home.sqlite', 'not a database, but long enough to be looked at as one');

    const { status, bad } = await examine({}, '--local');

    expect(bad).toMatchObject([{ name: 'home', state: 'failed' }]);
    expect(status).toBe(5);
  });
});

test('doctor says that a login is over, rather than that nothing answers', async () => {
  const { environment } = await startCloud(US);
  const oauth = { access_token: 'old', expires_at: '2020-01-01T00:00:00Z' };
  machine.write(
    'user/.langsmith/config.json',
    JSON.stringify({ profiles: { default: { oauth } } }),
  );

  const { status, bad } = await examine(environment);

  expect(bad).toMatchObject([{ remedy: expect.stringContaining('langsmith auth login') }]);
  expect(status).toBe(4);
});
