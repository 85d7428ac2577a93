import { z } from 'zod';
import { isJsonObject, JsonNumber, type JsonValue } from '../json/value.js';
import { parseUuid } from '../uuid.js';
import { CHILD_FIELDS, readChildRuns } from './child-runs.js';
import { describeFound } from './found.js';
import {
  endsInOrder,
  field,
  nestedField,
  OBJECT,
  object,
  payload,
  type RunFields,
  runFields,
  TEXT,
  TEXTS,
  texts,
  toRun,
} from './run-fields.js';
import { gatherRun } from './run-metadata.js';

export type { ChildRun } from './child-runs.js';

/** What the row says of its example, besides what it says of the run. */
const exampleFields = {
  reference_outputs: payload('output').meta({ description: 'What a right answer would be' }),
  id: field('text or a number', readId).meta({
    type: ['string', 'number', 'null'],
    description: 'The row’s own; names the example with --identity id',
  }),
  example_id: field('a UUID', readUuid).meta({
    ...TEXT,
    format: 'uuid',
    description:
      'Of an example that exists; then inputs may be absent. In a dataset without it, inputs and reference name the example',
  }),
  split: texts.meta({ ...TEXTS, description: 'Of the example' }),
  example_metadata: object.meta({ ...OBJECT, description: 'Of the example' }),
};

/** The names that a row may use; any other goes into metadata. `_rejected` is ls-record's own mark. */
export const ROW_FIELDS: ReadonlySet<string> = new Set([
  ...CHILD_FIELDS,
  ...Object.keys(exampleFields),
  '_rejected',
]);

/**
 * A row of results: THE schema. Its output is a result, checked and in our spelling; times are microseconds.
 * JSON Schema follows from it.
 */
export const resultSchema = z
  .preprocess(
    (value) => (isJsonObject(value) ? gatherRun(value, ROW_FIELDS).run : value),
    z
      .object(
        {
          ...runFields,
          ...exampleFields,
          child_runs: nestedField(readChildRuns).meta({
            type: ['array', 'null'],
            items: { $ref: '#/$defs/run' },
            description: 'Runs within this one, with the same fields, any depth up to 1000',
          }),
        },
        {
          error: ({ input }) =>
            `found ${describeFound(input)}, expected an object with inputs, and outputs, error or scores`,
        },
      )
      .meta({
        allOf: [
          { anyOf: [{ required: ['inputs'] }, { required: ['example_id'] }] },
          { anyOf: ['outputs', 'error', 'scores', 'feedback'].map((one) => ({ required: [one] })) },
        ],
      }),
  )
  .refine((row) => row.inputs !== undefined || row.example_id !== undefined, {
    path: ['inputs'],
    error: 'is missing; expected an object, or example_id of an example that exists',
    when: isRead,
  })
  .refine((row) => row.outputs !== undefined || row.error !== undefined || isScored(row), {
    path: ['outputs'],
    error: 'is missing; a row needs outputs, the error that came instead, or scores',
    when: isRead,
  })
  .refine(endsInOrder, { path: ['end_time'], error: 'is before start_time' })
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
      childRuns: row.child_runs?.childRuns ?? [],
      id: row.id,
      exampleId: row.example_id,
      referenceOutputs: row.reference_outputs,
      exampleMetadata: row.example_metadata,
      split: row.split,
    };
  });

/** A checked row: one answered example. */
export type Result = z.output<typeof resultSchema>;

function isScored({ scores, feedback }: Pick<RunFields, 'scores' | 'feedback'>): boolean {
  return (scores?.feedback.length ?? 0) + (feedback?.feedback.length ?? 0) > 0;
}

/** A row with a bad field is still asked for what else is wrong with it. */
function isRead({ value }: { value: unknown }): boolean {
  return isJsonObject(value);
}

function readId(value: JsonValue): string | null | undefined {
  if (typeof value === 'string') return value === '' ? null : value;
  if (typeof value === 'number') return String(value);
  return value instanceof JsonNumber ? value.text : undefined;
}

function readUuid(value: JsonValue): string | null | undefined {
  if (value === '') return null;
  return typeof value === 'string' ? parseUuid(value) : undefined;
}
