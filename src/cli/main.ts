import { type Context, processContext, type Screen } from './context.js';
import { version } from './version.js';

const CLOSED = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);
/** Unfinished, as by a full disk. */
const ANSWER_LOST = 5;

/** What `ls-record` says when nothing else was typed; narrow enough for any terminal. */
const WELCOME = `ls-record records evaluation results as LangSmith experiments.

To begin:
  $ ls-record validate results.jsonl   # check it first
  $ ls-record record results.jsonl --dataset capitals
  # without an account, on this machine: add --local
  $ ls-record open                     # look at it

All commands: ls-record --help
`;

/**
 * Runs one command line.
 *
 * @param argv what was typed after the program's name.
 * @param context what it may reach; default: this process.
 * @returns the exit status; never throws.
 */
export async function main(
  argv: readonly string[],
  context: Context = processContext(),
): Promise<number> {
  let lost: Error | undefined;
  context.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Neither `| head`, which has seen enough, nor a full disk ends a recording.
    if (!CLOSED.has(error.code ?? '')) lost ??= error;
  });
  // Nobody is left to be told.
  context.stderr.on('error', () => {});

  const status = await run(argv, context);
  await flush(context.stdout);
  if (lost) context.stderr.write(`error: cannot write to stdout: ${lost.message}\n`);
  await flush(context.stderr);
  return lost && status === 0 ? ANSWER_LOST : status;
}

async function run(argv: readonly string[], context: Context): Promise<number> {
  // The one question that is asked in loops: it does not wait for the commands to be loaded.
  if (argv.length === 1 && /^(-V|--version)$/.test(argv[0] ?? '')) {
    context.stdout.write(`${version}\n`);
    return 0;
  }
  if (argv.length === 0) {
    context.stdout.write(WELCOME);
    return 0;
  }
  if (argv[0] === '__complete') {
    const { answerShell } = await import('./completion/replies.js');
    await answerShell(argv.slice(1), context);
    return 0;
  }
  const { runProgram } = await import('./program.js');
  return runProgram(argv, context);
}

/** Waits until what was printed has left the process. */
async function flush(screen: Screen): Promise<void> {
  await new Promise<void>((resolve) => screen.write('', () => resolve()));
}
