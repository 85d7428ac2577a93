import { LsRecordError } from '../../errors.js';
import type { LangSmith } from '../../langsmith/client.js';
import { parseEndpoint, REGIONS } from '../../langsmith/endpoint.js';
import { AuthRefusal } from '../../langsmith/refusals.js';
import type { Identity } from '../../langsmith/wire.js';
import type { Context } from '../context.js';
import type { Terminal } from '../screen/terminal.js';
import { openClient } from './connect.js';
import { readNetwork } from './read-network.js';

const RETRY_FOR_MS = 3_000;
const TIMEOUT_MS = 15_000;

/** What one server says of a key. */
export type KeyAnswer =
  | { readonly endpoint: string; readonly outcome: 'accepted'; readonly identity: Identity }
  /** The key is known, but is for several workspaces. */
  | { readonly endpoint: string; readonly outcome: 'needs workspace' }
  | { readonly endpoint: string; readonly outcome: 'refused'; readonly error: AuthRefusal }
  | { readonly endpoint: string; readonly outcome: 'unreachable'; readonly error: LsRecordError };

/** How to ask. */
export interface KeyTrial {
  readonly context: Context;
  readonly terminal: Terminal;
  readonly key: string;
  readonly workspace?: string;
  readonly caCert?: string;
}

/** A client that gives up soon: a person waits. */
export function openTrial(endpoint: string, asking: KeyTrial): Promise<LangSmith> {
  const { context, terminal, key, workspace, caCert } = asking;
  return openClient(context, terminal, {
    endpoint,
    key,
    network: readNetwork(context, endpoint, caCert),
    retryForMs: RETRY_FOR_MS,
    timeoutMs: TIMEOUT_MS,
    workspace,
  });
}

/** Asks one server whose key this is. */
export async function tryKey(endpoint: string, asking: KeyTrial): Promise<KeyAnswer> {
  const client = await openTrial(endpoint, asking);
  try {
    const identity = await client.whoAmI();
    if (identity.workspaceId === undefined && asking.workspace === undefined) {
      return { endpoint, outcome: 'needs workspace' };
    }
    return { endpoint, outcome: 'accepted', identity };
  } catch (error) {
    if (error instanceof AuthRefusal) {
      return error.why === 'workspace'
        ? { endpoint, outcome: 'needs workspace' }
        : { endpoint, outcome: 'refused', error };
    }
    if (error instanceof LsRecordError && error.code !== 'STOPPED') {
      return { endpoint, outcome: 'unreachable', error };
    }
    throw error;
  } finally {
    await client.close();
  }
}

/** Asks all of LangSmith's own regions, to which any key may go. */
export function tryRegions(asking: KeyTrial): Promise<KeyAnswer[]> {
  return Promise.all(REGIONS.map(({ endpoint }) => tryKey(endpoint, asking)));
}

/** The server took the key, workspace or not. */
export function isKnown({ outcome }: KeyAnswer): boolean {
  return outcome === 'accepted' || outcome === 'needs workspace';
}

/** `LangSmith EU`, or the host of another server. */
export function nameServer(endpoint: string): string {
  const { root, host } = parseEndpoint(endpoint);
  const region = REGIONS.find((candidate) => candidate.endpoint === root);
  return region ? `LangSmith ${region.name}` : host;
}

/** What a key is, by its first letters (LangSmith's docs, administration overview). */
export function keyKind(key: string): string {
  if (key.startsWith('lsv2_pt_')) return 'personal access token';
  if (key.startsWith('lsv2_sk_')) return 'service key';
  if (key.startsWith('ls__')) return 'legacy key (before October 2024), no longer accepted';
  return 'API key';
}
