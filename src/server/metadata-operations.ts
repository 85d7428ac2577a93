import { z } from 'zod';
import { printJson } from '../json/print.js';
import { type JsonObject, type JsonValue, setKey } from '../json/value.js';

const key = z.string();
const operation = <const Name extends string>(name: Name) =>
  z.preprocess((given) => String(given).toUpperCase(), z.literal(name));
const values = z.array(z.custom<JsonValue>());

/** A change of one key in the metadata of many examples. */
export const metadataOperation = z.union(
  [
    z
      .object({ key, operation: operation('SET'), value: z.custom<JsonValue>().optional() })
      .transform(({ value = null, ...set }) => ({ ...set, values: [value] })),
    z.object({
      key,
      operation: z.union([operation('ARRAY_ADD'), operation('ARRAY_REMOVE')]),
      values,
    }),
  ],
  { error: 'Input should be {key, operation, value or values}' },
);
type MetadataOperation = z.output<typeof metadataOperation>;

/** @returns JSON text. */
export function changeMetadata(
  metadata: JsonObject,
  operations: readonly MetadataOperation[],
): string {
  const changed = { ...metadata };
  for (const { key, operation, values } of operations) {
    const old = Object.hasOwn(changed, key) ? changed[key] : undefined;
    const others = Array.isArray(old) ? old.filter((item) => !values.includes(item)) : [];
    if (operation === 'SET') setKey(changed, key, values[0] ?? null);
    else setKey(changed, key, operation === 'ARRAY_ADD' ? [...others, ...values] : others);
  }
  return printJson(changed);
}
