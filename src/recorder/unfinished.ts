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

/** What is recorded stays, and the same command records the rest: said once, whatever else has to be done first. */
function describeResume(hint: string | undefined, { rows }: Recording): string {
  const safe = rows.recorded > 0 ? ' Recorded rows are kept; nothing is sent twice.' : '';
  const again = /same command/.test(hint ?? '') ? '' : 'Run the same command again to resume.';
  return `${[hint, again].filter(Boolean).join(' ')}${safe}`;
}

/** A recording that could not go on, and what became of its rows. */
export class UnfinishedRecording extends LsRecordError {
  readonly recording: Recording;

  constructor({ code, message, hint, cause }: LsRecordError, recording: Recording) {
    super(code, message, { hint: describeResume(hint, recording), cause });
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
