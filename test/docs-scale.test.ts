import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { parse } from 'yaml';
import { build, ended } from './cli/built.js';
import { test } from './support/home.js';

const page = readFileSync(join(import.meta.dirname, '../docs/scale.md'), 'utf8');
const root = mkdtempSync(join(tmpdir(), 'ls-record-scale-'));
const folder = join(root, 'work');
const ROWS = 40;
const FILES = 4;

const line = (n: number) =>
  `${JSON.stringify({ inputs: { n }, outputs: { n }, scores: { s: 1 } })}\n`;
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => line(from + at)).join('');

/** Gives the rows of one of four evaluations. */
const EVALUATION = '#!/bin/sh\nawk "NR % 4 == $1" big.jsonl\n';

beforeAll(() => {
  const program = join(root, 'program');
  for (const path of [program, join(root, 'path'), join(folder, 'shards')])
    mkdirSync(path, { recursive: true });
  build(program);
  const start = `#!/bin/sh\nexec "${process.execPath}" "${join(program, 'bin/ls-record.js')}" "$@"\n`;
  writeFileSync(join(root, 'path/ls-record'), start, { mode: 0o755 });
  writeFileSync(join(folder, 'big.jsonl'), lines(0, ROWS));
  writeFileSync(join(folder, 'my-eval'), EVALUATION);
  chmodSync(join(folder, 'my-eval'), 0o755);
  const size = ROWS / FILES;
  for (let at = 0; at < FILES; at++)
    writeFileSync(join(folder, `shards/${at}.jsonl`), lines(at * size, (at + 1) * size));
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Recipe {
  readonly script: string;
  /** Of each machine that runs it. */
  readonly machines: readonly Readonly<Record<string, string>>[];
}

function recipes(): Recipe[] {
  const blocks = page.split(/^```/m);
  const scripts = blocks.filter((block) => block.startsWith('sh\n')).map((block) => block.slice(3));
  return [...scripts.map(withMachines), kubernetesJob(blocks)];
}

/** What Slurm sets, where the script is an array of jobs. */
function withMachines(script: string): Recipe {
  const [, from, to] = /^#SBATCH --array=(\d+)-(\d+)$/m.exec(script) ?? [];
  if (from === undefined || to === undefined) return { script, machines: [{}] };
  const tasks = Array.from({ length: Number(to) - Number(from) + 1 }, (_, at) => Number(from) + at);
  const machines = tasks.map((task) => ({
    SLURM_ARRAY_JOB_ID: '7',
    SLURM_ARRAY_TASK_ID: String(task),
    SLURM_ARRAY_TASK_COUNT: String(tasks.length),
  }));
  return { script, machines };
}

function kubernetesJob(blocks: readonly string[]): Recipe {
  const yaml = blocks.find((block) => block.startsWith('yaml\n')) ?? '';
  const { completions, template } = parse(yaml.slice('yaml\n'.length)).spec;
  const [script] = template.spec.containers[0].args;
  const machines = Array.from({ length: completions }, (_, index) => ({
    JOB_COMPLETION_INDEX: String(index),
  }));
  return { script, machines };
}

function hasParallel(): boolean {
  try {
    return execFileSync('parallel', ['--version'], { encoding: 'utf8' }).startsWith('GNU');
  } catch {
    return false;
  }
}

const all = recipes();

test('the page has recipes for xargs, parallel, Kubernetes and Slurm', () => {
  const texts = all.map(({ script }) => script).join('\n');
  for (const word of ['xargs', 'parallel', 'JOB_COMPLETION_INDEX', 'SLURM_ARRAY_TASK_ID'])
    expect(texts).toContain(word);
});

test.for(all)(
  'every row is in one experiment, once: $script',
  { timeout: 180_000 },
  async ({ script, machines }, { home, skip }) => {
    if (/^parallel/m.test(script) && !hasParallel()) skip('GNU parallel is not installed');

    const runs = machines.map(async (variables, at) => {
      const child = spawn('sh', ['-c', script], {
        cwd: folder,
        env: {
          PATH: `${join(root, 'path')}:${process.env.PATH}`,
          HOME: root,
          CI: 'true',
          LS_RECORD_HOME: mkdtempSync(join(root, `data-${at}-`)),
          LANGSMITH_ENDPOINT: home.url,
          LANGSMITH_API_KEY: 'key',
          ...variables,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      return ended(child);
    });

    for (const { status, stderr } of await Promise.all(runs)) expect(status, stderr).toBe(0);
    const sessions = (await (
      await fetch(`${home.url}/api/v1/sessions?include_stats=true`)
    ).json()) as {
      run_count: number;
      feedback_stats: { s: { n: number } };
    }[];
    expect(sessions).toMatchObject([{ run_count: ROWS, feedback_stats: { s: { n: ROWS } } }]);
  },
);
