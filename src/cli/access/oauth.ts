import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LsRecordError } from '../../errors.js';
import { parseEndpoint } from '../../langsmith/endpoint.js';
import type { NetworkOptions } from '../../langsmith/network.js';
import { changeProfile, readProfileFile, realPath, toObject, toText } from './profile-file.js';
import { clean } from './variables.js';

/** All of these as in the SDKs, with which the file and the lock are shared (npm langsmith 0.12.0, lib/utils/profile-lock.js). */
const RENEW_BEFORE_END_MS = 60_000;
const RENEW_WITHIN_MS = 10_000;
const LOCK_STALE_AFTER_MS = 15_000;
const LOCK_POLL_MS = 10;

const DEFAULT_API = 'https://api.smith.langchain.com';

interface Tokens {
  readonly access: string | undefined;
  readonly refresh: string | undefined;
  /** NaN: never, as far as is known. */
  readonly endsMs: number;
  readonly api: string;
}

/** An OAuth login in a profile; renews its token when that comes to its end, and writes it back. */
export class Login {
  readonly #path: string;
  readonly #profile: string;
  #tokens: Tokens;
  #renewal: Promise<string> | undefined;

  constructor(path: string, profile: string) {
    this.#path = path;
    this.#profile = profile;
    this.#tokens = this.#read();
  }

  /** False: it has ended, and there is nothing to renew it with. */
  get isUsable(): boolean {
    return this.#tokens.refresh !== undefined || isValid(this.#tokens);
  }

  /**
   * A token that is good for the next request.
   *
   * @throws {LsRecordError} `AUTH_REJECTED` if the login is over, `API_UNREACHABLE` if it cannot be renewed now.
   */
  token(network: NetworkOptions): Promise<string> {
    const { access } = this.#tokens;
    if (access !== undefined && !isDue(this.#tokens)) return Promise.resolve(access);
    this.#renewal ??= this.#renew(network).finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #renew(network: NetworkOptions): Promise<string> {
    const deadlineMs = Date.now() + RENEW_WITHIN_MS;
    const lock = await takeLock(this.#path, deadlineMs).catch((error: unknown) => String(error));
    if (typeof lock === 'string') return this.#settle('unreachable', `cannot lock it: ${lock}`);
    try {
      // Another tool may have renewed it meanwhile.
      this.#tokens = this.#read();
      const { access, refresh, api } = this.#tokens;
      if (access !== undefined && !isDue(this.#tokens)) return access;
      if (refresh === undefined) return this.#settle('refused', 'it has expired');
      checkWay(api);

      const { renewLogin } = await import('../../langsmith/login.js');
      const renewal = await renewLogin(api, refresh, deadlineMs, network);
      if (renewal.outcome !== 'renewed') return this.#settle(renewal.outcome, renewal.words);
      const { accessToken, refreshToken, expiresInS } = renewal.token;
      changeProfile(this.#path, this.#profile, (profile) => ({
        ...profile,
        oauth: {
          ...toObject(profile.oauth),
          access_token: accessToken,
          refresh_token: refreshToken ?? refresh,
          ...(expiresInS !== undefined && {
            expires_at: new Date(Date.now() + expiresInS * 1000).toISOString(),
          }),
        },
      }));
      this.#tokens = this.#read();
      return accessToken;
    } finally {
      lock();
    }
  }

  /** Without a new token, the old one serves to its end. */
  #settle(outcome: 'refused' | 'unreachable', words: string): string {
    if (this.#tokens.access !== undefined && isValid(this.#tokens)) return this.#tokens.access;
    const where = `profile "${this.#profile}" of ${this.#path}`;
    if (outcome === 'unreachable') {
      throw new LsRecordError('API_UNREACHABLE', `cannot renew the login of ${where}: ${words}`, {
        hint: 'Run the same command again in a moment.',
      });
    }
    throw loginOver(where);
  }

  #read(): Tokens {
    const { profiles } = readProfileFile(this.#path);
    const profile = toObject(Object.hasOwn(profiles, this.#profile) ? profiles[this.#profile] : {});
    const oauth = toObject(profile.oauth);
    return {
      access: clean(toText(oauth.access_token)),
      refresh: clean(toText(oauth.refresh_token)),
      endsMs: Date.parse(toText(oauth.expires_at) ?? ''),
      api: clean(toText(profile.api_url)) ?? DEFAULT_API,
    };
  }
}

export function loginOver(where: string): LsRecordError {
  return new LsRecordError('AUTH_REJECTED', `the login of ${where} has expired`, {
    hint: 'Log in again with langsmith auth login, or with a key: ls-record login.',
  });
}

function isDue({ access, refresh, endsMs }: Tokens): boolean {
  if (access === undefined) return true;
  return refresh !== undefined && endsMs <= Date.now() + RENEW_BEFORE_END_MS;
}

function isValid({ access, endsMs }: Tokens): boolean {
  return access !== undefined && !(endsMs <= Date.now());
}

function checkWay(api: string): void {
  const { root, host, isLoopback } = parseEndpoint(api);
  if (root.startsWith('https:') || isLoopback) return;
  throw new LsRecordError('AUTH_REJECTED', `refusing to send a login to ${host} over plain HTTP`, {
    hint: 'Use https: plain HTTP is for this machine only.',
  });
}

/**
 * Takes the lock that all tools respect which renew logins: a folder, since making one is atomic.
 *
 * @returns what gives it back.
 */
async function takeLock(path: string, deadlineMs: number): Promise<() => void> {
  const folder = `${realPath(path)}.oauth.lock.lock`;
  const note = join(folder, 'created_at');
  const owner = randomUUID();
  for (;;) {
    if (Date.now() >= deadlineMs) throw new Error('another process holds the lock');
    try {
      mkdirSync(folder);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (isStale(folder, note)) rmSync(folder, { recursive: true, force: true });
    else await sleep(LOCK_POLL_MS);
  }
  writeFileSync(`${note}.${owner}`, `${new Date().toISOString()}\n${owner}\n`);
  renameSync(`${note}.${owner}`, note);
  return () => {
    // Who was too slow has lost it to another.
    if (readLines(note)[1]?.trim() === owner) rmSync(folder, { recursive: true, force: true });
  };
}

function isStale(folder: string, note: string): boolean {
  const written = Date.parse(readLines(note)[0]?.trim() ?? '');
  const createdMs = Number.isNaN(written) ? madeMs(folder) : written;
  return createdMs !== undefined && Date.now() - createdMs > LOCK_STALE_AFTER_MS;
}

function madeMs(folder: string): number | undefined {
  // It may be given back just now.
  return statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    // Its owner ended before it wrote this, or is about to.
    return [];
  }
}
