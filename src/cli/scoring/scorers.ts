import type { ChildProcess } from 'node:child_process';
import process from 'node:process';
import type { Scorer } from '../../scoring/scorer.js';
import type { Context } from '../context.js';
import type { Terminal } from '../screen/terminal.js';

/** What gives scores, as it was typed. */
export interface ScorerOptions {
  /** A command of the shell. */
  readonly program?: string | undefined;
  /** The name of the program, by which its scores are known. */
  readonly name?: string | undefined;
  /** `exact`, `regex:^\d+$`, … */
  readonly builtIns: readonly string[];
  readonly outputField?: string | undefined;
  readonly referenceField?: string | undefined;
  /** The key for scores that a program gives without one. */
  readonly key?: string | undefined;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
}

/** @throws {LsRecordError} `USAGE` for a scorer that there is not. */
export async function openScorers(
  options: ScorerOptions,
  context: Context,
  terminal: Terminal,
): Promise<Scorer[]> {
  const { program, builtIns } = options;
  const scorers: Scorer[] = [];
  if (builtIns.length > 0) scorers.push(await openBuiltIns(options));
  if (program !== undefined) scorers.push(await openProgram(program, options, context, terminal));
  return scorers;
}

async function openBuiltIns({
  builtIns,
  outputField,
  referenceField,
}: ScorerOptions): Promise<Scorer> {
  const { builtInScorer, readCheck } = await import('../../scoring/built-in.js');
  return builtInScorer(builtIns.map(readCheck), { outputField, referenceField });
}

async function openProgram(
  command: string,
  { name, key, timeout: timeoutMs }: ScorerOptions,
  { workingFolder, environment }: Context,
  terminal: Terminal,
): Promise<Scorer> {
  const { programScorer } = await import('../../scoring/program.js');
  return programScorer({
    command,
    name,
    workingFolder,
    environment,
    key,
    timeoutMs,
    stop: stopGroup,
    onTalk: (line) => terminal.say(line),
  });
}

/** Ends a program with all that it started, which is in a group of its own. */
function stopGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
