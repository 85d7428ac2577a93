import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/value.js';
import { Fields } from './fields.js';

/** What POST and PATCH take. */
export interface RuleBody {
  readonly displayName: string;
  readonly datasetId: string | undefined;
  readonly sessionId: string | undefined;
  /** The other fields, as they were sent. */
  readonly others: JsonObject;
}

const MAX_NAME = 255;
/** They act on runs in ways that nothing here does. */
const UNSUPPORTED = [
  'add_to_annotation_queue_id',
  'add_to_dataset_id',
  'alerts',
  'backfill_from',
  'evaluator_id',
  'group_by',
  'spend_limit',
  'webhooks',
];
const TEXTS = ['filter', 'trace_filter', 'tree_filter'];
const FLAGS = ['is_enabled', 'use_corrections_dataset', 'include_extended_stats'];

/** @throws {Refusal} 422 naming the fields that are wrong, 400 for those that home does not have. */
export function readRuleBody(value: JsonValue): RuleBody {
  const fields = new Fields(value);
  fields.refuseUnsupported(...UNSUPPORTED);
  fields.require('display_name', 'sampling_rate');
  const displayName = fields.text('display_name', { min: 1, max: MAX_NAME }) ?? '';
  const datasetId = fields.uuid('dataset_id') ?? undefined;
  const sessionId = fields.uuid('session_id') ?? undefined;
  const others: JsonObject = {};
  const keep = (name: string, given: JsonValue | undefined | null) => {
    if (given !== undefined && given !== null) others[name] = given;
  };
  keep('sampling_rate', fields.any('sampling_rate', checkShare));
  keep('evaluators', fields.any('evaluators', checkEvaluators));
  keep('code_evaluators', fields.any('code_evaluators', checkCode));
  for (const name of TEXTS) keep(name, fields.text(name));
  for (const name of FLAGS) keep(name, fields.flag(name));
  keep('num_few_shot_examples', fields.integer('num_few_shot_examples', { min: 0 }));
  if (datasetId !== undefined && sessionId !== undefined)
    fields.refuse('session_id', 'a rule is bound to a dataset or to a project, not to both');
  fields.done();
  return { displayName, datasetId, sessionId, others };
}

function checkShare(value: JsonValue): string | undefined {
  const share =
    typeof value === 'number' || value instanceof JsonNumber ? Number(value) : Number.NaN;
  return share >= 0 && share <= 1 ? undefined : 'Input should be a number from 0 to 1';
}

function checkEvaluators(value: JsonValue): string | undefined {
  if (!Array.isArray(value)) return 'Input should be a valid list';
  for (const item of value) {
    const structured = isJsonObject(item) ? item.structured : undefined;
    if (!isJsonObject(structured)) return 'each evaluator needs an object "structured"';
    const empty = Object.keys(structured).find((name) => structured[name] === null);
    if (empty !== undefined) return `structured.${empty} should not be null`;
    if (structured.hub_ref === undefined && !Array.isArray(structured.prompt))
      return 'structured needs a prompt or a hub_ref';
  }
  return undefined;
}

function checkCode(value: JsonValue): string | undefined {
  const isCode = (item: JsonValue) => isJsonObject(item) && typeof item.code === 'string';
  return Array.isArray(value) && value.every(isCode)
    ? undefined
    : 'Input should be a list of objects with code';
}
