import { Parser } from 'saxen';
import { LsRecordError } from '../../errors.js';

const MAX_DEPTH = 100;
/** A workbook has at most 32,767 characters in a cell. */
const MAX_TOKEN = 4 * 1024 * 1024;
const PIECE = 8192;
const ENTITY = /&(?:#(\d+)|#x([\da-f]+)|(amp|lt|gt|quot|apos));/gi;
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** What is found in XML. Names of elements are without their prefixes. */
export interface XmlListener {
  /** @param attributes as they are written. */
  open(name: string, attributes: () => Attributes): void;
  close?(name: string): void;
  /** Takes an element's text, some or all of it. */
  text?(text: string): void;
}

export type Attributes = Readonly<Record<string, string | undefined>>;

/**
 * Reads XML as it comes; yields after each piece of it. Nothing is expanded, so it can be from anybody.
 *
 * @param place its name in messages.
 * @throws {LsRecordError} `INPUT_INVALID` if it is no whole XML.
 */
export async function* readXml(
  text: AsyncIterable<string>,
  place: string,
  listener: XmlListener,
): AsyncGenerator<void> {
  const parser = new Parser();
  let depth = 0;
  let waiting = 0;
  parser.on('openTag', (name, attributes) => {
    waiting = 0;
    if (++depth > MAX_DEPTH) throw broken(place, 'its elements are nested too deeply');
    listener.open(localName(name), () => attributes() || {});
  });
  parser.on('closeTag', (name) => {
    waiting = 0;
    depth--;
    listener.close?.(localName(name));
  });
  parser.on('text', (some) => listener.text?.(decodeEntities(some)));
  parser.on('cdata', (some) => listener.text?.(some));
  const guarded = (work: () => void) => {
    try {
      work();
    } catch (error) {
      if (error instanceof LsRecordError || !(error instanceof Error)) throw error;
      throw broken(place, error.message);
    }
  };
  // No tag ends in a piece without a bracket: the parser would only look through all of it again.
  let held: string[] = [];
  for await (const piece of inPieces(text)) {
    waiting += piece.length;
    if (waiting > MAX_TOKEN + piece.length) throw broken(place, 'a text in it is too long');
    held.push(piece);
    if (!piece.includes('>')) continue;
    const whole = held.length === 1 ? piece : held.join('');
    held = [];
    guarded(() => parser.write(whole));
    yield;
  }
  guarded(() => parser.write(held.join('')).end());
}

/** What is made of a piece is gone before the next one: of large ones it would outlive a garbage collection. */
async function* inPieces(text: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const chunk of text)
    for (let at = 0; at < chunk.length; at += PIECE) yield chunk.slice(at, at + PIECE);
}

/** Reads all of a small part of a workbook; attributes have their names without prefixes, and their values decoded. */
export async function readAllXml(
  text: AsyncIterable<string>,
  place: string,
  open: XmlListener['open'],
): Promise<void> {
  const listener: XmlListener = {
    open: (name, attributes) => open(name, () => decodeAttributes(attributes())),
  };
  for await (const _ of readXml(text, place, listener));
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
}

function decodeAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value = '']) => [
      localName(name),
      decodeEntities(value),
    ]),
  );
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(ENTITY, (whole, decimal, hex, name) => {
    if (name) return NAMED[name.toLowerCase()] ?? whole;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

export function broken(place: string, why: string): LsRecordError {
  return new LsRecordError('INPUT_INVALID', `${place} is no whole part of a workbook: ${why}`, {
    hint: 'Open the workbook in a spreadsheet and save it again, or save it as CSV.',
  });
}
