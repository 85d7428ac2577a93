import { mergeConfig } from 'vitest/config';
import everything from './vitest.config.js';

/** What `npm run test:fast` leaves to `npm test`: kills, faults by the hundred, huge rows, whole processes and screens. */
const SLOW = [
  'test/{screens,tour}/**',
  'test/cli/{browser,completion,doctor}.test.ts',
  'test/docs-ci.test.ts',
  'test/input/{hostile,huge-rows,yaml}.test.ts',
  'test/library.test.ts',
  'test/recorder/{crash,exactly-once,faults}.test.ts',
  'test/results/{mutated-samples,round-trip}.test.ts',
  'test/server/{sdk,store}.test.ts',
];

export default mergeConfig(everything, { test: { exclude: SLOW } });
