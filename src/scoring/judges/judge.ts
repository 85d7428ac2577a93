import { LsRecordError } from '../../errors.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import type { Rule } from '../../langsmith/rules.js';
import type { NewRule } from './definition.js';
import type { CannotRun } from './endpoint.js';
import { type Model, readModel } from './models.js';
import { TEMPLATE_FORMATS, Template } from './template.js';
import { type FieldPlace, placeOf } from './variables.js';

/** A message of a prompt. */
export interface JudgeMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly template: Template;
}

/** A rule that can be run from here. */
export interface Judge {
  readonly name: string;
  readonly samplingRate: number;
  readonly messages: readonly JudgeMessage[];
  /** Where the value of each variable is. */
  readonly places: ReadonlyMap<string, FieldPlace>;
  /** JSON Schema of its answer: an object. */
  readonly schema: JsonObject;
  /** The members of its answer that are scores. */
  readonly keys: readonly string[];
  /** The member that says why. */
  readonly commentKey: string | undefined;
  readonly model: Model;
}

/** Why a rule cannot be run from here. */
class NotHere extends Error {}

/** Reads the judge of a rule. @returns it, or why it cannot be run from here. */
export function readJudge(rule: Rule): Judge | CannotRun {
  const [structured, ...others] = rule.structured;
  if (rule.isShared) return { problem: 'it is a shared evaluator, which only LangSmith has' };
  if (rule.hasCode) return { problem: 'it is code, which only LangSmith runs' };
  if (!structured || others.length > 0) return { problem: 'it is not a single LLM judge' };
  if (rule.hasFilter) return { problem: 'it has a filter, which only LangSmith applies' };
  if (rule.usesCorrections)
    return { problem: 'it learns from corrections, which only LangSmith has' };
  return readStructured(structured, rule);
}

/** The same of a rule that is about to be made. */
export function readNewJudge(rule: NewRule): Judge | CannotRun {
  return readStructured(rule.structured, rule);
}

function readStructured(
  structured: JsonObject,
  { name, samplingRate }: Pick<Rule, 'name' | 'samplingRate'>,
): Judge | CannotRun {
  try {
    const messages = readMessages(structured);
    const schema = schemaIn(structured);
    const { keys, commentKey } = membersOf(schema);
    const model = readModel(structured.model);
    if ('problem' in model) return model;
    const places = placesOf(messages, structured.variable_mapping);
    return { name, samplingRate, messages, places, schema, keys, commentKey, model };
  } catch (error) {
    if (error instanceof NotHere) return { problem: error.message };
    if (error instanceof LsRecordError) return { problem: error.message };
    throw error;
  }
}

const ROLES: Readonly<Record<string, JudgeMessage['role']>> = {
  system: 'system',
  developer: 'system',
  human: 'user',
  user: 'user',
  ai: 'assistant',
  assistant: 'assistant',
};

function readMessages({ prompt, template_format, hub_ref }: JsonObject): JudgeMessage[] {
  if (hub_ref !== undefined) throw new NotHere('its prompt is in the LangSmith hub');
  const format = TEMPLATE_FORMATS.find((known) => known === (template_format ?? 'mustache'));
  if (!format) throw new NotHere(`its templates are ${String(template_format)}`);
  if (!Array.isArray(prompt) || prompt.length === 0) throw new NotHere('it has no prompt');
  return prompt.map((message) => {
    const [name, text] = Array.isArray(message) ? message : [];
    const role = typeof name === 'string' && Object.hasOwn(ROLES, name) ? ROLES[name] : undefined;
    if (!role || typeof text !== 'string') throw new NotHere('its prompt has more than texts');
    return { role, template: new Template(text, format) };
  });
}

/** As a function, with parameters, or as a JSON Schema by itself. */
function schemaIn({ schema }: JsonObject): JsonObject {
  const found = isJsonObject(schema) ? (schema.parameters ?? schema) : undefined;
  if (isJsonObject(found) && isJsonObject(found.properties)) return found;
  throw new NotHere('it does not say what it answers');
}

const COMMENT_KEYS = ['comment', 'reasoning', 'explanation'];

function membersOf({ properties }: JsonObject): Pick<Judge, 'keys' | 'commentKey'> {
  const names = Object.keys(isJsonObject(properties) ? properties : {});
  const commentKey = COMMENT_KEYS.find((name) => names.includes(name));
  const keys = names.filter((name) => name !== commentKey);
  if (keys.length === 0) throw new NotHere('its answer has no score');
  return { keys, commentKey };
}

function placesOf(
  messages: readonly JudgeMessage[],
  mapping: JsonValue | undefined,
): ReadonlyMap<string, FieldPlace> {
  const texts: Record<string, string> = {};
  for (const [name, place] of Object.entries(isJsonObject(mapping) ? mapping : {}))
    if (typeof place === 'string') texts[name] = place;
  const places = new Map<string, FieldPlace>();
  for (const name of messages.flatMap(({ template }) => template.variables)) {
    const place = placeOf(name, texts);
    if (!place) throw new NotHere(`its variable ${name} is not mapped to a field`);
    places.set(name, place);
  }
  return places;
}

/** All that its answers depend on. */
export function describeJudge({ messages, places, schema, model }: Judge): JsonObject {
  return {
    prompt: messages.map(({ role, template }) => [role, template.text]),
    variables: [...places].map(([name, { part, path }]) => [name, part, ...path]),
    schema,
    model: [model.provider.name, model.name],
    temperature: model.temperature ?? null,
    max_tokens: model.maxTokens ?? null,
  };
}

/** The keys under which a rule scores, as far as that can be seen: code scores under its name. */
export function keysOf({ structured: [structured = {}], name }: Rule): readonly string[] {
  try {
    return membersOf(schemaIn(structured)).keys;
  } catch (error) {
    if (error instanceof NotHere) return [name];
    throw error;
  }
}
