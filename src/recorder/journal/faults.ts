import { LsRecordError } from '../../errors.js';

/** What a person can do when a journal cannot be written. */
export function unwritable(error: unknown, path: string): unknown {
  if (error instanceof LsRecordError || !(error instanceof Error) || !('code' in error))
    return error;
  return new LsRecordError(
    'HOME_UNAVAILABLE',
    `the journal cannot be kept in ${path}: ${error.message}`,
    {
      hint: 'Make room there, or set LS_RECORD_HOME to another folder; then run the same command again.',
      cause: error,
    },
  );
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
