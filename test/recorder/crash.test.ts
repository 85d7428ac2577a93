import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, ended, startNode } from '../cli/built.js';
import { startFaultProxy } from '../support/fault-proxy.js';
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

test('so are the experiments of systems side by side in one file', async () => {
  const bin = join(root, 'bin/ls-record.js');
  const home = await serveBuilt(bin);
  let child: ChildProcess | undefined;
  let runsToGo = 0;
  const proxy = await startFaultProxy(home.url, ({ path }) => {
    if (path.endsWith('/runs/multipart') && --runsToGo === 0) child?.kill('SIGKILL');
    return undefined;
  });
  const columns = 'question,base_answer,base_f1,tuned_answer,tuned_f1';
  const rows = Array.from({ length: 400 }, (_, at) => `question ${at},a ${at},0.25,b ${at},0.75`);
  const file = join(home.folder, 'wide.csv');
  writeFileSync(file, `${[columns, ...rows].join('\n')}\n`);
  const argv = [bin, 'record', file, '--dataset', 'wide', '--systems', 'base,tuned', '--json'];
  const state = join(home.folder, 'state');
  const record = (killAt: number) => {
    runsToGo = killAt;
    child = startNode([...argv, '--endpoint', proxy.url], {
      LANGSMITH_API_KEY: home.key,
      LS_RECORD_HOME: state,
    });
    return ended(child);
  };

  // In the first experiment, then in the second.
  const killed = [await record(1), await record(2)];
  const { status, stdout } = await record(Number.POSITIVE_INFINITY);
  const shown = await ended(
    startNode([bin, 'experiments', 'list', 'wide', '--endpoint', home.url, '--json'], {
      LANGSMITH_API_KEY: home.key,
      LS_RECORD_HOME: state,
    }),
  );
  await proxy.close();
  await home.close();

  expect(killed.map((one) => one.status)).toEqual([null, null]);
  expect(status).toBe(0);
  expect(JSON.parse(stdout).experiments).toMatchObject(
    ['base', 'tuned'].map((label) => ({ label, rows: { read: 400, recorded: 400, left: 0 } })),
  );
  expect(JSON.parse(shown.stdout).experiments).toHaveLength(2);
  expect(shown.stdout.match(/"runs": ?400/g)).toHaveLength(2);
}, 60_000);

test('a recording on this machine is completed after its process, server and all, was killed', async () => {
  const folder = join(root, 'local');
  mkdirSync(folder);
  const rows = Array.from({ length: 6000 }, (_, at) => ({
    inputs: { question: `question ${at}` },
    outputs: { answer: 'a'.repeat(500) },
    scores: { right: at % 2 },
  }));
  const file = join(folder, 'rows.jsonl');
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const home = { LS_RECORD_HOME: join(folder, 'home') };
  const run = (...argv: string[]) =>
    startNode([join(root, 'bin/ls-record.js'), ...argv, '--local', '--json'], home);
  const written = () =>
    statSync(join(home.LS_RECORD_HOME, 'home.sqlite-wal'), { throwIfNoEntry: false })?.size ?? 0;

  const child = run('record', file, '-d', 'numbers');
  while (written() < 4_000_000 && child.exitCode === null) await sleep(2);
  child.kill('SIGKILL');
  const killed = await ended(child);
  const { stdout } = await ended(run('record', file, '-d', 'numbers'));
  const list = await ended(run('experiments', 'list', 'numbers'));

  expect(killed.status).toBeNull();
  expect(JSON.parse(stdout)).toMatchObject({
    experiments: [{ rows: { read: 6000, recorded: 6000, left: 0 } }],
  });
  expect(JSON.parse(list.stdout)).toMatchObject({
    experiments: [{ runs: 6000, scores: { right: { n: 6000 } } }],
  });
}, 60_000);
