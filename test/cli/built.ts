import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const checkout = resolve(import.meta.dirname, '../..');

/** Builds the program as it is published, into an empty folder. */
export function build(root: string): void {
  const compiler = join(checkout, 'node_modules/typescript/bin/tsc');
  for (const config of ['tsconfig.build.json', 'tsconfig.client.json']) {
    const options = ['-p', join(checkout, config), '--outDir', join(root, 'dist')];
    execFileSync(process.execPath, [compiler, ...options]);
  }
  cpSync(join(checkout, 'bin'), join(root, 'bin'), { recursive: true });
  cpSync(join(checkout, 'package.json'), join(root, 'package.json'));
  symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'));
  const outline = execFileSync(process.execPath, [
    join(root, 'bin/ls-record.js'),
    '__complete',
    'outline',
  ]);
  writeFileSync(join(root, 'dist/cli/completion/outline.json'), outline);
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Waits for the end of a program whose output is piped. */
export async function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stdout, stderr };
}

/** Starts node without anything of this process's environment that could matter. */
export function startNode(
  argv: readonly string[],
  environment: Record<string, string> = {},
  folder = tmpdir(),
): ChildProcess {
  return spawn(process.execPath, [...argv], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: tmpdir(), ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}
