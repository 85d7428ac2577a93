import { JsonNumber, type JsonValue } from './value.js';

/** JSON text that is printed already. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** What can be printed. Members that are undefined are left out. */
export type Printable =
  | JsonValue
  | RawJson
  | readonly Printable[]
  | { readonly [key: string]: Printable | undefined };

/** Prints compact JSON; each number has the text that it had in the source. */
export function printJson(value: Printable): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof JsonNumber || value instanceof RawJson) return value.text;

  if (Array.isArray(value)) {
    let text = '[';
    for (const item of value as readonly Printable[])
      text += (text === '[' ? '' : ',') + printJson(item);
    return `${text}]`;
  }

  let text = '{';
  const object = value as { readonly [key: string]: Printable | undefined };
  for (const key of Object.keys(object)) {
    const member = object[key];
    if (member !== undefined)
      text += `${text === '{' ? '' : ','}${JSON.stringify(key)}:${printJson(member)}`;
  }
  return `${text}}`;
}

/** Text as it is, all else as JSON: `String()` calls an object's member `toString`, whatever a file has under that name. */
export function spell(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : printJson(value ?? null);
}
