import { parseJson } from '../json/parse.js';
import { printJson } from '../json/print.js';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/value.js';
import type { Fields, Given } from './fields.js';
import { Refusal } from './refusal.js';
import type { FeedbackRow } from './store/feedback.js';

/** The fields of a feedback that can be given at first, and changed later. */
export type FeedbackContent = Pick<
  FeedbackRow,
  'score' | 'score_number' | 'value' | 'comment' | 'correction' | 'extra'
>;

export const MAX_KEY = 180;
const MAX_DECIMALS = 4;

/** What a feedback says; a field that was not given is undefined. */
export function readContent(fields: Fields): Partial<FeedbackContent> {
  const score = fields.any('score', checkScore);
  const value = fields.any('value', checkValue);
  const correction = fields.any('correction', checkCorrection);
  const comment = fields.text('comment');
  const extra = fields.json('extra');
  return {
    score: print(score),
    score_number: numberOf(score),
    value: print(value),
    correction: print(correction),
    comment,
    extra,
  };
}

/** A new feedback, as far as its body tells. */
export function readFeedback(fields: Fields) {
  fields.require('key');
  const error = fields.flag('error');
  const feedback = {
    key: fields.text('key', { min: 1, max: MAX_KEY }) ?? '',
    id: fields.uuid('id') ?? undefined,
    run_id: fields.uuid('run_id') ?? null,
    session_id: fields.uuid('session_id') ?? null,
    trace_id: fields.uuid('trace_id') ?? null,
    start_time: fields.time('start_time') ?? null,
    created_at: fields.time('created_at') ?? undefined,
    modified_at: fields.time('modified_at') ?? undefined,
    source: fields.json('feedback_source') ?? null,
    config: readConfig(fields) ?? null,
    group_id: fields.uuid('feedback_group_id') ?? null,
    comparison_id: fields.uuid('comparative_experiment_id') ?? null,
    error: error === undefined || error === null ? null : Number(error),
    ...readContent(fields),
  };
  fields.done();
  return feedback;
}

export type SentFeedback = ReturnType<typeof readFeedback>;

const KINDS = ['continuous', 'categorical', 'freeform'] as const;

/** The field `feedback_config`, always in the same words. @returns JSON text. */
export function readConfig(fields: Fields): Given<string> {
  const config = fields.record('feedback_config');
  if (!config) return config;
  const { type, min = null, max = null, categories = null } = config;
  if (!KINDS.some((kind) => kind === type)) {
    fields.refuse('feedback_config', `type should be one of ${KINDS.join(', ')}`);
  }
  return printJson({ type: type ?? null, min, max, categories });
}

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

function print(value: Given<JsonValue>): Given<string> {
  return value === undefined || value === null ? value : printJson(value);
}

function numberOf(score: Given<JsonValue>): Given<number> {
  if (score === undefined) return undefined;
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

function isNumber(value: JsonValue): value is number | JsonNumber {
  return typeof value === 'number' || value instanceof JsonNumber;
}

/** Of a number as it is written, such as `0.50`, `1e-5`; zeros at the end count for nothing. */
function countDecimals(text: string): number {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  const significant = digits.replace(/0+$/, '');
  if (/^-?0*$/.test(significant)) return 0;
  return fraction.length - (digits.length - significant.length) - Number(exponent);
}
