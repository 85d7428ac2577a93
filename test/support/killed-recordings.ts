import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, startNode } from '../cli/built.js';
import { type Fault, seededRandom, startFaultProxy } from './fault-proxy.js';
import { rowOf } from './faulty-home.js';
import { readBack } from './read-back.js';
import { heldLines, type TestRow, wantedLines } from './recorded-rows.js';

const KILLS_A_RECORDING = 6;
const FORGET_CHANCE = 0.3;
const ROWS = { fewest: 50, most: 600 };
const FAULTS: readonly Fault[] = [
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'status', status: 503, when: 'after' },
  { kind: 'status', status: 429, retryAfter: '0', when: 'before' },
  { kind: 'truncate' },
  { kind: 'page' },
  { kind: 'down', forMs: 100, when: 'before' },
];

/** What came of it. */
export interface Outcome {
  recordings: number;
  rows: number;
  kills: number;
  faults: number;
  /** Runs, examples and feedback that are not there, or there more than once, or in a second experiment. */
  lost: string[];
  doubled: string[];
}

/** `ls-record serve` in a process of its own, on a store in a file. */
export async function serveBuilt(bin: string) {
  const folder = mkdtempSync(join(tmpdir(), 'ls-record-killed-'));
  const child = startNode([bin, 'serve'], { LS_RECORD_HOME: join(folder, 'home') });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (chunk) => resolve(String(chunk).trim()));
    child.once('exit', () => reject(new Error('home did not start')));
  });
  return {
    url,
    key: readFileSync(join(folder, 'home', 'token'), 'utf8').trim(),
    folder,
    close: async () => {
      child.kill('SIGTERM');
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Records file after file, each by the same command again and again: killed at random moments, over a bad
 * network, until it is done; then compares what is on the server with what is in the file.
 *
 * @param options.faultChance of each request.
 */
export async function recordAndKill(
  home: { readonly url: string; readonly key: string; readonly folder: string },
  bin: string,
  options: { readonly seed: number; readonly kills: number; readonly faultChance: number },
): Promise<Outcome> {
  const random = seededRandom(options.seed);
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least));
  const outcome: Outcome = { recordings: 0, rows: 0, kills: 0, faults: 0, lost: [], doubled: [] };

  while (outcome.kills < options.kills) {
    const name = `seed-${options.seed}-${outcome.recordings++}`;
    const rows = Array.from({ length: between(ROWS.fewest, ROWS.most) }, (_, n) => rowOf(n));
    const folder = join(home.folder, name);
    mkdirSync(folder);
    const file = join(folder, 'rows.jsonl');
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

    let killsLeft = Math.min(KILLS_A_RECORDING, options.kills - outcome.kills);
    let requestsToGo = Number.POSITIVE_INFINITY;
    let child: ChildProcess | undefined;
    const proxy = await startFaultProxy(home.url, ({ path }) => {
      if (--requestsToGo === 0) setTimeout(() => child?.kill('SIGKILL'), between(0, 30));
      return random() < options.faultChance && !path.endsWith('/info')
        ? FAULTS[between(0, FAULTS.length)]
        : undefined;
    });
    const state = join(folder, 'state');
    const argv = ['record', file, '--dataset', name, '--endpoint', proxy.url, '--json'];
    const environment = { LANGSMITH_API_KEY: home.key, LS_RECORD_HOME: state };

    for (let isDone = false; !isDone; ) {
      requestsToGo = killsLeft > 0 ? between(1, 20) : Number.POSITIVE_INFINITY;
      child = startNode([bin, ...argv], environment);
      const { status, stdout, stderr } = await ended(child);
      if (status === null) {
        outcome.kills++;
        killsLeft--;
        // As on another machine, which knows nothing of the first try.
        if (random() < FORGET_CHANCE) rmSync(state, { recursive: true, force: true });
      } else if (status === 0) {
        await compare(home, rows, JSON.parse(stdout), outcome);
        isDone = true;
      } else throw new Error(`${name}: exit status ${status}\n${stderr}`);
    }
    outcome.faults += proxy.faults();
    await proxy.close();
    outcome.rows += rows.length;
    rmSync(folder, { recursive: true });
  }
  return outcome;
}

async function compare(
  home: { readonly url: string; readonly key: string },
  rows: readonly TestRow[],
  answer: { experiments: [{ id: string; dataset: { id: string } }] },
  outcome: Outcome,
): Promise<void> {
  const [{ dataset, ...experiment }] = answer.experiments;
  const held = heldLines(await readBack(home, experiment, dataset));
  const wanted = wantedLines(rows);
  outcome.lost.push(...without(wanted, held));
  outcome.doubled.push(...without(held, wanted));

  const response = await fetch(`${home.url}/api/v1/sessions?reference_dataset=${dataset.id}`, {
    headers: { 'x-api-key': home.key },
  });
  const all = (await response.json()) as { id: string }[];
  outcome.doubled.push(...all.flatMap(({ id }) => (id === experiment.id ? [] : [id])));
}

/** What `lines` holds and `others` does not, counting each as often as it comes. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
