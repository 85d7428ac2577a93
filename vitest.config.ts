import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/temp-folder.ts'],
    setupFiles: ['test/support/plain-prompts.ts'],
    testTimeout: 20_000,
    maxWorkers: '100%',
    // Modules keep no state between test files; loading them once for all takes a third less time.
    isolate: false,
    restoreMocks: true,
  },
});
