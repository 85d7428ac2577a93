import { z } from 'zod';
import { printJson } from '../json/print.js';
import { isJsonObject, isNumber, type JsonObject, type JsonValue, setKey } from '../json/value.js';
import { type Feedback, type ReadFeedback, readFeedback, readScores } from './feedback.js';
import { describeFound } from './found.js';
import { wrapPayload } from './payload.js';
import { RUN_TYPES } from './run-types.js';
import { readWhen } from './when.js';

const US_PER_SECOND = 1_000_000;
const US_PER_MS = 1000;

/**
 * A field that reads a JSON value, or says what was found and what was expected. Null is as good as absent.
 * Payloads pass as they came, not copied: numbers keep their text, `__proto__` stays a key.
 *
 * @param read undefined for what it cannot read, null for what counts as absent.
 */
export function field<T>(expected: string, read: (value: JsonValue) => T | null | undefined) {
  return z
    .transform((value: JsonValue, context): T | undefined => {
      if (value === null) return undefined;
      const result = read(value);
      if (result !== undefined) return result ?? undefined;
      context.issues.push({
        code: 'custom',
        input: value,
        message: `found ${describeFound(value)}, expected ${expected}`,
      });
      return z.NEVER;
    })
    .optional();
}

/** A field that reads a list or an object, whose parts may each have problems of their own. */
export function nestedField<
  T extends { problems: readonly { path: (string | number)[]; message: string }[] },
>(read: (value: JsonValue) => T) {
  return z
    .transform((value: JsonValue, context) => {
      const result = read(value);
      for (const { path, message } of result.problems)
        context.issues.push({ code: 'custom', input: value, path, message });
      return result;
    })
    .optional();
}

/** `inputs` and all that is like it. */
export const payload = (wrapper: 'input' | 'output') =>
  field('an object', (value) => wrapPayload(value, wrapper));
export const object = field('an object', (value) => (isJsonObject(value) ? value : undefined));
export const texts = field('a list of texts', readTexts);
const text = field('text', (value) => (typeof value === 'string' ? value || null : undefined));
const time = field('a time from 1970 on: ISO 8601, or seconds, ms or µs since the epoch', readWhen);

/** JSON Schema of what zod sees only as a transformation. */
export const OBJECT = { type: ['object', 'null'] };
export const TEXT = { type: ['string', 'null'] };
export const TEXTS = { type: ['array', 'string', 'null'], items: { type: 'string' } };
const TIME = { type: ['string', 'number', 'null'] };
const DURATION = { type: ['number', 'null'], minimum: 0 };
const SCORE = { type: ['number', 'boolean', 'string', 'null'] };
const SCORE_PARTS = { score: SCORE, value: {}, comment: TEXT, correction: {} };
const SCORE_ITEM = {
  type: 'object',
  properties: {
    key: { type: 'string', minLength: 1, maxLength: 180 },
    name: { type: 'string', description: 'Instead of key, as evaluators write it' },
    ...SCORE_PARTS,
  },
  anyOf: [{ required: ['key'] }, { required: ['name'] }],
};

/** What a row and each run below it may say of a run. */
export const runFields = {
  inputs: payload('input').meta({
    description: 'What the app was given; a scalar or list is wrapped {"input": …}',
  }),
  outputs: payload('output').meta({
    description: 'What the app gave; a scalar or list is wrapped {"output": …}',
  }),
  error: field('text', readError).meta({
    type: ['string', 'object', 'array', 'null'],
    description: 'Why the app failed on this row. A low score is no error',
  }),
  start_time: time.meta({
    ...TIME,
    description: 'ISO 8601 (no zone: UTC), or seconds, ms, µs since the epoch',
  }),
  end_time: time.meta({ ...TIME, description: 'As start_time' }),
  latency: field('a number of seconds, 0 or more', (value) =>
    readDuration(value, US_PER_SECOND),
  ).meta({ ...DURATION, description: 'Seconds; used where start_time or end_time is missing' }),
  latency_ms: field('a number of milliseconds, 0 or more', (value) =>
    readDuration(value, US_PER_MS),
  ).meta({ ...DURATION, description: 'Milliseconds; latency wins' }),
  metadata: object.meta({
    ...OBJECT,
    description:
      'Of the run; ls_provider, ls_model_name and usage_metadata are understood by LangSmith',
  }),
  scores: nestedField(readScores).meta({
    type: ['object', 'array', 'null'],
    items: SCORE_ITEM,
    additionalProperties: { anyOf: [SCORE, { type: 'object', properties: SCORE_PARTS }] },
    propertyNames: { minLength: 1, maxLength: 180 },
    description:
      '{key: number | boolean | text | null} or {key: {score, value, comment, correction}}, or a list as feedback',
  }),
  feedback: nestedField(readFeedback).meta({
    type: ['array', 'null'],
    items: SCORE_ITEM,
    description: 'The same as scores, as a list; a key may come more than once',
  }),
  tags: texts.meta({ ...TEXTS, description: 'Of the run' }),
  name: text.meta({ ...TEXT, description: 'Of the run' }),
  run_type: field(`one of ${RUN_TYPES.join(', ')}`, (value) =>
    RUN_TYPES.find((type) => type === value),
  ).meta({ enum: [...RUN_TYPES, null], description: 'Of the run; llm by default' }),
};

export type RunFields = z.output<z.ZodObject<typeof runFields>>;

/** A rule for `refine`: no run ends before it starts. */
export function endsInOrder({ start_time, end_time }: RunFields): boolean {
  return start_time === undefined || end_time === undefined || start_time <= end_time;
}

/** Turns the fields of a run into our words. */
export function toRun(row: RunFields) {
  return {
    inputs: row.inputs,
    outputs: row.outputs,
    error: row.error,
    startTime: row.start_time,
    endTime: row.end_time,
    latencyUs: row.latency ?? row.latency_ms,
    metadata: withDetails(row.metadata ?? {}, row.scores, row.feedback),
    feedback: joinFeedback(row.scores?.feedback, row.feedback?.feedback),
    tags: row.tags ?? [],
    name: row.name,
    runType: row.run_type,
  };
}

function joinFeedback(scores: Feedback[] = [], listed: Feedback[] = []): Feedback[] {
  return listed.length > 0 ? [...scores, ...listed] : scores;
}

/** What else stood next to a score is kept with the run, of a repeated key under a number. */
function withDetails(
  metadata: JsonObject,
  ...read: readonly (ReadFeedback | undefined)[]
): JsonObject {
  if (!read.some((part) => part && part.details.length > 0)) return metadata;
  const copy = { ...metadata };
  for (const { key, details } of read.flatMap((part) => part?.details ?? [])) {
    let name = `scores.${key}.details`;
    for (let n = 2; Object.hasOwn(copy, name); n++) name = `scores.${key}.details.${n}`;
    setKey(copy, name, details);
  }
  return copy;
}

/** An error that is an object, such as {type, message}, is kept whole, its message first. */
function readError(value: JsonValue): string | null | undefined {
  if (typeof value === 'string') return value === '' ? null : value;
  if (Array.isArray(value)) return printJson(value);
  if (!isJsonObject(value)) return undefined;
  const { message } = value;
  return typeof message === 'string' && message !== ''
    ? `${message}\n${printJson(value)}`
    : printJson(value);
}

function readTexts(value: JsonValue): string[] | undefined {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (!Array.isArray(value)) return undefined;
  return value.every((item) => typeof item === 'string') ? (value as string[]) : undefined;
}

function readDuration(value: JsonValue, usPerUnit: number): number | null | undefined {
  if (!isNumber(value)) return undefined;
  if (Number.isNaN(Number(value))) return null;
  const us = Math.round(Number(value) * usPerUnit);
  return Number.isSafeInteger(us) && us >= 0 ? us : undefined;
}
