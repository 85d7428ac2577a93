import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/json/value.js';
import type { HonestAnswer, Lie } from './fault-proxy.js';

const JSON_TYPE = { 'content-type': 'application/json' };

/** Answers this, whatever the server meant. */
export function say(
  text: string | Uint8Array,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Lie {
  return (response) => {
    response.writeHead(status, { ...JSON_TYPE, ...headers });
    response.end(text);
  };
}

/** Answers what the server meant, with other headers or bytes. */
export function alter(
  change: (honest: HonestAnswer) => {
    headers?: Record<string, string>;
    body?: string | Uint8Array;
  },
): Lie {
  return (response, honest) => {
    const { headers, body = honest.body } = change(honest);
    response.writeHead(honest.status, { ...JSON_TYPE, ...headers });
    response.end(body);
  };
}

/** Answers what the server meant, each of its objects changed. */
export function alterEach(change: (object: JsonObject) => JsonObject): Lie {
  const walk = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isJsonObject(value)) return value;
    return Array.isArray(value.items) ? { ...value, items: walk(value.items) } : change(value);
  };
  return alter(({ body }) => ({
    body: body.length === 0 ? body : JSON.stringify(walk(JSON.parse(body.toString()))),
  }));
}

/** Sets members where the object has them. */
export function setting(members: JsonObject): Lie {
  const names = Object.keys(members);
  return alterEach((object) => ({
    ...object,
    ...Object.fromEntries(
      names.filter((name) => name in object).map((n) => [n, members[n] ?? null]),
    ),
  }));
}

/** Writes pieces for as long as anybody reads. */
export function endless(piece: string, everyMs?: number): Lie {
  return (response) => {
    response.writeHead(200, JSON_TYPE);
    if (everyMs === undefined) pour(response, piece);
    else {
      const timer = setInterval(() => response.write(piece), everyMs);
      response.on('close', () => clearInterval(timer));
    }
  };
}

function pour(response: ServerResponse, piece: string): void {
  if (response.destroyed) return;
  while (response.write(piece));
  response.once('drain', () => pour(response, piece));
}

/** Begins a header, and never comes to its end. */
export function dripHeaders(response: ServerResponse): void {
  const { socket } = response;
  socket?.write('HTTP/1.1 200 OK\r\nx: ');
  const timer = setInterval(() => socket?.write('x'), 20);
  socket?.on('close', () => clearInterval(timer));
}

/** Writes on the bare connection, and ends it. */
export function raw(text: string): Lie {
  return (response) => response.socket?.end(text);
}

/** Each item of a list, one after the other, and all of them again. */
export const twice: Lie = alter(({ body }) => {
  const value: JsonValue = body.length === 0 ? null : JSON.parse(body.toString());
  if (Array.isArray(value)) return { body: JSON.stringify([...value, ...value]) };
  if (!isJsonObject(value) || !Array.isArray(value.items)) return { body };
  return { body: JSON.stringify({ ...value, items: [...value.items, ...value.items] }) };
});

export const gzipped: Lie = alter(({ body }) => ({
  headers: { 'content-encoding': 'gzip' },
  body: gzipSync(body),
}));
