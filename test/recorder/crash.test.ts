import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from '../cli/built.js';
import { recordAndKill, serveBuilt } from '../support/killed-recordings.js';

const root = mkdtempSync(join(tmpdir(), 'ls-record-built-'));
beforeAll(() => build(root), 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a recording that is killed is completed by the same command: nothing lost, nothing twice', async () => {
  const bin = join(root, 'bin/ls-record.js');
  const home = await serveBuilt(bin);

  const outcome = await recordAndKill(home, bin, { seed: 1, kills: 3, faultChance: 0.05 });
  await home.close();

  expect(outcome).toMatchObject({ kills: 3, lost: [], doubled: [] });
}, 60_000);
