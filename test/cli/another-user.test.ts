import { execFile, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepHome, openHome } from '../../src/cli/home/home-server.js';
import type { HomeServer } from '../../src/cli/home/in-thread.js';
import { Machine } from './command-line.js';

const run = promisify(execFile);
const NOBODY = 65_534;
const AS_NOBODY = { uid: NOBODY, gid: NOBODY, cwd: '/' };
/** Only root can be another user, and the other user may not reach a Node in root's folder. */
const canBeNobody =
  process.getuid?.() === 0 && spawnSync(process.execPath, ['-e', '0'], AS_NOBODY).status === 0;
if (!canBeNobody)
  process.stderr.write(
    'Skipped: another-user.test.ts needs root, and a Node that other users can run\n',
  );

let machine: Machine;
let folder: string;
beforeEach(() => {
  machine = new Machine();
  // All may pass through to the data folder, as to one in a home folder.
  chmodSync(machine.root, 0o755);
  folder = join(machine.root, 'data');
});
afterEach(() => machine.remove());

/** What a program of another user of this machine prints. */
async function asNobody(script: string): Promise<string> {
  const { stdout } = await run(process.execPath, ['-e', script], AS_NOBODY);
  return stdout.trim();
}

describe.skipIf(!canBeNobody)('another user of this machine', () => {
  const servers: [string, (at: string) => Promise<HomeServer>][] = [
    ['a command', openHome],
    ['serve or open', keepHome],
  ];
  test.for(servers)(
    'neither reads, writes nor deletes while %s has home open',
    async ([, open]) => {
      const home = await open(folder);

      const statuses = await asNobody(`
      const ask = (method, path) => fetch('${home.url}' + path, { method, body: method === 'POST' ? '{"name":"x"}' : undefined })
        .then((answer) => answer.status);
      Promise.all([
        ask('GET', '/api/v1/datasets'), ask('POST', '/api/v1/datasets'), ask('POST', '/runs/batch'),
        ask('DELETE', '/api/v1/datasets/00000000-0000-4000-8000-000000000000'), ask('GET', '/'),
      ]).then((all) => console.log(all.join()));`);
      await home.close();

      expect(statuses).toBe('401,401,401,401,401');
    },
  );

  test.for(['token', 'home.sqlite', 'home.sqlite-wal', 'server.json'])(
    'cannot read %s',
    async (name) => {
      const home = await keepHome(folder);

      const outcome = await asNobody(
        `try { fs.readFileSync('${folder}/${name}'); console.log('read') } catch (e) { console.log(e.code) }`,
      );
      await home.close();

      expect(outcome).toBe('EACCES');
    },
  );
});
