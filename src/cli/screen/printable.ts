import { type Printable, printJson } from '../../json/print.js';

const ESC = '\u001b';
const BEL = '\u0007';
const CSI = '\u009b';

/** Whole sequences first: without its ESC, `[31m` would be left as litter. */
const SEQUENCES = new RegExp(
  [
    `(?:${ESC}\\[|${CSI})[0-?]*[ -/]*[@-~]`,
    `(?:${ESC}[\\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^${ESC}${BEL}\u009c\\n]{0,4096}(?:${BEL}|${ESC}\\\\|\u009c)`,
    `${ESC}[ -/]*[0-~]`,
  ].join('|'),
  'g',
);
const SPACES = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
const INVISIBLE = /\p{Cc}|\p{Bidi_Control}/gu;

/**
 * One line of text that cannot move the cursor, recolour the screen, or turn the reading order:
 * everything from outside goes through here before it is printed.
 */
export function printable(text: string): string {
  return text.replace(SEQUENCES, '').replace(SPACES, ' ').replace(INVISIBLE, '');
}

/** Text without what no screen shows; its lines and tabs stay. */
export function withoutInvisible(text: string): string {
  return text
    .replace(SEQUENCES, '')
    .replace(INVISIBLE, (character) => (/[\t\n\r]/.test(character) ? character : ''));
}

/** JSON without any control character in it, for a terminal that shows it; numbers keep all their digits. */
export function printableJson(value: Printable): string {
  return escapeInvisible(printJson(value));
}

/** JSON text without any control character in it. */
export function escapeInvisible(json: string): string {
  return json.replace(
    INVISIBLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
