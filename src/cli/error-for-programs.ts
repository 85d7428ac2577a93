import type { LsRecordError } from '../errors.js';
import { InvalidRows } from '../recorder/invalid-rows.js';
import { problemsForPrograms } from './recording/recording-words.js';

/** A failure as the `error` of a JSON answer. */
export function describeError(error: LsRecordError): object {
  const { code, message, hint } = error;
  return {
    code,
    message,
    hint: hint ?? null,
    problems: error instanceof InvalidRows ? problemsForPrograms(error.problems) : undefined,
  };
}
