import type { JsonObject } from '../../json/value.js';

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
