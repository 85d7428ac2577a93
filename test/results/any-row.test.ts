import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type JsonObject, type JsonValue, setKey } from '../../src/json/value.js';
import { checkRow } from '../../src/results/parse.js';
import { ROW_FIELDS } from '../../src/results/result.js';

const json = fc.jsonValue() as fc.Arbitrary<JsonValue>;
const name = fc.oneof(
  fc.constantFrom(...ROW_FIELDS, 'ls_x', 'session_id', '__proto__', 'constructor', 'toString'),
  fc.string(),
);
const row = fc.array(fc.tuple(name, json), { maxLength: 8 }).map((members) => {
  const object: JsonObject = {};
  for (const [key, value] of members) setKey(object, key, value);
  return object;
});

function check(value: JsonValue, shape: 'document' | 'columns' = 'document') {
  return checkRow({ origin: { file: 'f', line: 1 }, index: 0, shape, value });
}

test('any JSON is accepted or has problems that can be shown', () => {
  fc.assert(
    fc.property(fc.oneof(json, row), (value) => {
      const checked = check(value);

      if ('result' in checked) return;
      expect(checked.problems.length).toBeGreaterThan(0);
      for (const { message } of checked.problems) expect(message).toMatch(/^[^\p{Cc}]{1,400}$/u);
    }),
  );
});

test('any columns are accepted or have problems', () => {
  const cell = fc.oneof(
    fc.string(),
    json.map((value) => JSON.stringify(value)),
  );
  const header = fc.oneof(
    name,
    fc.tuple(name, name).map((path) => path.join('.')),
    fc.tuple(name, name, name).map((path) => path.join('.')),
  );
  const cells = fc.array(fc.tuple(header, cell)).map((members) => {
    const object: JsonObject = { inputs: 'q', outputs: 'a' };
    for (const [key, value] of members) setKey(object, key, value);
    return object;
  });

  fc.assert(
    fc.property(cells, (value) => {
      const checked = check(value, 'columns');

      if ('problems' in checked) expect(checked.problems.length).toBeGreaterThan(0);
    }),
  );
});

test('no field of a row that is accepted is lost', () => {
  const loose = fc.array(fc.tuple(name, json)).map((members) => {
    const object: JsonObject = { inputs: 1, outputs: 1 };
    for (const [key, value] of members) if (!ROW_FIELDS.has(key)) setKey(object, key, value);
    return object;
  });

  fc.assert(
    fc.property(loose, json, (value, kept) => {
      value.metadata = { kept };
      const checked = check(value);

      if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
      const { inputs, outputs, metadata, ...others } = value;
      const values = Object.values(checked.result.metadata);
      expect(values).toHaveLength(Object.keys(others).length + 1);
      for (const other of [kept, ...Object.values(others)]) expect(values).toContain(other);
    }),
  );
});
