import { z } from 'zod';
import { LsRecordError } from '../../errors.js';

/** `0.02`, or a share of A's rows, `5%`. */
const bound = z.union([
  z.number().int().min(0),
  z.string().regex(/^\d+(?:\.\d+)?%$/, 'expected a count, or a share such as 5%'),
]);
const tolerance = z.number().min(0);
const date = z.iso.date();

/** One row that is known to be flaky, until somebody has to look again. */
const quarantined = z.strictObject({
  row: z.string().describe('Its row_id, or the ID of its example'),
  until: date.describe('The last day on which it is left out'),
  reason: z.string().optional(),
});

/** What a gate checks: the shape of its config file, and of what is typed. */
export const thresholdsSchema = z.strictObject({
  no_worse: z
    .record(z.string(), z.union([z.literal(true), tolerance]))
    .optional()
    .describe('Keys that may not be worse, or the difference that is tolerated; default: all'),
  prove: z
    .record(z.string(), tolerance)
    .optional()
    .describe('Keys that have to be proven not worse by more than this'),
  min: z.record(z.string(), z.number()).optional().describe('Lowest mean of a key in B'),
  max: z
    .record(z.string(), z.number())
    .optional()
    .describe('Highest mean in B of a key, or of latency, latency_p95, tokens or cost'),
  max_errors: bound.optional().describe('Runs of B that may have an error'),
  max_lost: bound.optional().describe('Rows of A that may have no score in B'),
  errors_as_worst: z.boolean().optional().describe('An error counts as the worst score'),
  too_few: z.enum(['pass', 'fail']).optional().describe('Whether too little data fails the gate'),
  lower_is_better: z.array(z.string()).optional(),
  higher_is_better: z.array(z.string()).optional(),
  first_run_ok: z.boolean().optional().describe('Pass if there is no baseline yet'),
  quarantine: z.array(quarantined).optional().describe('Rows that are left out of both'),
});

export type Thresholds = z.output<typeof thresholdsSchema>;

/** A key, of all examples or of a group of them: `correct@topic=billing`. */
export interface GateKey {
  readonly key: string;
  readonly group: { readonly field: string; readonly value: string } | undefined;
  /** As it was typed. */
  readonly name: string;
}

export function readGateKey(name: string): GateKey {
  const [, key, field, value] = /^(.+?)@([^@=]+)=(.*)$/s.exec(name) ?? [];
  if (key === undefined || field === undefined || value === undefined)
    return { key: name, group: undefined, name };
  return { key, group: { field, value }, name };
}

/** `correct` or `correct:0.02`; the last colon counts, as keys may have some. */
export function readTolerance(text: string): readonly [name: string, tolerance: number | true] {
  const at = text.lastIndexOf(':');
  const number = at > 0 ? Number(text.slice(at + 1)) : Number.NaN;
  return Number.isFinite(number) && number >= 0 && text.slice(at + 1).trim() !== ''
    ? [text.slice(0, at), number]
    : [text, true];
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, min: 60 };

/**
 * `correct=0.8`, `latency_p95=3s`, `cost=0.01`.
 *
 * @throws {LsRecordError} `USAGE`
 */
export function readBound(flag: string, text: string): readonly [name: string, value: number] {
  const at = text.lastIndexOf('=');
  const [, digits, unit = ''] =
    /^(-?\d*\.?\d+(?:e-?\d+)?)(ms|s|m|min|%)?$/i.exec(text.slice(at + 1)) ?? [];
  if (at < 1 || digits === undefined) {
    throw new LsRecordError('USAGE', `cannot read ${flag} ${text}`, {
      hint: `Give a key and a number: ${flag} correct=0.8, or ${flag} latency_p95=3s.`,
    });
  }
  const factor = unit === '%' ? 0.01 : (SECONDS[unit] ?? 1);
  return [text.slice(0, at), Number(digits) * factor];
}

/**
 * A count, or a share such as `5%`.
 *
 * @throws {LsRecordError} `USAGE`
 */
export function readCountOrShare(flag: string, text: string): number | string {
  if (/^\d+(?:\.\d+)?%$/.test(text)) return text;
  if (/^\d+$/.test(text)) return Number(text);
  throw new LsRecordError('USAGE', `cannot read ${flag} ${text}`, {
    hint: `Give a count or a share: ${flag} 3, or ${flag} 5%.`,
  });
}

/**
 * Reads a config or quarantine file.
 *
 * @throws {LsRecordError} `USAGE` if it is not JSON, or names something that is no threshold.
 */
export function readThresholds(text: string, file: string): Thresholds {
  return parseWith(thresholdsSchema, text, file);
}

/** The same of a list of rows alone. */
export function readQuarantine(text: string, file: string): NonNullable<Thresholds['quarantine']> {
  return parseWith(z.array(quarantined), text, file);
}

function parseWith<T extends z.ZodType>(schema: T, text: string, file: string): z.output<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new LsRecordError('USAGE', `${file} is not JSON: ${String((error as Error).message)}`, {
      hint: 'See docs/ci.md for an example.',
    });
  }
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : '';
  throw new LsRecordError('USAGE', `${file}: ${where}${issue?.message ?? 'cannot be read'}`, {
    hint: 'See docs/ci.md for all settings.',
  });
}
