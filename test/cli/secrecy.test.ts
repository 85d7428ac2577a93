import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { startFaultProxy } from '../support/fault-proxy.js';
import { openTestHome } from '../support/home.js';
import { INFO, startScriptedServer } from '../support/scripted-server.js';
import { Machine } from './command-line.js';

const KEY = 'lsv2_pt_0123456789abcdef-not-to-be-seen';
const ROWS = '{"inputs":{"n":1},"outputs":1}\n{"inputs":{"n":2},"outputs":2}\n{"inputs":3}\n';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

/** Every file below a folder, as one text. */
function allFiles(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

test('the key is in no output, file or URL, whether a recording succeeds, is cut off, or is refused', async () => {
  const home = await openTestHome({ requireKey: KEY });
  const paths: string[] = [];
  let isCut = false;
  const proxy = await startFaultProxy(home.url, ({ path }) => {
    paths.push(path);
    return isCut && path.endsWith('/runs/multipart')
      ? { kind: 'reset', when: 'before' }
      : undefined;
  });
  onTestFinished(async () => {
    await proxy.close();
    await home.close();
  });
  const environment = { LANGSMITH_API_KEY: KEY, LANGSMITH_ENDPOINT: proxy.url };
  const files = { 'rows.jsonl': ROWS, 'more.jsonl': ROWS.replaceAll('"n":', '"m":') };
  const record = (file: string, ...more: string[]) =>
    machine.run(
      [
        'record',
        file,
        '-d',
        'd',
        '--on-invalid',
        'skip',
        '--verbose',
        '--retry-for',
        '1s',
        ...more,
      ],
      { files, environment },
    );

  const done = await record('rows.jsonl');
  isCut = true;
  const cut = await record('more.jsonl', '--json');
  const listed = await machine.run(['resume', '--json'], { environment });
  const refused = await machine.run(['datasets', 'list', '--verbose'], {
    environment: { ...environment, LANGSMITH_API_KEY: `${KEY}-of-old` },
  });

  expect([done.status, cut.status, refused.status]).toEqual([8, 5, 4]);
  expect(listed.stdout).toContain('more.jsonl');
  const seen = [done, cut, listed, refused].flatMap(({ stdout, stderr }) => [stdout, stderr]);
  for (const text of [...seen, ...paths, allFiles(machine.root)]) expect(text).not.toContain(KEY);
});

test.for([
  `ftp://user:${KEY}@host`,
  `user:${KEY}@host`,
  `https//user:${KEY}@host`,
  `https://host/?api_key=${KEY}`,
  KEY,
])('an endpoint that is none is not quoted, since it may hold the key: %s', async (endpoint) => {
  const environment = { LANGSMITH_API_KEY: 'another', LANGSMITH_ENDPOINT: endpoint };

  const { status, stdout, stderr } = await machine.run(['datasets', 'list', '--json'], {
    environment,
  });

  expect(status).toBe(2);
  expect(stdout + stderr).not.toContain(KEY);
});

test.for([
  ['at the end of a long answer', { detail: `${'x'.repeat(580)} ${KEY}` }, {}],
  ['in the id of the request', { detail: 'no' }, { 'x-request-id': KEY }],
  ['in the address it sends to', { detail: 'elsewhere' }, { location: `https://host/?${KEY}` }],
] as const)('a server that quotes the key %s is not quoted', async ([, json, headers]) => {
  const server = await startScriptedServer(({ path }) =>
    path.endsWith('/info') ? { json: INFO } : { status: 400, json, headers: { ...headers } },
  );
  onTestFinished(server.close);
  const environment = { LANGSMITH_API_KEY: KEY, LANGSMITH_ENDPOINT: server.url };

  const { stdout, stderr } = await machine.run(['datasets', 'list', '--json', '--verbose'], {
    environment,
  });

  expect(stdout).toContain('API_REFUSED');
  expect(stdout + stderr).not.toContain(KEY.slice(0, 12));
});

test.for(['http://user:%ZZsecret@127.0.0.1:1', 'http://127.0.0.1:1/?secret'])(
  'a proxy that cannot be one is misuse, and not quoted: %s',
  async (proxy) => {
    const environment = { LANGSMITH_API_KEY: KEY, HTTPS_PROXY: proxy };

    const { status, stdout, stderr } = await machine.run(['datasets', 'list', '--json'], {
      environment,
    });

    expect(status).toBe(2);
    expect(stdout + stderr).not.toContain('secret');
  },
);
