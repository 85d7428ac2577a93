import { LsRecordError } from '../../errors.js';
import { parseEndpoint } from '../../langsmith/endpoint.js';
import { type Context, isInCi } from '../context.js';
import { dataFolder } from '../home/data-folder.js';
import { type Credential, readProfile } from './profile.js';
import { clean, isHeaderText, type Setting, Variables } from './variables.js';

/** What flags can say about where things go. */
export interface DestinationOptions {
  readonly local?: boolean;
  readonly endpoint?: string;
  readonly workspace?: string;
  readonly profile?: string;
  readonly dotenv?: readonly string[];
  readonly caCert?: string;
}

/** Where things go. */
export type Destination = AtHome | AtLangSmith;

interface AtHome {
  readonly where: 'home';
  readonly folder: string;
  /** False: nobody said so, but there is no key. */
  readonly asked: boolean;
  /** Where things went without the folder's `.env`, in words. */
  readonly instead?: string;
}

export interface AtLangSmith {
  readonly where: 'langsmith';
  readonly endpoint: Setting;
  readonly credential: Credential;
  readonly workspace: Setting | undefined;
  /** A file of certificates to trust, from `--ca-cert`. */
  readonly caCert: string | undefined;
  /** The folder's `.env` leads here, against the environment or a login: somebody has to agree to that. */
  readonly redirect?: { readonly instead: string; readonly dataFolder: string };
}

const DEFAULT_ENDPOINT: Setting = {
  value: 'https://api.smith.langchain.com',
  source: 'the default',
  described: 'the default endpoint',
};

/**
 * Decides where things go. Each setting comes from the first that has it: flag, environment, env
 * files, profile, default; a profile that was named with `--profile` goes before the environment.
 *
 * @throws {LsRecordError} `AUTH_MISSING` without a key, `AUTH_REJECTED` if the key may not go to
 * that endpoint, `USAGE` if the flags contradict each other.
 */
export function readDestination(
  context: Context,
  options: DestinationOptions,
  { hasPerson = isWatched(context) }: { readonly hasPerson?: boolean } = {},
): Destination {
  const variables = new Variables(context, options.dotenv);
  const destination = chooseDestination(context, options, variables);
  if (destination === undefined) {
    const meant =
      options.endpoint ??
      options.workspace ??
      options.profile ??
      variables.findLangSmith('ENDPOINT') ??
      variables.findLangSmith('WORKSPACE_ID') ??
      variables.find('LANGSMITH_PROFILE');
    if (meant !== undefined || !hasPerson) throw missingKey();
    return { where: 'home', folder: homeOf(context, variables), asked: false };
  }

  const instead = describeOther(destination, context, options);
  if (instead === undefined) return destination;
  if (destination.where === 'home') return { ...destination, instead };
  return { ...destination, redirect: { instead, dataFolder: homeOf(context, variables) } };
}

/** Undefined without a key. */
function chooseDestination(
  context: Context,
  options: DestinationOptions,
  variables: Variables,
): Destination | undefined {
  const typed = {
    endpoint: fromFlag('--endpoint', options.endpoint),
    workspace: fromFlag('--workspace', options.workspace),
    profile: fromFlag('--profile', options.profile),
  };

  const local = options.local ? '--local' : isSet(variables.find('LS_RECORD_LOCAL'));
  if (local) {
    const other = typed.endpoint ?? typed.workspace ?? typed.profile;
    if (other) {
      throw new LsRecordError(
        'USAGE',
        `${local} selects this machine, ${other.described} selects LangSmith`,
        { hint: 'Use only one of them.' },
      );
    }
    return { where: 'home', folder: homeOf(context, variables), asked: true };
  }

  const profile = readProfile(context, variables, typed.profile?.value);
  const named = typed.profile && profile;
  const credential =
    named?.readCredential() ??
    asKey(variables.findLangSmith('API_KEY')) ??
    profile?.readCredential();
  if (!credential) return undefined;

  const endpoint =
    typed.endpoint ??
    named?.endpoint ??
    variables.findLangSmith('ENDPOINT') ??
    profile?.endpoint ??
    DEFAULT_ENDPOINT;
  checkIsKey(credential);
  checkKeyMayGo(credential, endpoint);
  const workspace =
    typed.workspace ??
    named?.workspace ??
    variables.findLangSmith('WORKSPACE_ID') ??
    profile?.workspace;
  if (workspace) checkIsWorkspace(workspace);
  return {
    where: 'langsmith',
    endpoint,
    credential,
    caCert: fromFlag('--ca-cert', options.caCert)?.value,
    workspace,
  };
}

/** What the environment or a login say, in words, if the folder's `.env` says otherwise; what they leave open it may say. */
function describeOther(
  destination: Destination,
  context: Context,
  options: DestinationOptions,
): string | undefined {
  let other: Destination | undefined;
  try {
    other = chooseDestination(context, options, new Variables(context, options.dotenv, false));
  } catch (error) {
    // Such as a login that has expired: it is one nevertheless.
    if (error instanceof LsRecordError) return `failing: ${error.message}`;
    throw error;
  }
  if (other?.where !== 'langsmith') return undefined;
  const { endpoint, credential, workspace } = other;
  const isTheSame =
    destination.where === 'langsmith' &&
    destination.credential.value === credential.value &&
    (endpoint === DEFAULT_ENDPOINT || endpoint.value === destination.endpoint.value) &&
    (workspace === undefined || workspace.value === destination.workspace?.value);
  return isTheSame
    ? undefined
    : `${parseEndpoint(endpoint.value).host} with ${credential.described}`;
}

/** The data folder, with what env files say of it. */
export function readDataFolder(context: Context, options: DestinationOptions): string {
  return homeOf(context, new Variables(context, options.dotenv));
}

/** What cannot stand in a header would otherwise look as if the network were down. */
function checkIsKey({ kind, value, described }: Credential): void {
  // A login that has to be renewed has no token yet.
  if (isHeaderText(value) || (kind === 'bearer' && value === '')) return;
  throw new LsRecordError(
    'AUTH_REJECTED',
    `the key from ${described} is not a valid API key: it contains spaces or control characters`,
    { hint: 'Copy it again, with nothing else on the line, or run ls-record login.' },
  );
}

function checkIsWorkspace({ value, described }: Setting): void {
  if (isHeaderText(value)) return;
  throw new LsRecordError(
    'USAGE',
    `the workspace from ${described} is not a valid ID: it contains spaces or control characters`,
    { hint: 'Copy its ID from LangSmith: Settings, Workspaces.' },
  );
}

/**
 * A key goes to LangSmith's own hosts, to the host that its own source names, and where a person
 * typed. So a `.env` that came with a checkout cannot lead the key of the environment astray.
 */
function checkKeyMayGo(credential: Credential, endpoint: Setting): void {
  const { root, host, isCloud } = parseEndpoint(endpoint.value);
  refusePlainHttp(endpoint, credential.described);
  if (isCloud && root.startsWith('https:')) return;
  if (endpoint.source === credential.source || endpoint.source === TYPED) return;
  throw new LsRecordError(
    'AUTH_REJECTED',
    `refusing to send the key from ${credential.described} to ${host} (endpoint set in ${endpoint.described})`,
    {
      hint: 'Set the key and the endpoint in the same place, or confirm the host with --endpoint.',
    },
  );
}

/** @throws {LsRecordError} `AUTH_REJECTED` if others could read a key on its way there. */
export function refusePlainHttp(
  { value, described }: Pick<Setting, 'value' | 'described'>,
  keyDescribed: string,
): void {
  const { root, host, isLoopback } = parseEndpoint(value);
  if (root.startsWith('https:') || isLoopback) return;
  throw new LsRecordError(
    'AUTH_REJECTED',
    `refusing to send an API key to ${host} over plain HTTP (key from ${keyDescribed}, address from ${described})`,
    { hint: 'Use https: plain HTTP is for this machine only.' },
  );
}

const TYPED = 'the command line';

function fromFlag(flag: string, text: string | undefined): Setting | undefined {
  const value = clean(text);
  if (text !== undefined && value === undefined) {
    throw new LsRecordError('USAGE', `${flag} is empty`, {
      hint: `Give it a value, or leave ${flag} out.`,
    });
  }
  return value === undefined ? undefined : { value, source: TYPED, described: flag };
}

function asKey(setting: Setting | undefined): Credential | undefined {
  return setting && { kind: 'key', ...setting };
}

function isSet(setting: Setting | undefined): string | undefined {
  return setting && !/^(0|false|no|off)$/i.test(setting.value) ? setting.described : undefined;
}

function homeOf(context: Context, variables: Variables): string {
  return dataFolder(context, variables.find('LS_RECORD_HOME')?.value);
}

/** Whether a person sees what is printed, so that recording on this machine cannot go unnoticed. */
function isWatched(context: Context): boolean {
  return context.stderr.isTTY === true && !isInCi(context);
}

function missingKey(): LsRecordError {
  return new LsRecordError('AUTH_MISSING', 'no API key found', {
    hint: 'Set LANGSMITH_API_KEY, run ls-record login, or use --local to stay on this machine.',
  });
}
