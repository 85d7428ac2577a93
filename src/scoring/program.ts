import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { basename, isAbsolute, normalize } from 'node:path';
import { createInterface } from 'node:readline';
import { LsRecordError } from '../errors.js';
import { printRow, readAnswers } from './answer-lines.js';
import { type Answer, failedOn, type RowToScore, type Scorer } from './scorer.js';

export interface ProgramOptions {
  /** Run by the shell. */
  readonly command: string;
  /** By which its scores are known; default: the script that the command names. */
  readonly name?: string | undefined;
  /** Default: that of this process. */
  readonly workingFolder?: string | undefined;
  /** Default: that of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** The key of scores that come without one. Default `score`. */
  readonly key?: string | undefined;
  /** How long it may be silent while rows wait for their scores. Default five minutes. */
  readonly timeoutMs?: number | undefined;
  /** Ends the program with all that it started. Default: only the program. */
  readonly stop?: ((program: ChildProcessWithoutNullStreams) => void) | undefined;
  /** Takes each line that the program says on stderr. */
  readonly onTalk?: ((line: string) => void) | undefined;
}

type Settings = ProgramOptions &
  Required<Pick<ProgramOptions, 'key' | 'timeoutMs' | 'stop' | 'onTalk'>>;

/** A program in any language: it reads rows as JSON Lines on stdin, and writes scores as JSON Lines to stdout. */
export function programScorer({
  key = 'score',
  timeoutMs = 300_000,
  stop = (program) => program.kill('SIGKILL'),
  onTalk = () => {},
  ...given
}: ProgramOptions): Scorer {
  const options = { ...given, key, timeoutMs, stop, onTalk };
  const { command, name = nameOf(command) } = options;
  return {
    name: `program ${name}`,
    definition: { command, key },
    scoresOnce: true,
    async *score(rows, signal) {
      const iterator = rows[Symbol.asyncIterator]();
      const first = await iterator.next();
      // A program may take a minute to start: not for nothing.
      if (first.done) return;
      const all = (async function* () {
        yield first.value;
        yield* { [Symbol.asyncIterator]: () => iterator };
      })();
      yield* new ProgramRun(options).score(all, signal);
    },
  };
}

const SCRIPT =
  /(?<=^|[\s"'])[\w./@+~-]+\.(?:[cm]?[jt]s|py|rb|pl|php|R|jl|lua|sh|bash|ps1|bat|cmd|exe|jar)(?=$|[\s"'])/i;

/** The same wherever it is run: of an absolute path the file alone. A command is not shown whole: it may hold a key. */
export function nameOf(command: string): string {
  const script = SCRIPT.exec(command)?.[0];
  if (script !== undefined) return isAbsolute(script) ? basename(script) : normalize(script);
  const [, first = 'command'] = /^\s*["']?([\w./@+~-]+)(?=["'\s]|$)/.exec(command) ?? [];
  return `${basename(first)}-${hash('sha256', command, 'hex').slice(0, 8)}`;
}

/** One run of the program, over all rows. */
class ProgramRun {
  readonly #options: Settings;
  readonly #child: ChildProcessWithoutNullStreams;
  /** Rows that have no answer yet. */
  readonly #waiting = new Set<number>();
  readonly #given = new Set<number>();
  readonly #answers: Answer[] = [];
  /** The key of its first score: of rows without an answer, too. */
  #key: string | undefined;
  /** The first line that was no answer. */
  #stray: string | undefined;
  #heardAtMs = performance.now();
  #isTimedOut = false;
  /** It ended, but not well. */
  #hasFailed = false;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => {};

  constructor(options: Settings) {
    this.#options = options;
    const { command, workingFolder, environment } = options;
    // In a group of its own: all of it can be ended, and Ctrl-C reaches us alone.
    this.#child = spawn(command, {
      shell: true,
      cwd: workingFolder,
      env: environment && { ...environment },
      detached: true,
      windowsHide: true,
      stdio: 'pipe',
    });
  }

  async *score(rows: AsyncIterable<RowToScore>, signal: AbortSignal): AsyncGenerator<Answer> {
    const { stop, onTalk } = this.#options;
    const ended = this.#awaitEnd();
    ended.catch(() => {});
    const onAbort = () => this.#fail(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    createInterface(this.#child.stdout).on('line', (line) => this.#take(line));
    createInterface(this.#child.stderr).on('line', onTalk);
    const patience = setInterval(() => this.#checkSilence(), 100);
    const fed = this.#feed(rows).catch((error: unknown) => this.#fail(error));
    try {
      yield* this.#answersUntil(ended);
      yield* this.#unanswered(await ended, fed);
    } finally {
      this.#isOver = true;
      clearInterval(patience);
      signal.removeEventListener('abort', onAbort);
      stop(this.#child);
      await fed;
    }
  }

  async *#answersUntil(ended: Promise<string>): AsyncGenerator<Answer> {
    let isAtEnd = false;
    while (!isAtEnd || this.#answers.length > 0) {
      this.#throwFailure();
      yield* this.#answers.splice(0);
      const woken = new Promise<boolean>((resolve) => {
        this.#wake = () => resolve(isAtEnd);
      });
      if (this.#answers.length === 0 && !this.#failure)
        isAtEnd = await Promise.race([woken, ended.then(() => true)]);
    }
  }

  /** @returns how it ended, once all that it said was read. */
  async #awaitEnd(): Promise<string> {
    const [code, signal] = await once(this.#child, 'close');
    this.#hasFailed = code !== 0;
    if (this.#isTimedOut) return `gave no answer for ${this.#options.timeoutMs / 1000} s`;
    return code === null ? `was ended by ${signal}` : `ended with status ${code}`;
  }

  /** Gives it the rows. Once it has ended, the others are only counted: they have no answer either. */
  async #feed(rows: AsyncIterable<RowToScore>): Promise<void> {
    const { stdin } = this.#child;
    const closed = new Promise((resolve) => stdin.once('close', resolve));
    // It may end before it has read all rows; how it ended says more.
    stdin.on('error', () => {});
    for await (const row of rows) {
      if (this.#isOver || this.#failure) return;
      this.#waiting.add(row.row);
      this.#given.add(row.row);
      this.#heardAtMs = performance.now();
      if (!stdin.writable || stdin.write(printRow(row))) continue;
      await Promise.race([new Promise((resolve) => stdin.once('drain', resolve)), closed]);
    }
    stdin.end();
  }

  #take(line: string): void {
    this.#heardAtMs = performance.now();
    if (line.trim() === '') return;
    const isAsked = (row: number) => this.#given.has(row);
    for (const answer of readAnswers(line, isAsked, this.#options.key)) {
      this.#answers.push(answer);
      if ('problem' in answer) {
        this.#stray ??= answer.problem;
        continue;
      }
      this.#waiting.delete(answer.row);
      if (!answer.feedback.isError) this.#key ??= answer.feedback.key;
    }
    this.#wake();
  }

  #checkSilence(): void {
    if (this.#waiting.size === 0) return;
    if (performance.now() - this.#heardAtMs < this.#options.timeoutMs) return;
    this.#isTimedOut = true;
    this.#options.stop(this.#child);
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** @throws {LsRecordError} `SCORER_FAILED` if the program scored nothing at all: then it is the program, not a row. */
  async *#unanswered(how: string, fed: Promise<void>): AsyncGenerator<Answer> {
    const { command, key } = this.#options;
    const checkScores = () => {
      if (this.#key === undefined && this.#waiting.size > 0)
        throw scoredNothing(command, how, this.#stray);
    };
    checkScores();
    await fed;
    this.#throwFailure();
    checkScores();
    for (const row of this.#waiting) yield failedOn(row, this.#key ?? key, `the scorer ${how}`);
    if (this.#hasFailed && this.#waiting.size === 0)
      yield { problem: `the scorer ${how} after it had answered every row: scores may be missing` };
  }
}

function scoredNothing(command: string, how: string, stray: string | undefined): LsRecordError {
  const words = `the scorer ${how} and scored no row: ${command}`;
  return new LsRecordError('SCORER_FAILED', stray === undefined ? words : `${words}\n${stray}`, {
    hint: 'It gets rows as JSON Lines on stdin, and answers {"row": 0, "key": "correct", "score": 1} for each.',
  });
}
