import { defineConfig } from 'vitest/config';
import everything from './vitest.config.js';

/** What `npm run test:fast` leaves to `npm test`: kills, faults and damage by the hundred, whole processes, screens, waits. */
const SLOW = [
  'test/{page,screens,tour}/**',
  'test/cli/{accounts,browser,completion,doctor,home,hostile-folder,hostile-names,judges,main,pick,push,search,start-up}.test.ts',
  'test/docs-{ci,scale}.test.ts',
  'test/experiments/statistics/promises.test.ts',
  'test/input/{containers,hostile,hostile-size,huge-rows,yaml}.test.ts',
  'test/langsmith/hostile-peer.test.ts',
  'test/library.test.ts',
  'test/prepare/stream.test.ts',
  'test/recorder/{crash,exactly-once,faults,identity,journal}.test.ts',
  'test/scoring/killed.test.ts',
  'test/sdks/**',
  'test/results/{mutated-samples,round-trip}.test.ts',
  'test/results/formats/nothing-lost.test.ts',
  'test/server/{browser,hostile-size,sdk,store}.test.ts',
];

const { projects: _, ...shared } = everything.test ?? {};

/** Each file once, with homes that have both versions of LangSmith's lists. */
export default defineConfig({ test: { ...shared, include: ['test/**/*.test.ts'], exclude: SLOW } });
