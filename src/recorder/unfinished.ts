import { type ErrorCode, LsRecordError } from '../errors.js';
import type { Recording } from './recording.js';

/** Failures after which the same call continues. */
const CONTINUABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'API_UNREACHABLE',
  'API_REFUSED',
  'LIMIT_REACHED',
  'AUTH_REJECTED',
  'EXPERIMENT_NOT_FOUND',
  'HOME_UNAVAILABLE',
  'STOPPED',
]);

/** A recording that could not go on, and what became of its rows. */
export class UnfinishedRecording extends LsRecordError {
  readonly recording: Recording;

  constructor({ code, message, hint, cause }: LsRecordError, recording: Recording) {
    super(code, message, { hint, cause });
    this.recording = recording;
  }

  /** @returns the same failure with an account of the rows; itself where nothing was begun, or it is a bug. */
  static of(error: unknown, recording: Recording): unknown {
    const { read, recorded } = recording.rows;
    if (!(error instanceof LsRecordError) || read === 0) return error;
    return recorded > 0 || CONTINUABLE.has(error.code)
      ? new UnfinishedRecording(error, recording)
      : error;
  }
}
