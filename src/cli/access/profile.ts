import { LsRecordError } from '../../errors.js';
import type { NetworkOptions } from '../../langsmith/network.js';
import type { Context } from '../context.js';
import { Login, loginOver } from './oauth.js';
import {
  othersMayRead,
  profilePath,
  readProfileFile,
  shortPath,
  toObject,
  toText,
} from './profile-file.js';
import { clean, type Setting, type Variables } from './variables.js';

/** How one proves who one is. */
export interface Credential extends Setting {
  readonly kind: 'key' | 'bearer';
  /** The file that it is from, if other users may read that. */
  readonly exposed?: string;
  /** A login's token that is good for the next request, renewed if necessary. */
  readonly renewed?: (network: NetworkOptions) => Promise<string>;
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
  const { path, profiles, current } = readProfileFile(profilePath(context, variables));
  const name = typed ?? variables.find('LANGSMITH_PROFILE')?.value ?? current ?? 'default';
  if (!Object.hasOwn(profiles, name)) {
    if (typed === undefined) return undefined;
    const names = Object.keys(profiles);
    throw new LsRecordError('USAGE', `no profile "${typed}" in ${shortPath(path, context)}`, {
      hint:
        names.length > 0
          ? `It has: ${names.join(', ')}.`
          : 'It has no profiles. To create one: ls-record login.',
    });
  }
  const described = `profile "${name}" of ${shortPath(path, context)}`;
  const exposed = othersMayRead(path, context) ? shortPath(path, context) : undefined;
  const login = new Login(path, name);
  return new Profile(login, described, toObject(profiles[name]), variables, exposed);
}

/** A login of the official LangSmith tools, from the file that they share with us. */
class Profile {
  constructor(
    private readonly login: Login,
    private readonly described: string,
    private readonly fields: Record<string, unknown>,
    private readonly variables: Variables,
    /** The file, if other users may read it. */
    private readonly exposed: string | undefined,
  ) {}

  get endpoint(): Setting | undefined {
    return this.#setting('api_url');
  }

  get workspace(): Setting | undefined {
    return this.#setting('workspace_id');
  }

  /**
   * Looked at only when it is needed: another source may have the key.
   *
   * @throws {LsRecordError} `AUTH_REJECTED` if the login has expired, `AUTH_MISSING` if the key is
   * kept where we cannot get it.
   */
  readCredential(): Credential | undefined {
    const kept = this.#readLogin() ?? this.#readKey();
    if (!kept) return this.#readKeyOfVariable();
    return this.exposed === undefined ? kept : { ...kept, exposed: this.exposed };
  }

  #readLogin(): Credential | undefined {
    const oauth = toObject(this.fields.oauth);
    const token = clean(toText(oauth.access_token));
    if (token === undefined && !clean(toText(oauth.refresh_token))) return undefined;
    if (!this.login.isUsable) throw loginOver(this.described);
    return {
      kind: 'bearer',
      ...this.#from(token ?? '', 'the login'),
      renewed: (network) => this.login.token(network),
    };
  }

  #readKey(): Credential | undefined {
    const key = this.#setting('api_key');
    return key && { kind: 'key', ...key };
  }

  #readKeyOfVariable(): Credential | undefined {
    const variable = clean(toText(this.fields.api_key_env));
    if (variable === undefined) {
      if (this.fields.api_key_cmd === undefined) return undefined;
      throw new LsRecordError(
        'AUTH_MISSING',
        `${this.described} gets its key from a command, which ls-record does not run`,
        { hint: 'Set LANGSMITH_API_KEY to what the command prints.' },
      );
    }
    const key = this.variables.findInEnvironment(variable);
    if (key === undefined) {
      throw new LsRecordError(
        'AUTH_MISSING',
        `${this.described} takes its key from ${variable}, which is not set`,
        { hint: `Set ${variable}, or LANGSMITH_API_KEY.` },
      );
    }
    return { kind: 'key', ...this.#from(key, `${variable}, named`) };
  }

  #setting(field: string): Setting | undefined {
    const value = clean(toText(this.fields[field]));
    return value === undefined ? undefined : this.#from(value, field);
  }

  #from(value: string, what: string): Setting {
    return { value, source: this.described, described: `${what} in ${this.described}` };
  }
}
