import { printJson } from '../json/print.js';
import { isJsonObject, type JsonValue } from '../json/value.js';
import { Fields, type Given } from './fields.js';
import { Refusal } from './refusal.js';
import type { RunWrite } from './store/runs.js';
import { readUsage } from './usage.js';

/** A run, or an update of one, as it was sent. */
export interface SentRun extends RunWrite {
  /** A project by name instead of by id, or an agent's by its address; created if missing. */
  readonly session_name: string | null;
}

/** What a form carries in parts of their own, as JSON text. */
export const PAYLOADS = ['inputs', 'outputs', 'events', 'extra', 'error', 'serialized'] as const;
export type Payload = (typeof PAYLOADS)[number];

const RUN_TYPES = ['tool', 'chain', 'llm', 'retriever', 'embedding', 'prompt', 'parser'] as const;

/**
 * Reads a run from JSON.
 *
 * @param sent.id where it does not stand in the run itself.
 * @param sent.payloads fields that came apart from it, checked already.
 * @throws {Refusal} 422
 */
export function readRun(
  value: JsonValue,
  sent: {
    readonly id?: string;
    readonly payloads?: Partial<Record<Payload, string>>;
    /** How often U+0000 was replaced in it. */
    readonly replaced: number;
    readonly isUpdate: boolean;
  },
): SentRun {
  const { payloads = {}, replaced, isUpdate } = sent;
  const fields = new Fields(value);
  if (!isUpdate) fields.require('name', 'run_type', 'start_time');
  const id = fields.uuid('id') ?? sent.id;
  if (sent.id === undefined && id === undefined) fields.refuse('id', 'Field required', 'missing');
  if (sent.id !== undefined && id !== sent.id) fields.refuse('id', `should be ${sent.id}`);

  const inline = {
    inputs: fields.json('inputs'),
    outputs: fields.json('outputs'),
    extra: fields.json('extra'),
    serialized: fields.json('serialized'),
    events: list(fields, 'events'),
  };
  const error = payloads.error === undefined ? fields.text('error') : payloads.error;
  const tags = fields.texts('tags');
  const run = {
    session_id: fields.uuid('session_id') ?? null,
    session_name: fields.text('session_name') ?? fields.text('address') ?? null,
    trace_id: fields.uuid('trace_id') ?? null,
    parent_run_id: fields.uuid('parent_run_id') ?? null,
    dotted_order: fields.text('dotted_order') ?? null,
    reference_example_id: fields.uuid('reference_example_id') ?? null,
    name: fields.text('name') ?? null,
    run_type: fields.oneOf('run_type', RUN_TYPES) ?? null,
    start_time: fields.time('start_time') ?? null,
    end_time: fields.time('end_time') ?? null,
    error: error ?? null,
    inputs: payloads.inputs ?? inline.inputs ?? null,
    outputs: payloads.outputs ?? inline.outputs ?? null,
    extra: payloads.extra ?? inline.extra ?? null,
    events: payloads.events ?? inline.events ?? null,
    serialized: payloads.serialized ?? inline.serialized ?? null,
    tags: tags ? printJson(tags) : null,
    replaced,
  };
  fields.done();
  if (id === undefined) throw new Refusal(422, 'the run has no id');
  return { ...run, id, ...readUsage(run.extra, run.outputs) };
}

function list(fields: Fields, name: string): Given<string> {
  const value = fields.any(name, (given) =>
    Array.isArray(given) || isJsonObject(given) ? undefined : 'Input should be a valid list',
  );
  return value === undefined || value === null ? value : printJson(value);
}
