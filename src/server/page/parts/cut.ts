/** The beginning of a text, never half a character. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const endsInPair = /[\ud800-\udbff]/.test(text.charAt(length - 1));
  return text.slice(0, endsInPair ? length - 1 : length);
}
