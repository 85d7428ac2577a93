import { homedir } from 'node:os';
import { relative } from 'node:path';
import process from 'node:process';
import type { Readable, Writable } from 'node:stream';
import { LsRecordError } from '../errors.js';
import { SIGNAL_STATUS, type StopSignal } from './exit-status.js';
import type { HomeServer } from './home/in-thread.js';

/** A stream to write to, and what is known of the terminal behind it. */
export type Screen = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** A stream to read from, which may be a keyboard. */
export type Keyboard = Readable & { readonly isTTY?: boolean };

/** All that a command may reach. Tests hand in their own. */
export interface Context {
  readonly stdin: Keyboard;
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  /** How the program was called, as one types it: `ls-record`, `npx ls-record`, `node bin/ls-record.js`. */
  readonly program: string;
  readonly homeFolder: string;
  readonly platform: NodeJS.Platform;
  /** Aborted by the first Ctrl-C; its reason is a `STOPPED` error whose cause names the signal. */
  readonly signal: AbortSignal;
  /** Serves the home of a data folder to a command that keeps it busy. */
  readonly openHome: (folder: string) => Promise<HomeServer>;
}

const STOPS_AT_ONCE_MS = 300;

/** A program runs us: nobody is there to watch or to be asked. */
export function isInCi({ environment }: Pick<Context, 'environment'>): boolean {
  return !/^(|0|false)$/i.test(environment.CI?.trim() ?? '');
}

/** The real one. Listens for signals from now on. */
export function processContext(): Context {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    workingFolder: process.cwd(),
    program: calledAs(process.argv[1], process.env, process.cwd()),
    homeFolder: findHomeFolder(),
    platform: process.platform,
    signal: listenForStop(),
    openHome: async (folder) => (await import('./home/in-thread.js')).openHomeInThread(folder),
  };
}

/** @param path of the script that runs: what npm installs is a link without an ending. */
export function calledAs(
  path: string | undefined,
  { npm_command: npmCommand }: Context['environment'],
  workingFolder: string,
): string {
  if (npmCommand === 'exec') return 'npx ls-record';
  if (!path?.endsWith('.js')) return 'ls-record';
  const near = relative(workingFolder, path);
  return `node ${near.startsWith('..') ? path : near}`;
}

/** A user that only a container knows has none: then it is the root, as Docker has it. */
function findHomeFolder(): string {
  try {
    return homedir();
  } catch {
    return '/';
  }
}

function listenForStop(): AbortSignal {
  const controller = new AbortController();
  for (const name of Object.keys(SIGNAL_STATUS) as StopSignal[]) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(SIGNAL_STATUS[name]);
      process.stderr.write('\n');
      // What stops at once has nothing to explain.
      setTimeout(() => {
        process.stderr.write('Finishing in-flight requests… press Ctrl-C again to quit now.\n');
      }, STOPS_AT_ONCE_MS).unref();
      controller.abort(new LsRecordError('STOPPED', `interrupted (${name})`, { cause: name }));
    });
  }
  return controller.signal;
}
