import { indentJson } from '../json/indent.js';
import { JsonSyntaxError, parseJson } from '../json/parse.js';
import { printJson } from '../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';

/** What a message consists of. */
export type Piece =
  | { readonly kind: 'text' | 'thought' | 'data' | 'result'; readonly text: string }
  | { readonly kind: 'call'; readonly name: string; readonly text: string }
  | { readonly kind: 'image'; readonly source: string };

/** What one side of a conversation said. */
export interface Turn {
  readonly role: string;
  readonly pieces: readonly Piece[];
}

/** Members of messages and of their parts that only tie them to each other, or say what else is there. */
const TIES = new Set(['id', 'type', 'role', 'index', 'call_id', 'tool_call_id', 'tool_use_id']);

/**
 * Chat messages as turns, in the spelling of OpenAI, Anthropic, Gemini or LangChain; undefined if it is something else.
 *
 * @param value a list of messages, or one.
 */
export function turnsOf(value: JsonValue): Turn[] | undefined {
  const messages = Array.isArray(value) ? value : isJsonObject(value) ? [value] : [];
  if (messages.length === 0) return undefined;
  const turns = messages.map(turnOf);
  return turns.every((turn) => turn !== undefined) ? turns : undefined;
}

/** A data URL of an image, which is all that a page may show of pictures. */
export function isImage(text: string): boolean {
  return /^data:image\/[\w.+-]+[;,]/.test(text);
}

/** A piece as plain text, for where there is room for nothing else. */
export function plainText(piece: Piece): string {
  if (piece.kind === 'image') return '[image]';
  return piece.kind === 'call' ? `${piece.name}(${piece.text})` : piece.text;
}

function turnOf(message: JsonValue): Turn | undefined {
  if (!isJsonObject(message)) return undefined;
  // LangChain writes an object of a class, or what it is made of.
  if (message.lc === 1 && isJsonObject(message.kwargs)) {
    const [name] = Array.isArray(message.id) ? message.id.slice(-1) : [];
    return turnOf({ type: String(name).replace(/Message(Chunk)?$/, ''), ...message.kwargs });
  }
  if (isJsonObject(message.data)) return turnOf({ type: message.type ?? null, ...message.data });
  const { role = typeOf(message), name, content, parts, tool_calls: calls, ...rest } = message;
  if (typeof role !== 'string') return undefined;
  const isItem = message.role === undefined && ITEMS.has(role);
  const said = isItem ? message : (content ?? parts);
  if (said === undefined && (content === undefined || !Array.isArray(calls))) return undefined;
  const others = isItem ? undefined : leftOver(rest);
  return {
    role: typeof name === 'string' && !isItem ? `${role} · ${name}` : role,
    pieces: [
      ...(said === undefined || said === null ? [] : piecesOf(said)),
      ...(Array.isArray(calls) ? calls.map((call) => pieceOf(call)) : []),
      ...(others ? [others] : []),
    ],
  };
}

/** What is among messages in OpenAI's responses without being one. */
const ITEMS = new Set(['function_call', 'function_call_output']);
const LANGCHAIN_TYPES = /^(?:human|ai|system|tool|function|chat|developer)$/i;

/** The type where it says who speaks. */
function typeOf({ type }: JsonObject): JsonValue | undefined {
  const isRole = typeof type === 'string' && (ITEMS.has(type) || LANGCHAIN_TYPES.test(type));
  return isRole ? type.toLowerCase() : undefined;
}

function piecesOf(content: JsonValue): Piece[] {
  if (Array.isArray(content)) return content.map(pieceOf);
  return content === '' ? [] : [pieceOf(content)];
}

function pieceOf(part: JsonValue): Piece {
  if (typeof part === 'string') {
    const value = parsed(part);
    return value === undefined ? imageOrText(part) : dataOf(value);
  }
  if (!isJsonObject(part)) return dataOf(part);
  return imageIn(part) ?? callIn(part) ?? resultIn(part) ?? textIn(part) ?? dataOf(part);
}

function dataOf(value: JsonValue): Piece {
  return { kind: 'data', text: indentJson(value) };
}

/** An object or a list that came as its JSON text. */
function parsed(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

function imageIn({ image_url: url, source, inline_data: inline, inlineData }: JsonObject) {
  const address = isJsonObject(url) ? url.url : url;
  if (typeof address === 'string') return imageOrText(address);
  const bytes = [source, inline, inlineData].find(isJsonObject);
  const type = bytes?.media_type ?? bytes?.mime_type ?? bytes?.mimeType;
  if (typeof bytes?.data !== 'string' || typeof type !== 'string') return undefined;
  return imageOrText(`data:${type};base64,${bytes.data}`);
}

function imageOrText(address: string): Piece {
  return isImage(address) ? { kind: 'image', source: address } : { kind: 'text', text: address };
}

/** `{function: {name, arguments}}`, `{type: tool_use, name, input}`, `{functionCall: {name, args}}`, `{name, args}`. */
function callIn(part: JsonObject): Piece | undefined {
  const call = [part.function, part.functionCall, part.function_call].find(isJsonObject) ?? part;
  const given = call.arguments ?? call.args ?? (part.type === 'tool_use' ? call.input : undefined);
  if (typeof call.name !== 'string' || given === undefined) return undefined;
  return { kind: 'call', name: call.name, text: argumentsOf(given) };
}

/** `a: 1, b: "two"`, as a call is written. */
function argumentsOf(given: JsonValue): string {
  const value = (typeof given === 'string' ? parsed(given) : undefined) ?? given;
  if (!isJsonObject(value)) return typeof value === 'string' ? value : printJson(value);
  return Object.entries(value)
    .map(([key, argument]) => `${key}: ${printJson(argument)}`)
    .join(', ');
}

function resultIn(part: JsonObject): Piece | undefined {
  const answer = [part.functionResponse, part.function_response].find(isJsonObject);
  const isResult = part.type === 'tool_result' || part.type === 'function_call_output';
  const result = answer?.response ?? (isResult ? (part.content ?? part.output) : undefined);
  if (result === undefined) return undefined;
  return { kind: 'result', text: piecesOf(result).map(plainText).join('\n') };
}

function textIn(part: JsonObject): Piece | undefined {
  if (typeof part.text === 'string') return { kind: 'text', text: part.text };
  const thought = part.thinking ?? part.reasoning;
  if (typeof thought === 'string') return { kind: 'thought', text: thought };
  return typeof part.refusal === 'string' ? { kind: 'text', text: part.refusal } : undefined;
}

function leftOver(rest: JsonObject): Piece | undefined {
  const isEmpty = (value: JsonValue) =>
    value === null ||
    value === '' ||
    value === false ||
    (typeof value === 'object' && Object.keys(value).length === 0);
  const others = Object.entries(rest).filter(([key, value]) => !TIES.has(key) && !isEmpty(value));
  return others.length === 0 ? undefined : dataOf(Object.fromEntries(others));
}
