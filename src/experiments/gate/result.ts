import { z } from 'zod';
import { thresholdsSchema } from './thresholds.js';

const number = z.number().nullable();

/** One thing that the gate looked at. */
const checkSchema = z.object({
  check: z.enum(['no-worse', 'prove', 'min', 'max', 'errors', 'lost']),
  key: z.string(),
  group: z.string().nullable().describe('field=value, where the check is of some examples only'),
  status: z.enum(['passed', 'warned', 'failed']),
  message: z.string().describe('In words, for people'),
  verdict: z.string().nullable(),
  pairs: z.number().nullable(),
  mean_a: number,
  mean_b: number.describe('Means of all examples of each: not to be subtracted from each other'),
  difference: number.describe('B − A over the pairs; of latency, tokens and cost the ratio less 1'),
  interval: z.tuple([z.number(), z.number()]).nullable().describe('95 %, two-sided'),
  p: number.describe('One-sided, for worse'),
  adjusted_p: number.describe('After Holm’s correction for the keys of this gate'),
  sensitivity: number.describe('The drop that would have been found about four times in five'),
  lower_is_better: z.boolean().nullable(),
  direction_source: z.enum(['option', 'config', 'name', 'default']).nullable(),
  threshold: z.union([z.number(), z.string()]).nullable(),
});

const sideSchema = z.object({ id: z.string(), name: z.string() });

/** What a gate came to; all that is printed is of this. */
export const gateResultSchema = z.object({
  version: z.literal(1),
  passed: z.boolean(),
  baseline: sideSchema
    .extend({ chosen: z.enum(['named', 'blessed']) })
    .nullable()
    .describe('Null on a first run that was let pass'),
  experiment: sideSchema,
  examples: z.object({
    both: z.number(),
    failed: z.number(),
    absent: z.number(),
    changed: z.number(),
    new: z.number(),
    quarantined: z.number(),
  }),
  checks: z.array(checkSchema),
  lost: z
    .array(
      z.object({
        example_id: z.string(),
        row_id: z.string().nullable(),
        reason: z.enum(['failed', 'absent']),
      }),
    )
    .describe('Rows of the baseline that the experiment lost'),
  warnings: z.array(z.string()),
  thresholds: thresholdsSchema,
  url: z.string().nullable(),
});

export type Check = z.output<typeof checkSchema>;
export type GateResult = z.output<typeof gateResultSchema>;

/** JSON Schema (draft 2020-12) of the result, for whoever reads it. */
export function gateResultJsonSchema(): object {
  return z.toJSONSchema(gateResultSchema);
}
