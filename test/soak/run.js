import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
  },
});
const root = fileURLToPath(new URL('../..', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'test/soak/vitest.config.ts',
    '--root',
    '.',
  ],
  {
    cwd: root,
    env: { ...process.env, SOAK_KILLS: values.kills, SOAK_SEED: values.seed },
    stdio: 'inherit',
  },
);
process.exit(status ?? 1);
