import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { forget, recall, remember } from './data-folder.js';
import type { HomeServer } from './in-thread.js';
import { startOf } from './processes.js';
import { homeToken } from './token.js';

const DEFAULT_PORT = 4984;
const PORTS_TO_TRY = 20;
const ANSWER_WITHIN_MS = 5_000;

/** Serves home on any free port, for one command: nothing else answers it, whoever listens where home was last. */
export function openHome(folder: string): Promise<HomeServer> {
  return serve(folder, 0);
}

/**
 * Serves home for browsers and SDKs, and lets other commands know.
 *
 * @param port default: the one of last time, or the first free one from 4984.
 * @throws {LsRecordError} `HOME_UNAVAILABLE` if there is no port to be had.
 */
export async function keepHome(folder: string, port?: number): Promise<HomeServer> {
  const home = await (port === undefined ? serveOnFreePort(folder) : serve(folder, port));
  const close = async () => {
    // Another one may have been started since.
    if (recall(folder, 'server')?.port === home.port) forget(folder, 'server');
    await home.close();
  };
  try {
    remember(folder, 'port', { port: home.port });
    const { pid } = process;
    remember(folder, 'server', { port: home.port, pid, start: startOf(pid) ?? '' });
  } catch (error) {
    await close();
    throw error;
  }
  return { ...home, close };
}

/** The home that another process of ours keeps running in this folder, if there is one. */
export async function findRunningHome(
  folder: string,
): Promise<{ readonly url: string; readonly port: number; readonly pid: number } | undefined> {
  const { port, pid, start } = recall(folder, 'server') ?? {};
  // Another process that has its number by now is not the one that we started.
  if (port === undefined || pid === undefined || startOf(pid) !== start) return undefined;
  const url = urlOf(port);
  return (await isHome(url)) ? { url, port, pid } : undefined;
}

/** Where home is seen when it is kept running. */
export function homeUrl(folder: string): string {
  return urlOf(rememberedPort(folder));
}

/** An address that opens a page of home in a browser, once. @param isPlain under the name of this machine itself. */
export async function entryTo(
  folder: string,
  { port }: Pick<HomeServer, 'port'>,
  pageUrl: string,
  isPlain: boolean,
): Promise<string> {
  const [{ withCode, pageHost }, { openStore }] = await Promise.all([
    import('../../server/access.js'),
    import('../../server/store.js'),
  ]);
  const store = openStore({ file: homeFile(folder) });
  try {
    const host = isPlain ? '127.0.0.1' : pageHost(homeToken(folder));
    return withCode(moveTo(`http://${host}:${port}`, pageUrl), store.passes.issueCode());
  } finally {
    store.close();
  }
}

/** The database in a data folder. */
export function homeFile(folder: string): string {
  return join(folder, 'home.sqlite');
}

/** How many datasets this machine has; 0 where nothing was recorded, or it cannot be read. */
export async function countDatasets(folder: string): Promise<number> {
  if (!existsSync(homeFile(folder))) return 0;
  try {
    const { openStore } = await import('../../server/store.js');
    const store = openStore({ file: homeFile(folder) });
    try {
      return store.datasets.count();
    } finally {
      store.close();
    }
  } catch {
    return 0;
  }
}

/** The same page, on the server that shows it. */
export function moveTo(serverUrl: string, pageUrl: string): string {
  const { pathname, search, hash } = new URL(pageUrl);
  return new URL(serverUrl).origin + pathname + search + hash;
}

async function serveOnFreePort(folder: string): Promise<HomeServer> {
  const { isPortTaken } = await import('../../server/serve.js');
  const first = rememberedPort(folder);
  for (let port = first; ; port++) {
    try {
      return await serve(folder, port);
    } catch (error) {
      if (!isPortTaken(error) || port === first + PORTS_TO_TRY) throw error;
    }
  }
}

async function serve(folder: string, port: number): Promise<HomeServer> {
  const token = homeToken(folder);
  const [{ openStore }, { serveHome }] = await Promise.all([
    import('../../server/store.js'),
    import('../../server/serve.js'),
  ]);
  const store = openStore({ file: homeFile(folder) });
  try {
    const server = await serveHome({ store, port, requireKey: token, userName: userName() });
    return {
      url: server.url,
      port: server.port,
      token,
      close: async () => {
        await server.close();
        store.close();
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

function rememberedPort(folder: string): number {
  const port = recall(folder, 'port')?.port;
  return Number.isInteger(port) && port !== undefined && port > 0 && port < 65_536
    ? port
    : DEFAULT_PORT;
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** The port may belong to something else by now. */
function isHome(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    // A connection of its own: one that is kept from before may be to a server that is gone.
    const question = get(`${url}/ok`, { agent: false, timeout: ANSWER_WITHIN_MS }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200 && 'ls-record-home' in answer.headers);
    });
    question.on('timeout', () => question.destroy());
    // Nobody answers there, or not in time.
    question.on('error', () => resolve(false));
    question.on('close', () => resolve(false));
  });
}

/** Undefined where the system does not know, as in some containers. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // There is no entry for this user id.
    return undefined;
  }
}
