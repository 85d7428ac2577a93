import type { LangSmith } from '../../langsmith/client.js';
import { ApiRefusal, AuthRefusal } from '../../langsmith/refusals.js';
import type { Workspace } from '../../langsmith/wire.js';

/** The workspaces that a key can use; none where the server does not tell, or not this key. */
export async function listUsableWorkspaces(client: LangSmith): Promise<Workspace[]> {
  try {
    const all = await client.listWorkspaces();
    return all.filter(({ isDeleted }) => !isDeleted);
  } catch (error) {
    if (error instanceof AuthRefusal || error instanceof ApiRefusal) return [];
    throw error;
  }
}
