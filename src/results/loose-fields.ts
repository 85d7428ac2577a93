import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../json/value.js';

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
const RESERVED = /^(session_id|thread_id|conversation_id|ls_.*|__.*)$/s;

/** The name under which a field that no one knows is kept in metadata. */
export function looseName(name: string): string {
  return RESERVED.test(name) && !UNDERSTOOD.has(name) ? `source_${name}` : name;
}

export function isUnderstood(name: string): boolean {
  return UNDERSTOOD.has(name);
}

/** Moves fields that are not known into metadata, under their own names. Anything but an object passes. */
export function gatherLooseFields(value: unknown, known: ReadonlySet<string>): unknown {
  if (!isJsonObject(value)) return value;
  const names = Object.keys(value);
  if (names.every((name) => known.has(name))) return value;

  const row: JsonObject = {};
  const metadata: JsonObject = {};
  const given = value.metadata ?? {};
  // Metadata of another kind is an error of its own; it is left for the schema to tell.
  if (isJsonObject(given))
    for (const name of Object.keys(given)) setKey(metadata, name, given[name] as JsonValue);
  for (const name of names) {
    const member = value[name] as JsonValue;
    if (known.has(name)) {
      setKey(row, name, member);
    } else {
      const loose = looseName(name);
      setKey(metadata, Object.hasOwn(metadata, loose) ? `source_${loose}` : loose, member);
    }
  }
  row.metadata = isJsonObject(given) ? metadata : given;
  return row;
}
