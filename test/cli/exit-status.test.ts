import { expect, test } from 'vitest';
import { exitStatusOf } from '../../src/cli/exit-status.js';
import { type ErrorCode, LsRecordError } from '../../src/errors.js';

const never = new AbortController().signal;

test.for([
  [2, ['USAGE', 'DATASET_NOT_FOUND', 'EXPERIMENT_NOT_FOUND', 'NAME_TAKEN']],
  [3, ['INPUT_NOT_FOUND', 'INPUT_UNREADABLE', 'INPUT_INVALID', 'INPUT_CHANGED', 'RESULT_INVALID']],
  [3, ['API_REFUSED']],
  [4, ['AUTH_MISSING', 'AUTH_REJECTED']],
  [5, ['API_UNREACHABLE', 'HOME_UNAVAILABLE']],
  [6, ['NOT_VERIFIED']],
  [8, ['ROWS_REFUSED']],
  [130, ['STOPPED']],
] as [number, ErrorCode[]][])('%i stands for %j', ([status, codes]) => {
  expect(codes.map((code) => exitStatusOf(code, never))).toEqual(codes.map(() => status));
});

test.for([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('being stopped by %s is %i', ([cause, status]) => {
  const stop = new AbortController();
  stop.abort(new LsRecordError('STOPPED', 'stopped', { cause }));

  expect(exitStatusOf('STOPPED', stop.signal)).toBe(status);
});
