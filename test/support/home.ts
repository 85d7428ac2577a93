import { test as base } from 'vitest';
import { type ServedHome, serveHome } from '../../src/server/serve.js';
import { openStore, type Store } from '../../src/server/store.js';

/** LangSmith at home: in memory, on loopback, for one test. */
export interface TestHome extends ServedHome {
  readonly store: Store;
}

/** vitest's `test`, with a home of its own for each test that asks for one. */
export const test = base.extend<{ home: TestHome }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of fixtures from here.
  home: async ({}, use) => {
    const home = await openTestHome();
    await use(home);
    await home.close();
  },
});

/** A home that plays a part, such as the cloud's. By default it is strict, and takes batches as small as LangSmith’s. Close it at the end. */
export async function openTestHome(
  options: Omit<Parameters<typeof serveHome>[0], 'store'> = {},
): Promise<TestHome> {
  const store = openStore({ file: ':memory:' });
  const home = await serveHome({ strict: true, maxBatchOperations: 100, ...options, store });
  return {
    ...home,
    store,
    close: async () => {
      await home.close();
      store.close();
    },
  };
}
