import type { Html } from '../html.js';

/** What a screen does not show, or what turns its reading order; line ends and tabs are left to the layout. */
const INVISIBLE =
  /(?![\n\t]|\r\n)[\p{Cc}\p{Bidi_Control}\p{Cs}\u00ad\u200b\u2028\u2029\u2060-\u2064\ufeff]/u;
const EACH_INVISIBLE = new RegExp(`(${INVISIBLE.source})`, 'u');

/** Text from outside, in which every invisible character is named. */
export function visible(text: string): Html | string {
  if (!INVISIBLE.test(text)) return text;
  return (
    <>
      {text
        .split(EACH_INVISIBLE)
        .map((piece, place) =>
          place % 2 === 0 ? piece : <span class="control">{codePointOf(piece)}</span>,
        )}
    </>
  );
}

/** The same, which can go on in another line after `_` and the like. */
export function breakable(text: string): Html {
  const pieces = text.split(/(?<=[_.:/-])/);
  return (
    <>
      {pieces.map((piece, at) => (
        <>
          {at > 0 && <wbr />}
          {visible(piece)}
        </>
      ))}
    </>
  );
}

/** The same where markup cannot go: a page's title, an attribute. */
export function visibleText(text: string): string {
  return text
    .split(EACH_INVISIBLE)
    .map((piece, place) => (place % 2 === 0 ? piece : codePointOf(piece)))
    .join('');
}

function codePointOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
