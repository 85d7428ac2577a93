/** The text between two marks: after the first of the one and before the last of the other. */
export function cut(
  text: string,
  { start, end }: { readonly start: string; readonly end: string },
): string | undefined {
  const from = text.indexOf(start);
  const to = text.lastIndexOf(end);
  return from === -1 || to < from + start.length ? undefined : text.slice(from + start.length, to);
}
