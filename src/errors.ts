/** What went wrong, for programs. `cli/exit-status.ts` gives each one an exit status. */
export type ErrorCode =
  | 'USAGE'
  | 'INPUT_NOT_FOUND'
  | 'INPUT_UNREADABLE'
  | 'INPUT_INVALID'
  | 'INPUT_CHANGED'
  | 'RESULT_INVALID'
  | 'DATASET_NOT_FOUND'
  | 'EXPERIMENT_NOT_FOUND'
  | 'RECORDING_NOT_FOUND'
  | 'NAME_TAKEN'
  | 'AUTH_MISSING'
  | 'AUTH_REJECTED'
  | 'MODEL_KEY'
  | 'API_REFUSED'
  | 'API_UNREACHABLE'
  | 'LIMIT_REACHED'
  | 'HOME_UNAVAILABLE'
  | 'BUSY'
  | 'SCORER_FAILED'
  | 'NOT_VERIFIED'
  | 'ROWS_REFUSED'
  | 'STOPPED';

/** A failure that a person can act on: what happened and where, and in `hint` what to do next. */
export class LsRecordError extends Error {
  override readonly name = 'LsRecordError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
