import { LsRecordError } from '../../errors.js';

/** What was looked at, and how it is. */
export interface DoctorCheck {
  /** A word or two. */
  readonly name: string;
  /** `warning`: recording works, but something may surprise. */
  readonly state: 'ok' | 'warning' | 'failed';
  readonly words: string;
  /** The one thing to do, unless all is well. */
  readonly remedy?: string;
  /** What the command exits with after a failure. */
  readonly status?: 4 | 5;
}

export function ok(name: string, words: string): DoctorCheck {
  return { name, state: 'ok', words };
}

export function warning(name: string, words: string, remedy: string): DoctorCheck {
  return { name, state: 'warning', words, remedy };
}

/** @param status 4: about the key; 5: about all else. */
export function failed(name: string, words: string, remedy: string, status: 4 | 5): DoctorCheck {
  return { name, state: 'failed', words, remedy, status };
}

/**
 * A failure that an operation told us of.
 *
 * @throws what is none, such as a bug or Ctrl-C.
 */
export function failedBy(name: string, error: unknown): DoctorCheck {
  if (!(error instanceof LsRecordError) || error.code === 'STOPPED') throw error;
  // What was set wrongly is as far from getting better by itself as a wrong key.
  const status = /^(AUTH_|USAGE)/.test(error.code) ? 4 : 5;
  const { message, hint } = error;
  return { name, state: 'failed', words: message, remedy: hint, status };
}
