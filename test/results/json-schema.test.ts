import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/json/value.js';
import { resultJsonSchema } from '../../src/results/json-schema.js';
import { checkRow } from '../../src/results/parse.js';
import { ROW_FIELDS } from '../../src/results/result.js';

type Property = { type?: string | string[]; enum?: JsonValue[]; description?: string };
type Properties = Record<string, Property>;

const schema = resultJsonSchema() as {
  properties: Properties;
  $defs: { run: { properties: Properties } };
};

const fields = [...ROW_FIELDS].filter((name) => name !== '_rejected');
const uuid = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';
const texts: Record<string, string> = {
  start_time: '2026-01-01',
  end_time: '2026-01-01',
  example_id: uuid,
  run_type: 'chain',
};

function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function promises(property: Property | undefined, value: JsonValue): boolean {
  if (property?.enum) return property.enum.includes(value);
  return property?.type === undefined || [property.type].flat().includes(kindOf(value));
}

function accepts(field: string, value: JsonValue): boolean {
  const row: JsonObject = { inputs: 1, outputs: 1, error: 'e', example_id: uuid, [field]: value };
  const origin = { file: 'f', line: 1 };
  return 'result' in checkRow({ origin, index: 0, shape: 'document', value: row });
}

test('it names and describes every field of a row', () => {
  expect(Object.keys(schema.properties).sort()).toEqual([...fields].sort());
  for (const property of Object.values(schema.properties))
    expect(property.description).toBeTruthy();
});

describe('it promises what is accepted, and no more', () => {
  test.for(fields)('as %s', (field) => {
    for (const value of [null, true, 1, texts[field] ?? 'x', [], {}]) {
      const property = schema.properties[field];

      expect([value, promises(property, value)]).toEqual([value, accepts(field, value)]);
    }
  });
});

test('it asks for inputs or an example, and for outputs, an error or scores', () => {
  expect(schema).toMatchObject({
    type: 'object',
    allOf: [
      { anyOf: [{ required: ['inputs'] }, { required: ['example_id'] }] },
      {
        anyOf: [
          { required: ['outputs'] },
          { required: ['error'] },
          { required: ['scores'] },
          { required: ['feedback'] },
        ],
      },
    ],
  });
});

test('it allows other fields, which are kept in metadata', () => {
  expect(schema).not.toHaveProperty('additionalProperties');
});

test('a child run may hold child runs', () => {
  const items = { $ref: '#/$defs/run' };

  expect(schema.properties.child_runs).toMatchObject({ items });
  expect(schema.$defs.run.properties.child_runs).toMatchObject({ items });
  expect(schema.$defs.run.properties).not.toHaveProperty('example_id');
});
