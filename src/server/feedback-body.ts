import { z } from 'zod';
import { parseJson } from '../json/parse.js';
import { printJson } from '../json/print.js';
import {
  isJsonObject,
  isNumber,
  JsonNumber,
  type JsonObject,
  type JsonValue,
} from '../json/value.js';
import { Refusal } from './refusal.js';
import { checked, json, label, optional, orNull, record, time, uuid } from './schemas.js';
import type { FeedbackRow } from './store/feedback.js';

const KINDS = ['continuous', 'categorical', 'freeform'] as const;

const MAX_DECIMALS = 4;
export const key = label(180);

/** `feedback_config`, always in the same words. JSON text. */
export const config = record
  .refine(({ type }) => KINDS.some((kind) => kind === type), {
    error: `type should be one of ${KINDS.join(', ')}`,
    params: { type: 'value_error' },
  })
  .transform(({ type = null, min = null, max = null, categories = null }) =>
    printJson({ type, min, max, categories }),
  );

const content = {
  score: checked(checkScore).nullish(),
  value: checked(checkValue).nullish(),
  correction: checked(checkCorrection).nullish(),
  comment: z.string().nullish(),
  extra: json.nullish(),
};

/** What can be changed of a feedback: what is not given is undefined, what is null is cleared. */
export const feedbackChange = z
  .object({ ...content, feedback_source: json.nullish() })
  .transform(({ feedback_source: source, ...sent }) => ({ ...columnsOf(sent), source }));

/** A new feedback, as far as its body tells. */
export const newFeedback = z
  .object({
    ...content,
    key,
    id: optional(uuid),
    run_id: orNull(uuid),
    session_id: orNull(uuid),
    trace_id: orNull(uuid),
    start_time: orNull(time),
    created_at: optional(time),
    modified_at: optional(time),
    feedback_source: orNull(json),
    feedback_config: orNull(config),
    feedback_group_id: orNull(uuid),
    comparative_experiment_id: orNull(uuid),
    error: orNull(z.boolean().transform(Number)),
  })
  .transform((sent) =>
    Object.assign(sent, columnsOf(sent), {
      source: sent.feedback_source,
      config: sent.feedback_config,
      group_id: sent.feedback_group_id,
      comparison_id: sent.comparative_experiment_id,
    }),
  );

export type SentFeedback = z.output<typeof newFeedback>;

/** @throws {Refusal} 400 for a score or a value that is none of the categories of its key. */
export function checkCategory(sent: SentFeedback, config: string | undefined): void {
  const { type, categories } = (config ? parseJson(config) : {}) as JsonObject;
  if (type !== 'categorical' || !Array.isArray(categories)) return;
  const has = (name: 'value' | 'label', wanted: unknown) =>
    categories.some((category) => isJsonObject(category) && String(category[name]) === wanted);
  const { score_number: score = null, value = null } = sent;
  const label = value?.startsWith('"') ? JSON.parse(value) : undefined;
  if (score !== null && !has('value', String(score))) {
    throw new Refusal(400, `${score} is not a category of ${sent.key}`);
  }
  if (label !== undefined && !has('label', label)) {
    throw new Refusal(400, `${value} is not a category of ${sent.key}`);
  }
}

/** A row of what was sent, for a run or a session that is known. */
export function feedbackRow(
  sent: SentFeedback,
  known: { readonly id: string; readonly now: number; readonly session_id: string | null },
): FeedbackRow {
  const created = sent.created_at ?? known.now;
  return {
    ...sent,
    score: sent.score ?? null,
    score_number: sent.score_number ?? null,
    value: sent.value ?? null,
    comment: sent.comment ?? null,
    correction: sent.correction ?? null,
    extra: sent.extra ?? null,
    id: known.id,
    session_id: known.session_id,
    created_at: created,
    modified_at: sent.modified_at ?? created,
  };
}

function columnsOf(sent: z.output<z.ZodObject<typeof content>>) {
  const { score, value, correction, comment, extra } = sent;
  return {
    score: print(score),
    score_number: score === undefined ? undefined : numberOf(score),
    value: print(value),
    correction: print(correction),
    comment,
    extra,
  };
}

function print(value: JsonValue | undefined): string | null | undefined {
  return value === undefined || value === null ? value : printJson(value);
}

/** The score to calculate with: true is 1, and what is no number has none. */
export function numberOf(score: JsonValue): number | null {
  return typeof score === 'boolean' || isNumber(score) ? Number(score) : null;
}

function checkScore(score: JsonValue): string | undefined {
  if (typeof score === 'boolean') return undefined;
  if (!isNumber(score)) return 'Input should be a valid number';
  const text = score instanceof JsonNumber ? score.text : String(score);
  return countDecimals(text) > MAX_DECIMALS
    ? `Decimal input should have no more than ${MAX_DECIMALS} decimal places`
    : undefined;
}

function checkValue(value: JsonValue): string | undefined {
  return Array.isArray(value) ? 'value must not be a list' : undefined;
}

function checkCorrection(value: JsonValue): string | undefined {
  const isFit = typeof value === 'string' || (typeof value === 'object' && !Array.isArray(value));
  return isFit && !isNumber(value) ? undefined : 'correction must be an object or a string';
}

/** Counts the decimals of a number as written, such as `0.50` or `1e-5`; trailing zeros are ignored. */
function countDecimals(text: string): number {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  const significant = digits.replace(/0+$/, '');
  if (/^-?0*$/.test(significant)) return 0;
  return fraction.length - (digits.length - significant.length) - Number(exponent);
}
