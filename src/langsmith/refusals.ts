import { STATUS_CODES } from 'node:http';
import { LsRecordError } from '../errors.js';
import { describeSize } from '../json/size.js';

interface RefusalFacts {
  readonly status: number;
  readonly words: string;
  readonly isForeign: boolean;
  /** Such as `POST /datasets`. */
  readonly request: string;
  readonly again: boolean;
  readonly requestId?: string | undefined;
}

/** A request that the server understood and will refuse again: 400, 404, 409, 413, 422 and their kin. */
export class ApiRefusal extends LsRecordError {
  readonly status: number;
  /** The server's own words, or those of its status. */
  readonly words: string;
  /** It came without words of LangSmith's: from a proxy, or a server that does not know the path. */
  readonly isForeign: boolean;
  /** The words with the status. */
  readonly reason: string;
  /** The request was sent before and its answer lost: a 409 may be about our own first try. */
  readonly again: boolean;

  constructor({ status, words, isForeign, request, again, requestId }: RefusalFacts) {
    const notes = [isForeign ? '' : status, requestId ? `request id ${requestId}` : ''];
    const inBrackets = notes.filter((note) => note !== '').join(', ');
    super(
      'API_REFUSED',
      `LangSmith refused ${request}: ${words}${inBrackets && ` (${inBrackets})`}`,
    );
    this.status = status;
    this.words = words;
    this.isForeign = isForeign;
    this.reason = isForeign ? words : `${words} (${status})`;
    this.again = again;
  }
}

const MAX_WORDS = 600;

/**
 * One sentence from an error body of any of the server's shapes; empty if there is none.
 * Secrets in it are left out.
 * FastAPI: `{detail: text | [{loc, msg}]}`. Go: `{error, details}`. v2: RFC 7807 `{title, detail}`.
 */
export function wordsOf(body: unknown, secrets: readonly (string | undefined)[] = []): string {
  // Before it is cut to what is shown: the last piece of a key might be too short to be found.
  const words = withoutSecrets(read(body).slice(0, 20 * MAX_WORDS), secrets)
    .replace(/\s+/g, ' ')
    .trim();
  return words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS)}…` : words;
}

/** What a status says where no words of LangSmith's came with it. */
export function statusInWords(status: number, isJson: boolean, sentBytes?: number): string {
  if (status === 413 && sentBytes !== undefined)
    return `413: larger than the server, or a proxy in front of it, accepts (${describeSize(sentBytes)})`;
  const words = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
  return isJson ? words : `${words}, in a web page instead of JSON`;
}

/** A piece of a key that is shorter gives nothing away. */
const FRAGMENT = 12;

/** Some servers quote the key that they refuse: whole, in part, in capitals, or in base64. */
export function withoutSecrets(words: string, secrets: readonly (string | undefined)[]): string {
  const fragments = new Set(secrets.flatMap((secret) => (secret ? fragmentsOf(secret) : [])));
  const sizes = new Set([...fragments].map(({ length }) => length));
  const lowered = lower(words);
  let text = '';
  let end = 0;
  for (let at = 0; at < words.length; at++) {
    for (const size of sizes) {
      if (!fragments.has(lowered.slice(at, at + size))) continue;
      if (at > end || end === 0) text += `${words.slice(end, at)}…`;
      end = Math.max(end, at + size);
    }
  }
  return text + words.slice(end);
}

/** Keys are ASCII. */
function lower(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** All pieces that a key is found by in small letters, and those of its base64, which depends on how many bytes stand before it. */
function fragmentsOf(secret: string): string[] {
  const encoded = [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    // The characters at both ends are made of bytes of others, too.
    const certain = bytes.toString('base64url').slice(Math.ceil((before * 4) / 3), -1);
    return [certain, certain.replaceAll('-', '+').replaceAll('_', '/')];
  });
  return [secret, ...encoded].map(lower).flatMap((form, place) => {
    if (form.length <= FRAGMENT) return place === 0 ? [form] : [];
    return Array.from({ length: form.length - FRAGMENT + 1 }, (_, at) =>
      form.slice(at, at + FRAGMENT),
    );
  });
}

function read(body: unknown): string {
  if (typeof body === 'string') return body.trim();
  if (Array.isArray(body)) return body.map(readIssue).filter(Boolean).join('; ');
  if (typeof body !== 'object' || body === null) return '';
  const { detail, error, details, message, title } = body as Record<string, unknown>;
  const main = read(detail) || read(error) || read(message) || read(title);
  const more = read(details);
  return more && more !== main ? `${main}: ${more}` : main;
}

function readIssue(issue: unknown): string {
  if (typeof issue !== 'object' || issue === null) return read(issue);
  const { loc, msg } = issue as { loc?: unknown; msg?: unknown };
  const place = Array.isArray(loc) ? loc.join('.') : '';
  const words = typeof msg === 'string' ? msg : read(issue);
  return place ? `${place}: ${words}` : words;
}

/** Why a key is refused, as far as the answer tells. */
export type WhyRefused = 'workspace' | 'expired' | 'rights' | 'unknown';

/** A 401 or 403 of LangSmith itself, and what to do about it. */
export class AuthRefusal extends LsRecordError {
  readonly why: WhyRefused;
  /** The server's own words. */
  readonly words: string;

  constructor({
    status,
    why,
    words,
    request,
    isCloud,
    isLogin,
  }: {
    readonly status: number;
    readonly why: WhyRefused;
    readonly words: string;
    readonly request: string;
    /** One of several regions. */
    readonly isCloud: boolean;
    /** By OAuth, instead of a key. */
    readonly isLogin: boolean;
  }) {
    const what = isLogin ? 'login' : 'key';
    super('AUTH_REJECTED', `LangSmith refused the ${what} for ${request}: ${words} (${status})`, {
      hint: why === 'unknown' ? hintForUnknown(isCloud, isLogin) : HINTS[why](what),
    });
    this.why = why;
    this.words = words;
  }
}

/** @param words as the server said them, the key not yet taken out. */
export function whyRefused(status: number, words: string): WhyRefused {
  if (words.includes('org_scoped_key_requires_workspace')) return 'workspace';
  if (/expired/i.test(words)) return 'expired';
  return status === 403 ? 'rights' : 'unknown';
}

const HINTS = {
  workspace: (what) =>
    `The ${what} has access to several workspaces: choose one with --workspace or LANGSMITH_WORKSPACE_ID. To list them: ls-record login`,
  expired: (what) =>
    what === 'key'
      ? 'The key has expired. Create a new one under Settings, API Keys, then run ls-record login.'
      : 'The login has expired. Log in again: langsmith auth login.',
  rights: (what) =>
    `The ${what} is valid but not allowed to do this. Check its workspace (LANGSMITH_WORKSPACE_ID), its permissions and the plan’s usage limits with ls-record doctor.`,
} as const satisfies Record<Exclude<WhyRefused, 'unknown'>, (what: 'key' | 'login') => string>;

function hintForUnknown(isCloud: boolean, isLogin: boolean): string {
  if (isLogin) return 'Log in again: langsmith auth login.';
  return isCloud
    ? 'Check the key. It works in one region only, which LANGSMITH_ENDPOINT must match: ls-record doctor tries the others, and shows where the key comes from.'
    : 'Check the key: it must be from this server, not from another one or from LangSmith’s cloud.';
}

/** The limit of a plan, or one that the workspace set for itself. */
export function planUsedUp(words: string): LsRecordError {
  return new LsRecordError(
    'LIMIT_REACHED',
    `LangSmith usage limit reached in this workspace: ${words}`,
    {
      hint: 'Raise the limit of the plan or the workspace under Settings, Usage, or wait for the next month. Then run the same command again.',
    },
  );
}
