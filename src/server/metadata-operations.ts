import { printJson } from '../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../json/value.js';
import type { Fields } from './fields.js';

/** A change of one key in the metadata of many examples. */
export interface MetadataOperation {
  readonly key: string;
  readonly operation: 'SET' | 'ARRAY_ADD' | 'ARRAY_REMOVE';
  readonly values: readonly JsonValue[];
}

const KINDS = ['SET', 'ARRAY_ADD', 'ARRAY_REMOVE'] as const;

/** Reads the field `operations`; what is wrong is left with the fields. */
export function readOperations(fields: Fields): MetadataOperation[] {
  const list = fields.any('operations', (value) =>
    Array.isArray(value) ? undefined : 'Input should be a valid list',
  );
  const operations = Array.isArray(list) ? list.map(readOperation) : [];
  if (operations.includes(undefined)) {
    fields.refuse('operations', 'Input should be {key, operation, value or values}');
  }
  return operations.filter((operation) => operation !== undefined);
}

function readOperation(item: JsonValue): MetadataOperation | undefined {
  if (!isJsonObject(item) || typeof item.key !== 'string') return undefined;
  const name = String(item.operation).toUpperCase();
  const operation = KINDS.find((kind) => kind === name);
  if (!operation) return undefined;
  if (operation === 'SET') return { key: item.key, operation, values: [item.value ?? null] };
  return Array.isArray(item.values) ? { key: item.key, operation, values: item.values } : undefined;
}

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
