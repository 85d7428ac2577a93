import { type JsonObject, type JsonValue, setKey } from '../../json/value.js';
import { nameInMetadata } from '../loose-fields.js';
import { saysNothing } from './members.js';

/**
 * Keeps what a harness says of a row in its metadata, under its own name, or `source_<name>` where that is taken or
 * means something to LangSmith. Null, {} and [] say nothing.
 */
export function addMetadata(
  metadata: JsonObject,
  fields: { readonly [name: string]: JsonValue | undefined },
): void {
  for (const name of Object.keys(fields)) {
    const value = fields[name] ?? null;
    if (saysNothing(value)) continue;
    let kept = nameInMetadata(name);
    while (Object.hasOwn(metadata, kept)) kept = `source_${kept}`;
    setKey(metadata, kept, value);
  }
}

/** The members of an object but for some, without copying what they hold. */
export function without(
  object: JsonObject,
  ...names: readonly (string | readonly string[])[]
): JsonObject {
  const left = new Set(names.flat());
  const rest: JsonObject = {};
  for (const name of Object.keys(object)) {
    if (!left.has(name)) setKey(rest, name, object[name] as JsonValue);
  }
  return rest;
}
