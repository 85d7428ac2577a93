/** A path whose pieces are encoded where they are put in, whatever they are: pathTo`/datasets/${id}`. */
export function pathTo(texts: TemplateStringsArray, ...pieces: readonly string[]): string {
  return texts.reduce((path, text, at) => path + encodeURIComponent(pieces[at - 1] ?? '') + text);
}
