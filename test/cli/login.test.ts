import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { ORG_SCOPED, OTHER, startCloud, TEAM } from '../support/cloud.js';
import { INFO, startScriptedServer } from '../support/scripted-server.js';
import { Machine, type Setup } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const KEY = 'lsv2_pt_0123456789abcdef';
const EU = 'https://eu.api.smith.langchain.com';

const configPath = () => join(machine.homeFolder, '.langsmith', 'config.json');
const readConfig = () => JSON.parse(readFileSync(configPath(), 'utf8'));
const login = (setup: Setup, ...flags: string[]) => machine.run(['login', ...flags], setup);

describe('login', () => {
  test('finds the region of the key, and keeps both in the file of the official tools', async () => {
    const { environment } = await startCloud('eu.api.smith.langchain.com');

    const { status, stdout, stderr } = await login({ stdin: `${KEY}\n`, environment });

    expect(stderr).toContain('Logged in to LangSmith EU as me@example.com');
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(readConfig()).toEqual({
      current_profile: 'default',
      profiles: { default: { api_key: KEY, api_url: EU } },
    });
    expect(stderr).not.toContain(KEY);
  });

  test('lets nobody else read the file', async () => {
    const { environment } = await startCloud('api.smith.langchain.com');
    machine.write('user/.langsmith/config.json', '{}');

    await login({ stdin: KEY, environment });

    expect(statSync(configPath()).mode & 0o777).toBe(0o600);
  });

  test('leaves other profiles, and all that it does not know, as they are', async () => {
    const { environment } = await startCloud('eu.api.smith.langchain.com');
    const other = { api_key: 'other', extra: { deep: [1] } };
    machine.write(
      'user/.langsmith/config.json',
      JSON.stringify({
        telemetry: false,
        current_profile: 'other',
        profiles: {
          other,
          work: { colour: 'blue', oauth: { access_token: 't' }, workspace_id: 'w' },
        },
      }),
    );

    await login({ stdin: KEY, environment }, '--profile', 'work');

    expect(readConfig()).toEqual({
      telemetry: false,
      current_profile: 'work',
      profiles: { other, work: { colour: 'blue', api_key: KEY, api_url: EU } },
    });
  });

  test('keeps a link to the file a link', async () => {
    const { environment } = await startCloud('eu.api.smith.langchain.com');
    machine.write('user/.langsmith/dotfile', '');
    const target = join(machine.homeFolder, '.langsmith', 'dotfile');
    writeFileSync(target, '{}');
    symlinkSync(target, configPath());

    await login({ stdin: KEY, environment });

    expect(JSON.parse(readFileSync(target, 'utf8'))).toMatchObject({ current_profile: 'default' });
  });

  test('touches no file that is not JSON', async () => {
    const { environment } = await startCloud('eu.api.smith.langchain.com');
    machine.write('user/.langsmith/config.json', '{"profiles": ');

    const { status, stderr } = await login({ stdin: KEY, environment });

    expect({ status, text: readFileSync(configPath(), 'utf8') }).toEqual({
      status: 2,
      text: '{"profiles": ',
    });
    expect(stderr).toContain('is not JSON');
  });

  test('says so when no region knows the key, with what each one said', async () => {
    const { environment } = await startCloud(undefined);

    const { status, stderr } = await login({ stdin: KEY, environment });

    expect(status).toBe(4);
    expect(stderr).toContain('no LangSmith region accepts this key');
    for (const region of ['US', 'EU', 'APAC', 'AWS']) {
      expect(stderr).toContain(`  LangSmith ${region}: Invalid token`);
    }
    expect(() => readConfig()).toThrow('ENOENT');
  });

  test('says of which region the key is when another was typed', async () => {
    const { environment } = await startCloud('eu.api.smith.langchain.com');

    const { status, stderr } = await login(
      { stdin: KEY, environment },
      '--endpoint',
      'https://api.smith.langchain.com',
    );

    expect(status).toBe(4);
    expect(stderr).toContain('this key belongs to LangSmith EU, not LangSmith US');
  });

  test('asks a typed server of one’s own, and no other', async () => {
    const server = await startScriptedServer(({ path }) => ({
      json: path.endsWith('/info')
        ? INFO
        : path.endsWith('/workspaces')
          ? []
          : { tenant_id: TEAM.id },
    }));
    onTestFinished(() => server.close());

    const { status } = await login({ stdin: KEY }, '--endpoint', server.url);

    expect(status).toBe(0);
    expect(readConfig().profiles.default).toEqual({ api_key: KEY, api_url: server.url });
  });

  test('answers in JSON, without the key', async () => {
    const { environment } = await startCloud('eu.api.smith.langchain.com');

    const { stdout } = await login({ stdin: KEY, environment }, '--json');

    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      login: {
        profile: 'default',
        file: configPath(),
        endpoint: EU,
        email: 'me@example.com',
        workspace: null,
        key: 'personal access token',
      },
    });
  });

  test('warns when the environment has a key that goes first', async () => {
    const { environment } = await startCloud('eu.api.smith.langchain.com');

    const { stderr } = await login({
      stdin: KEY,
      environment: { ...environment, LANGSMITH_API_KEY: 'another' },
    });

    expect(stderr).toContain('warning: LANGSMITH_API_KEY in the environment overrides it');
  });
});

describe('a key that spans workspaces', () => {
  const world = { public: ORG_SCOPED, workspaces: { json: [TEAM, OTHER] } };

  test('needs one named where there is no terminal, and they are listed', async () => {
    const { environment } = await startCloud('eu.api.smith.langchain.com', world);

    const { status, stderr } = await login({ stdin: KEY, environment });

    expect(status).toBe(2);
    expect(stderr).toContain(`--workspace:\n  ${TEAM.id}  Team\n  ${OTHER.id}  Other`);
  });

  test.for([OTHER.id, 'Other'])('is for the one that --workspace %s names', async (named) => {
    const { environment } = await startCloud('eu.api.smith.langchain.com', world);

    const { status, stderr } = await login({ stdin: KEY, environment }, '--workspace', named);

    expect(status).toBe(0);
    expect(stderr).toContain('workspace Other');
    expect(readConfig().profiles.default).toMatchObject({ workspace_id: OTHER.id });
  });

  test('is not for one that it does not reach', async () => {
    const { environment } = await startCloud('eu.api.smith.langchain.com', world);

    const { status, stderr } = await login({ stdin: KEY, environment }, '--workspace', 'Mine');

    expect(status).toBe(2);
    expect(stderr).toContain('the key has no access to workspace "Mine"');
  });

  test('needs none named if it is the only one', async () => {
    const only = {
      public: ORG_SCOPED,
      workspaces: { json: [TEAM, { ...OTHER, is_deleted: true }] },
    };
    const { environment } = await startCloud('eu.api.smith.langchain.com', only);

    await login({ stdin: KEY, environment });

    expect(readConfig().profiles.default).toMatchObject({ workspace_id: TEAM.id });
  });
});

describe('no login without a key that can be one:', () => {
  test.for([
    ['nothing', '', 4, 'no key given'],
    ['two words', 'my key', 2, 'it contains spaces'],
    ['a key of the old kind', 'ls__0123', 2, 'stopped working in October 2024'],
  ] as const)('%s', async ([, stdin, expected, words]) => {
    const { status, stderr } = await login({ stdin });

    expect(status).toBe(expected);
    expect(stderr).toContain(words);
  });

  test.for([
    [['--local'], 'no login is needed for this machine'],
    [['--endpoint', 'http://langsmith.example.com'], 'over plain HTTP'],
    [['--endpoint', 'smith'], 'is not the address'],
  ] as const)('%j is refused before the key is asked for', async ([flags, words]) => {
    const { stderr } = await machine.run(['login', ...flags], { stdinStaysOpen: true });

    expect(stderr).toContain(words);
  });
});

describe('logout', () => {
  const profile = { api_key: KEY, api_url: EU, workspace_id: 'w', colour: 'blue' };

  test('removes the key from the profile in use, and nothing else', async () => {
    machine.write(
      'user/.langsmith/config.json',
      JSON.stringify({ current_profile: 'work', profiles: { work: profile, default: profile } }),
    );

    const { status, stderr } = await machine.run(['logout']);

    expect(status).toBe(0);
    expect(stderr).toContain('removed the key from profile "work"');
    const { api_key: _, ...rest } = profile;
    expect(readConfig()).toEqual({
      current_profile: 'work',
      profiles: { work: rest, default: profile },
    });
  });

  test('is done already when there is no key', async () => {
    const { status, stderr } = await machine.run(['logout']);

    expect(status).toBe(0);
    expect(stderr).toContain('Not logged in');
    expect(() => readConfig()).toThrow('ENOENT');
  });

  test('knows the profiles there are', async () => {
    machine.write('user/.langsmith/config.json', JSON.stringify({ profiles: { work: profile } }));

    const { status, stderr } = await machine.run(['logout', '--profile', 'wrok']);

    expect(status).toBe(2);
    expect(stderr).toContain('Profiles: work.');
  });
});
