import { createHash } from 'node:crypto';
import { LsRecordError } from '../../errors.js';
import { parseEndpoint } from '../../langsmith/endpoint.js';
import { type Context, isInCi } from '../context.js';
import { recall, remember } from '../home/data-folder.js';
import { askYes } from '../picking/ask-yes.js';
import type { Terminal } from '../screen/terminal.js';
import type { AtLangSmith } from './destination.js';

/**
 * Says where things go if it is the folder's `.env` that decides so, against the environment or a login, and asks once
 * for each folder, host and key.
 *
 * @throws {LsRecordError} `AUTH_REJECTED` without a yes, now or earlier.
 */
export async function agreeToRedirect(
  destination: AtLangSmith,
  context: Context,
  terminal: Terminal,
): Promise<void> {
  const { redirect, credential, endpoint } = destination;
  if (!redirect) return;
  const { host, isCloud } = parseEndpoint(endpoint.value);
  const line = `./.env sends this to ${host} with ${credential.described}, instead of ${redirect.instead}`;
  const consent = [context.workingFolder, host, hash(credential.value)].join(' ');
  const given = recall(redirect.dataFolder, 'consents')?.given ?? [];
  if (given.includes(consent) || (isCloud && isInCi(context))) {
    terminal.note(line);
    return;
  }

  if (!terminal.mayAsk || !(await askYes(`${line}. Allow this, now and in the future?`, context))) {
    throw new LsRecordError('AUTH_REJECTED', line, {
      hint: 'To allow it, pass --dotenv .env, or confirm once on a terminal. Otherwise choose a login with --profile, or remove those lines from ./.env.',
    });
  }
  remember(redirect.dataFolder, 'consents', { given: [...given, consent] });
}

function hash(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
