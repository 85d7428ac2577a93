import { isImage, type Piece, plainText, type Turn, turnsOf } from '../../../experiments/chat.js';
import { indentJson } from '../../../json/indent.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import type { Html } from '../html.js';
import type { View } from '../query.js';
import type { ShownExample } from '../shown.js';
import { cut } from './cut.js';
import { count } from './figures.js';
import { isMarkdown, Markdown } from './markdown.js';
import { visible } from './visible.js';

/** Characters of one payload that a table shows; the row's own page has the rest. */
const PREVIEW_CHARACTERS = 400;
/** Characters of one payload that a page shows, so that a browser can hold it. */
const WHOLE_CHARACTERS = 200_000;
/** What a bare value, or a chat, is wrapped in; it says nothing. */
const WRAPPERS = new Set(['input', 'output', 'messages']);

/** A payload in a cell of a table: enough to know it again. */
export function preview(payload: JsonObject | null, moreAt?: string): Html {
  return inPieces(partsOf(payload ?? {}), PREVIEW_CHARACTERS, moreAt);
}

/** What an example asks. */
export function previewInputs(
  example: Pick<ShownExample, 'inputs' | 'isDeleted'>,
  moreAt?: string,
): Html {
  if (!example.isDeleted) return preview(example.inputs, moreAt);
  return (
    <>
      {preview(example.inputs, moreAt)}
      <div class="more">The example was deleted since.</div>
    </>
  );
}

export interface HowToShow {
  readonly reading?: View['text'];
  /** Where the rest is, if there is too much of it for a page. */
  readonly moreAt?: string;
}

/** A payload on a page of its own. */
export function whole(
  payload: JsonObject | null,
  { reading = 'rich', moreAt }: HowToShow = {},
): Html {
  const value = payload ?? {};
  const isJson = reading === 'json' && payload !== null;
  const parts = isJson ? [{ label: '', text: indentJson(value), isCode: true }] : partsOf(value);
  const size = parts.reduce((sum, { text }) => sum + text.length, 0);
  if (reading !== 'rich' || size === 0 || size > WHOLE_CHARACTERS) {
    return inPieces(parts, WHOLE_CHARACTERS, moreAt);
  }
  const turns = turnsOf(value);
  return (
    <div class="payload">
      {turns ? <Chat turns={turns} /> : entriesOf(value).map(([key, part]) => rich(key, part))}
    </div>
  );
}

function rich(key: string, value: JsonValue): Html {
  const turns = turnsOf(value);
  return (
    <div class="field">
      {key !== '' && (
        <div class="key" dir="auto">
          {visible(key)}
        </div>
      )}
      {turns ? <Chat turns={turns} /> : <PayloadValue value={value} />}
    </div>
  );
}

/** A single value, such as a comment. */
export function PayloadValue({ value }: { readonly value: JsonValue }): Html {
  if (typeof value !== 'string') return text(indentJson(value), isNested(value));
  if (isImage(value)) return <img src={value} alt="" />;
  return isMarkdown(value) ? <Markdown text={value} /> : text(value, false);
}

function Chat({ turns }: { readonly turns: readonly Turn[] }): Html {
  return (
    <ol class="chat">
      {turns.map(({ role, pieces }) => (
        <li class={/^(?:user|human)\b/.test(role) ? 'turn asks' : 'turn'}>
          <div class="key" dir="auto">
            {visible(role)}
          </div>
          {pieces.map(richPiece)}
        </li>
      ))}
    </ol>
  );
}

function richPiece(piece: Piece): Html {
  switch (piece.kind) {
    case 'text':
      return <PayloadValue value={piece.text} />;
    case 'image':
      return <img src={piece.source} alt="" />;
    case 'call':
      return (
        <div class="call">
          <b>{visible(piece.name)}</b>({visible(piece.text)})
        </div>
      );
    default:
      return <div class={`value code ${piece.kind}`}>{visible(piece.text)}</div>;
  }
}

/** A piece of a payload that is read at one go. */
interface TextPart {
  readonly label: string;
  readonly text: string;
  readonly isCode: boolean;
}

function inPieces(parts: readonly TextPart[], room: number, moreAt?: string): Html {
  if (parts.length === 0) return <span class="none">–</span>;

  const shown: Html[] = [];
  let left = room;
  let hidden = 0;
  for (const part of parts) {
    const text = left > 0 ? cut(part.text, left) : '';
    if (left > 0) shown.push(field({ ...part, text }));
    hidden += part.text.length - text.length;
    left -= part.label.length + part.text.length;
  }
  return (
    <>
      <div class="payload">{shown}</div>
      {hidden > 0 && moreOf(hidden, moreAt)}
    </>
  );
}

/** How much of a text is not shown, and where it is. */
export function moreOf(characters: number, at: string | undefined): Html {
  const words = <>… {count(characters)} more characters</>;
  return <div class="more">{at ? <a href={at}>{words}</a> : words}</div>;
}

function partsOf(payload: JsonObject): TextPart[] {
  const whole = turnsOf(payload);
  if (whole) return whole.map(plainTurn);
  return entriesOf(payload).flatMap(([key, value]) => {
    const turns = turnsOf(value);
    if (turns) return turns.map(plainTurn);
    return { label: key, text: textOf(value), isCode: isNested(value) };
  });
}

function plainTurn({ role, pieces }: Turn): TextPart {
  return { label: role, text: pieces.map(plainText).join('\n'), isCode: false };
}

function entriesOf(payload: JsonObject): [string, JsonValue][] {
  const entries = Object.entries(payload);
  const isWrapped = entries.length === 1 && WRAPPERS.has(entries[0]?.[0] ?? '');
  return isWrapped ? entries.map(([, value]) => ['', value]) : entries;
}

function field({ label, text: words, isCode }: TextPart): Html {
  return (
    <div class="field">
      {label !== '' && (
        <div class="key" dir="auto">
          {visible(label)}
        </div>
      )}
      {text(words, isCode)}
    </div>
  );
}

function text(words: string, isCode: boolean): Html {
  return (
    <div class={isCode ? 'value code' : 'value'} dir="auto">
      {visible(words)}
    </div>
  );
}

/** A value as plain text. */
export function textOf(value: JsonValue): string {
  if (typeof value !== 'string') return indentJson(value);
  return isImage(value) ? '[image]' : value;
}

function isNested(value: JsonValue): boolean {
  return Array.isArray(value) || isJsonObject(value);
}
