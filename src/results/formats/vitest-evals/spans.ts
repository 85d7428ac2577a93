import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { textAt } from '../../format-kit/members.js';
import { type RecordReader, readRun } from '../../format-kit/reader.js';

const RUN_TYPES: Readonly<Record<string, string>> = {
  model: 'llm',
  llm: 'llm',
  generation: 'llm',
  tool: 'tool',
  retrieval: 'retriever',
};

/**
 * Makes child runs of a trace's spans, each below its parent. Their tokens stay attributes: they are counted in the
 * row already.
 */
export function nestSpans(spans: readonly JsonValue[]): JsonObject[] {
  const top: JsonObject[] = [];
  const below = new Map<string, JsonValue[]>();
  const found = spans.filter(isJsonObject).map((span) => {
    const children: JsonValue[] = [];
    const id = textAt(span, 'id');
    if (id !== undefined) below.set(id, children);
    return { span, id, children };
  });
  for (const { span, id, children } of found) {
    const parent = textAt(span, 'parentId');
    const run = { ...readRun(span, readSpan), child_runs: children };
    const siblings = parent === undefined || parent === id ? undefined : below.get(parent);
    if (siblings && siblings !== children) siblings.push(run);
    else top.push(run);
  }
  return top;
}

function readSpan(span: RecordReader): JsonObject {
  const kind = textAt(span.record, 'kind');
  const error = span.open('error').take('message');
  span.merge('attributes');
  span.leaveOut('parentId');
  return {
    name: span.text('name') ?? kind ?? null,
    run_type: RUN_TYPES[kind ?? ''] ?? 'chain',
    start_time: span.text('startedAt') ?? null,
    end_time: span.text('finishedAt') ?? null,
    error: error ?? span.take('error'),
  };
}
