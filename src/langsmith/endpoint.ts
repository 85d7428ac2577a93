import { LsRecordError } from '../errors.js';

/** LangSmith's own regions: API host → host of its pages (docs, cloud). */
const CLOUD = new Map([
  ['api.smith.langchain.com', 'smith.langchain.com'],
  ['eu.api.smith.langchain.com', 'eu.smith.langchain.com'],
  ['apac.api.smith.langchain.com', 'apac.smith.langchain.com'],
  ['aws.api.smith.langchain.com', 'aws.smith.langchain.com'],
]);

/** LangSmith's own regions: a key works in one of them only. */
export const REGIONS = [
  { name: 'US', endpoint: 'https://api.smith.langchain.com' },
  { name: 'EU', endpoint: 'https://eu.api.smith.langchain.com' },
  { name: 'APAC', endpoint: 'https://apac.api.smith.langchain.com' },
  { name: 'AWS', endpoint: 'https://aws.api.smith.langchain.com' },
] as const;

const PRIVATE_LINK = /^(?:([a-z0-9-]+)\.)?p\.api\.smith\.langchain\.com$/;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** How keys of home begin, which are good on this machine only. */
export const HOME_KEY_PREFIX = 'lsr_home_';

/** An API base, and what follows from it. */
export interface Endpoint {
  /** The base without `/api`, `/api/v1` or a closing slash. */
  readonly root: string;
  readonly host: string;
  /** LangChain's own service: it takes runs of the last 24 hours only. */
  readonly isCloud: boolean;
  /** This machine: nothing leaves it, and compressing would only cost time. */
  readonly isLoopback: boolean;
  /** Where a person looks at what was recorded. */
  readonly pages: string;
}

/**
 * Reads an API base as people write it: `https://host`, `https://host/api`, `https://host/api/v1/`.
 *
 * @throws {LsRecordError} `USAGE` if it is not an http(s) URL, or has a user, password, query or fragment.
 */
export function parseEndpoint(text: string): Endpoint {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    // Not quoted: it may hold a key, or be one.
    throw new LsRecordError('USAGE', 'the endpoint is not the address of a LangSmith API', {
      hint: 'Expected an address such as https://api.smith.langchain.com, or https://host/api for a self-hosted server.',
    });
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new LsRecordError('USAGE', 'the endpoint contains a user, a password or a query', {
      hint: 'Give scheme, host and path only. A key belongs in LANGSMITH_API_KEY.',
    });
  }

  const path = url.pathname.replace(/\/+$/, '').replace(/\/api(\/v1)?$/, '');
  const root = url.origin + path;
  const pagesHost = CLOUD.get(url.hostname) ?? privateLinkPages(url.hostname);
  return {
    root,
    host: url.host,
    isCloud: pagesHost !== undefined,
    isLoopback: LOOPBACK.test(url.hostname),
    pages: pagesHost ? `https://${pagesHost}` : root,
  };
}

function privateLinkPages(hostname: string): string | undefined {
  const match = PRIVATE_LINK.exec(hostname);
  if (!match) return undefined;
  const region = match[1];
  return region === undefined || region === 'us'
    ? 'smith.langchain.com'
    : `${region}.smith.langchain.com`;
}
