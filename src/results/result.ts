import { z } from 'zod';
import { printJson } from '../json/print.js';
import {
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  setKey,
} from '../json/value.js';
import { type Feedback, readFeedback, readScores } from './feedback.js';
import { describeFound } from './found.js';
import { gatherLooseFields } from './loose-fields.js';
import { readWhen } from './when.js';

export const RUN_TYPES = [
  'tool',
  'chain',
  'llm',
  'retriever',
  'embedding',
  'prompt',
  'parser',
] as const;
export type RunType = (typeof RUN_TYPES)[number];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * A field that reads a JSON value, or says what was found and what was expected. Null is as good as absent.
 * Payloads pass as they came, not copied: numbers keep their text, `__proto__` stays a key.
 *
 * @param read undefined for what it cannot read, null for what counts as absent.
 */
function field<T>(expected: string, read: (value: JsonValue) => T | null | undefined) {
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

function feedbackField(read: typeof readScores) {
  return z
    .transform((value: JsonValue, context) => {
      const { feedback, problems } = read(value);
      for (const { path, message } of problems) {
        context.issues.push({ code: 'custom', input: value, path, message });
      }
      return feedback;
    })
    .optional();
}

const payload = (wrapper: 'input' | 'output') =>
  field('an object', (value) => wrapPayload(value, wrapper));
const text = field('text', (value) => (typeof value === 'string' ? value : undefined));
const object = field('an object', (value) => (isJsonObject(value) ? value : undefined));
const time = field('a time: ISO 8601, or seconds or milliseconds since the epoch', readWhen);
const texts = field('a list of texts', readTexts);

const runFields = {
  inputs: payload('input').meta({
    description: 'What the app was given; a scalar or list is wrapped {"input": …}',
  }),
  outputs: payload('output').meta({
    description: 'What the app gave; a scalar or list is wrapped {"output": …}',
  }),
  error: field('text', readError).meta({
    description: 'Why the app failed on this row. A low score is no error',
  }),
  start_time: time.meta({
    description: 'ISO 8601 (no zone: UTC), or seconds, ms, µs since the epoch',
  }),
  end_time: time.meta({ description: 'As start_time' }),
  latency: field('a number of seconds, 0 or more', (value) => readDuration(value, 1_000_000)).meta({
    description: 'Seconds; used where start_time or end_time is missing',
  }),
  latency_ms: field('a number of milliseconds, 0 or more', (value) =>
    readDuration(value, 1000),
  ).meta({
    description: 'Milliseconds',
  }),
  metadata: object.meta({
    description:
      'Of the run; ls_provider, ls_model_name and usage_metadata are understood by LangSmith',
  }),
  scores: feedbackField(readScores).meta({
    description:
      '{key: number | boolean | text | null} or {key: {score, value, comment, correction}}',
  }),
  feedback: feedbackField(readFeedback).meta({
    description: '[{key, score, value, comment, correction}]: the same as scores',
  }),
  tags: texts.meta({ description: 'Of the run' }),
  name: text.meta({ description: 'Of the run' }),
  run_type: field(`one of ${RUN_TYPES.join(', ')}`, (value) =>
    RUN_TYPES.find((type) => type === value),
  ).meta({ description: `One of ${RUN_TYPES.join(', ')}; llm by default` }),
};

/** A run below a row's own: the same fields, any depth. */
export interface ChildRun {
  readonly inputs?: JsonObject | undefined;
  readonly outputs?: JsonObject | undefined;
  readonly error?: string | undefined;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly latencyUs?: number | undefined;
  readonly metadata: JsonObject;
  readonly feedback: readonly Feedback[];
  readonly tags: readonly string[];
  readonly name?: string | undefined;
  readonly runType?: RunType | undefined;
  readonly childRuns: readonly ChildRun[];
}

const childRuns: z.ZodType<readonly ChildRun[] | null | undefined> = z
  .lazy(() => z.array(childRunSchema))
  .nullish()
  .meta({
    description: 'Runs within this one, with the same fields, any depth',
  });

const childRunSchema: z.ZodType<ChildRun> = z
  .preprocess(
    (value) => gatherLooseFields(value, CHILD_FIELDS),
    z.object(
      { ...runFields, child_runs: childRuns },
      { error: ({ input }) => `found ${describeFound(input)}, expected a run: an object` },
    ),
  )
  .transform(toRun);

/**
 * A row of results: THE schema. Its output is a result, checked and in our spelling; times are microseconds.
 * JSON Schema follows from it.
 */
export const resultSchema = z
  .preprocess(
    (value) => gatherLooseFields(value, ROW_FIELDS),
    z.object(
      {
        ...runFields,
        reference_outputs: payload('output').meta({ description: 'What a right answer would be' }),
        id: field('text or a number', readId).meta({
          description: 'The row’s own; names the example with --identity id',
        }),
        example_id: field('a UUID', (value) =>
          typeof value === 'string' && UUID.test(value) ? value.toLowerCase() : undefined,
        ).meta({ description: 'Of an example that exists; then inputs may be absent' }),
        split: texts.meta({ description: 'Of the example' }),
        example_metadata: object.meta({ description: 'Of the example' }),
        child_runs: childRuns,
      },
      {
        error: ({ input }) =>
          `found ${describeFound(input)}, expected an object with inputs, and outputs or error`,
      },
    ),
  )
  .refine((row) => row.inputs !== undefined || row.example_id !== undefined, {
    path: ['inputs'],
    error: 'is missing; expected an object, or example_id of an example that exists',
    when: isRead,
  })
  .refine((row) => row.outputs !== undefined || row.error !== undefined, {
    path: ['outputs'],
    error: 'is missing; a row needs outputs, or the error that came instead',
    when: isRead,
  })
  .refine((row) => (row.end_time ?? Number.POSITIVE_INFINITY) >= (row.start_time ?? 0), {
    path: ['end_time'],
    error: 'is before start_time',
  })
  // Each field by name: spreading one object into another costs more here than all the checks together.
  .transform((row) => {
    const run = toRun(row);
    return {
      inputs: run.inputs,
      outputs: run.outputs,
      error: run.error,
      startTime: run.startTime,
      endTime: run.endTime,
      latencyUs: run.latencyUs,
      metadata: run.metadata,
      feedback: run.feedback,
      tags: run.tags,
      name: run.name,
      runType: run.runType,
      childRuns: run.childRuns,
      id: row.id,
      exampleId: row.example_id,
      referenceOutputs: row.reference_outputs,
      exampleMetadata: row.example_metadata,
      split: row.split,
    };
  });

/** A checked row: one answered example. */
export type Result = z.output<typeof resultSchema>;

const CHILD_FIELDS: ReadonlySet<string> = new Set([...Object.keys(runFields), 'child_runs']);

/** The names that a row may use; any other goes into metadata. */
export const ROW_FIELDS: ReadonlySet<string> = new Set([
  ...CHILD_FIELDS,
  ...['reference_outputs', 'id', 'example_id', 'split', 'example_metadata', '_rejected'],
]);

type RunRow = z.output<z.ZodObject<typeof runFields & { child_runs: typeof childRuns }>>;

function toRun(row: RunRow) {
  const scored = [...(row.scores ?? []), ...(row.feedback ?? [])];
  return {
    inputs: row.inputs,
    outputs: row.outputs,
    error: row.error,
    startTime: row.start_time,
    endTime: row.end_time,
    latencyUs: row.latency ?? row.latency_ms,
    metadata: withDetails(row.metadata ?? {}, scored),
    feedback: scored,
    tags: row.tags ?? [],
    name: row.name,
    runType: row.run_type,
    childRuns: row.child_runs ?? [],
  };
}

/** A row with a bad field is still asked for what else is wrong with it. */
function isRead({ value }: { value: unknown }): boolean {
  return isJsonObject(value);
}

/** What else stood beside a score is kept with the run. */
function withDetails(metadata: JsonObject, scored: readonly Feedback[]): JsonObject {
  if (!scored.some(({ details }) => details)) return metadata;
  const copy: JsonObject = {};
  for (const [key, value] of Object.entries(metadata)) setKey(copy, key, value);
  for (const { key, details } of scored)
    if (details) setKey(copy, `scores.${key}.details`, details);
  return copy;
}

function wrapPayload(value: JsonValue, wrapper: 'input' | 'output'): JsonObject {
  if (isJsonObject(value)) return value;
  if (Array.isArray(value) && value.length > 0 && value.every(isMessage))
    return { messages: value };
  return { [wrapper]: value };
}

function isMessage(value: JsonValue): boolean {
  return (
    isJsonObject(value) &&
    (typeof value.role === 'string' || typeof value.type === 'string') &&
    'content' in value
  );
}

/** An error that is an object, such as {type, message}, is kept whole. */
function readError(value: JsonValue): string | null | undefined {
  if (typeof value === 'string') return value === '' ? null : value;
  return isJsonObject(value) || Array.isArray(value) ? printJson(value) : undefined;
}

function readTexts(value: JsonValue): string[] | undefined {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (!Array.isArray(value)) return undefined;
  return value.every((item) => typeof item === 'string') ? (value as string[]) : undefined;
}

function readId(value: JsonValue): string | null | undefined {
  if (typeof value === 'string') return value === '' ? null : value;
  if (typeof value === 'number') return String(value);
  return value instanceof JsonNumber ? value.text : undefined;
}

function readDuration(value: JsonValue, usPerUnit: number): number | null | undefined {
  if (typeof value !== 'number' && !(value instanceof JsonNumber)) return undefined;
  if (Number.isNaN(Number(value))) return null;
  const us = Math.round(Number(value) * usPerUnit);
  return Number.isSafeInteger(us) && us >= 0 ? us : undefined;
}
