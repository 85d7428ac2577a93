import { LsRecordError } from '../errors.js';

interface Refusal {
  readonly status: number;
  readonly words: string;
  /** Such as `POST /datasets`. */
  readonly request: string;
  readonly again: boolean;
  readonly requestId?: string | undefined;
}

/** A request that the server understood and will refuse again: 400, 404, 409, 413, 422 and their kin. */
export class ApiRefusal extends LsRecordError {
  readonly status: number;
  /** The server's own words. */
  readonly words: string;
  /** The request was sent before and its answer lost: a 409 may be about our own first try. */
  readonly again: boolean;

  constructor({ status, words, request, again, requestId }: Refusal) {
    const id = requestId ? `, request id ${requestId}` : '';
    super('API_REFUSED', `LangSmith refused ${request}: ${words} (${status}${id})`);
    this.status = status;
    this.words = words;
    this.again = again;
  }
}

const MAX_WORDS = 600;

/**
 * One sentence from an error body of any of the server's shapes.
 * FastAPI: `{detail: text | [{loc, msg}]}`. Go: `{error, details}`. v2: RFC 7807 `{title, detail}`.
 */
export function wordsOf(body: unknown, fallback: string): string {
  const words = read(body) || fallback;
  return words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS)}…` : words;
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

/** Why a 401 or 403 was given, and what to do about it. */
export function authRejected(status: number, words: string, request: string): LsRecordError {
  const hint = words.includes('org_scoped_key_requires_workspace')
    ? 'The key spans several workspaces: name one with --workspace or LANGSMITH_WORKSPACE_ID.'
    : status === 403
      ? 'The key is known but may not do this. Check its workspace (LANGSMITH_WORKSPACE_ID), its rights, and the plan’s usage limits.'
      : 'Check LANGSMITH_API_KEY. A key works in one region only: set LANGSMITH_ENDPOINT to the region where it was made.';
  return new LsRecordError(
    'AUTH_REJECTED',
    `LangSmith refused the key for ${request}: ${words} (${status})`,
    {
      hint,
    },
  );
}

/** The limit of a plan, or one that the workspace set for itself. */
export function planUsedUp(words: string): LsRecordError {
  return new LsRecordError(
    'API_REFUSED',
    `LangSmith takes nothing more from this workspace: ${words}`,
    {
      hint: 'The plan’s monthly limit, or one that was set for this workspace, is reached: raise it under Settings, Usage, or wait for the next month. Then run the same command again; what is recorded stays.',
    },
  );
}
