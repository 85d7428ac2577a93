import { allOf } from '../../langsmith/all-of.js';
import type { LangSmith } from '../../langsmith/client.js';
import { parseEndpoint } from '../../langsmith/endpoint.js';
import { ApiRefusal, AuthRefusal } from '../../langsmith/refusals.js';
import type { Workspace } from '../../langsmith/wire.js';
import type { AtLangSmith } from '../access/destination.js';
import { isKnown, keyKind, nameServer, tryRegions } from '../access/try-key.js';
import { listUsableWorkspaces } from '../access/workspaces.js';
import type { Context } from '../context.js';
import type { Terminal } from '../screen/terminal.js';
import { type DoctorCheck, failed, failedBy, ok, warning } from './check.js';

/** What `record` needs (LangSmith's docs, organization and workspace operations). */
const NEEDED = [
  'datasets:read',
  'datasets:create',
  'datasets:update',
  'projects:read',
  'projects:create',
  'projects:update',
  'runs:read',
  'runs:create',
  'feedback:read',
  'feedback:create',
];

/** Whether the key is taken, and what it may do. Each only as far as the one before it allows. */
export async function checkAccount(
  context: Context,
  terminal: Terminal,
  destination: AtLangSmith,
  client: LangSmith,
): Promise<DoctorCheck[]> {
  const { credential } = destination;
  const kind = credential.kind === 'bearer' ? 'login' : keyKind(credential.value);
  const checks: DoctorCheck[] = [];
  try {
    const { email, workspaceId } = await client.whoAmI();
    checks.push(ok('key', `${kind} accepted${email === undefined ? '' : ` (${email})`}`));
    const workspaces = await listUsableWorkspaces(client);
    const workspace = checkWorkspace(destination, workspaceId, workspaces);
    checks.push(workspace.check);
    if (workspace.check.state === 'failed') return checks;
    return [...checks, await checkRights(client, workspace.found), await checkQuota(client)];
  } catch (error) {
    if (!(error instanceof AuthRefusal)) return [...checks, failedBy('key', error)];
    return [...checks, await explainRefusal(error, context, terminal, destination)];
  }
}

async function explainRefusal(
  error: AuthRefusal,
  context: Context,
  terminal: Terminal,
  { credential, endpoint, caCert }: AtLangSmith,
): Promise<DoctorCheck> {
  if (error.why === 'workspace') return failedBy('workspace', error);
  const isElsewhere =
    error.why === 'unknown' && credential.kind === 'key' && parseEndpoint(endpoint.value).isCloud;
  if (!isElsewhere) return failedBy('key', error);

  const verdicts = await tryRegions({ context, terminal, key: credential.value, caCert });
  const right = verdicts.find(isKnown);
  if (!right) {
    return failed(
      'key',
      `no LangSmith region accepts the ${keyKind(credential.value)} from ${credential.described}`,
      'Create a new key under Settings, API Keys, then run ls-record login.',
      4,
    );
  }
  return failed(
    'key',
    `it belongs to ${nameServer(right.endpoint)}, not ${nameServer(endpoint.value)}`,
    `Set LANGSMITH_ENDPOINT=${right.endpoint}, in the same place as the key.`,
    4,
  );
}

function checkWorkspace(
  { workspace: set }: AtLangSmith,
  own: string | undefined,
  workspaces: readonly Workspace[],
): { check: DoctorCheck; found?: Workspace } {
  const id = set?.value ?? own;
  const found = workspaces.find((workspace) => workspace.id === id);
  if (id === undefined) {
    const names = workspaces.map((workspace) => `${workspace.id} (${workspace.name})`).join(', ');
    const remedy = `Set LANGSMITH_WORKSPACE_ID${names === '' ? '' : ` to one of ${names}`}.`;
    return { check: failed('workspace', 'the key has access to several', remedy, 4) };
  }
  if (set && !found && workspaces.length > 0) {
    const remedy = 'To list the workspaces of this key: ls-record login';
    const words = `the key has no access to ${id} (${set.described})`;
    return { check: failed('workspace', words, remedy, 4) };
  }
  const from = set ? ` (${set.described})` : ' (the key’s own)';
  return { check: ok('workspace', (found ? `${found.name}, ${id}` : id) + from), found };
}

/** Read rights are tried; what is said of rights to write is believed, since nothing is written here. */
async function checkRights(
  client: LangSmith,
  workspace: Workspace | undefined,
): Promise<DoctorCheck> {
  const remedy = 'Ask a workspace admin for the editor role.';
  if (workspace?.isReadOnly) return failed('rights', 'the workspace is read-only', remedy, 4);
  const granted = workspace?.permissions ?? [];
  const missing = granted.length === 0 ? [] : NEEDED.filter((right) => !granted.includes(right));
  if (missing.length > 0) {
    return failed('rights', `the key lacks ${missing.join(', ')}`, remedy, 4);
  }
  try {
    await allOf(client.listDatasets({ limit: 1 }));
  } catch (error) {
    return failedBy('rights', error);
  }
  return ok(
    'rights',
    granted.length === 0
      ? 'can read; the server does not report other permissions'
      : 'everything that record needs',
  );
}

async function checkQuota(client: LangSmith): Promise<DoctorCheck> {
  try {
    const limit = await client.usedUp();
    if (limit === undefined) return ok('quota', 'within limits');
    const remedy = 'Raise the limit under Settings, Usage, or wait for the next month.';
    return failed('quota', `LangSmith usage limit reached: ${limit}`, remedy, 5);
  } catch (error) {
    if (!(error instanceof AuthRefusal || error instanceof ApiRefusal)) {
      return failedBy('quota', error);
    }
    return warning(
      'quota',
      'the key may not read usage limits',
      'No action needed: if a limit is reached, recording says so.',
    );
  }
}
