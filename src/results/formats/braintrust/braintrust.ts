import type { Sample } from '../../../input/sample.js';
import { findRecords, mostRecords } from '../../format-kit/rows.js';
import type { Format, Reading } from '../format.js';
import { isEvent, readEvents } from './events.js';
import { isFailure, isSummary, readPrinted } from './printed.js';

/** What Braintrust exports of an experiment (JSON, JSON Lines, CSV), and what `braintrust eval --jsonl` prints. */
export const braintrust: Format = {
  name: 'braintrust',
  title: 'Braintrust experiment',
  files: 'exported .json, .jsonl, .csv; what braintrust eval --jsonl prints',
  reads:
    'a row per root span with its scores, other spans as child runs; summary scores of what is printed',
  recognise(sample) {
    if (isPrinted(sample)) {
      return {
        why: 'a line has projectName, experimentName and scores',
        hasExperiments: true,
        assumptions: ['rows that passed are missing: Braintrust prints only those that failed'],
        rows: readPrinted,
      };
    }
    const place = findEvents(sample);
    if (!place) return undefined;
    return {
      why: 'events have span_id, root_span_id and scores',
      ...place,
      hasExperiments: true,
      rows: readEvents,
    };
  },
};

/** A summary is printed after the rows that failed, of which there may be more than a sample holds. */
function isPrinted(sample: Sample): boolean {
  return mostRecords(sample, (row) => isSummary(row) || isFailure(row));
}

/** @returns where the events are: a list of them, what the API answers, and what a query answers. */
function findEvents(sample: Sample): Pick<Reading, 'recordsAt'> | undefined {
  const { kind, columns } = sample;
  if (kind !== 'table') return findRecords(sample, isEvent, ['events', 'data']);
  return isEvent(Object.fromEntries(columns.map((name) => [name, '']))) ? {} : undefined;
}
