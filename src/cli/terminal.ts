import type { ChalkInstance } from 'chalk';
import type { LsRecordError } from '../errors.js';
import { type Context, isInCi, type Screen } from './context.js';
import { printable, printableJson } from './printable.js';
import { type Column, renderTable } from './table.js';
import { shorten } from './width.js';

export interface TerminalOptions {
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  /** False: never ask. */
  readonly input?: boolean | undefined;
}

/** Colours, which each stream takes or not. */
interface Ink {
  readonly stdout: ChalkInstance;
  readonly stderr: ChalkInstance;
}

const PLAIN_PROGRESS_MS = 5_000;

/** Answers go to stdout, talk goes to stderr. All that is printed is made harmless here. */
export class Terminal {
  /** A person is there to be asked. */
  readonly mayAsk: boolean;
  /** The answer is one JSON object, and no words. */
  readonly json: boolean;
  readonly #stdout: Screen;
  readonly #stderr: Screen;
  readonly #quiet: boolean;
  readonly #verbose: boolean;
  readonly #animated: boolean;
  readonly #ink: Ink;

  private constructor(context: Context, ink: Ink, options: TerminalOptions) {
    const { stdin, stdout, stderr, environment } = context;
    const { json, quiet, verbose, input } = options;
    const onTerminal = stderr.isTTY === true && environment.TERM !== 'dumb' && !isInCi(context);
    this.json = json === true;
    this.mayAsk = onTerminal && stdin.isTTY === true && input !== false;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#quiet = quiet === true;
    this.#verbose = verbose === true && !this.#quiet;
    this.#animated = onTerminal && !this.#quiet;
    this.#ink = ink;
  }

  static async open(context: Context, options: TerminalOptions = {}): Promise<Terminal> {
    // Not at the top: --help prints without colours, and should not wait for them.
    const { Chalk } = await import('chalk');
    const stdout = new Chalk({ level: colourLevel(context.stdout, context.environment) });
    const stderr = new Chalk({ level: colourLevel(context.stderr, context.environment) });
    return new Terminal(context, { stdout, stderr }, options);
  }

  /** A line of the answer, on stdout. */
  answer(line: string): void {
    this.#stdout.write(`${printable(line)}\n`);
  }

  /** The answer of a `--json` command: one object, on one line. */
  answerJson(value: object): void {
    this.#stdout.write(`${printableJson({ version: 1, ...value })}\n`);
  }

  /** A table as the answer, as wide as the terminal. */
  answerTable(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
    const width = this.#stdout.isTTY ? this.#stdout.columns : undefined;
    const [titles = '', ...lines] = renderTable(columns, rows, width);
    const text = [this.#ink.stdout.bold(titles), ...lines].join('\n');
    this.#stdout.write(`${text}\n`);
  }

  /** What happened, for a person. */
  say(line: string): void {
    if (!this.#quiet) this.#talk(printable(line));
  }

  /** Good news, which is only said when all is well. */
  praise(line: string): void {
    if (!this.#quiet) this.#talk(this.#ink.stderr.green(printable(line)));
  }

  /** An assumption that was made, or something worth knowing. */
  note(line: string): void {
    if (!this.#quiet) this.#talk(`${this.#ink.stderr.cyan('note:')} ${printable(line)}`);
  }

  /** Something is not as it should be, but the work went on. */
  warn(line: string): void {
    this.#talk(`${this.#ink.stderr.yellow('warning:')} ${printable(line)}`);
  }

  /** What only `--verbose` wants to know. */
  detail(line: string): void {
    if (this.#verbose) this.#talk(this.#ink.stderr.dim(printable(line)));
  }

  error({ message, hint }: Pick<LsRecordError, 'message' | 'hint'>): void {
    this.#talk(`${this.#ink.stderr.red('error:')} ${printableLines(message)}`);
    if (hint) this.#talk(printableLines(hint));
  }

  /** Shows that something is going on while `work` runs; `update` says how far it is. */
  async spin<T>(title: string, work: (update: (text: string) => void) => Promise<T>): Promise<T> {
    return this.#animated ? this.#animate(title, work) : this.#reportNowAndThen(title, work);
  }

  async #animate<T>(title: string, work: (update: (text: string) => void) => Promise<T>) {
    const { default: ora } = await import('ora');
    const oneLine = (text: string) => shorten(printable(text), (this.#stderr.columns ?? 80) - 3);
    // Left on, discardStdin would swallow Ctrl-C and what is piped in.
    const spinner = ora({
      text: oneLine(title),
      stream: this.#stderr as NodeJS.WriteStream,
      discardStdin: false,
    }).start();
    try {
      return await work((text) => {
        spinner.text = oneLine(text);
      });
    } finally {
      spinner.stop();
    }
  }

  async #reportNowAndThen<T>(title: string, work: (update: (text: string) => void) => Promise<T>) {
    let latest = title;
    let said = title;
    const timer = setInterval(() => {
      if (latest !== said) this.say(latest);
      said = latest;
    }, PLAIN_PROGRESS_MS);
    try {
      return await work((text) => {
        latest = text;
      });
    } finally {
      clearInterval(timer);
    }
  }

  #talk(text: string): void {
    // While a spinner turns, ora sees what is written here and makes room for it.
    this.#stderr.write(`${text}\n`);
  }
}

/** FORCE_COLOR wins over NO_COLOR, as in Node itself. */
function colourLevel(screen: Screen, environment: Context['environment']): 0 | 1 {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: term } = environment;
  if (forced !== undefined) return /^(0|false)$/.test(forced) ? 0 : 1;
  return screen.isTTY && !refused && term !== 'dumb' ? 1 : 0;
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
