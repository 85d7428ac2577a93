import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Runs capitals.eval.js with the release of the SDK that SDK names. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  resolve: {
    alias: [{ find: /^langsmith(?=\/)/, replacement: process.env.SDK ?? 'langsmith' }],
  },
  test: { include: ['capitals.eval.js'], fileParallelism: false },
});
