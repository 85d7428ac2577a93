import { lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import { isImage } from '../../../experiments/chat.js';
import type { Html } from '../html.js';
import { visible } from './visible.js';

/** Longer texts are shown as they are. */
const MAX_CHARACTERS = 50_000;
/** Quotes and lists within each other; what is deeper is shown as it is. */
const MAX_DEPTH = 40;

/** A heading, a list, a table, a fence, a link, or emphasis: anything less reads the same without. */
const SIGNS =
  /^(?:#{1,6} |[-*+] |\d+[.)] |> |```|~~~|\|?[ :|-]*-{3,}[ :|-]*\|)|\*\*\S|`[^`\n]+`|\]\(https?:\/\//m;

/** Whether a text means more as Markdown than as it is. */
export function isMarkdown(text: string): boolean {
  return text.length <= MAX_CHARACTERS && SIGNS.test(text);
}

/** Markdown as markup. HTML in it stays text, links lead to http(s) only, and no picture is fetched. */
export function Markdown({ text }: { readonly text: string }): Html | string {
  let tokens: Token[];
  try {
    tokens = lexer(text, { gfm: true, breaks: true });
  } catch (error) {
    // The lexer recurses into what is nested.
    if (error instanceof RangeError) return visible(text);
    throw error;
  }
  return <div class="markdown">{blocks(tokens, 0)}</div>;
}

type Shown = Html | string | null | Shown[];

function blocks(tokens: readonly Token[] | undefined, depth: number): Shown[] {
  return (tokens ?? []).map((token) =>
    depth > MAX_DEPTH ? visible(token.raw) : shown(token as MarkedToken, depth + 1),
  );
}

function shown(token: MarkedToken, depth: number): Shown {
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'heading':
      return <p class="md-heading">{blocks(token.tokens, depth)}</p>;
    case 'paragraph':
      return <p>{blocks(token.tokens, depth)}</p>;
    case 'blockquote':
      return <blockquote>{blocks(token.tokens, depth)}</blockquote>;
    case 'code':
      return <div class="value code">{visible(token.text)}</div>;
    case 'hr':
      return <hr />;
    case 'list':
      return list(token, depth);
    case 'table':
      return table(token, depth);
    default:
      return inline(token, depth);
  }
}

function inline(token: MarkedToken, depth: number): Shown {
  switch (token.type) {
    case 'strong':
      return <strong>{blocks(token.tokens, depth)}</strong>;
    case 'em':
      return <em>{blocks(token.tokens, depth)}</em>;
    case 'del':
      return <del>{blocks(token.tokens, depth)}</del>;
    case 'codespan':
      return <code>{visible(token.text)}</code>;
    case 'br':
      return <br />;
    case 'link':
      return link(token, blocks(token.tokens, depth));
    case 'image':
      return image(token);
    case 'escape':
      return visible(token.text);
    case 'text':
      return token.tokens ? blocks(token.tokens, depth) : visible(token.text);
    default:
      return visible(token.raw);
  }
}

function list({ ordered, start, items }: Tokens.List, depth: number): Html {
  const shownItems = items.map((item) => (
    <li>
      {item.task && (item.checked ? '☑ ' : '☐ ')}
      {blocks(
        item.tokens.filter(({ type }) => type !== 'checkbox'),
        depth,
      )}
    </li>
  ));
  return ordered ? <ol start={start === '' ? 1 : start}>{shownItems}</ol> : <ul>{shownItems}</ul>;
}

function table({ header, rows }: Tokens.Table, depth: number): Html {
  const classOf = ({ align }: Tokens.TableCell) => (align === null ? undefined : `to-${align}`);
  return (
    <table>
      <thead>
        <tr>
          {header.map((cell) => (
            <th scope="col" class={classOf(cell)}>
              {blocks(cell.tokens, depth)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            {row.map((cell) => (
              <td class={classOf(cell)}>{blocks(cell.tokens, depth)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function link({ href, raw }: Tokens.Link | Tokens.Image, text: Shown[] | string): Html | string {
  if (!/^https?:\/\//i.test(href)) return visible(raw);
  return (
    <a href={href} rel="noreferrer">
      {text}
    </a>
  );
}

function image(token: Tokens.Image): Html | string {
  return isImage(token.href) ? (
    <img src={token.href} alt={token.text} />
  ) : (
    link(token, token.text === '' ? token.href : token.text)
  );
}
