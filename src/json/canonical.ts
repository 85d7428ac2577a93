import { JsonNumber, type JsonValue } from './value.js';

const PLAIN = /^[ !#-[\]-~]*$/;
const INTEGER = /^-?\d+$/;

/** What CPython's `json.dumps(value, sort_keys=True)` prints, byte for byte: ids are hashes of it. */
export function pythonJson(value: JsonValue): string {
  if (typeof value === 'string') return pythonString(value);
  if (typeof value === 'number') {
    // Where both languages write digits and a point, they write the same ones.
    const size = Math.abs(value);
    return size >= 1e-4 && size < 1e16 ? String(value) : pythonNumber(String(value));
  }
  if (value === null || typeof value === 'boolean') return String(value);
  if (value instanceof JsonNumber) return pythonNumber(value.text);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;

  const keys = Object.keys(value).sort(byCodePoint);
  const members = keys.map((key) => `${pythonString(key)}: ${pythonJson(value[key] as JsonValue)}`);
  return `{${members.join(', ')}}`;
}

/** JavaScript sorts by UTF-16 unit, where surrogates come before U+E000. */
function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === length) return a.length - b.length;
  // A first half that both have may be half of a pair in one of them only.
  const start = at > 0 && isFirstHalf(a.charCodeAt(at - 1)) ? at - 1 : at;
  return codePointAt(a, start) - codePointAt(b, start) || codePointAt(a, at) - codePointAt(b, at);
}

function codePointAt(text: string, at: number): number {
  return text.codePointAt(at) as number;
}

function isFirstHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function pythonString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return escapeBeyondAscii(JSON.stringify(text));
}

const HEX = Buffer.from('0123456789abcdef');

/** Into bytes: a text of millions of characters would come in as many pieces. */
function escapeBeyondAscii(text: string): string {
  const bytes = Buffer.allocUnsafe(6 * text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x7f) {
      bytes[length++] = unit;
      continue;
    }
    bytes[length++] = 0x5c;
    bytes[length++] = 0x75;
    for (let shift = 12; shift >= 0; shift -= 4)
      bytes[length++] = HEX[(unit >> shift) & 0xf] as number;
  }
  return bytes.toString('latin1', 0, length);
}

/** Python reads a number with a point or an exponent as a float, all others as an integer of any size. */
function pythonNumber(text: string): string {
  if (INTEGER.test(text)) return text === '-0' ? '0' : text;
  return pythonFloat(Number(text));
}

/** CPython's repr: shortest digits, an exponent below 1e-4 and from 1e16. */
function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa = '', exponentText] = Math.abs(value).toExponential().split('e');
  const exponent = Number(exponentText);
  const digits = mantissa.replace('.', '');
  const sign = value < 0 ? '-' : '';

  if (exponent < -4 || exponent >= 16) {
    const power = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${power}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}
