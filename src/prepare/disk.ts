import { LsRecordError } from '../errors.js';

/** What a person can do when something cannot be kept on disk; a failure of another kind passes as it is. */
export function unwritable(error: unknown, what: string, path: string): unknown {
  if (error instanceof LsRecordError || !(error instanceof Error) || !('code' in error))
    return error;
  const cause = isCode(error, 'ENOSPC') ? 'the disk is full' : error.message;
  return new LsRecordError('HOME_UNAVAILABLE', `cannot write ${what} to ${path}: ${cause}`, {
    hint: 'Free some space there, or set LS_RECORD_HOME to another folder; then run the same command again.',
    cause: error,
  });
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
