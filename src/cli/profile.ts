import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LsRecordError } from '../errors.js';
import type { Context } from './context.js';
import { clean, type Setting, type Variables } from './variables.js';

/** How one proves who one is. */
export interface Credential extends Setting {
  readonly kind: 'key' | 'bearer';
}

/** A login of the official LangSmith tools, from the file that they share with us. */
export interface Profile {
  readonly endpoint: Setting | undefined;
  readonly workspace: Setting | undefined;
  /**
   * Looked at only when it is needed: another source may have the key.
   *
   * @throws {LsRecordError} `AUTH_REJECTED` if the login has expired, `AUTH_MISSING` if the key is
   * kept where we cannot get it.
   */
  readCredential(): Credential | undefined;
}

/**
 * Reads a profile; a file that is missing or broken has none.
 *
 * @param typed the name given with `--profile`.
 * @throws {LsRecordError} `USAGE` if there is no profile of that name.
 * @see https://docs.langchain.com/langsmith/profile-configuration
 */
export function readProfile(
  context: Context,
  variables: Variables,
  typed: string | undefined,
): Profile | undefined {
  const configured = variables.findInEnvironment('LANGSMITH_CONFIG_FILE');
  const path = configured
    ? resolve(context.workingFolder, configured)
    : join(context.homeFolder, '.langsmith', 'config.json');
  const file = readObject(path);
  const profiles = toObject(file.profiles);

  const name =
    typed ??
    variables.find('LANGSMITH_PROFILE')?.value ??
    clean(toText(file.current_profile)) ??
    'default';
  if (!Object.hasOwn(profiles, name)) {
    if (typed === undefined) return undefined;
    const names = Object.keys(profiles);
    throw new LsRecordError('USAGE', `there is no profile "${typed}" in ${path}`, {
      hint:
        names.length > 0
          ? `It has: ${names.join(', ')}.`
          : 'It has none: langsmith auth login makes one.',
    });
  }
  return new FileProfile(name, path, toObject(profiles[name]), variables);
}

class FileProfile implements Profile {
  readonly endpoint: Setting | undefined;
  readonly workspace: Setting | undefined;
  readonly #name: string;
  readonly #path: string;
  readonly #fields: Record<string, unknown>;
  readonly #variables: Variables;

  constructor(name: string, path: string, fields: Record<string, unknown>, variables: Variables) {
    this.#name = name;
    this.#path = path;
    this.#fields = fields;
    this.#variables = variables;
    this.endpoint = this.#setting('api_url');
    this.workspace = this.#setting('workspace_id');
  }

  readCredential(): Credential | undefined {
    return this.#readLogin() ?? this.#readKey() ?? this.#readKeyOfVariable();
  }

  #readLogin(): Credential | undefined {
    const oauth = toObject(this.#fields.oauth);
    const token = clean(toText(oauth.access_token));
    if (token === undefined && !clean(toText(oauth.refresh_token))) return undefined;
    const expires = Date.parse(toText(oauth.expires_at) ?? '');
    if (token === undefined || expires <= Date.now()) {
      throw new LsRecordError('AUTH_REJECTED', `the login of ${this.#described} has expired`, {
        hint: 'Log in again with langsmith auth login, or set LANGSMITH_API_KEY.',
      });
    }
    return { kind: 'bearer', ...this.#from(token, 'the login') };
  }

  #readKey(): Credential | undefined {
    const key = this.#setting('api_key');
    return key && { kind: 'key', ...key };
  }

  #readKeyOfVariable(): Credential | undefined {
    const variable = clean(toText(this.#fields.api_key_env));
    if (variable === undefined) {
      if (this.#fields.api_key_cmd === undefined) return undefined;
      throw new LsRecordError(
        'AUTH_MISSING',
        `${this.#described} gets its key from a command, which ls-record does not run`,
        {
          hint: 'Set LANGSMITH_API_KEY to what the command prints.',
        },
      );
    }
    const key = this.#variables.findInEnvironment(variable);
    if (key === undefined) {
      throw new LsRecordError(
        'AUTH_MISSING',
        `${this.#described} takes its key from ${variable}, which is not set`,
        {
          hint: `Set ${variable}, or LANGSMITH_API_KEY.`,
        },
      );
    }
    return { kind: 'key', ...this.#from(key, `${variable}, named`) };
  }

  #setting(field: string): Setting | undefined {
    const value = clean(toText(this.#fields[field]));
    return value === undefined ? undefined : this.#from(value, field);
  }

  #from(value: string, what: string): Setting {
    return { value, source: this.#described, described: `${what} in ${this.#described}` };
  }

  get #described(): string {
    return `profile "${this.#name}" of ${this.#path}`;
  }
}

function readObject(path: string): Record<string, unknown> {
  try {
    return toObject(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // The official tools too take such a file for none.
    return {};
  }
}

function toObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
