export { type ErrorCode, LsRecordError } from './errors.js';
export { fromRows } from './input/from-rows.js';
export { openSources } from './input/open.js';
export type { OpenedSource, Origin, Row, RowsOptions, Source } from './input/row.js';
export { JsonNumber, type JsonObject, type JsonValue } from './json/value.js';
export { LangSmith, type LangSmithOptions } from './langsmith/client.js';
export { record } from './recorder/record.js';
export type {
  Identity,
  Progress,
  Recording,
  RecordOptions,
  RowCounts,
  RowProblem,
  Verify,
} from './recorder/recording.js';
export { combine, onlyExperiment } from './results/experiments.js';
export type { ColumnOptions } from './results/named-columns/named-columns.js';
export { type CheckedRow, checkRow, parseResults } from './results/parse.js';
export { preflight, type Report } from './results/preflight/preflight.js';
export {
  type RecognisedSource,
  type RecogniseOptions,
  recognise,
} from './results/recognise.js';
export { type Result, resultSchema } from './results/result.js';
