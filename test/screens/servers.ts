import { onTestFinished } from 'vitest';
import { startCloud } from '../support/cloud.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { openTestHome } from '../support/home.js';
import { INFO, startScriptedServer } from '../support/scripted-server.js';

/** Servers in place of the cloud, until the test ends; each gives what the environment has to say to get there. */
export const SERVERS = {
  'all-well': async () => (await startCloud('api.smith.langchain.com')).environment,

  'refusing-keys': async () => (await startCloud(undefined)).environment,

  'refusing-rows': async () => {
    const home = await openTestHome();
    const proxy = await startFaultProxy(home.url, ({ path, body }) =>
      path.endsWith('/runs/multipart') && body.includes('Question 3')
        ? { kind: 'status', status: 422, when: 'before', words: 'the answer is too odd' }
        : undefined,
    );
    onTestFinished(async () => {
      await proxy.close();
      await home.close();
    });
    return { LANGSMITH_API_KEY: 'key', LANGSMITH_ENDPOINT: proxy.url };
  },

  /** More datasets than anybody wants to wait for: all but a first, short page is refused. */
  'ten-thousand-datasets': async () => {
    const server = await startScriptedServer(({ path }) => {
      const { pathname, searchParams } = new URL(path, 'http://localhost');
      if (pathname.endsWith('/info')) return { json: INFO };
      const limit = Number(searchParams.get('limit') ?? 100);
      const isFirst = pathname.endsWith('/datasets') && Number(searchParams.get('offset')) === 0;
      if (!isFirst || limit > 10) return { status: 400, json: { detail: 'nobody asked for it' } };
      return { json: Array.from({ length: limit }, (_, at) => dataset(10_000 - at)) };
    });
    onTestFinished(() => server.close());
    return { LANGSMITH_API_KEY: 'key', LANGSMITH_ENDPOINT: server.url };
  },
} as const satisfies Record<string, () => Promise<Record<string, string>>>;

function dataset(n: number) {
  return {
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    name: `nightly-${n}`,
    tenant_id: '11111111-1111-4111-8111-111111111111',
    created_at: '2026-01-02T03:04:05Z',
    example_count: n * 123,
    session_count: n % 7,
    last_session_start_time: '2026-01-02T03:04:05Z',
  };
}
