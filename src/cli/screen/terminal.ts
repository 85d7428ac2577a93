import type { ChalkInstance } from 'chalk';
import type { LsRecordError } from '../../errors.js';
import type { Origin } from '../../input/row.js';
import type { Printable } from '../../json/print.js';
import type { Retry } from '../../langsmith/transport.js';
import type { RowProblem } from '../../prepare/survey.js';
import { describeProblem } from '../../recorder/invalid-rows.js';
import type { DestinationOptions } from '../access/destination.js';
import { type Context, isInCi, type Screen } from '../context.js';
import { GithubLog, jsonWithoutCommands, withoutCommands } from './github.js';
import { asTyped } from './named-commands.js';
import { printable, printableJson } from './printable.js';
import { addWait, describeWait, fitStatus, isOver, type Status, type Wait } from './progress.js';
import { type Column, renderTable } from './table.js';
import { columnsOf, fold, shorten, wrap } from './width.js';

export interface TerminalOptions extends DestinationOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** How progress is shown. Default `auto`: a line that moves on a terminal, else a line now and then. */
  readonly progress?: 'auto' | 'plain' | 'none';
  readonly verbose?: boolean;
  /** False: never ask. */
  readonly input?: boolean;
}

/** Colours, which each stream takes or not. */
interface Ink {
  readonly stdout: ChalkInstance;
  readonly stderr: ChalkInstance;
}

interface ShownFailure extends Pick<LsRecordError, 'message' | 'hint'> {
  /** The rows that the message is about, one a line from its second line on. */
  readonly problems?: readonly RowProblem[];
}

type Members = { readonly [name: string]: Printable };

/** Says how far the work is; a function is asked only when that is shown. */
export type Update = (status: string | (() => Status)) => void;

/** Between plain lines: longer and longer, so that an hour is not a thousand lines. */
const PLAIN_PROGRESS_MS = { first: 5_000, longest: 60_000 };
const FACT_INDENT = 12;
/** Without a line that moves, a longer one looks like a standstill. */
const WAIT_SAID_MS = 5_000;

/** Answers go to stdout, talk goes to stderr. All that is printed is made harmless here. */
export class Terminal {
  /** A person is there to be asked. */
  readonly mayAsk: boolean;
  /** The answer is one JSON object, and no words. */
  readonly json: boolean;
  readonly #stdout: Screen;
  readonly #stderr: Screen;
  /** Nothing is said but the answer, warnings and errors. */
  readonly isQuiet: boolean;
  readonly #verbose: boolean;
  readonly #progress: 'animated' | 'plain' | 'none';
  readonly #ink: Ink;
  readonly #github: GithubLog | undefined;
  readonly #asTyped: (text: string) => string;
  #status: () => Status = () => ({ title: '', facts: [] });
  #wait: Wait | undefined;
  /** When the work was last said to be further. */
  #movedAtMs = 0;
  readonly #noted = new Set<string>();
  /** Opened with the first line in it. */
  #group: string | undefined;

  private constructor(context: Context, ink: Ink, options: TerminalOptions) {
    const { stdin, stdout, stderr, environment } = context;
    const { json, quiet, verbose, input, progress = 'auto' } = options;
    const onTerminal = stderr.isTTY === true && environment.TERM !== 'dumb' && !isInCi(context);
    this.json = json === true;
    this.mayAsk = onTerminal && stdin.isTTY === true && input !== false;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.isQuiet = quiet === true;
    this.#verbose = verbose === true && !this.isQuiet;
    const isSilent = this.isQuiet || progress === 'none';
    // A line moves only where it is known how long it may be.
    const canMove = onTerminal && columnsOf(stderr) !== undefined;
    this.#progress = isSilent ? 'none' : canMove && progress === 'auto' ? 'animated' : 'plain';
    this.#ink = ink;
    this.#github = GithubLog.of(context);
    this.#asTyped = (text) => asTyped(text, context.program, options);
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
    this.#stdout.write(`${this.#safe(line)}\n`);
  }

  /** A line of the answer behind a mark, whose colour says again what it says. */
  answerMarked(mark: string, colour: 'green' | 'magenta' | 'red', line: string): void {
    this.#stdout.write(`${this.#ink.stdout[colour](mark)} ${this.#safe(line)}\n`);
  }

  /** A line of the answer of which the start is enough, where the screen is narrow. */
  answerCut(line: string): void {
    const columns = columnsOf(this.#stdout) ?? Number.POSITIVE_INFINITY;
    this.#stdout.write(`${shorten(this.#safe(line), columns)}\n`);
  }

  /** A line of the answer that is prose: broken between words where the screen is narrow. */
  answerProse(line: string): void {
    this.#stdout.write(`${foldFor(this.#stdout, this.#safe(line))}\n`);
  }

  /** The answer of a `--json` command: one object, on one line. */
  answerJson(value: object): void {
    const json = printableJson({ version: 1, ...(value as Members) });
    this.#stdout.write(`${this.#github ? jsonWithoutCommands(json) : json}\n`);
  }

  /** A table as the answer, as wide as the terminal. @returns the titles of columns without room. */
  answerTable<T>(columns: readonly Column<T>[], rows: readonly T[]): string[] {
    const { lines, hidden } = renderTable(columns, rows, columnsOf(this.#stdout));
    for (const line of this.#printTable(lines, this.#ink.stdout)) this.#stdout.write(`${line}\n`);
    return hidden;
  }

  /** A table as part of the talk. */
  sayTable<T>(columns: readonly Column<T>[], rows: readonly T[]): void {
    if (this.isQuiet) return;
    const { lines } = renderTable(columns, rows, columnsOf(this.#stderr));
    for (const line of this.#printTable(lines, this.#ink.stderr)) this.#talk(line);
  }

  /** What happened, for a person. */
  say(line: string): void {
    if (!this.isQuiet) this.#talk(this.#fold(this.#safe(this.#asTyped(line))));
  }

  /** A fact about what was said last, under a name of its own. */
  sayFact(name: string, text: string): void {
    const width = columnsOf(this.#stderr);
    const lines = width ? wrap(printable(text), width - FACT_INDENT) : [printable(text)];
    for (const [at, line] of lines.entries()) {
      const start = at === 0 ? `  ${name}` : '';
      this.say(start.padEnd(FACT_INDENT) + line);
    }
  }

  /** Good news, which is only said when all is well. */
  praise(line: string): void {
    if (!this.isQuiet)
      this.#talk(this.#ink.stderr.green(this.#fold(this.#safe(this.#asTyped(line)))));
  }

  /** An assumption that was made, or something worth knowing; once is enough. */
  note(line: string): void {
    if (this.isQuiet || this.#noted.has(line)) return;
    this.#noted.add(line);
    this.#talk(this.#label('note:', this.#ink.stderr.cyan, this.#safe(this.#asTyped(line))));
  }

  /** Something is not as it should be, but the work went on. */
  warn(line: string): void {
    this.#warn(printable(this.#asTyped(line)));
  }

  /** A row that was not recorded, though others were. */
  warnOfRow(problem: RowProblem): void {
    this.#warn(printable(describeProblem(problem)), placeOf(problem));
  }

  /** What only `--verbose` wants to know. */
  detail(line: string): void {
    if (this.#verbose) this.#talk(this.#safe(line));
  }

  error({ message, hint, problems = [] }: ShownFailure): void {
    const [first = '', ...others] = message.split('\n').map(printable);
    const hints = hint ? this.#asTyped(hint).split('\n').map(printable) : [];
    const annotation = this.#github?.annotate('error', [first, ...hints].join('\n'));
    this.#talk(annotation ?? this.#label('error:', this.#ink.stderr.red, first));
    for (const [at, line] of others.entries()) {
      const problem = problems[at];
      const pinned = problem && this.#github?.annotate('error', line.trim(), placeOf(problem));
      this.#talk(pinned ?? this.#fold(this.#harmless(line)));
    }
    if (annotation === undefined)
      for (const line of hints) this.#talk(this.#fold(this.#harmless(line)));
  }

  /** What is said meanwhile belongs together: GitHub folds it. */
  async group<T>(title: string, work: () => Promise<T>): Promise<T> {
    const github = this.#github;
    if (!github) return work();
    this.#group = github.openGroup(printable(title));
    try {
      return await work();
    } finally {
      const isEmpty = this.#group !== undefined;
      this.#group = undefined;
      if (!isEmpty) this.#talk(github.closeGroup());
    }
  }

  /** Shows that something is going on while `work` runs; `update` says how far it is. */
  async spin<T>(title: string, work: (update: Update) => Promise<T>): Promise<T> {
    const update: Update = (status) => {
      this.#movedAtMs = performance.now();
      this.#status = typeof status === 'string' ? () => ({ title: status, facts: [] }) : status;
    };
    update(title);
    const start = () => work(update);
    if (this.#progress === 'none') return start();
    if (this.#progress === 'plain') return this.#reportNowAndThen(start);
    const { showStatusLine } = await import('./status-line.js');
    return showStatusLine(this.#stderr, (columns) => fitStatus(this.#statusNow(), columns), start);
  }

  /** A request is tried again later. */
  wait({ request, server, cause, reason, waitMs, patienceMs }: Retry): void {
    this.detail(`${request}: ${reason}; retrying in ${(waitMs / 1000).toFixed(1)} s`);
    const sinceMs = performance.now();
    const untilMs = sinceMs + waitMs;
    const earlier = this.#waitAt(sinceMs);
    if (earlier?.cause === cause && earlier.untilMs > untilMs) return;
    const wait = { server, cause, reason, sinceMs, untilMs, patienceUntilMs: sinceMs + patienceMs };
    this.#wait = wait;
    if (this.#progress === 'plain' && earlier?.cause !== cause && waitMs >= WAIT_SAID_MS)
      this.note(describeWait(wait, sinceMs).join(': '));
  }

  /** The wait that explains why nothing moves. */
  #waitAt(nowMs: number): Wait | undefined {
    if (!this.#wait || isOver(this.#wait, this.#movedAtMs, nowMs)) return undefined;
    return this.#wait;
  }

  #statusNow(): Status {
    const nowMs = performance.now();
    const wait = this.#waitAt(nowMs);
    const { title, facts } = wait ? addWait(this.#status(), wait, nowMs) : this.#status();
    return { title: printable(title), facts: facts.map(printable) };
  }

  async #reportNowAndThen<T>(work: () => Promise<T>): Promise<T> {
    const line = () => {
      const { title, facts } = this.#statusNow();
      return facts.length === 0 ? title : `${title}: ${facts.join(', ')}`;
    };
    let said = line();
    let waitMs = PLAIN_PROGRESS_MS.first;
    let elapsedMs = 0;
    const report = () => {
      const now = line();
      if (now !== said) this.say(now);
      said = now;
      elapsedMs += waitMs;
      waitMs = Math.min(Math.max(waitMs, elapsedMs / 10), PLAIN_PROGRESS_MS.longest);
      timer = setTimeout(report, waitMs);
    };
    let timer = setTimeout(report, waitMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
    }
  }

  #warn(text: string, place?: Origin): void {
    const annotation = this.#github?.annotate('warning', text, place);
    this.#talk(annotation ?? this.#label('warning:', this.#ink.stderr.magenta, text));
  }

  #printTable([titles = '', ...lines]: readonly string[], ink: ChalkInstance): string[] {
    return [ink.bold(titles), ...lines.map((line) => this.#harmless(line))];
  }

  #safe(line: string): string {
    return this.#harmless(printable(line));
  }

  #harmless(line: string): string {
    return this.#github ? withoutCommands(line) : line;
  }

  #fold(line: string): string {
    return foldFor(this.#stderr, line);
  }

  #label(label: string, colour: (text: string) => string, text: string): string {
    return colour(label) + this.#fold(`${label} ${text}`).slice(label.length);
  }

  #talk(text: string): void {
    const group = this.#group === undefined ? '' : `${this.#group}\n`;
    this.#group = undefined;
    // While a spinner turns, ora sees what is written here and makes room for it.
    this.#stderr.write(`${group}${text}\n`);
  }
}

/** FORCE_COLOR wins over NO_COLOR, as in Node itself. */
export function colourLevel(screen: Screen, environment: Context['environment']): 0 | 1 {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: term } = environment;
  if (forced !== undefined) return /^(0|false)$/.test(forced) ? 0 : 1;
  return screen.isTTY && !refused && term !== 'dumb' ? 1 : 0;
}

/** Only where somebody looks: a line that is piped stays one. */
function foldFor(screen: Screen, line: string): string {
  const columns = columnsOf(screen);
  return columns ? fold(line, columns).join('\n') : line;
}

/** What came by stdin is in no file. */
function placeOf({ file, line, column }: RowProblem): Origin | undefined {
  if (file === 'stdin') return undefined;
  return { file, line, column };
}
