import type { LangSmith, LangSmithOptions } from '../langsmith/client.js';
import type { Context } from './context.js';
import { findRunningHome, type Home, homeUrl, moveTo, openHome } from './home.js';
import type { Place } from './settings.js';
import type { Terminal } from './terminal.js';
import { version } from './version.js';

/** Longer ones look like a standstill to who is not told. */
const LONG_WAIT_MS = 5_000;

export interface Connection {
  readonly client: LangSmith;
  readonly where: 'home' | 'langsmith';
  /** The same for the same place, even if it has another address each time. */
  readonly name: string;
  /** False: this home is there for this command only, and `ls-record open` shows it later. */
  readonly staysOpen: boolean;
  /** Where a person will find that page. */
  link(url: string): string;
  close(): Promise<void>;
}

/**
 * Connects to where things go: LangSmith, or home, which is started for as long as it is needed.
 *
 * @param retryForMs how long to go on while nothing gets through; default: the client's.
 * @throws {LsRecordError} `HOME_UNAVAILABLE`.
 */
export async function connect(
  context: Context,
  place: Place,
  terminal: Terminal,
  retryForMs?: number,
): Promise<Connection> {
  describePlace(place, terminal);
  if (place.where === 'home') return connectToHome(place.folder, context, terminal);

  const { endpoint, credential, workspace } = place;
  const client = await openClient(context, terminal, {
    endpoint: endpoint.value,
    ...(credential.kind === 'key' ? { key: credential.value } : { bearer: credential.value }),
    ...(workspace && { workspace: workspace.value }),
    ...(retryForMs !== undefined && { retryForMs }),
  });
  return {
    client,
    where: 'langsmith',
    name: client.endpoint.root,
    staysOpen: true,
    link: (url) => url,
    close: () => client.close(),
  };
}

async function connectToHome(
  folder: string,
  context: Context,
  terminal: Terminal,
): Promise<Connection> {
  const running = await findRunningHome(folder);
  let own: Home | undefined;
  if (!running) own = await openHome(folder);
  const url = running?.url ?? own?.url ?? '';

  const client = await openClient(context, terminal, { endpoint: url });
  const seenAt = running?.url ?? homeUrl(folder);
  return {
    client,
    where: 'home',
    name: `home ${folder}`,
    staysOpen: running !== undefined,
    link: (page) => moveTo(seenAt, page),
    close: async () => {
      await client.close();
      await own?.close();
    },
  };
}

async function openClient(
  { signal }: Context,
  terminal: Terminal,
  options: Omit<LangSmithOptions, 'userAgent' | 'signal' | 'onRetry'>,
): Promise<LangSmith> {
  const { LangSmith } = await import('../langsmith/client.js');
  return new LangSmith({
    ...options,
    userAgent: `ls-record/${version}`,
    signal,
    onRetry: ({ request, reason, waitMs }) => {
      const words = `${request}: ${reason}; again in ${(waitMs / 1000).toFixed(1)} s`;
      if (waitMs < LONG_WAIT_MS) terminal.detail(words);
      else terminal.note(words);
    },
  });
}

function describePlace(place: Place, terminal: Terminal): void {
  if (place.where === 'home') {
    terminal.detail(`Home: ${place.folder}`);
    if (!place.asked) terminal.note('there is no API key, so this stays on this machine');
    return;
  }
  const { endpoint, credential, workspace } = place;
  terminal.detail(`Endpoint ${endpoint.value}, from ${endpoint.described}`);
  terminal.detail(`Key from ${credential.described}`);
  if (workspace) terminal.detail(`Workspace ${workspace.value}, from ${workspace.described}`);
}
