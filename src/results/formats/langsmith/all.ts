import type { Format } from '../format.js';
import { langsmithRuns } from './runs.js';
import { langsmithUpload } from './upload.js';

/** What LangSmith and its SDKs write, the telltale before the general. */
export const LANGSMITH: readonly Format[] = [langsmithUpload, langsmithRuns];
