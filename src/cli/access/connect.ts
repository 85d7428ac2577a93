import type { LangSmith } from '../../langsmith/client.js';
import type { LangSmithOptions } from '../../langsmith/rest.js';
import type { Sent } from '../../langsmith/transport.js';
import type { Context } from '../context.js';
import { homeUrl, moveTo, openHome } from '../home/home-server.js';
import type { Terminal } from '../screen/terminal.js';
import { showBytes, showSeconds } from '../screen/words.js';
import { version } from '../version.js';
import { agreeToRedirect } from './consent.js';
import type { AtLangSmith, Destination } from './destination.js';

export interface Connection {
  readonly client: LangSmith;
  readonly where: 'home' | 'langsmith';
  /** The same for the same place, even if it has another address each time. */
  readonly name: string;
  /** Where a person will find that page. */
  link(url: string): string;
  close(): Promise<void>;
}

/** `on this machine`, `on LangSmith`. */
export function nameOfPlace({ where }: Pick<Connection, 'where'>): string {
  return where === 'home' ? 'on this machine' : 'on LangSmith';
}

/**
 * Connects to where things go: LangSmith, or home, which is started for as long as it is needed.
 *
 * @param options.retryForMs how long to go on while nothing gets through; default: the client's.
 * @param options.isBusy home is to answer many requests at once.
 * @throws {LsRecordError} `HOME_UNAVAILABLE`, `AUTH_REJECTED` if nobody agreed to where `./.env` leads.
 */
export async function connect(
  context: Context,
  destination: Destination,
  terminal: Terminal,
  options: { readonly retryForMs?: number | undefined; readonly isBusy?: boolean } = {},
): Promise<Connection> {
  describePlace(destination, terminal);
  if (destination.where === 'home') {
    const open = options.isBusy ? context.openHome : openHome;
    return connectToHome(destination.folder, open, context, terminal);
  }
  await agreeToRedirect(destination, context, terminal);

  const client = await openClientFor(context, destination, terminal, options.retryForMs);
  return {
    client,
    where: 'langsmith',
    name: client.endpoint.root,
    link: (url) => url,
    close: () => client.close(),
  };
}

/** A client for LangSmith, by the way that leads there from this machine. */
export async function openClientFor(
  context: Context,
  destination: AtLangSmith,
  terminal: Terminal,
  retryForMs?: number,
): Promise<LangSmith> {
  const { endpoint, credential, workspace, caCert } = destination;
  const { readNetwork } = await import('./read-network.js');
  const network = readNetwork(context, endpoint.value, caCert);
  const { value, renewed } = credential;
  return openClient(context, terminal, {
    endpoint: endpoint.value,
    network,
    ...(credential.kind === 'key'
      ? { key: value }
      : { bearer: () => renewed?.(network) ?? Promise.resolve(value) }),
    workspace: workspace?.value,
    retryForMs,
  });
}

async function connectToHome(
  folder: string,
  open: Context['openHome'],
  context: Context,
  terminal: Terminal,
): Promise<Connection> {
  const home = await open(folder);
  const client = await openClient(context, terminal, { endpoint: home.url, key: home.token });
  return {
    client,
    where: 'home',
    name: `home ${folder}`,
    link: (page) => moveTo(homeUrl(folder), page),
    close: async () => {
      await client.close();
      await home.close();
    },
  };
}

/** A client that tells of its requests and retries. */
export async function openClient(
  { signal }: Context,
  terminal: Terminal,
  options: Omit<LangSmithOptions, 'userAgent' | 'signal' | 'onRetry' | 'onRequest'>,
): Promise<LangSmith> {
  const { LangSmith } = await import('../../langsmith/client.js');
  return new LangSmith({
    ...options,
    userAgent: `ls-record/${version}`,
    signal,
    onRequest: (sent) => terminal.detail(describeRequest(sent)),
    onRetry: (retry) => terminal.wait(retry),
  });
}

/** `POST /runs/multipart 202 84 ms 1.2 MB`. */
function describeRequest({ request, outcome, ms, bytes }: Sent): string {
  const took = showSeconds(ms / 1000);
  if (typeof outcome === 'string') return `${request} failed after ${took}: ${outcome}`;
  return `${request} ${outcome} ${took} ${showBytes(bytes)}`;
}

function describePlace(destination: Destination, terminal: Terminal): void {
  if (destination.where === 'home') {
    terminal.detail(`Home: ${destination.folder}`);
    if (destination.instead !== undefined) {
      terminal.note(
        `LS_RECORD_LOCAL in ./.env keeps this on this machine, instead of ${destination.instead}`,
      );
    }
    if (!destination.asked) terminal.note('no API key found, so this stays on this machine');
    return;
  }
  const { endpoint, credential, workspace } = destination;
  terminal.detail(`Endpoint ${endpoint.value}, from ${endpoint.described}`);
  terminal.detail(`Key from ${credential.described}`);
  if (credential.exposed !== undefined) {
    terminal.warn(
      `other users can read ${credential.exposed}, which contains your key: chmod 600 ${credential.exposed}`,
    );
  }
  if (workspace) terminal.detail(`Workspace ${workspace.value}, from ${workspace.described}`);
}
