import { execFileSync, spawn } from 'node:child_process';
import { closeSync, cpSync, mkdirSync, openSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from '../cli/built.js';
import type { Machine } from '../cli/command-line.js';
import { Emulator } from '../screens/emulator.js';
import { stable } from '../screens/stable.js';

const checkout = resolve(import.meta.dirname, '../..');
const COLUMNS = 80;

/** Makes Node take the file that it writes to for a terminal. */
const AS_TERMINAL = `
import { clearLine, cursorTo, moveCursor } from 'node:readline';
for (const stream of [process.stdout, process.stderr])
  Object.assign(stream, {
    isTTY: true,
    columns: ${COLUMNS},
    rows: 24,
    cursorTo: (x, y) => cursorTo(stream, x, y),
    clearLine: (direction) => clearLine(stream, direction),
    moveCursor: (dx, dy) => moveCursor(stream, dx, dy),
  });`;
const ON_TERMINAL = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(AS_TERMINAL)}`,
};

/** Packs the program as it is published. @returns the tarball. */
export function pack(folder: string): string {
  build(folder);
  // What package.json lists besides, and what npm packs unasked.
  for (const path of ['fixtures/quickstart.jsonl', 'CHANGELOG.md', 'README.md', 'LICENSE'])
    cpSync(join(checkout, path), join(folder, path));
  const argv = ['pack', '--ignore-scripts', '--silent', '--offline', '--no-update-notifier'];
  const name = execFileSync('npm', argv, { cwd: folder, encoding: 'utf8' });
  return join(folder, name.trim());
}

/**
 * Lays a tarball down as `npm install` does, which would want the registry for the dependencies. They are linked from the
 * checkout, and only those that the package declares, so that one it forgot is missed here too.
 */
export function install(tarball: string, folder: string): void {
  const modules = join(folder, 'node_modules');
  const own = join(modules, 'ls-record');
  mkdirSync(own, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', own]);
  const { bin, dependencies } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(checkout, 'node_modules', name), join(modules, name));
  }
  mkdirSync(join(modules, '.bin'));
  symlinkSync(join('..', 'ls-record', bin['ls-record']), join(modules, '.bin/ls-record'));
}

/** Types a line into a shell that finds what is installed, and looks at the screen when it has ended. */
export async function type(
  line: string,
  machine: Machine,
  environment: Record<string, string>,
): Promise<{ status: number | null; screen: string }> {
  const path = join(machine.root, 'screen');
  const screen = openSync(path, 'w');
  const child = spawn('sh', ['-c', line], {
    cwd: machine.workingFolder,
    env: {
      PATH: `${join(machine.workingFolder, 'node_modules/.bin')}:${process.env.PATH}`,
      HOME: machine.homeFolder,
      TERM: 'xterm',
      ...ON_TERMINAL,
      ...environment,
    },
    // One file for both, so that what comes later stands below.
    stdio: ['ignore', screen, screen],
  });
  closeSync(screen);
  const status = await new Promise<number | null>((done, failed) => {
    child.on('error', failed);
    child.on('close', done);
  });
  const emulator = new Emulator(COLUMNS);
  emulator.stream((text) => stable(text, machine)).write(readFileSync(path));
  return { status, screen: await emulator.read() };
}
