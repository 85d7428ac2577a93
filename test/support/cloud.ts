import { onTestFinished } from 'vitest';
import { AUTHORITY, certificate } from './certificates.js';
import { startConnectProxy } from './connect-proxy.js';
import { type Answer, INFO, type ReceivedRequest, startScriptedServer } from './scripted-server.js';

export const TEAM = { id: '11111111-1111-4111-8111-111111111111', display_name: 'Team' };
export const OTHER = { id: '22222222-2222-4222-8222-222222222222', display_name: 'Other' };
export const ORG_SCOPED: Answer = {
  status: 403,
  json: { error: 'org_scoped_key_requires_workspace' },
};
const REFUSED: Answer = { status: 401, json: { detail: 'Invalid token' } };

/** What the region that knows the key answers, where it is not all well. */
export type World = Partial<
  Record<'info' | 'public' | 'workspaces' | 'usage_limits' | 'datasets', Answer>
>;

const WELL: Required<World> = {
  info: { json: INFO },
  public: { json: { tenant_id: TEAM.id, user_email: 'me@example.com' } },
  workspaces: { json: [TEAM] },
  usage_limits: { json: { in_reject_set: false } },
  datasets: { json: [] },
};

/**
 * All regions of LangSmith behind a proxy, with an authority of their own.
 *
 * @param host of the region that knows the key.
 * @returns what the environment has to say to get there.
 */
export async function startCloud(host: string | undefined, world: World = {}) {
  const answers = { ...WELL, ...world };
  const answer = ({ path, headers }: ReceivedRequest): Answer => {
    const last = path.replace(/\?.*/, '').split('/').at(-1) as keyof World;
    if (last !== 'info' && headers.host !== host) return REFUSED;
    // A key for several workspaces does well as soon as one is named.
    if (answers[last] === ORG_SCOPED && headers['x-tenant-id']) return WELL[last];
    return answers[last] ?? { status: 404, json: { detail: 'Not Found' } };
  };
  const server = await startScriptedServer(answer, certificate('langsmith'));
  const proxy = await startConnectProxy(() => server.port);
  onTestFinished(async () => {
    await proxy.close();
    await server.close();
  });
  return { server, environment: { HTTPS_PROXY: proxy.url, SSL_CERT_FILE: AUTHORITY } };
}
