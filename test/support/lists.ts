import { vi } from 'vitest';
import type * as App from '../../src/server/app.js';

/** The only version of LangSmith's lists that homes have in this run of the tests; both, if it names none. */
export const LISTS = (['v1', 'v2'] as const).find((version) => version === process.env.HOME_LISTS);

vi.mock('../../src/server/app.js', async (original) => {
  const app = await original<typeof App>();
  const createApp: typeof App.createApp = (store, options) =>
    app.createApp(store, { ...(LISTS && { lists: LISTS }), ...options });
  return { ...app, createApp };
});
