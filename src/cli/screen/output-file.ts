import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LsRecordError } from '../../errors.js';
import type { Context, Screen } from '../context.js';
import { escapeInvisible } from './printable.js';

/** Lines that are there, or come one after another. */
export type Lines = Iterable<string> | AsyncIterable<string>;

/** Where a long answer goes. */
export interface OutputOptions {
  /** Path of a file; `-` or nothing is stdout. */
  readonly output?: string;
  /** A file that is there may be replaced. */
  readonly force?: boolean;
}

/**
 * The file that is meant, if it is not stdout.
 *
 * @throws {LsRecordError} `USAGE` if it is there already, or is a folder.
 */
export function outputPath(
  { output, force }: OutputOptions,
  { workingFolder }: Pick<Context, 'workingFolder'>,
): string | undefined {
  if (output === undefined || output === '-') return undefined;
  const path = resolve(workingFolder, output);
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory()) {
    throw new LsRecordError('USAGE', `${output} is a folder`, { hint: 'Give a file inside it.' });
  }
  if (force || !there?.isFile()) return path;
  throw new LsRecordError('USAGE', `${output} already exists`, {
    hint: 'Choose another file, or overwrite it with --force.',
  });
}

/**
 * Writes lines into a file, which has its name only once it is whole.
 *
 * @param options.isPrivate whether only its owner may read it; a file that is replaced keeps its mode.
 * @throws {LsRecordError} `HOME_UNAVAILABLE` if it cannot be written, `USAGE` if meanwhile it came to be there.
 */
export async function writeFile(
  path: string,
  lines: Lines,
  { force, signal, isPrivate }: { force?: boolean; signal: AbortSignal; isPrivate: boolean },
): Promise<void> {
  // A device or a pipe, such as /dev/null, is written to as it is.
  const there = statSync(path, { throwIfNoEntry: false });
  const isOther = there?.isFile() === false;
  const mode = (there?.mode ?? (isPrivate ? 0o600 : 0o666)) & 0o777;
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}`);
  const unfinished = isOther ? path : temporary;
  try {
    const file = createWriteStream(unfinished, { flags: isOther ? 'w' : 'wx', mode });
    // A pipe that nobody reads would be waited for, whatever the signal says.
    if (!isOther) await once(file, 'open');
    await pipeline(Readable.from(withEnds(lines)), file, { signal });
    if (isOther) return;
    outputPath({ output: path, force }, { workingFolder: dirname(path) });
    await rename(unfinished, path);
  } catch (error) {
    if (!isOther) await rm(unfinished, { force: true });
    signal.throwIfAborted();
    throw error instanceof Error && 'syscall' in error ? notWritten(path, error) : error;
  }
}

/** Writes lines to stdout, no faster than they are read there. @returns false: nobody reads on. */
export async function writeLines(stdout: Screen, lines: Lines): Promise<boolean> {
  for await (const line of lines) {
    const shown = stdout.isTTY ? escapeInvisible(line) : line;
    if (!(stdout.write(`${shown}\n`) || (await isDrained(stdout)))) return false;
    if (stdout.destroyed) return false;
  }
  return true;
}

function isDrained(stream: Writable): Promise<boolean> {
  return new Promise((settle) => {
    const end = (drained: boolean) => () => {
      stream.off('drain', onDrain).off('close', onEnd).off('error', onEnd);
      settle(drained);
    };
    const onDrain = end(true);
    const onEnd = end(false);
    if (stream.destroyed || stream.errored) settle(false);
    else stream.on('drain', onDrain).on('close', onEnd).on('error', onEnd);
  });
}

async function* withEnds(lines: Lines): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

function notWritten(path: string, error: Error): LsRecordError {
  // Node's words end with the name that the unfinished file had.
  const reason = error.message.replace(/, \w+ '.*$/s, '');
  return new LsRecordError('HOME_UNAVAILABLE', `cannot write ${path}: ${reason}`, {
    hint: 'Check that the folder exists, is writable and has free space.',
    cause: error,
  });
}
