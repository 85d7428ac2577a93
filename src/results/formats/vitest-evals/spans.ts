import type { JsonObject, JsonValue } from '../../../json/value.js';
import { textAt } from '../../format-kit/members.js';
import type { RecordReader } from '../../format-kit/reader.js';
import { nestSpans } from '../../format-kit/tree.js';

const RUN_TYPES = new Map([
  ['model', 'llm'],
  ['llm', 'llm'],
  ['generation', 'llm'],
  ['tool', 'tool'],
  ['retrieval', 'retriever'],
]);

/** Makes child runs of a trace's spans. Their tokens stay attributes: they are counted in the row already. */
export function readSpans(spans: readonly JsonValue[]): JsonObject[] {
  return nestSpans(spans, { id: 'id', parent: 'parentId' }, readSpan);
}

function readSpan(span: RecordReader): JsonObject {
  const kind = textAt(span.record, 'kind');
  const error = span.open('error').take('message');
  span.merge('attributes');
  span.leaveOut('parentId');
  return {
    name: span.text('name') ?? kind ?? null,
    run_type: RUN_TYPES.get(kind ?? '') ?? 'chain',
    start_time: span.text('startedAt') ?? null,
    end_time: span.text('finishedAt') ?? null,
    error: error ?? span.take('error'),
  };
}
