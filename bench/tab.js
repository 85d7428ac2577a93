/** What Tab costs over a node that does nothing: a process for each key, taken in turns so that all meet the same machine. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { script } from './processes.js';
import { line } from './table.js';

const KEYS = 20;
const REFRESH_WITHIN_MS = 10_000;

export async function* tab({ bin, folder }) {
  const names = [bin, '__complete', 'bash', 'ls-record record --local -d ca', '='];
  const home = mkdtempSync(join(folder, 'tab-'));
  const rows = script('../fixtures/quickstart.jsonl');
  run(home, [bin, 'record', rows, '-d', 'capitals', '--local', '--quiet']);
  run(home, names);
  await refreshed(home);

  const cases = {
    bare: { args: ['-e', '0'] },
    words: { args: [bin, '__complete', 'bash', 'ls-record record --da', '='] },
    fresh: { args: names, before: () => keep(home, Date.now(), ['capitals']) },
    stale: { args: names, before: () => keep(home, 0, ['caves']), refreshes: true },
    first: { args: names, before: () => rmSync(cacheFile(home)), refreshes: true },
  };
  const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let key = 0; key < KEYS; key++) {
    for (const [name, { args, before, refreshes }] of Object.entries(cases)) {
      before?.();
      times[name].push(run(home, args));
      // What goes on in the background is not to slow down the next.
      if (refreshes) await refreshed(home);
    }
  }

  const median = (name) => times[name].sort((a, b) => a - b)[KEYS >> 1];
  const bare = median('bare');
  yield line('TAB, commands and options : node -e 0', median('words'), bare, '# ms', { most: 1.5 });
  yield line('… datasets, asked for lately', median('fresh'), bare, '# ms', { most: 1.6 });
  yield line('… asked for a while ago', median('stale'), bare, '# ms', { most: 1.8 });
  yield line('… never asked for', median('first'), bare, '# ms', { most: 12 });
}

function run(home, args) {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, args, {
    stdio: 'ignore',
    env: { ...process.env, LS_RECORD_HOME: home },
  });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with status ${status}`);
  return performance.now() - started;
}

function cacheFile(home) {
  const [place] = readdirSync(join(home, 'completion'));
  return join(home, 'completion', place, 'completion.json');
}

function keep(home, askedAt, datasets) {
  const { names } = JSON.parse(readFileSync(cacheFile(home), 'utf8'));
  writeFileSync(
    cacheFile(home),
    JSON.stringify({ asked_at: askedAt, names: { ...names, datasets } }),
  );
}

/** Waits until home's answer is there. */
async function refreshed(home) {
  const deadline = performance.now() + REFRESH_WITHIN_MS;
  while (!JSON.parse(readFileSync(cacheFile(home), 'utf8')).names.datasets.includes('capitals')) {
    if (performance.now() > deadline) throw new Error('the names were never refreshed');
    await sleep(20);
  }
}
