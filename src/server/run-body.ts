import { z } from 'zod';
import { printJson } from '../json/print.js';
import { isJsonObject, type JsonValue } from '../json/value.js';
import { invalid } from './refusal.js';
import { json, listOf, optional, orNull, read, time, uuid } from './schemas.js';
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
  id: optional(uuid),
  session_id: orNull(uuid),
  session_name: orNull(z.string()),
  address: orNull(z.string()),
  trace_id: orNull(uuid),
  parent_run_id: orNull(uuid),
  dotted_order: orNull(z.string()),
  reference_example_id: orNull(uuid),
  name: orNull(z.string()),
  run_type: orNull(z.enum(RUN_TYPES)),
  start_time: orNull(time),
  end_time: orNull(time),
  error: orNull(z.string()),
  inputs: orNull(json),
  outputs: orNull(json),
  extra: orNull(json),
  events: orNull(events),
  serialized: orNull(json),
  tags: orNull(listOf(z.string()).transform((tags) => printJson(tags))),
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
  // Not by spreading one object after another into a new one, which takes seven times as long.
  const row = Object.assign(run, payloads, {
    id,
    session_name: run.session_name ?? run.address,
    replaced,
  });
  return Object.assign(row, readUsage(row.extra, row.outputs));
}
