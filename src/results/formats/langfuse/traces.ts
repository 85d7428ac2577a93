import type { Sample } from '../../../input/sample.js';
import type { JsonObject } from '../../../json/value.js';
import { hasKeys, hasMembers, listAt } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import type { RecordReader } from '../../format-kit/reader.js';
import { readingOf } from '../../format-kit/rows.js';
import { takeScores } from '../../format-kit/score-list.js';
import { nestSpans } from '../../format-kit/tree.js';
import { readLooseUsage } from '../../format-kit/usage.js';
import type { Reading } from '../format.js';
import { readOutcome, takeTrace } from './outcome.js';

const RUN_TYPES = new Map<unknown, string>([
  ['GENERATION', 'llm'],
  ['TOOL', 'tool'],
  ['RETRIEVER', 'retriever'],
  ['EMBEDDING', 'embedding'],
]);

/** Traces as the API gives them, and as they are downloaded one by one: `{trace, observations}`. */
export function recogniseTraces(sample: Sample): Reading | undefined {
  return readingOf(sample, {
    why: 'traces have htmlPath, timestamp, observations and scores',
    members: ['data'],
    is: (record) => isTrace(record) || isDownload(record),
    expected: 'a trace of Langfuse with observations',
    read: (record) => {
      if (isTrace(record.record)) return { value: readTrace(record, record) };
      return { value: readTrace(record.merge('trace'), record) };
    },
  });
}

function isTrace(record: JsonObject): boolean {
  return (
    hasMembers(record, 'htmlPath', 'timestamp') &&
    hasKeys(record, 'input', 'output') &&
    listAt(record, 'observations') !== undefined
  );
}

function isDownload({ trace = null, observations = null }: JsonObject): boolean {
  return (
    hasMembers(trace, 'id', 'timestamp', 'projectId') &&
    hasKeys(trace, 'input', 'output') &&
    Array.isArray(observations)
  );
}

/** @param whole holds the trace's observations. Scores and observations may be given by their ids alone: those stay. */
function readTrace(trace: RecordReader, whole: RecordReader): JsonObject {
  const names = { id: 'id', parent: 'parentObservationId' };
  const child_runs = nestSpans(whole.items('observations'), names, readSpan);
  return {
    ...takeTrace(trace),
    ...(child_runs.length > 0 && { run_type: 'chain' }),
    feedback: takeScores(trace, 'scores'),
    child_runs,
  };
}

function readSpan(span: RecordReader): JsonObject {
  const { type } = span.record;
  return {
    name: span.text('name') ?? null,
    run_type: RUN_TYPES.get(type) ?? 'chain',
    inputs: span.take('input'),
    ...readOutcome(span),
    start_time: span.take('startTime'),
    end_time: span.take('endTime'),
    metadata: { ...splitModel(span.text('model', 'providedModelName')), ...readLooseUsage(span) },
  };
}
