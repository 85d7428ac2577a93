import { LsRecordError } from '../../errors.js';
import type { Workspace } from '../../langsmith/wire.js';
import { isUuid } from '../../uuid.js';
import type { Context } from '../context.js';
import { printable } from '../screen/printable.js';
import { type KeyAnswer, type KeyTrial, openTrial } from './try-key.js';
import { listUsableWorkspaces } from './workspaces.js';

const UNTOLD = { role: undefined, permissions: undefined, isReadOnly: false, isDeleted: false };

/**
 * Settles which workspace a login is for; undefined: the key's own.
 *
 * @param named what `--workspace` says, an id or a name.
 * @throws {LsRecordError} `USAGE` if it has to be named, or the named one is none.
 */
export async function chooseWorkspace(
  asking: KeyTrial,
  server: KeyAnswer,
  named: string | undefined,
): Promise<Workspace | undefined> {
  const own = server.outcome === 'accepted' ? server.identity.workspaceId : undefined;
  const workspaces = await listWorkspaces(server.endpoint, asking);
  if (named !== undefined) {
    const found = findWorkspace(workspaces, named);
    if (found) return found;
    throw noSuchWorkspace(named, workspaces);
  }
  if (workspaces.length > 1 && asking.terminal.mayAsk) {
    return pickWorkspace(workspaces, own, asking.context);
  }
  if (own !== undefined) return undefined;
  const [first, ...others] = workspaces;
  if (first && others.length === 0) return first;
  throw workspaceNeeded(workspaces);
}

async function listWorkspaces(endpoint: string, asking: KeyTrial): Promise<Workspace[]> {
  const client = await openTrial(endpoint, asking);
  try {
    return await listUsableWorkspaces(client);
  } finally {
    await client.close();
  }
}

/** The workspace that was named, by id or by name. */
function findWorkspace(workspaces: readonly Workspace[], named: string): Workspace | undefined {
  // Where the server does not list them, it will say itself if there is none of this id.
  if (workspaces.length === 0 && isUuid(named)) return { ...UNTOLD, id: named, name: named };
  const byId = workspaces.find(({ id }) => id === named.toLowerCase());
  if (byId) return byId;
  const byName = workspaces.filter(({ name }) => name === named);
  return byName.length === 1 ? byName[0] : undefined;
}

/** Asks which workspace is meant. */
async function pickWorkspace(
  workspaces: readonly Workspace[],
  proposal: string | undefined,
  { stdin, stderr, signal }: Context,
): Promise<Workspace> {
  const { select } = await import('@inquirer/prompts');
  return select<Workspace>(
    {
      message: 'Which workspace?',
      choices: workspaces.map((workspace) => ({
        value: workspace,
        name: printable(
          workspace.id === proposal ? `${workspace.name} (the key's own)` : workspace.name,
        ),
        short: printable(workspace.name),
      })),
      default: workspaces.find(({ id }) => id === proposal),
    },
    { input: stdin, output: stderr, signal },
  );
}

/** Nobody can be asked. */
function workspaceNeeded(workspaces: readonly Workspace[]): LsRecordError {
  return new LsRecordError('USAGE', 'the key has access to several workspaces', {
    hint: `Choose one with --workspace:\n${printList(workspaces)}`,
  });
}

function noSuchWorkspace(named: string, workspaces: readonly Workspace[]): LsRecordError {
  return new LsRecordError('USAGE', `the key has no access to workspace "${named}"`, {
    hint: `It reaches:\n${printList(workspaces)}`,
  });
}

function printList(workspaces: readonly Workspace[]): string {
  return workspaces.map(({ id, name }) => `  ${id}  ${name}`).join('\n');
}
