import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { build } from '../cli/built.js';
import { recordAndKill, serveBuilt } from '../support/killed-recordings.js';

const kills = Number(process.env.SOAK_KILLS);
const seed = Number(process.env.SOAK_SEED);

test(`${kills} kills, seed ${seed}`, async () => {
  const root = mkdtempSync(join(tmpdir(), 'ls-record-built-'));
  build(root);
  const bin = join(root, 'bin/ls-record.js');
  const home = await serveBuilt(bin);

  const { lost, doubled, ...counts } = await recordAndKill(home, bin, {
    seed,
    kills,
    faultChance: 0.1,
  });
  await home.close();
  rmSync(root, { recursive: true });

  const summary = { seed, ...counts, lost: lost.length, doubled: doubled.length };
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
});
