import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { textAt } from './members.js';
import { type RecordReader, readRun } from './reader.js';

/**
 * Reads the spans below a root as child runs, each with those below it. A list of its own stands for the call stack; a
 * span that is its own ancestor is met once.
 *
 * @param read undefined leaves a span out, with what is below it.
 */
export function readTree<Span extends object = JsonObject>(
  root: Span,
  childrenOf: (span: Span) => readonly Span[],
  read: (span: Span) => JsonObject | undefined,
): JsonObject[] {
  const top: JsonObject[] = [];
  const seen = new Set<Span>([root]);
  const waiting = [{ span: root, into: top }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const span of childrenOf(next.span)) {
      if (seen.has(span)) continue;
      seen.add(span);
      const run = read(span);
      if (!run) continue;
      const below: JsonObject[] = [];
      next.into.push({ ...run, child_runs: below });
      waiting.push({ span, into: below });
    }
  }
  return top;
}

/**
 * Makes child runs of the spans of a trace, each below its parent. One whose parent is not there is at the top.
 *
 * @param names of the members that hold a span's id, and that of its parent.
 */
export function nestSpans(
  spans: readonly JsonValue[],
  names: { readonly id: string; readonly parent: string },
  read: (span: RecordReader) => JsonObject,
): JsonObject[] {
  const top: JsonObject[] = [];
  const below = new Map<string, JsonValue[]>();
  const found = spans.filter(isJsonObject).map((span) => {
    const children: JsonValue[] = [];
    const id = textAt(span, names.id);
    if (id !== undefined) below.set(id, children);
    return { span, children };
  });
  for (const { span, children } of found) {
    const siblings = below.get(textAt(span, names.parent) ?? '');
    const run = { ...readRun(span, read), child_runs: children };
    if (siblings && siblings !== children) siblings.push(run);
    else top.push(run);
  }
  return top;
}
