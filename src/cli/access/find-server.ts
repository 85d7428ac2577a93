import { LsRecordError } from '../../errors.js';
import { parseEndpoint } from '../../langsmith/endpoint.js';
import type { Identity } from '../../langsmith/wire.js';
import {
  isKnown,
  type KeyAnswer,
  type KeyTrial,
  nameServer,
  tryKey,
  tryRegions,
} from './try-key.js';

/**
 * Finds the server that knows a key: the one that was named, or LangSmith's regions.
 *
 * @param typed what `--endpoint` says: then no other will do.
 * @param kept what the profile says: a server of one's own stays, a region may have changed.
 * @throws {LsRecordError} `AUTH_REJECTED` if none takes the key, `API_UNREACHABLE` if none answers.
 */
export async function findServer(
  asking: KeyTrial,
  typed: string | undefined,
  kept: string | undefined,
): Promise<KeyAnswer> {
  const only = typed ?? (kept !== undefined && !parseEndpoint(kept).isCloud ? kept : undefined);
  if (only === undefined) {
    const verdicts = await tryRegions(asking);
    const known = verdicts.find(isKnown);
    if (known) return known;
    throw whyNone(verdicts);
  }

  const verdict = await tryKey(only, asking);
  if (isKnown(verdict)) return verdict;
  if (verdict.outcome === 'refused' && parseEndpoint(only).isCloud) {
    const other = (await tryRegions(asking)).find(isKnown);
    if (other) {
      throw new LsRecordError(
        'AUTH_REJECTED',
        `this key belongs to ${nameServer(other.endpoint)}, not ${nameServer(only)}`,
        { hint: `Omit --endpoint, or use --endpoint ${other.endpoint}.` },
      );
    }
  }
  throw whyNone([verdict]);
}

/**
 * Makes sure that the key works in the workspace that was chosen.
 *
 * @throws {LsRecordError} `AUTH_REJECTED` if it does not.
 */
export async function proveKey(
  asking: KeyTrial,
  server: KeyAnswer,
  workspace: string | undefined,
): Promise<Identity> {
  const verdict =
    workspace === undefined ? server : await tryKey(server.endpoint, { ...asking, workspace });
  if (verdict.outcome === 'accepted') return verdict.identity;
  if ('error' in verdict) throw verdict.error;
  throw new LsRecordError('AUTH_REJECTED', 'the key belongs to another workspace', {
    hint: 'Choose one with --workspace.',
  });
}

function whyNone(verdicts: readonly KeyAnswer[]): LsRecordError {
  const failed = verdicts.filter((verdict) => 'error' in verdict);
  const refused = failed.filter(({ outcome }) => outcome === 'refused');
  const [first] = refused.length > 0 ? refused : failed;
  if (first && (failed.length === 1 || refused.length === 0)) return first.error;

  const expired = failed.find(({ error }) => 'why' in error && error.why === 'expired');
  if (expired) return expired.error;
  const words = failed.map(
    ({ endpoint, outcome, error }) =>
      `${nameServer(endpoint)}: ${outcome === 'refused' && 'words' in error ? error.words : error.message}`,
  );
  return new LsRecordError(
    'AUTH_REJECTED',
    `no LangSmith region accepts this key\n${words.map((line) => `  ${line}`).join('\n')}`,
    {
      hint: 'Check that you copied the whole key, or create a new one under Settings, API Keys. For a self-hosted server, add --endpoint https://host/api.',
    },
  );
}
