import { z } from 'zod';
import { printJson } from '../json/print.js';
import { isJsonObject, type JsonValue } from '../json/value.js';
import { invalid } from './refusal.js';
import { json, listOf, read, time, uuid } from './schemas.js';
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

const events = z
  .custom<JsonValue>((value) => Array.isArray(value) || isJsonObject(value), {
    error: 'Input should be a valid list',
    params: { type: 'value_error' },
  })
  .transform((value) => printJson(value));

const UPDATE = z.object({
  id: uuid.nullish(),
  session_id: uuid.nullish(),
  session_name: z.string().nullish(),
  address: z.string().nullish(),
  trace_id: uuid.nullish(),
  parent_run_id: uuid.nullish(),
  dotted_order: z.string().nullish(),
  reference_example_id: uuid.nullish(),
  name: z.string().nullish(),
  run_type: z.enum(RUN_TYPES).nullish(),
  start_time: time.nullish(),
  end_time: time.nullish(),
  error: z.string().nullish(),
  inputs: json.nullish(),
  outputs: json.nullish(),
  extra: json.nullish(),
  events: events.nullish(),
  serialized: json.nullish(),
  tags: listOf(z.string()).nullish(),
});
const NEW = UPDATE.extend({ name: z.string(), run_type: z.enum(RUN_TYPES), start_time: time });

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
  const run = read<z.ZodType<z.output<typeof UPDATE>>>(isUpdate ? UPDATE : NEW, value);
  const id = run.id ?? sent.id;
  if (id === undefined) {
    throw invalid([{ loc: ['body', 'id'], msg: 'Field required', type: 'missing' }]);
  }
  if (id !== (sent.id ?? id)) {
    throw invalid([{ loc: ['body', 'id'], msg: `should be ${sent.id}`, type: 'value_error' }]);
  }
  const columns = {
    id,
    session_id: run.session_id ?? null,
    session_name: run.session_name ?? run.address ?? null,
    trace_id: run.trace_id ?? null,
    parent_run_id: run.parent_run_id ?? null,
    dotted_order: run.dotted_order ?? null,
    reference_example_id: run.reference_example_id ?? null,
    name: run.name ?? null,
    run_type: run.run_type ?? null,
    start_time: run.start_time ?? null,
    end_time: run.end_time ?? null,
    error: payloads.error ?? run.error ?? null,
    inputs: payloads.inputs ?? run.inputs ?? null,
    outputs: payloads.outputs ?? run.outputs ?? null,
    extra: payloads.extra ?? run.extra ?? null,
    events: payloads.events ?? run.events ?? null,
    serialized: payloads.serialized ?? run.serialized ?? null,
    tags: run.tags ? printJson(run.tags) : null,
    replaced,
  };
  return Object.assign(columns, readUsage(columns.extra, columns.outputs));
}
