import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, ended, startNode } from '../cli/built.js';
import { type Fault, seededRandom, startFaultProxy } from '../support/fault-proxy.js';
import { serveBuilt } from '../support/killed-recordings.js';
import { readBack } from '../support/read-back.js';

const root = mkdtempSync(join(tmpdir(), 'ls-record-built-'));
const bin = join(root, 'bin/ls-record.js');
beforeAll(() => build(root), 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const ROWS = 120;
const KILLS = 3;
const FAULTS: readonly Fault[] = [
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'status', status: 503, when: 'after' },
  { kind: 'truncate' },
];
const SCORE = `for await (const line of require('node:readline').createInterface({ input: process.stdin })) {
  const { row, inputs } = JSON.parse(line);
  require('node:fs').appendFileSync('given.txt', inputs.n + '\\n');
  console.log(JSON.stringify({ row, key: 'size', score: inputs.n }));
}`;

test.for(['--from', '--with'] as const)(
  'scoring %s that is killed is completed by the same command: nothing lost, nothing twice',
  { timeout: 120_000 },
  async (how) => {
    const home = await serveBuilt(bin);
    const random = seededRandom(how.length);
    let child: ChildProcess | undefined;
    let requestsToGo = Number.POSITIVE_INFINITY;
    const proxy = await startFaultProxy(home.url, ({ path }) => {
      if (--requestsToGo === 0) child?.kill('SIGKILL');
      const isFaulty = random() < 0.05 && !path.endsWith('/info');
      return isFaulty ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined;
    });
    const environment = { LANGSMITH_API_KEY: home.key, LS_RECORD_HOME: join(home.folder, 'state') };
    const run = (argv: readonly string[]) => {
      child = startNode(
        [bin, ...argv, '--endpoint', proxy.url, '--json'],
        environment,
        home.folder,
      );
      child.stdin?.end();
      return ended(child);
    };
    const numbers = Array.from({ length: ROWS }, (_, n) => n);
    const lines = (row: (n: number) => object) =>
      numbers.map((n) => JSON.stringify(row(n))).join('\n');
    writeFileSync(
      join(home.folder, 'rows.jsonl'),
      lines((n) => ({ id: `q${n}`, inputs: { n }, outputs: { n }, scores: { first: 1 } })),
    );
    writeFileSync(
      join(home.folder, 'scores.jsonl'),
      lines((n) => ({ id: `q${n}`, scores: { size: n } })),
    );
    writeFileSync(
      join(home.folder, 'score.mjs'),
      `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n${SCORE}`,
    );
    const recorded = await run(['record', 'rows.jsonl', '-d', 'killed', '-e', 'nightly']);
    const [experiment] = JSON.parse(recorded.stdout).experiments;
    const source = how === '--from' ? 'scores.jsonl' : `"${process.execPath}" score.mjs`;

    const statuses: (number | null)[] = [];
    for (let killed = 0; killed <= KILLS; killed++) {
      requestsToGo = killed < KILLS ? 12 + Math.floor(random() * 40) : Number.POSITIVE_INFINITY;
      statuses.push((await run(['score', 'nightly', how, source])).status);
    }
    const given = join(home.folder, 'given.txt');
    const rowsGiven = () => (how === '--with' ? readFileSync(given, 'utf8') : '');
    const before = rowsGiven();
    await run(['score', 'nightly', how, source]);
    const after = rowsGiven();
    const held = await readBack(home, experiment, experiment.dataset);
    await proxy.close();
    await home.close();

    expect(after).toBe(before);
    expect(statuses).toEqual([...Array(KILLS).fill(null), 0]);
    const sizes = held.feedback.filter(({ key }) => key === 'size');
    expect(sizes.map(({ score }) => Number(score)).sort((a, b) => a - b)).toEqual(numbers);
    expect(new Set(sizes.map(({ run_id }) => run_id)).size).toBe(ROWS);
    expect(held.feedback).toHaveLength(2 * ROWS);
  },
);

test.for(['SIGKILL', 'SIGINT'] as const)(
  'a scored recording that %s ends is resumed from what was scored: the program is not asked again',
  { timeout: 120_000 },
  async (signal) => {
    const home = await serveBuilt(bin);
    let child: ChildProcess | undefined;
    let runsToGo = 2;
    const proxy = await startFaultProxy(home.url, ({ path }) => {
      if (/\/runs\/(multipart|batch)$/.test(path) && --runsToGo === 0) child?.kill(signal);
      return undefined;
    });
    const environment = { LANGSMITH_API_KEY: home.key, LS_RECORD_HOME: join(home.folder, 'state') };
    const run = (argv: readonly string[]) => {
      child = startNode([bin, ...argv, '--json'], environment, home.folder);
      child.stdin?.end();
      return ended(child);
    };
    const rows = Array.from({ length: 3000 }, (_, n) =>
      JSON.stringify({ id: `q${n}`, inputs: { n }, outputs: { n } }),
    );
    writeFileSync(join(home.folder, 'rows.jsonl'), rows.join('\n'));
    writeFileSync(
      join(home.folder, 'score.mjs'),
      `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n${SCORE}`,
    );
    const scorer = ['--score-with', `"${process.execPath}" score.mjs`];
    const place = ['--endpoint', proxy.url];

    const cut = await run([
      'record',
      'rows.jsonl',
      '-d',
      'cut',
      '-e',
      'nightly',
      ...scorer,
      ...place,
    ]);
    const [unfinished] = JSON.parse((await run(['resume'])).stdout).recordings;
    const resumed = await run(['resume', unfinished.id]);
    const [experiment] = JSON.parse(resumed.stdout).experiments;
    const given = readFileSync(join(home.folder, 'given.txt'), 'utf8').trim().split('\n');
    const held = await readBack(home, experiment, experiment.dataset);
    await proxy.close();
    await home.close();

    expect(cut.status).toBe(signal === 'SIGINT' ? 130 : null);
    expect(resumed.status).toBe(0);
    expect(experiment.rows).toMatchObject({ read: 3000, recorded: 3000 });
    expect(given).toHaveLength(3000);
    expect(held.feedback).toHaveLength(3000);
    expect(new Set(held.feedback.map(({ run_id }) => run_id)).size).toBe(3000);
  },
);
