import type { Format } from '../format.js';
import { recogniseItems, recogniseResults } from './items.js';
import { recogniseTable } from './table.js';
import { recogniseTraces } from './traces.js';

/** What Langfuse gives of experiments and traces. @see https://langfuse.com/docs/api-and-data-platform */
export const langfuse: Format = {
  name: 'langfuse',
  title: 'Langfuse experiments and traces',
  files: 'API answers, exported traces, run_experiment() results (.json, .jsonl, .csv)',
  reads: 'a row per experiment item or trace with its scores, observations as child runs',
  recognise: (sample) =>
    recogniseItems(sample) ??
    recogniseResults(sample) ??
    recogniseTraces(sample) ??
    recogniseTable(sample),
};
