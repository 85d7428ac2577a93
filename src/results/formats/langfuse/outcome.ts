import type { JsonObject } from '../../../json/value.js';
import { known, memberAt } from '../../format-kit/members.js';
import type { RecordReader } from '../../format-kit/reader.js';
import { readLooseUsage } from '../../format-kit/usage.js';
import { isFiniteNumber, readScore } from '../../format-kit/values.js';

/** What came out of an item, a trace or an observation: its level tells whether it failed. */
export function readOutcome(record: RecordReader): JsonObject {
  const output = record.take('output');
  if (memberAt(record.record, 'level') !== 'ERROR') return { outputs: output ?? { output: null } };
  return { outputs: output, error: record.text('statusMessage') ?? 'the level is ERROR' };
}

/** Seconds that it took. What was not asked for, the API gives as -1. */
export function takeLatency(record: RecordReader): JsonObject {
  const latency = readScore(record.record.latency);
  const isTold = isFiniteNumber(latency) && Number(latency) >= 0;
  return known({ latency: isTold ? record.figure('latency') : undefined });
}

/** What every trace says of itself, whoever wrote it down. */
export function takeTrace(trace: RecordReader): JsonObject {
  trace.merge('metadata');
  return {
    id: trace.take('id'),
    name: trace.text('name') ?? null,
    inputs: trace.take('input') ?? { input: null },
    ...readOutcome(trace),
    start_time: trace.take('timestamp'),
    ...takeLatency(trace),
    tags: trace.texts('tags'),
    metadata: readLooseUsage(trace),
  };
}
