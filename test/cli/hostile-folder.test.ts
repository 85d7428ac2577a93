import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestHome, type TestHome } from '../support/home.js';
import { Machine } from './command-line.js';
import { KEYS, Typist } from './typist.js';

let machine: Machine;
/** Where the folder's `.env` leads. */
let server: TestHome;
beforeEach(async () => {
  machine = new Machine();
  server = await openTestHome();
});
afterEach(async () => {
  machine.remove();
  await server.close();
});

const LIST = ['datasets', 'list'];

function writeEnv(lines: Record<string, string>): void {
  const text = Object.entries(lines).map(([name, value]) => `${name}=${value}\n`);
  machine.write('work/.env', text.join(''));
}

function logIn(fields: Record<string, string> = { api_key: 'of-the-login' }): void {
  machine.write('user/.langsmith/config.json', JSON.stringify({ profiles: { default: fields } }));
}

const foreign = () => ({ LANGSMITH_API_KEY: 'of-the-folder', LANGSMITH_ENDPOINT: server.url });

async function agree(answer: string): Promise<{ status: number; screen: string }> {
  const typist = new Typist(machine, LIST);
  await typist.sees('Allow this');
  typist.types(`${answer}${KEYS.enter}`);
  return { status: await typist.end, screen: typist.screen };
}

describe('without a login and without variables', () => {
  test.for([{}, { CI: 'true' }] as Record<string, string>[])(
    'a .env simply works, with %j',
    async (environment) => {
      writeEnv(foreign());

      const { status, stderr } = await machine.run(LIST, { environment });

      expect(status).toBe(0);
      expect(stderr).not.toContain('./.env');
    },
  );
});

describe('where a login or the environment say otherwise', () => {
  test('nothing is sent, and both sources and the ways out are named', async () => {
    writeEnv(foreign());
    logIn();

    const { status, stderr } = await machine.run(LIST);

    expect(status).toBe(4);
    expect(stderr).toContain(new URL(server.url).host);
    expect(stderr).toContain('LANGSMITH_API_KEY in ./.env');
    expect(stderr).toContain('api.smith.langchain.com with api_key in profile "default"');
    expect(stderr).toMatch(/--dotenv \.env.*--profile/);
  });

  test('a person is asked once for each folder, host and key', async () => {
    writeEnv(foreign());
    logIn();

    expect(await agree('y')).toMatchObject({ status: 0 });
    const later = await machine.run(LIST);

    expect(later.status).toBe(0);
    expect(later.stderr).toContain(`./.env sends this to ${new URL(server.url).host}`);
    writeEnv({ ...foreign(), LANGSMITH_API_KEY: 'another' });
    expect((await machine.run(LIST)).status).toBe(4);
  });

  test('a no sends nothing, and is not kept', async () => {
    writeEnv(foreign());
    logIn();

    expect(await agree('n')).toMatchObject({ status: 4 });
    expect(await agree('y')).toMatchObject({ status: 0 });
  });

  test('no key is kept with the consent', async () => {
    writeEnv(foreign());
    logIn();
    await agree('y');

    const kept = readFileSync(join(machine.root, 'data', 'consents.json'), 'utf8');

    expect(kept).toContain(machine.workingFolder);
    expect(kept).not.toContain('of-the-folder');
  });

  test('--dotenv that names the file is a yes', async () => {
    writeEnv(foreign());
    logIn();

    expect(await machine.run([...LIST, '--dotenv', '.env'])).toMatchObject({ status: 0 });
  });

  test('in CI, a host of LangSmith is a yes, and no other', async () => {
    writeEnv({ LANGSMITH_API_KEY: 'of-the-folder' });
    logIn();
    const environment = { CI: 'true', HTTPS_PROXY: 'http://127.0.0.1:1' };

    const cloud = await machine.run([...LIST, '--verbose'], { environment });
    writeEnv(foreign());
    const own = await machine.run(LIST, { environment });

    // Nobody answers at that proxy: it was tried.
    expect(cloud.status).toBe(5);
    expect(cloud.stderr).toContain('./.env sends this to api.smith.langchain.com');
    expect(own.status).toBe(4);
  }, 30_000);

  test('whoami and doctor send nothing either', async () => {
    writeEnv(foreign());
    logIn();

    expect((await machine.run(['whoami'])).status).toBe(4);
    const { stdout } = await machine.run(['doctor', '--json']);
    expect(stdout).toContain('./.env sends this to');
  });

  test('the same key in both is not another key', async () => {
    writeEnv({ ...foreign(), LANGSMITH_API_KEY: 'k' });
    logIn({ api_key: 'k' });

    expect(await machine.run(LIST)).toMatchObject({
      status: 0,
      stderr: expect.not.stringContaining('./.env'),
    });
  });

  test('what they leave open, a .env may add', async () => {
    writeEnv({ LANGSMITH_WORKSPACE_ID: '00000000-0000-4000-8000-000000000001' });
    logIn({ api_key: 'k', api_url: server.url });

    expect((await machine.run(LIST)).status).toBe(0);
  });

  test.for([
    ['another workspace', { LANGSMITH_WORKSPACE_ID: 'b' }],
    ['another profile', { LANGSMITH_PROFILE: 'other' }],
  ] as [string, Record<string, string>][])('%s is a redirect, too', async ([, lines]) => {
    writeEnv(lines);
    const fields = { api_key: 'k', api_url: server.url, workspace_id: 'a' };
    const profiles = { default: fields, other: { ...fields, api_key: 'of-another' } };
    machine.write('user/.langsmith/config.json', JSON.stringify({ profiles }));

    expect((await machine.run(LIST)).status).toBe(4);
  });

  test('a login that has expired is one nevertheless', async () => {
    writeEnv(foreign());
    const oauth = { access_token: 'x', expires_at: '2020-01-01T00:00:00Z' };
    const profiles = { default: { oauth } };
    machine.write('user/.langsmith/config.json', JSON.stringify({ profiles }));

    expect((await machine.run(LIST)).status).toBe(4);
  });

  test('staying on this machine is said', async () => {
    writeEnv({ LS_RECORD_LOCAL: '1' });
    logIn();

    const { status, stderr } = await machine.run(LIST);

    expect(status).toBe(0);
    expect(stderr).toContain('LS_RECORD_LOCAL in ./.env keeps this on this machine, instead of');
  });

  test('completion asks nobody, and nothing is sent for it', async () => {
    writeEnv(foreign());
    logIn();

    await machine.run(['__complete', 'refresh', '{}']);

    expect(existsSync(join(machine.root, 'data', 'completion'))).toBe(false);
  });
});

describe('a file that is read by its name', () => {
  const read: [string, string[]][] = [
    ['./.env', []],
    ['--dotenv', ['--dotenv', '.env']],
    ['--ca-cert', ['--ca-cert', '.env']],
  ];
  test.for(read)('is not waited for if it is a pipe: %s', async ([, flags]) => {
    execFileSync('sh', ['-c', 'mkfifo .env'], { cwd: machine.workingFolder });
    const environment = { LANGSMITH_API_KEY: 'k', LANGSMITH_ENDPOINT: server.url };

    const { status } = await machine.run([...LIST, ...flags], { environment });

    expect(status).toBe(flags.length === 0 ? 0 : 2);
  });

  test.for(read)('is not read without an end: %s', async ([, flags]) => {
    symlinkSync('/dev/zero', join(machine.workingFolder, '.env'));
    const environment = { LANGSMITH_API_KEY: 'k', LANGSMITH_ENDPOINT: server.url };

    const { status } = await machine.run([...LIST, ...flags], { environment });

    expect(status).toBe(flags.length === 0 ? 0 : 2);
  });
});

describe('a profile that other users can read', () => {
  beforeEach(() => {
    logIn({ api_key: 'k', api_url: server.url });
    chmodSync(join(machine.root, 'user/.langsmith/config.json'), 0o644);
  });

  test('is warned of by each command that uses it', async () => {
    const { status, stderr } = await machine.run(LIST);

    expect(status).toBe(0);
    expect(stderr).toContain('chmod 600 ~/.langsmith/config.json');
  });

  test('is a finding of doctor', async () => {
    const { stdout } = await machine.run(['doctor']);

    expect(stdout).toMatch(/key from.*other users can read/);
  });
});

describe('a data folder', () => {
  test.for([0o777, 0o770, 0o702])('that others may write to is refused: mode %o', async (mode) => {
    mkdirSync(join(machine.root, 'data'));
    chmodSync(join(machine.root, 'data'), mode);

    const { status, stderr } = await machine.run([...LIST, '--local']);

    expect(status).toBe(5);
    expect(stderr).toContain('other users can write to');
    expect(stderr).toContain('chmod 700');
    expect(readdirSync(join(machine.root, 'data'))).toEqual([]);
  });

  test('that others may only read is taken', async () => {
    mkdirSync(join(machine.root, 'data'));

    expect((await machine.run([...LIST, '--local'])).status).toBe(0);
  });
});
