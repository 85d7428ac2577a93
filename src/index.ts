export { type ErrorCode, LsRecordError } from './errors.js';
export { JsonNumber, type JsonObject, type JsonValue } from './json/value.js';
export { LangSmith } from './langsmith/client.js';
export type { LangSmithOptions } from './langsmith/rest.js';
export {
  type JudgeOptions,
  judge,
  prepare,
  program,
  type ReadOptions,
  type Rows,
  record,
  type ScoreOptions,
  type Scorers,
  score,
} from './library.js';
export { type OpenHome, openHome } from './open-home.js';
export type { Prepared, PreparedExperiment, PrepareOptions } from './prepare/prepared.js';
export type { RedactOptions } from './prepare/redact/redactor.js';
export type { RowProblem, Survey } from './prepare/survey.js';
export type { ExampleIdentity, RecordOptions, Verify } from './recorder/record-options.js';
export type {
  Progress,
  Recording,
  RowCounts,
} from './recorder/recording.js';
export { UnfinishedRecording } from './recorder/unfinished.js';
export { type Result, resultSchema } from './results/result.js';
export type { RowGiven, ScoreFunction, ScoreGiven } from './scoring/functions.js';
export type { JudgeInput } from './scoring/judges/definition.js';
export type { ProgramOptions } from './scoring/program.js';
export type { Scoring } from './scoring/score-runs.js';
export type { Scorer } from './scoring/scorer.js';
