import type { Format } from '../format.js';
import { langsmithEvaluate } from './evaluate.js';
import { langsmithExamples } from './examples-with-runs.js';
import { langsmithFailedTraces } from './failed-traces.js';
import { langsmithRuns } from './runs.js';
import { langsmithUpload } from './upload.js';

/** What LangSmith and its SDKs write, the telltale before the general. */
export const LANGSMITH: readonly Format[] = [
  langsmithFailedTraces,
  langsmithUpload,
  langsmithEvaluate,
  langsmithExamples,
  langsmithRuns,
];
