import { inflateSync } from 'node:zlib';

/** The texts of a PDF as Chromium prints it, in the order of its pages and without spaces. */
export function pdfText(pdf: Buffer): string {
  const objects = objectsOf(pdf);
  const fonts = new Map<string, ReadonlyMap<string, string>>();
  for (const { dictionary } of objects.values())
    for (const [, name = '', id = ''] of dictionary.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const [, words = ''] = /\/ToUnicode (\d+)/.exec(objects.get(id)?.dictionary ?? '') ?? [];
      fonts.set(name, charactersIn(objects.get(words)?.stream ?? ''));
    }
  let text = '';
  for (const { stream } of objects.values()) {
    let font: ReadonlyMap<string, string> = new Map();
    for (const [, name, glyphs = ''] of stream.matchAll(/\/(F\d+) [\d.]+ Tf|<([\dA-Fa-f]+)>/g)) {
      if (name !== undefined) font = fonts.get(name) ?? font;
      else for (const glyph of glyphs.match(/.{4}/g) ?? []) text += font.get(glyph) ?? '';
    }
  }
  return text.replaceAll(/\s/g, '');
}

interface PdfObject {
  readonly dictionary: string;
  readonly stream: string;
}

function objectsOf(pdf: Buffer): Map<string, PdfObject> {
  const objects = new Map<string, PdfObject>();
  const source = pdf.toString('latin1');
  const start = /(\d+) 0 obj\s/g;
  for (let found = start.exec(source); found; found = start.exec(source)) {
    const [, id = ''] = found;
    const end = source.indexOf('endobj', start.lastIndex);
    const [head = ''] = source.slice(start.lastIndex, end).split(/stream\r?\n/, 1);
    const [, length] = /\/Length (\d+)/.exec(head) ?? [];
    const from = source.indexOf('stream', start.lastIndex + head.length) + 'stream\n'.length;
    const bytes = length === undefined ? undefined : pdf.subarray(from, from + Number(length));
    const isPacked = head.includes('/FlateDecode');
    const stream = bytes && isPacked ? inflateSync(bytes).toString('latin1') : bytes?.toString();
    objects.set(id, { dictionary: head, stream: stream ?? '' });
    if (bytes) start.lastIndex = from + bytes.length;
  }
  return objects;
}

/** What the glyphs of a font say, by their numbers. */
function charactersIn(cmap: string): Map<string, string> {
  const characters = new Map<string, string>();
  const textOf = (hex: string) => Buffer.from(hex, 'hex').swap16().toString('utf16le');
  for (const [, lines = ''] of cmap.matchAll(/beginbfchar(.*?)endbfchar/gs))
    for (const [, glyph = '', hex = ''] of lines.matchAll(/<(\w+)> <(\w+)>/g))
      characters.set(glyph.toUpperCase(), textOf(hex));
  for (const [, lines = ''] of cmap.matchAll(/beginbfrange(.*?)endbfrange/gs))
    for (const [, low = '', high = '', hex = ''] of lines.matchAll(/<(\w+)> <(\w+)> <(\w+)>/g))
      for (let at = 0; at <= Number.parseInt(high, 16) - Number.parseInt(low, 16); at++)
        characters.set(
          hexOf(Number.parseInt(low, 16) + at),
          textOf(hexOf(Number.parseInt(hex, 16) + at)),
        );
  return characters;
}

function hexOf(number: number): string {
  return number.toString(16).toUpperCase().padStart(4, '0');
}
