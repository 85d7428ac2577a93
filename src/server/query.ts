import type { Context } from 'hono';
import { z } from 'zod';
import { isJsonObject } from '../json/value.js';
import { parseStrictJson } from './exact.js';
import { optional, read, time, uuid } from './schemas.js';

/** Reads the query of a request. @throws {Refusal} 422, or 400 for what is not supported. */
export function readQuery<Schema extends z.ZodType>(
  { req }: Context,
  schema: Schema,
): z.output<Schema> {
  return readParams(new URL(req.url).searchParams, schema);
}

/** The same, of a query that was not sent as such. */
export function readParams<Schema extends z.ZodType>(
  params: URLSearchParams,
  schema: Schema,
): z.output<Schema> {
  const lists = [...params.keys()].map((name) => [name, params.getAll(name)] as const);
  return read(schema, Object.fromEntries(lists), ['query']);
}

/** A parameter that is given once; of several the last counts. */
function once<Member extends z.ZodType>(
  member: Member,
  convert: (text: string) => unknown = (text) => text,
) {
  return z.preprocess((texts) => {
    const text = Array.isArray(texts) ? texts.at(-1) : undefined;
    return text === undefined ? undefined : convert(text);
  }, optional(member));
}

const isWhole = (text: string) => /^[-+]?\d+$/.test(text);
const integer = (min: number, max?: number) =>
  once(
    z
      .int()
      .min(min)
      .max(max ?? Number.MAX_SAFE_INTEGER),
    (text) => (isWhole(text) ? Number(text) : text),
  );

function toFlag(text: string): boolean | string {
  if (/^(true|1|yes|on)$/i.test(text)) return true;
  return /^(false|0|no|off)$/i.test(text) ? false : text;
}

/** What a parameter can be. Each may be left out. */
export const param = {
  text: once(z.string()),
  texts: z.array(z.string()).optional(),
  uuid: once(uuid),
  uuids: z.array(uuid).optional(),
  flag: once(z.boolean(), toFlag),
  time: once(time),
  integer,
  oneOf: <const Choices extends readonly string[]>(choices: Choices) => once(z.enum(choices)),
  /** JSON text of an object. */
  json: once(
    z.string().refine((text) => isJsonObject(parseStrictJson(text, ['query'])), {
      error: 'Input should be a JSON object',
      params: { type: 'value_error' },
    }),
  ),
};

/** `offset` from 0, `limit` from 1 to what a page can hold, which is the default. */
export const pageOf = (maxPage = 100) => ({
  limit: integer(1, maxPage).transform((limit) => limit ?? maxPage),
  offset: integer(0).transform((offset) => offset ?? 0),
});
