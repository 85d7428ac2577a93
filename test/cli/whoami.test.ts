import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCloud, TEAM } from '../support/cloud.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const KEY = 'lsv2_sk_0123456789abcdef';
const HOST = 'eu.api.smith.langchain.com';

describe('whoami', () => {
  test('says who, which workspace, and where each setting comes from', async () => {
    const { environment } = await startCloud(HOST);
    machine.write('work/.env', `LANGSMITH_ENDPOINT=https://${HOST}\n`);

    const { status, stdout } = await machine.run(['whoami'], {
      environment: { ...environment, LANGSMITH_API_KEY: KEY },
    });

    expect(status).toBe(0);
    expect(stdout).toBe(
      [
        'user       me@example.com',
        `workspace  Team, ${TEAM.id} (the key’s own)`,
        `endpoint   https://${HOST} (LANGSMITH_ENDPOINT in ./.env)`,
        'key        service key (LANGSMITH_API_KEY in the environment)',
        '',
      ].join('\n'),
    );
  });

  test('says the same in JSON', async () => {
    const { environment } = await startCloud(HOST);
    const profiles = {
      default: { api_key: KEY, api_url: `https://${HOST}`, workspace_id: TEAM.id },
    };
    machine.write('user/.langsmith/config.json', JSON.stringify({ profiles }));

    const { stdout } = await machine.run(['whoami', '--json'], { environment });

    const source = 'in profile "default" of ~/.langsmith/config.json';
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      where: 'langsmith',
      email: 'me@example.com',
      organization: null,
      workspace: { id: TEAM.id, name: 'Team', role: null, from: `workspace_id ${source}` },
      endpoint: { url: `https://${HOST}`, from: `api_url ${source}` },
      key: { kind: 'service key', from: `api_key ${source}` },
    });
  });

  test('says that a login has been used', async () => {
    const { environment, server } = await startCloud(HOST);
    const oauth = { access_token: 'token' };
    const profiles = { default: { oauth, api_url: `https://${HOST}` } };
    machine.write('user/.langsmith/config.json', JSON.stringify({ profiles }));

    const { stdout } = await machine.run(['whoami'], { environment });

    expect(stdout).toContain('key        login of the official tools (the login in profile');
    expect(server.requests.at(-1)?.headers).toMatchObject({ authorization: 'Bearer token' });
  });

  test('names the folder when nothing leaves this machine', async () => {
    const { stdout } = await machine.run(['whoami', '--local']);

    expect(stdout).toBe(`this machine: ${machine.root}/data\n`);
  });

  test('says how to log in, when a person has not', async () => {
    const { status, stderr } = await machine.run(['whoami'], { terminal: { columns: 80 } });

    expect(status).toBe(0);
    expect(stderr).toContain('ls-record login');
  });

  test('fails without a key or a terminal', async () => {
    const { status, stderr } = await machine.run(['whoami']);

    expect(status).toBe(4);
    expect(stderr).toContain('ls-record login');
  });
});
