import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { LsRecordError } from '../../errors.js';
import {
  readBound,
  readCountOrShare,
  readQuarantine,
  readThresholds,
  readTolerance,
  type Thresholds,
} from '../../experiments/gate/thresholds.js';
import type { Context } from '../context.js';

/** Thresholds as they were typed. */
export interface ThresholdOptions {
  readonly config?: string;
  readonly noWorse?: readonly string[];
  readonly prove?: readonly string[];
  readonly min?: readonly string[];
  readonly max?: readonly string[];
  readonly maxErrors?: string;
  readonly maxLost?: string;
  readonly errorsAsWorst?: boolean;
  readonly tooFew?: 'pass' | 'fail';
  readonly firstRunOk?: boolean;
  readonly quarantine?: string;
  readonly lowerIsBetter?: readonly string[];
  readonly higherIsBetter?: readonly string[];
}

/**
 * The thresholds of a gate: those of the config file, and over them what was typed.
 *
 * @throws {LsRecordError} `USAGE` where one cannot be read; `INPUT_NOT_FOUND` for a file that does not exist.
 */
export function thresholdsFrom(options: ThresholdOptions, context: Context): Thresholds {
  const { config, quarantine } = options;
  const kept = config === undefined ? {} : readThresholds(readText(config, context), config);
  const typed: Thresholds = {
    no_worse: listed(options.noWorse, readTolerance),
    prove: listed(options.prove, readProof),
    min: listed(options.min, (text) => readBound('--min', text)),
    max: listed(options.max, (text) => readBound('--max', text)),
    max_errors: options.maxErrors && readCountOrShare('--max-errors', options.maxErrors),
    max_lost: options.maxLost && readCountOrShare('--max-lost', options.maxLost),
    errors_as_worst: options.errorsAsWorst,
    too_few: options.tooFew,
    first_run_ok: options.firstRunOk,
    lower_is_better: options.lowerIsBetter && [...options.lowerIsBetter],
    higher_is_better: options.higherIsBetter && [...options.higherIsBetter],
    quarantine:
      quarantine === undefined
        ? undefined
        : readQuarantine(readText(quarantine, context), quarantine),
  } as Thresholds;
  const said = Object.entries(typed).filter(([, value]) => value !== undefined);
  return { ...kept, ...Object.fromEntries(said) };
}

function listed<T>(
  texts: readonly string[] | undefined,
  read: (text: string) => readonly [string, T],
): Record<string, T> | undefined {
  return texts && Object.fromEntries(texts.map(read));
}

function readProof(text: string): readonly [string, number] {
  const [name, tolerance] = readTolerance(text);
  if (tolerance !== true) return [name, tolerance];
  throw new LsRecordError('USAGE', `--prove ${text} needs a tolerance`, {
    hint: `Add how much worse is acceptable: --prove ${text}:0.02.`,
  });
}

function readText(path: string, { workingFolder }: Context): string {
  try {
    return readFileSync(resolve(workingFolder, path), 'utf8');
  } catch (error) {
    throw new LsRecordError('INPUT_NOT_FOUND', `cannot read ${path}: ${(error as Error).message}`, {
      hint: 'Check the path.',
    });
  }
}
