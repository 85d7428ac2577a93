import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import type { Context } from '../../src/cli/context.js';
import { openHome } from '../../src/cli/home/home-server.js';
import { main } from '../../src/cli/main.js';

/** A stream that remembers what was written to it. */
export class Paper extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number | undefined;

  constructor(terminal?: { columns: number }) {
    super();
    this.isTTY = terminal !== undefined;
    this.columns = terminal?.columns;
  }

  /** What a spinner asks of a terminal; the text alone is remembered. */
  cursorTo = () => true;
  clearLine = () => true;
  moveCursor = () => true;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface Setup {
  /** Path → content, in the working folder. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** What is piped in; without it, nothing is. */
  readonly stdin?: string;
  /** Something is piped in, but nothing comes. */
  readonly stdinStaysOpen?: boolean;
  /** All three streams are a terminal. */
  readonly terminal?: { columns: number };
  readonly platform?: NodeJS.Platform;
}

/** A machine of one's own: an empty home folder, a working folder, and streams in memory. */
export class Machine {
  readonly root = mkdtempSync(join(tmpdir(), 'ls-record-cli-'));
  readonly workingFolder = join(this.root, 'work');
  readonly homeFolder = join(this.root, 'user');
  readonly stop = new AbortController();

  constructor() {
    mkdirSync(this.workingFolder);
    mkdirSync(this.homeFolder);
    process.chdir(this.workingFolder);
  }

  /** Writes a file below the root, such as `user/.langsmith/config.json`. */
  write(path: string, content: string | Uint8Array): void {
    const whole = join(this.root, path);
    mkdirSync(dirname(whole), { recursive: true });
    // What holds keys is for its owner only.
    writeFileSync(whole, content, { mode: path.startsWith('user/') ? 0o600 : 0o644 });
  }

  context(setup: Setup = {}): Context & { readonly stdout: Paper; readonly stderr: Paper } {
    for (const [path, content] of Object.entries(setup.files ?? {}))
      this.write(`work/${path}`, content);
    return {
      stdin: this.#stdin(setup),
      stdout: new Paper(setup.terminal),
      stderr: new Paper(setup.terminal),
      environment: { LS_RECORD_HOME: join(this.root, 'data'), ...setup.environment },
      workingFolder: this.workingFolder,
      program: 'ls-record',
      homeFolder: this.homeFolder,
      platform: setup.platform ?? 'linux',
      signal: this.stop.signal,
      openHome,
    };
  }

  async run(argv: readonly string[], setup: Setup = {}) {
    const context = this.context(setup);
    const status = await main(argv, context);
    return { status, stdout: context.stdout.text, stderr: context.stderr.text };
  }

  remove(): void {
    process.chdir(tmpdir());
    rmSync(this.root, { recursive: true, force: true });
  }

  #stdin({ stdin, stdinStaysOpen, terminal }: Setup): Context['stdin'] {
    if (terminal) return Object.assign(new PassThrough(), { isTTY: true });
    if (stdinStaysOpen) return new PassThrough();
    return Readable.from(stdin === undefined ? [] : [Buffer.from(stdin)]);
  }
}
