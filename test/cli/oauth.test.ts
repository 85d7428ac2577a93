import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Login } from '../../src/cli/access/oauth.js';
import {
  type Answer,
  type ReceivedRequest,
  startScriptedServer,
} from '../support/scripted-server.js';
import { Machine } from './command-line.js';

let machine: Machine;
let path: string;
beforeEach(() => {
  machine = new Machine();
  path = join(machine.homeFolder, '.langsmith', 'config.json');
});
afterEach(() => machine.remove());

const MINUTE = 60_000;
const NEW = { access_token: 'new', refresh_token: 'next', expires_in: 3600 };
const at = (fromNowMs: number) => new Date(Date.now() + fromNowMs).toISOString();

/** A server that renews logins; `describes` is its own description, by path. */
async function authority(
  renewal: Answer = { json: NEW },
  describes: (url: string, path: string) => unknown = () => undefined,
) {
  const server = await startScriptedServer((request) => {
    if (request.method === 'POST') return renewal;
    const description = describes(server.url, request.path);
    return description ? { json: description } : { text: '<html>the web page</html>' };
  });
  onTestFinished(() => server.close());
  const posts = () => server.requests.filter(({ method }) => method === 'POST');
  return { url: server.url, posts };
}

function writeLogin(url: string, oauth: object, more: object = {}): void {
  const profiles = { work: { api_url: url, oauth, colour: 'blue' }, other: { api_key: 'k' } };
  machine.write('user/.langsmith/config.json', JSON.stringify({ profiles, ...more }));
}

const expired = () => ({ access_token: 'old', refresh_token: 'r', expires_at: at(-MINUTE) });
const token = () => new Login(path, 'work').token({});
const lockFolder = () => `${path}.oauth.lock.lock`;
const formOf = ({ body }: ReceivedRequest) => Object.fromEntries(new URLSearchParams(body));

describe('a login of the official tools', () => {
  test('is used as it is while it lasts', async () => {
    const { url, posts } = await authority();
    writeLogin(url, { access_token: 'old', refresh_token: 'r', expires_at: at(10 * MINUTE) });

    expect(await token()).toBe('old');
    expect(posts()).toEqual([]);
  });

  test('is renewed a minute before it ends, and written back', async () => {
    const { url, posts } = await authority();
    writeLogin(
      url,
      { access_token: 'old', refresh_token: 'r', expires_at: at(0.5 * MINUTE) },
      { a: 1 },
    );

    expect(await token()).toBe('new');

    expect(posts().map(formOf)).toEqual([
      { grant_type: 'refresh_token', client_id: 'langsmith-cli', refresh_token: 'r' },
    ]);
    const text = readFileSync(path, 'utf8');
    const config = JSON.parse(text);
    expect(config).toMatchObject({
      a: 1,
      profiles: {
        work: { colour: 'blue', oauth: { access_token: 'new', refresh_token: 'next' } },
        other: { api_key: 'k' },
      },
    });
    expect(Date.parse(config.profiles.work.oauth.expires_at)).toBeGreaterThan(
      Date.now() + 59 * MINUTE,
    );
    expect(text).toBe(`${JSON.stringify(config, null, 2)}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(path, '..'))).toEqual(['config.json']);
  });

  test('keeps the token that renews it where it gets no other', async () => {
    const { url } = await authority({ json: { access_token: 'new', expires_in: 3600 } });
    writeLogin(url, expired());

    await token();

    expect(JSON.parse(readFileSync(path, 'utf8')).profiles.work.oauth).toMatchObject({
      access_token: 'new',
      refresh_token: 'r',
    });
  });

  test('is renewed once, however many ask at once', async () => {
    const { url, posts } = await authority();
    writeLogin(url, expired());
    const login = new Login(path, 'work');

    const tokens = await Promise.all([login.token({}), login.token({}), login.token({})]);

    expect(tokens).toEqual(['new', 'new', 'new']);
    expect(posts()).toHaveLength(1);
  });

  test('that another tool renews meanwhile is taken over from it', async () => {
    const { url, posts } = await authority();
    writeLogin(url, expired());
    mkdirSync(lockFolder());
    const login = new Login(path, 'work');

    const waiting = login.token({});
    writeLogin(url, { access_token: 'theirs', refresh_token: 'r2', expires_at: at(60 * MINUTE) });
    rmdirSync(lockFolder());

    expect(await waiting).toBe('theirs');
    expect(posts()).toEqual([]);
    expect(existsSync(lockFolder())).toBe(false);
  });

  test.for(['its note', 'the folder itself'])(
    'is not held up by a lock whose owner is gone, as %s tells',
    async (witness) => {
      const { url } = await authority();
      writeLogin(url, expired());
      mkdirSync(lockFolder());
      if (witness === 'its note') {
        writeFileSync(join(lockFolder(), 'created_at'), `${at(-20_000)}\nsomebody\n`);
      } else {
        utimesSync(lockFolder(), new Date(), new Date(Date.now() - 20_000));
      }

      expect(await token()).toBe('new');
      expect(existsSync(lockFolder())).toBe(false);
    },
  );

  test('serves to its end when it cannot be renewed', async () => {
    const { url } = await authority({ status: 503, json: {} });
    writeLogin(url, { access_token: 'old', refresh_token: 'r', expires_at: at(0.5 * MINUTE) });

    expect(await token()).toBe('old');
    expect(existsSync(lockFolder())).toBe(false);
  });

  test.for([
    [400, 'AUTH_REJECTED', 'langsmith auth login'],
    [503, 'API_UNREACHABLE', 'again in a moment'],
  ] as const)('that has ended and is answered %i is %s', async ([status, code, remedy]) => {
    const { url } = await authority({ status, json: { error: 'invalid_grant' } });
    writeLogin(url, expired());

    await expect(token()).rejects.toMatchObject({ code, hint: expect.stringContaining(remedy) });
  });
});

describe('it is renewed where', () => {
  test('the server’s own description says', async () => {
    const { url, posts } = await authority({ json: NEW }, (origin, asked) =>
      asked === '/.well-known/oauth-authorization-server/api'
        ? { issuer: `${origin}/api`, token_endpoint: `${origin}/api/own/token` }
        : undefined,
    );
    writeLogin(`${url}/api/v1`, expired());

    await token();

    expect(posts()).toMatchObject([{ path: '/api/own/token' }]);
  });

  test.for([
    [{ issuer: 'https://evil.example', token_endpoint: '/token' }, 'another issuer'],
    [{ token_endpoint: 'https://evil.example/token' }, 'an endpoint elsewhere'],
    [{ token_endpoint: '//' }, 'no URL'],
  ] as const)('LangSmith has it, if the description names %s', async ([described]) => {
    const { url, posts } = await authority({ json: NEW }, (origin) => ({
      issuer: origin,
      ...described,
    }));
    writeLogin(url, expired());

    await token();

    expect(posts()).toMatchObject([{ path: '/oauth/token' }]);
  });

  test('nothing is sent in the clear', async () => {
    writeLogin('http://langsmith.example.com', expired());

    await expect(token()).rejects.toMatchObject({
      code: 'AUTH_REJECTED',
      message: expect.stringContaining('over plain HTTP'),
    });
  });
});
