import { defineConfig } from 'vitest/config';

/** Tests that read back what was recorded, with each of the two versions of LangSmith's lists. */
const READING = [
  'test/cli/{chosen-experiments,completion,datasets,examples,experiments,pick,resume,several-experiments}.test.ts',
  'test/experiments/*.test.ts',
  'test/recorder/{exactly-once,journal,record,shards,summary,verify}.test.ts',
  'test/results/round-trip.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: ['test/support/temp-folder.ts'],
    setupFiles: ['test/support/plain-prompts.ts'],
    testTimeout: 60_000,
    maxWorkers: '100%',
    // Modules keep no state between test files; loading them once for all takes a third less time.
    isolate: false,
    restoreMocks: true,
    // A machine shared with others can starve a browser or a child process. vitest names what needed its second try.
    retry: process.env.CI ? 1 : 0,
    projects: [
      { extends: true, test: { name: 'all', include: ['test/**/*.test.ts'], exclude: READING } },
      ...['v1', 'v2'].map((version) => ({
        extends: true as const,
        test: {
          name: version,
          include: READING,
          setupFiles: ['test/support/lists.ts'],
          env: { HOME_LISTS: version },
        },
      })),
    ],
  },
});
