import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, ended, startNode } from './built.js';

const root = mkdtempSync(join(tmpdir(), 'ls-record-built-'));
const bin = join(root, 'bin/ls-record.js');
beforeAll(() => build(root), 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const HOOKS = `
import { writeSync } from 'node:fs';
export async function load(url, context, next) {
  writeSync(2, 'loaded ' + url + '\\n');
  return next(url, context);
}`;
const REGISTER = `
import { register } from 'node:module';
register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(HOOKS)}`)});`;

async function modulesOf(argv: readonly string[]): Promise<string[]> {
  const hooks = `data:text/javascript,${encodeURIComponent(REGISTER)}`;
  const { stderr, status } = await ended(startNode(['--import', hooks, bin, ...argv]));
  expect(status).toBe(0);
  return stderr.split('\n').filter((line) => line.startsWith('loaded '));
}

test.for([['--version'], ['--help'], ['record', '--help'], ['help', 'datasets']])(
  '%j loads nothing that only the work itself needs',
  async (argv) => {
    const modules = await modulesOf(argv);

    expect(modules.join('\n')).toContain('dist/cli/main.js');
    const heavy = /node_modules\/(zod|undici|libsql|@inquirer|ora|@?hono|papaparse|uuid|open)\//;
    expect(modules.filter((module) => heavy.test(module))).toEqual([]);
  },
);

test('--version prints the version and nothing else', async () => {
  const { status, stdout, stderr } = await ended(startNode([bin, '--version']));

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
});

describe('a user without a home', () => {
  /** As Node answers where neither HOME nor the list of users names one. */
  const NO_HOME = `
import os from 'node:os';
import { syncBuiltinESMExports } from 'node:module';
os.homedir = () => { throw new Error('uv_os_homedir returned ENOENT'); };
syncBuiltinESMExports();`;
  const run = (argv: readonly string[], environment: Record<string, string> = {}) => {
    const noHome = `data:text/javascript,${encodeURIComponent(NO_HOME)}`;
    return ended(startNode(['--import', noHome, bin, ...argv], environment));
  };

  test('can ask for the version', async () => {
    const { status, stderr } = await run(['--version']);

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('works in the folder that LS_RECORD_HOME names', async () => {
    const environment = { LS_RECORD_HOME: join(root, 'data') };

    const { status, stderr } = await run(['datasets', 'list', '--local'], environment);

    expect({ status, stderr }).toMatchObject({ status: 0 });
  });

  // Root makes its folder below /.
  test.skipIf(process.getuid?.() === 0)('is told to name one where it is needed', async () => {
    const { status, stderr } = await run(['datasets', 'list', '--local']);

    expect(status).toBe(5);
    expect(stderr).toContain('Set LS_RECORD_HOME to a writable folder.');
  });
});

test('a reader that goes away at once is not a failure', async () => {
  const child = startNode([bin, '--help']);
  child.stdout?.destroy();

  const { status, stderr } = await ended(child);

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test.skipIf(!existsSync('/dev/full'))(
  'an answer that cannot be written is a failure that says so',
  async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [bin, '--help'], { stdio: ['ignore', full, 'pipe'] });
    closeSync(full);

    const { status, stderr } = await ended(child);

    expect(status).toBe(5);
    expect(stderr).toMatch(/^error: cannot write to stdout: ENOSPC.*\n$/);
  },
);
