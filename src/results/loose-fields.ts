import { isJsonObject, type JsonObject } from '../json/value.js';

/** Fields that LangSmith reads in metadata, so that they may stand at a row's top level too. */
const UNDERSTOOD = new Set([
  'ls_provider',
  'ls_model_name',
  'ls_model_type',
  'ls_temperature',
  'ls_max_tokens',
  'ls_stop',
  'ls_invocation_params',
  'usage_metadata',
]);

/** Names in metadata that would make LangSmith group or treat runs in a way that nobody asked for. */
const RESERVED = /^(session_id|thread_id|conversation_id|ls_.*|__.*|usage_metadata)$/s;

/** A field that is not one of ours, and the name under which metadata keeps it. */
export interface LooseField {
  readonly name: string;
  readonly kept: string;
}

/** Whether LangSmith itself knows the field, so that nothing need be said of it. */
export function isUnderstood(name: string): boolean {
  return UNDERSTOOD.has(name);
}

/** The name under which metadata keeps what a file says, unless LangSmith understands it. */
export function nameInMetadata(name: string): string {
  return RESERVED.test(name) ? `source_${name}` : name;
}

/** The fields of a row or a child run that are not known, each with a free name in its metadata. */
export function findLooseFields(run: JsonObject, known: ReadonlySet<string>): LooseField[] {
  const names = Object.keys(run).filter((name) => !known.has(name));
  if (names.length === 0) return [];

  const taken = new Set(isJsonObject(run.metadata) ? Object.keys(run.metadata) : []);
  return names.map((name) => {
    let kept = UNDERSTOOD.has(name) ? name : nameInMetadata(name);
    while (taken.has(kept)) kept = `source_${kept}`;
    taken.add(kept);
    return { name, kept };
  });
}
