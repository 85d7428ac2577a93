import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    maxWorkers: '100%',
    // Modules keep no state between test files, so they are loaded once for all: a quarter of the time.
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
  },
});
