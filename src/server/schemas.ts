import { z } from 'zod';
import { printJson } from '../json/print.js';
import {
  isJsonObject,
  isNumber,
  JsonNumber,
  type JsonObject,
  type JsonValue,
} from '../json/value.js';
import { isUuid } from '../uuid.js';
import { type Issue, invalid, unsupported } from './refusal.js';
import { type Micros, parseEpochMs, parseIso } from './time.js';

/** What zod has no words for: the message, and FastAPI's name for it. */
function says(error: string, type = 'value_error') {
  return { error, params: { type } };
}

/** An object as it came: zod's own would be a copy without a key named `__proto__`. */
export const record = z.custom<JsonObject>(
  isJsonObject,
  says('Input should be a valid dictionary', 'dict_type'),
);
/** An object, as JSON text. */
export const json = record.transform((object) => printJson(object));

export const uuid = z
  .custom<string>(
    (value) => typeof value === 'string' && isUuid(value),
    says('Input should be a valid UUID', 'uuid_parsing'),
  )
  .transform((text) => text.toLowerCase());

/** ISO 8601, or epoch milliseconds. */
export const time = z.unknown().transform((value, context): Micros => {
  const found = isNumber(value)
    ? parseEpochMs(Number(value))
    : parseIso(typeof value === 'string' ? value : '');
  if (found !== undefined) return found;
  const { error: message, params } = says('must be an ISO 8601 timestamp', 'datetime_parsing');
  context.issues.push({ code: 'custom', message, params, input: value });
  return z.NEVER;
});

/** A text of so many characters at most; not the empty one. */
export const label = (max: number) =>
  z
    .string()
    .min(1)
    // A character is one or two units of the text; all of a long text need not be counted.
    .refine(
      (text) => [...text.slice(0, 2 * max + 1)].length <= max,
      says(`String should have at most ${max} characters`, 'string_too_long'),
    );

/** A member of whatever kind. @param check says what is wrong with it. */
export const checked = (check: (value: JsonValue) => string | undefined) =>
  z.custom<JsonValue>().superRefine((value, context) => {
    const message = check(value);
    if (message !== undefined) {
      context.addIssue({ code: 'custom', message, params: { type: 'value_error' } });
    }
  });

export const listOf = <Item extends z.ZodType>(item: Item, max = Number.POSITIVE_INFINITY) =>
  z.array(item).max(max);

/** A member that may be absent or null, which both come to undefined. */
export const optional = <Member extends z.ZodType>(member: Member) =>
  member.nullish().transform((value) => value ?? undefined);

/** The same, which both come to null. */
export const orNull = <Member extends z.ZodType>(member: Member) =>
  member.nullish().transform((value) => value ?? null);

/** What would narrow the answer, and nothing here obeys. */
export const unsupportedMember = z.custom<never>(() => false, says('', 'unsupported')).nullish();

/**
 * Reads a value that was sent.
 *
 * @param loc where it stands in the request.
 * @throws {Refusal} 422 that names all that is wrong, or 400 for what is not supported.
 */
export function read<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  loc: readonly (string | number)[] = ['body'],
): z.output<Schema> {
  const parsed = schema.safeParse(value instanceof JsonNumber ? value.valueOf() : value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue): Issue => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    const [msg, type] = describe(issue, memberAt(value, path));
    if (type === 'unsupported') {
      throw unsupported(`the ${loc[0] === 'query' ? 'query parameter' : 'field'} ${path.at(-1)}`);
    }
    return { loc: [...loc, ...path], msg, type };
  });
  throw invalid(issues);
}

const NAMES: Readonly<Record<string, readonly [msg: string, type: string]>> = {
  string: ['Input should be a valid string', 'string_type'],
  boolean: ['Input should be a valid boolean', 'bool_type'],
  number: ['Input should be a valid integer', 'int_type'],
  int: ['Input should be a valid integer', 'int_type'],
  array: ['Input should be a valid list', 'list_type'],
  object: ['Input should be a valid object', 'object_type'],
};

/** zod's issues in FastAPI's words. */
function describe(issue: z.core.$ZodIssue, value: unknown): readonly [msg: string, type: string] {
  if (issue.code === 'custom') {
    const name = issue.params?.type === 'datetime_parsing' ? `${String(issue.path.at(-1))} ` : '';
    return [name + issue.message, String(issue.params?.type)];
  }
  if (value === undefined || value === null) return ['Field required', 'missing'];
  if (issue.code === 'invalid_type') return NAMES[issue.expected] ?? [issue.message, 'value_error'];
  if (issue.code === 'invalid_value') {
    return [
      `Input should be ${issue.values.map((text) => `'${String(text)}'`).join(', ')}`,
      'enum',
    ];
  }
  if (issue.code === 'too_small') {
    return issue.origin === 'string'
      ? ['String should have at least 1 character', 'string_too_short']
      : [`Input should be greater than or equal to ${issue.minimum}`, 'greater_than_equal'];
  }
  if (issue.code === 'too_big') {
    return issue.origin === 'array'
      ? [`List should have at most ${issue.maximum} items`, 'too_long']
      : [`Input should be less than or equal to ${issue.maximum}`, 'less_than_equal'];
  }
  return [issue.message, 'value_error'];
}

function memberAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (found, name) =>
      typeof found === 'object' && found !== null
        ? (found as Readonly<Record<string, unknown>>)[name]
        : undefined,
    value,
  );
}
