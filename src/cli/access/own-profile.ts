import type { Context } from '../context.js';
import type { DestinationOptions } from './destination.js';
import {
  changeProfile,
  profilePath,
  readProfileFile,
  shortPath,
  toObject,
  toText,
} from './profile-file.js';
import { clean, type Setting, Variables } from './variables.js';

/** All ways in which a profile can hold a key, or say where one is. */
const CREDENTIALS = ['api_key', 'api_key_env', 'api_key_cmd', 'oauth'];

/** The profile that `login` writes and `logout` empties. */
export interface OwnProfile {
  readonly name: string;
  readonly path: string;
  /** For a person: `profile "work" of ~/.langsmith/config.json`. */
  readonly described: string;
  readonly isThere: boolean;
  /** The names of all there are. */
  readonly names: readonly string[];
  readonly hasCredential: boolean;
  readonly isCurrent: boolean;
  readonly endpoint: string | undefined;
  /** What is used before any profile. */
  readonly keyBefore: Setting | undefined;
}

/** @param otherwise which it is if none is named: the one in use, or the one called `default`. */
export function readOwnProfile(
  context: Context,
  options: DestinationOptions,
  otherwise: 'current' | 'default',
): OwnProfile {
  const variables = new Variables(context, options.dotenv);
  const { path, profiles, current } = readProfileFile(profilePath(context, variables));
  const name =
    clean(options.profile) ??
    variables.find('LANGSMITH_PROFILE')?.value ??
    (otherwise === 'current' ? current : undefined) ??
    'default';
  const isThere = Object.hasOwn(profiles, name);
  const fields = toObject(isThere ? profiles[name] : undefined);
  return {
    name,
    path,
    described: `profile "${name}" of ${shortPath(path, context)}`,
    isThere,
    names: Object.keys(profiles),
    hasCredential: CREDENTIALS.some((field) => fields[field] !== undefined),
    isCurrent: (current ?? 'default') === name,
    endpoint: clean(toText(fields.api_url)),
    keyBefore: variables.findLangSmith('API_KEY'),
  };
}

/** Keeps a key, and makes its profile the one in use; what the profile knew of other keys goes. */
export function keepKey(
  { path, name }: OwnProfile,
  login: { key: string; endpoint: string; workspace: string | undefined },
): void {
  changeProfile(
    path,
    name,
    (profile) => ({
      ...without(profile, [...CREDENTIALS, 'workspace_id']),
      api_key: login.key,
      api_url: login.endpoint,
      workspace_id: login.workspace,
    }),
    true,
  );
}

/** Forgets the key; endpoint, workspace and all else stay. */
export function forgetKey({ path, name }: OwnProfile): void {
  changeProfile(path, name, (profile) => without(profile, CREDENTIALS));
}

function without(
  fields: Record<string, unknown>,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
