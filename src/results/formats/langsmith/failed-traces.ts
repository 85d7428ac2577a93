import type { Row } from '../../../input/row.js';
import { isJsonObject, type JsonObject } from '../../../json/value.js';
import { hasMembers, objectAt, textAt } from '../../format-kit/members.js';
import { findRecords, unexpected } from '../../format-kit/rows.js';
import type { Format, FormatRow } from '../format.js';
import { openEnvelope } from './envelope.js';
import { readTraces } from './trace-rows.js';
import type { FoundRun } from './traces.js';

/**
 * What the SDKs keep of traces that they could not send, a request in each file. What a run began with and what it ended with
 * are mostly in two of them.
 *
 * @see https://docs.langchain.com/langsmith/env-var, LANGSMITH_FAILED_TRACES_DIR
 */
export const langsmithFailedTraces: Format = {
  name: 'langsmith-failed-traces',
  title: 'LangSmith traces that were not sent',
  files: 'trace_*.json in LANGSMITH_FAILED_TRACES_DIR',
  reads: 'a row per root run with the runs below it and their feedback, all files as one',
  recognise(sample) {
    const place = findRecords(sample, isEnvelope);
    return (
      place && {
        ...place,
        why: 'requests have endpoint, headers and body_base64',
        hasExperiments: true,
        isOfParts: true,
        rows: ({ records }) => readTraces(findRuns(records), { joins: true }),
      }
    );
  },
};

function isEnvelope(record: JsonObject): boolean {
  return (
    hasMembers(record, 'version') &&
    textAt(record, 'endpoint') !== undefined &&
    objectAt(record, 'headers') !== undefined &&
    typeof record.body_base64 === 'string'
  );
}

async function* findRuns(
  records: AsyncIterable<Row>,
): AsyncGenerator<FoundRun | Extract<FormatRow, { problem: string }>> {
  for await (const row of records) {
    const { origin, value } = row;
    if (!isJsonObject(value) || !isEnvelope(value)) {
      yield unexpected(row, 'a request that was not sent');
      continue;
    }
    const runs = await openEnvelope(value);
    if (typeof runs === 'string') yield { origin, problem: runs };
    else for (const record of runs) yield { origin, record };
  }
}
