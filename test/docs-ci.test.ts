import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest';
import { parse } from 'yaml';
import { build, type Ended, ended } from './cli/built.js';
import { test } from './support/home.js';

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const checkout = join(import.meta.dirname, '..');
const page = readFileSync(join(checkout, 'docs/ci.md'), 'utf8');
const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
const workflow = parse(blockOf('yaml'));
const steps: readonly Step[] = workflow.jobs.evals.steps;
const GOOD = readFileSync(join(checkout, 'fixtures/quickstart.jsonl'), 'utf8');
const BAD = '{"inputs": {"question": "What is left?"}}\n';

const root = mkdtempSync(join(tmpdir(), 'ls-record-actions-'));
const runner = join(root, 'runner');
const summary = join(runner, 'summary.md');
beforeAll(() => {
  const program = join(root, 'program');
  mkdirSync(program);
  build(program);
  mkdirSync(join(root, 'path'));
  writeFileSync(join(root, 'path/gh'), GH, { mode: 0o755 });
  writeFileSync(join(root, 'path/npx'), npxFor(join(program, 'bin/ls-record.js')), { mode: 0o755 });
}, 60_000);
beforeEach(() => {
  rmSync(runner, { recursive: true, force: true });
  mkdirSync(join(runner, 'work'), { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** GitHub's own tool: writes down what it is asked, and knows the comment whose id is in a file. */
const GH = `#!/bin/sh
echo "$*" >> "$HOME/gh.log"
case "$*" in *--paginate*) cat "$HOME/comment";; esac
`;

function gh(): string {
  const log = join(runner, 'gh.log');
  return existsSync(log) ? readFileSync(log, 'utf8') : '';
}

const scored = (n: number, correct: (at: number) => boolean) =>
  Array.from(
    { length: n },
    (_, at) =>
      `${JSON.stringify({ inputs: { q: at }, outputs: { a: at }, scores: { correct: correct(at) } })}\n`,
  ).join('');
const fine = (n: number) => scored(n, () => true);
const worse = (n: number) => scored(n, (at) => at > n / 2);

function blockOf(language: string): string {
  const opening = `${language}\n`;
  const block = page.split(/^```/m).find((part) => part.startsWith(opening));
  if (block === undefined) throw new Error(`docs/ci.md has no ${language}`);
  return block.slice(opening.length);
}

/** Runs the program as it is built here, if it is asked for as one asks the registry for this version. */
function npxFor(bin: string): string {
  return `#!/bin/sh
[ "$1 $2" = "--yes ls-record@${version}" ] || { echo "npx: $*" >&2; exit 99; }
shift 2
exec "${process.execPath}" "${bin}" "$@"
`;
}

/** Puts in what GitHub would; an expression that is not listed fails. */
function fillIn(text: string, expressions: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{ (.+?) \}\}/g, (_, name) => {
    const value = expressions[name];
    if (value === undefined) throw new Error(`nothing is known of ${name}`);
    return value;
  });
}

/** Runs a script as GitHub runs a step that names no shell. */
function runScript(script: string, environment: Readonly<Record<string, string>>): Promise<Ended> {
  const path = join(runner, 'step.sh');
  writeFileSync(path, script);
  return ended(
    spawn('bash', ['-e', path], {
      cwd: join(runner, 'work'),
      env: {
        PATH: `${join(root, 'path')}:${process.env.PATH}`,
        HOME: runner,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_WORKSPACE: join(runner, 'work'),
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_REPOSITORY: 'team/app',
        GITHUB_RUN_ID: '9876543210',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

/** Runs the job's own steps, up to one that fails. @returns how the last one ended. */
async function runJob(job: {
  key: string;
  endpoint: string;
  rows: string;
  baseline?: string;
  /** The last step that is run. */
  upTo?: string;
}) {
  const { key, endpoint, rows, baseline } = job;
  mkdirSync(join(runner, 'work/evals'), { recursive: true });
  writeFileSync(join(runner, 'work/evals/baseline.jsonl'), baseline ?? rows);
  const evaluation = `#!/bin/sh\ncat <<'ROWS'\n${rows}ROWS\n`;
  writeFileSync(join(runner, 'work/run-evals.sh'), evaluation, { mode: 0o755 });
  const expressions = {
    'secrets.LANGSMITH_API_KEY': key,
    'github.event.number': '12',
    'github.run_id': '9876543210',
    'github.run_attempt': '1',
    'github.token': 'token',
  };
  let last: Ended | undefined;
  for (const { run, name, env = {} } of steps) {
    if (run === undefined || name === 'Comment') continue;
    const filled = Object.entries(env).map(([name, text]) => [name, fillIn(text, expressions)]);
    last = await runScript(fillIn(run, expressions), {
      LANGSMITH_ENDPOINT: endpoint,
      ...Object.fromEntries(filled),
    });
    if (last.status !== 0 || name === job.upTo) break;
  }
  return last;
}

describe('the workflow', () => {
  test('records, and puts a table with the link on the page of the run', async ({ home }) => {
    const upTo = 'Record';
    const end = await runJob({ key: 'key', endpoint: home.url, rows: GOOD, upTo });

    expect(end).toMatchObject({ status: 0, stdout: expect.stringContaining(home.url) });
    const url = end?.stdout.trim() ?? '';
    expect(readFileSync(summary, 'utf8')).toContain(
      `| [pr-12-9876543210-1](${url}) | capitals | 5 | 1 |`,
    );
  });

  test('continues where it was when it is run again on the same file', async ({ home }) => {
    await runJob({ key: 'key', endpoint: home.url, rows: GOOD });
    rmSync(join(runner, '.local'), { recursive: true, force: true });

    const upTo = 'Record';
    const end = await runJob({ key: 'key', endpoint: home.url, rows: GOOD, upTo });

    expect(end).toMatchObject({ status: 0, stderr: expect.stringContaining('5 existing') });
  });

  test('checks the rows of a fork, which has no key, and shows them without a link', async ({
    home,
  }) => {
    const upTo = 'Record';
    const end = await runJob({ key: '', endpoint: home.url, rows: GOOD, upTo });

    expect(end).toMatchObject({ status: 0, stdout: expect.stringContaining('::notice::') });
    expect(readFileSync(summary, 'utf8')).toContain('| pr-12-9876543210-1 | capitals | 5 | 1 |');
  });

  test('fails on a bad row, which is pinned to its line, and writes nothing', async ({ home }) => {
    const end = await runJob({ key: 'key', endpoint: home.url, rows: GOOD + BAD });

    expect(end).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('::error file=results.jsonl,line=6'),
    });
    expect(existsSync(summary)).toBe(false);
  });

  test('gates what it recorded, and a first run passes', async ({ home }) => {
    await runJob({ key: 'key', endpoint: home.url, rows: GOOD });

    expect(readFileSync(join(runner, 'work/gate.md'), 'utf8')).toMatch(
      /^<!-- ls-record gate -->[\s\S]*Gate passed\.[\s\S]*no baseline yet/,
    );
  });

  test('fails a fork that is worse than the baseline file', async ({ home }) => {
    const end = await runJob({ key: '', endpoint: home.url, rows: worse(40), baseline: fine(40) });

    expect(end?.status).toBe(7);
    expect(readFileSync(summary, 'utf8')).toContain('Gate failed');
  });

  test.for([
    ['adds a comment', '', 'issues/12/comments -F'],
    ['changes the comment of an earlier run', '99', 'PATCH repos/team/app/issues/comments/99'],
  ] as const)('%s with the result', async ([, known, request], { home }) => {
    await runJob({ key: '', endpoint: home.url, rows: worse(40), baseline: fine(40) });
    writeFileSync(join(runner, 'comment'), known);

    const comment = steps.find(({ name }) => name === 'Comment');
    const end = await runScript(comment?.run ?? '', { PR: '12' });

    expect(end.status).toBe(0);
    expect(gh()).toContain(request);
    expect(gh()).toContain('body=@gate.md');
  });

  test('lets only the steps that record and gate see the key', () => {
    const seeing = steps.filter((step) => JSON.stringify(step).includes('secrets.'));

    expect(seeing.map(({ name }) => name)).toEqual(['Record', 'Gate']);
    expect(JSON.stringify({ ...workflow, jobs: {} })).not.toContain('secrets.');
    expect(workflow.permissions).toEqual({ contents: 'read', 'pull-requests': 'write' });
  });
});

describe('the script that lets status 8 pass', () => {
  test.for([
    ['passes where rows were skipped, and warns', GOOD + BAD, 'key', 0],
    ['passes where all went well', GOOD, 'key', 0],
    ['fails with any other status', GOOD, '', 4],
  ] as const)('%s', async ([, rows, key, status], { home }) => {
    writeFileSync(join(runner, 'work/results.jsonl'), rows);

    const end = await runScript(blockOf('bash'), {
      EXPERIMENT: 'pr-12',
      LANGSMITH_API_KEY: key,
      LANGSMITH_ENDPOINT: home.url,
    });

    expect(end.status).toBe(status);
    expect(end.stdout.includes('::warning::')).toBe(rows !== GOOD);
    expect(existsSync(join(runner, 'work/results.rejects.jsonl'))).toBe(rows !== GOOD);
  });
});
