import type { PassThrough } from 'node:stream';
import { main } from '../../src/cli/main.js';
import type { Machine, Setup } from './command-line.js';

export const KEYS = {
  enter: '\r',
  up: '\u001b[A',
  down: '\u001b[B',
  pageDown: '\u001b[6~',
  backspace: '\u007f',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
} as const;

/** A person at a terminal: looks at the screen until it says something, then types. */
export class Typist {
  readonly end: Promise<number>;
  readonly #context: ReturnType<Machine['context']>;
  #seen = 0;

  constructor(machine: Machine, argv: readonly string[], setup: Setup = {}) {
    this.#context = machine.context({ terminal: { columns: 60 }, ...setup });
    this.end = main(argv, this.#context);
  }

  /** All that was drawn so far, without colours and movements. */
  get screen(): string {
    return plain(this.#context.stderr.text);
  }

  /** The same with them. */
  get raw(): string {
    return this.#context.stderr.text;
  }

  get answer(): string {
    return this.#context.stdout.text;
  }

  /** Waits until something is drawn after what was typed last. */
  async sees(words: string): Promise<void> {
    for (let n = 0; n < 1_000; n++) {
      if (plain(this.raw.slice(this.#seen)).includes(words)) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`"${words}" did not come: ${plain(this.raw.slice(this.#seen))}`);
  }

  types(keys: string): void {
    this.#seen = this.raw.length;
    (this.#context.stdin as PassThrough).write(keys);
  }
}

function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');
}
