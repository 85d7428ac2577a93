import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type DestinationOptions,
  readDataFolder,
  readDestination,
} from '../../src/cli/access/destination.js';
import { shortPath } from '../../src/cli/access/profile-file.js';
import { dataFolder } from '../../src/cli/home/data-folder.js';
import { Machine, type Setup } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const KEY = 'lsv2_pt_from_the_environment';
const CLOUD = 'https://api.smith.langchain.com';
const OWN = 'https://langsmith.example.com/api';
const terminal = { columns: 80 };

function place(setup: Setup, options: DestinationOptions = {}) {
  return readDestination(machine.context(setup), options);
}

function writeProfiles(profiles: Record<string, object>, current?: string): void {
  machine.write(
    'user/.langsmith/config.json',
    JSON.stringify({ profiles, ...(current && { current_profile: current }) }),
  );
}

test.for([
  ['a line break', 'lsv2_pt_one\nx-other: two'],
  ['a quotation mark of a word processor', '“lsv2_pt_one”'],
  ['a space', 'Bearer lsv2_pt_one'],
])('a key with %s is refused before anything is sent, and not shown', ([, key = '']) => {
  const refused = () => place({ environment: { LANGSMITH_API_KEY: key } });

  expect(refused).toThrow(
    expect.objectContaining({
      code: 'AUTH_REJECTED',
      message: expect.stringMatching(/^the key from LANGSMITH_API_KEY .* is not a valid API key/),
    }),
  );
  expect(refused).not.toThrow('lsv2_pt_one');
});

describe('each setting comes from the first that has it', () => {
  test('the endpoint is LangSmith in the US by default', () => {
    const found = place({ environment: { LANGSMITH_API_KEY: KEY } });

    expect(found).toMatchObject({
      where: 'langsmith',
      endpoint: { value: CLOUD, described: 'the default endpoint' },
      credential: { kind: 'key', value: KEY, described: 'LANGSMITH_API_KEY in the environment' },
    });
  });

  test('a flag wins over the environment', () => {
    const environment = {
      LANGSMITH_API_KEY: KEY,
      LANGSMITH_ENDPOINT: CLOUD,
      LANGSMITH_WORKSPACE_ID: 'one',
    };

    const found = place({ environment }, { endpoint: OWN, workspace: 'two' });

    expect(found).toMatchObject({
      endpoint: { value: OWN },
      workspace: { value: 'two', described: '--workspace' },
    });
  });

  test('LANGSMITH_ wins over LANGCHAIN_', () => {
    const environment = {
      LANGCHAIN_API_KEY: 'old',
      LANGSMITH_API_KEY: KEY,
      LANGCHAIN_ENDPOINT: 'https://eu.api.smith.langchain.com',
    };

    expect(place({ environment })).toMatchObject({
      credential: { value: KEY },
      endpoint: { value: 'https://eu.api.smith.langchain.com' },
    });
  });

  test('the environment wins over --dotenv, and that over ./.env', () => {
    machine.write(
      'work/.env',
      'LANGSMITH_API_KEY=dotenv\nLANGSMITH_WORKSPACE_ID=dotenv\nLANGSMITH_ENDPOINT=https://eu.api.smith.langchain.com\n',
    );
    machine.write('work/more.env', 'LANGSMITH_API_KEY=more\nLANGSMITH_WORKSPACE_ID=more\n');

    const found = place({ environment: { LANGSMITH_API_KEY: KEY } }, { dotenv: ['more.env'] });

    expect(found).toMatchObject({
      credential: { value: KEY },
      workspace: { value: 'more', described: 'LANGSMITH_WORKSPACE_ID in more.env' },
      endpoint: { described: 'LANGSMITH_ENDPOINT in ./.env' },
    });
  });

  test('a later --dotenv wins over an earlier one', () => {
    machine.write('work/a.env', 'LANGSMITH_API_KEY=a\n');
    machine.write('work/b.env', 'LANGSMITH_API_KEY=b\n');

    expect(place({}, { dotenv: ['a.env', 'b.env'] })).toMatchObject({
      credential: { value: 'b' },
    });
  });

  test('files win over the profile', () => {
    machine.write('work/.env', 'LANGSMITH_API_KEY=dotenv\n');
    writeProfiles({ default: { api_key: 'profile', workspace_id: 'w' } });

    expect(place({})).toMatchObject({ credential: { value: 'dotenv' }, workspace: { value: 'w' } });
  });

  test('a profile that was named with --profile wins over the environment', () => {
    writeProfiles({ work: { api_key: 'profile', api_url: OWN, workspace_id: 'w' } });
    const environment = {
      LANGSMITH_API_KEY: KEY,
      LANGSMITH_ENDPOINT: CLOUD,
      LANGSMITH_WORKSPACE_ID: 'e',
    };

    expect(place({ environment }, { profile: 'work' })).toMatchObject({
      credential: { value: 'profile' },
      endpoint: { value: OWN },
      workspace: { value: 'w' },
    });
  });

  test.for([
    ['quotes', '"lsv2_x"'],
    ['single quotes', "'lsv2_x'"],
    ['spaces', '  lsv2_x\t'],
    ['spaces in quotes', '" lsv2_x "'],
    ['the end of a line', 'lsv2_x\r\n'],
  ] as const)('%s around a value are trimmed', ([, written]) => {
    expect(place({ environment: { LANGSMITH_API_KEY: written } })).toMatchObject({
      credential: { value: 'lsv2_x' },
    });
  });

  test.for(['', '   ', '""', "' '"])('a value of %j counts as unset', (empty) => {
    const environment = { LANGSMITH_API_KEY: empty, LANGCHAIN_API_KEY: KEY };

    expect(place({ environment })).toMatchObject({ credential: { value: KEY } });
  });
});

describe('a profile of the LangSmith tools', () => {
  test('is the current one, unless LANGSMITH_PROFILE names another', () => {
    writeProfiles({ a: { api_key: 'key-a' }, b: { api_key: 'key-b' } }, 'a');

    expect(place({})).toMatchObject({ credential: { value: 'key-a' } });
    expect(place({ environment: { LANGSMITH_PROFILE: 'b' } })).toMatchObject({
      credential: { value: 'key-b' },
    });
  });

  test('can lie in the file that LANGSMITH_CONFIG_FILE names', () => {
    machine.write('work/other.json', '{"profiles":{"default":{"api_key":"elsewhere"}}}');

    const found = place({ environment: { LANGSMITH_CONFIG_FILE: 'other.json' } });

    expect(found).toMatchObject({ credential: { value: 'elsewhere' } });
  });

  test('is not taken from a file that a .env names: it could lead a key astray', () => {
    machine.write('work/.env', 'LANGSMITH_CONFIG_FILE=other.json\n');
    machine.write('work/other.json', '{"profiles":{"default":{"api_key":"elsewhere"}}}');

    expect(() => place({})).toThrow(expect.objectContaining({ code: 'AUTH_MISSING' }));
  });

  test('prefers a login that has not expired to a key', () => {
    const oauth = {
      access_token: 'token',
      expires_at: new Date(Date.now() + 60_000).toISOString(),
    };
    writeProfiles({ default: { api_key: 'key', oauth } });

    expect(place({})).toMatchObject({ credential: { kind: 'bearer', value: 'token' } });
  });

  test('says to log in again when the login has expired', () => {
    writeProfiles({
      default: { oauth: { access_token: 'token', expires_at: '2020-01-01T00:00:00Z' } },
    });

    expect(() => place({})).toThrow(
      expect.objectContaining({
        code: 'AUTH_REJECTED',
        hint: expect.stringContaining('langsmith auth login'),
      }),
    );
  });

  test('is not looked into for a key that the environment has', () => {
    writeProfiles({
      default: { oauth: { access_token: 'token', expires_at: '2020-01-01T00:00:00Z' } },
    });

    expect(place({ environment: { LANGSMITH_API_KEY: KEY } })).toMatchObject({
      credential: { value: KEY },
    });
  });

  test('can name the variable that holds its key', () => {
    writeProfiles({ default: { api_key_env: 'TEAM_KEY' } });

    expect(place({ environment: { TEAM_KEY: 'key-of-the-team' } })).toMatchObject({
      credential: { value: 'key-of-the-team' },
    });
    expect(() => place({})).toThrow(
      expect.objectContaining({
        code: 'AUTH_MISSING',
        message: expect.stringContaining('TEAM_KEY'),
      }),
    );
  });

  test('that keeps its key behind a command says so', () => {
    writeProfiles({ default: { api_key_cmd: 'pass langsmith' } });

    expect(() => place({})).toThrow(
      expect.objectContaining({
        code: 'AUTH_MISSING',
        message: expect.stringContaining('command'),
      }),
    );
  });

  test('that is named but absent is a misuse that lists those there are', () => {
    writeProfiles({ work: {}, play: {} });

    expect(() => place({}, { profile: 'wrok' })).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('work, play') }),
    );
  });

  test.for(['', '{', 'null', '[]', '{"profiles": 3}', '{"profiles": {"default": "x"}}'])(
    'counts as none when the file is %j',
    (text) => {
      machine.write('user/.langsmith/config.json', text);

      expect(() => place({})).toThrow(expect.objectContaining({ code: 'AUTH_MISSING' }));
    },
  );
});

describe('a key goes', () => {
  const hosts = [
    'https://api.smith.langchain.com',
    'https://eu.api.smith.langchain.com/api/v1',
    'https://apac.api.smith.langchain.com/',
    'https://aws.api.smith.langchain.com',
    'https://eu.p.api.smith.langchain.com',
  ];

  test.for(hosts)('to %s, whatever names it', (host) => {
    machine.write('work/.env', `LANGSMITH_ENDPOINT=${host}\n`);

    expect(place({ environment: { LANGSMITH_API_KEY: KEY } })).toMatchObject({
      endpoint: { value: host },
    });
  });

  test('to the host that its own source names', () => {
    const inEnvironment = { LANGSMITH_API_KEY: KEY, LANGCHAIN_ENDPOINT: OWN };
    expect(place({ environment: inEnvironment })).toMatchObject({ endpoint: { value: OWN } });

    machine.write('work/.env', `LANGSMITH_API_KEY=k\nLANGSMITH_ENDPOINT=${OWN}\n`);
    expect(place({})).toMatchObject({ endpoint: { value: OWN } });
  });

  test('to the host of its own profile', () => {
    writeProfiles({ default: { api_key: 'k', api_url: OWN } });

    expect(place({})).toMatchObject({ endpoint: { value: OWN } });
  });

  test('to a host that was typed', () => {
    expect(place({ environment: { LANGSMITH_API_KEY: KEY } }, { endpoint: OWN })).toMatchObject({
      endpoint: { value: OWN, described: '--endpoint' },
    });
  });

  test.for(['http://localhost:4984', 'http://127.0.0.1:4984', 'http://[::1]:4984'])(
    'over plain http to this machine: %s',
    (endpoint) => {
      expect(place({ environment: { LANGSMITH_API_KEY: KEY } }, { endpoint })).toMatchObject({
        endpoint: { value: endpoint },
      });
    },
  );
});

describe('a key does not go', () => {
  const environment = { LANGSMITH_API_KEY: KEY };

  test('from the environment to the host of a .env: both are named', () => {
    machine.write('work/.env', `LANGSMITH_ENDPOINT=${OWN}\n`);

    expect(() => place({ environment })).toThrow(
      expect.objectContaining({
        code: 'AUTH_REJECTED',
        message: expect.stringMatching(
          /LANGSMITH_API_KEY in the environment.*langsmith\.example\.com.*LANGSMITH_ENDPOINT in \.\/\.env/,
        ),
      }),
    );
  });

  test('from the environment to the host of a profile', () => {
    writeProfiles({ default: { api_url: OWN } });

    expect(() => place({ environment })).toThrow(
      expect.objectContaining({
        code: 'AUTH_REJECTED',
        message: expect.stringContaining('profile "default"'),
      }),
    );
  });

  test('from a profile to the host of the environment', () => {
    writeProfiles({ default: { api_key: 'k' } });

    expect(() => place({ environment: { LANGSMITH_ENDPOINT: OWN } })).toThrow(
      expect.objectContaining({ code: 'AUTH_REJECTED' }),
    );
  });

  test('from one profile to the host of the environment when --profile named it', () => {
    writeProfiles({ work: { api_key: 'k' } });

    expect(() => place({ environment: { LANGSMITH_ENDPOINT: OWN } }, { profile: 'work' })).toThrow(
      expect.objectContaining({ code: 'AUTH_REJECTED' }),
    );
  });

  test('from one env file to the host of another', () => {
    machine.write('work/.env', `LANGSMITH_ENDPOINT=${OWN}\n`);
    machine.write('work/key.env', 'LANGSMITH_API_KEY=k\n');

    expect(() => place({}, { dotenv: ['key.env'] })).toThrow(
      expect.objectContaining({ code: 'AUTH_REJECTED' }),
    );
  });

  test.for([
    'https://api.smith.langchain.com.evil.example',
    'https://evil.example/api.smith.langchain.com',
    'https://museum.example.com',
    'https://xapi.smith.langchain.com',
    'https://smith.langchain.com.example',
  ])('to a host that only looks like LangSmith: %s', (host) => {
    machine.write('work/.env', `LANGSMITH_ENDPOINT=${host}\n`);

    expect(() => place({ environment })).toThrow(
      expect.objectContaining({ code: 'AUTH_REJECTED' }),
    );
  });

  test.for([
    'http://api.smith.langchain.com',
    'http://langsmith.example.com/api',
    'http://localhost.example.com',
    'http://192.168.1.7:1984',
  ])('over plain http, even if typed: %s', (endpoint) => {
    expect(() => place({ environment }, { endpoint })).toThrow(
      expect.objectContaining({
        code: 'AUTH_REJECTED',
        message: expect.stringMatching(/LANGSMITH_API_KEY in the environment.*--endpoint/),
      }),
    );
  });

  test('anywhere as part of a message', () => {
    machine.write('work/.env', `LANGSMITH_ENDPOINT=${OWN}\n`);
    let said = '';

    try {
      place({ environment });
    } catch (error) {
      said = String(error);
    }

    expect(said).toContain('LANGSMITH_API_KEY');
    expect(said).not.toContain(KEY);
  });
});

describe('home', () => {
  test('is where --local leads, key or not', () => {
    expect(place({ environment: { LANGSMITH_API_KEY: KEY } }, { local: true })).toMatchObject({
      where: 'home',
      asked: true,
    });
  });

  test.for(['1', 'true', 'yes'])('is where LS_RECORD_LOCAL=%s leads', (value) => {
    const environment = { LANGSMITH_API_KEY: KEY, LS_RECORD_LOCAL: value };

    expect(place({ environment })).toMatchObject({ where: 'home', asked: true });
  });

  test.for(['0', 'false', ''])('is not where LS_RECORD_LOCAL=%s leads', (value) => {
    const environment = { LANGSMITH_API_KEY: KEY, LS_RECORD_LOCAL: value };

    expect(place({ environment })).toMatchObject({ where: 'langsmith' });
  });

  test.for([
    { local: true, endpoint: OWN },
    { local: true, profile: 'work' },
    { local: true, workspace: 'w' },
  ])('is not combined with what leads to LangSmith: %j', (options) => {
    expect(() => place({}, options)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  test('takes what a person records without a key', () => {
    expect(place({ terminal })).toMatchObject({ where: 'home', asked: false });
  });

  test('takes nothing without a key or a terminal', () => {
    expect(() => place({})).toThrow(
      expect.objectContaining({ code: 'AUTH_MISSING', hint: expect.stringContaining('--local') }),
    );
  });

  test.for([
    { CI: 'true' },
    { LANGSMITH_ENDPOINT: CLOUD },
    { LANGCHAIN_ENDPOINT: CLOUD },
    { LANGSMITH_WORKSPACE_ID: 'w' },
    { LANGSMITH_PROFILE: 'work' },
  ] as Record<string, string>[])(
    'takes nothing without a key when %j says that LangSmith is meant',
    (environment) => {
      expect(() => place({ terminal, environment })).toThrow(
        expect.objectContaining({ code: 'AUTH_MISSING' }),
      );
    },
  );

  test.for([{ endpoint: CLOUD }, { workspace: 'w' }] as DestinationOptions[])(
    'takes nothing without a key when %j was typed',
    (options) => {
      expect(() => place({ terminal }, options)).toThrow(
        expect.objectContaining({ code: 'AUTH_MISSING' }),
      );
    },
  );

  test.for([
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/ls-record'],
    ['linux', {}, '/home/me/.local/share/ls-record'],
    ['darwin', {}, '/home/me/Library/Application Support/ls-record'],
    ['linux', { LS_RECORD_HOME: 'mine' }, '/project/mine'],
    ['darwin', { LS_RECORD_HOME: '/mine' }, '/mine'],
  ] as [NodeJS.Platform, Record<string, string>, string][])(
    'keeps its data on %s with %j in %s',
    ([platform, environment, folder]) => {
      const context = {
        ...machine.context(),
        platform,
        environment,
        homeFolder: '/home/me',
        workingFolder: '/project',
      };

      expect(readDataFolder(context, {})).toBe(folder);
    },
  );

  test('can be moved by a file that --dotenv names, and never by ./.env', () => {
    machine.write('work/.env', 'LS_RECORD_HOME=kept\n');
    const context = { ...machine.context(), environment: {} };

    expect(readDataFolder(context, {})).toBe(dataFolder(context, undefined));
    expect(readDataFolder(context, { dotenv: ['.env'] })).toBe(`${machine.workingFolder}/kept`);
  });
});

test.for([
  ['/home/me', '/home/me/x', '~/x'],
  ['/home/me', '/home/meg/x', '/home/meg/x'],
  ['/', '/tmp/x', '~/tmp/x'],
] as const)('whose home is %s sees %s as %s', ([homeFolder, path, shown]) => {
  expect(shortPath(path, { homeFolder })).toBe(shown);
});

describe('a misuse is', () => {
  test.for([
    ['an endpoint that is no URL', { endpoint: 'smith' }],
    ['an endpoint with a password', { endpoint: 'https://me:secret@langsmith.example.com' }],
    ['an empty endpoint', { endpoint: '' }],
    ['an empty workspace', { workspace: ' ' }],
    ['a workspace with a line break in it', { workspace: 'a\r\nb' }],
    ['an env file that is not there', { dotenv: ['none.env'] }],
    ['an env file that is a folder', { dotenv: ['.'] }],
  ] as [string, DestinationOptions][])('%s', ([, options]) => {
    expect(() => place({ environment: { LANGSMITH_API_KEY: KEY } }, options)).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.any(String) }),
    );
  });
});
