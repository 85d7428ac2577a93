import type { ErrorCode } from '../errors.js';

/** What a script sees. 0 is success, 1 a bug. */
export const EXIT_STATUS = {
  USAGE: 2,
  DATASET_NOT_FOUND: 2,
  EXPERIMENT_NOT_FOUND: 2,
  RECORDING_NOT_FOUND: 2,
  NAME_TAKEN: 2,
  INPUT_NOT_FOUND: 3,
  INPUT_UNREADABLE: 3,
  INPUT_INVALID: 3,
  INPUT_CHANGED: 3,
  RESULT_INVALID: 3,
  API_REFUSED: 3,
  SCORER_FAILED: 3,
  AUTH_MISSING: 4,
  AUTH_REJECTED: 4,
  MODEL_KEY: 4,
  API_UNREACHABLE: 5,
  LIMIT_REACHED: 5,
  HOME_UNAVAILABLE: 5,
  BUSY: 5,
  NOT_VERIFIED: 6,
  ROWS_REFUSED: 8,
  STOPPED: 130,
} as const satisfies Record<ErrorCode, number>;

/** 128 plus the number of the signal, as shells have it. */
export const SIGNAL_STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export type StopSignal = keyof typeof SIGNAL_STATUS;

/** The exit status of a failure; a stop by signal has the one of its signal, which `stop` knows. */
export function exitStatusOf(code: ErrorCode, stop: AbortSignal): number {
  if (code !== 'STOPPED') return EXIT_STATUS[code];
  const cause: unknown = stop.reason instanceof Error ? stop.reason.cause : undefined;
  return isStopSignal(cause) ? SIGNAL_STATUS[cause] : EXIT_STATUS.STOPPED;
}

function isStopSignal(value: unknown): value is StopSignal {
  return typeof value === 'string' && Object.hasOwn(SIGNAL_STATUS, value);
}

/** How a command says with which status it ended; without a word it is 0. */
export type Finish = (status: number) => void;
