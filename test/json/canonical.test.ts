import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { v5 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { pythonJson } from '../../src/json/canonical.js';
import { parseJson } from '../../src/json/parse.js';
import type { JsonObject } from '../../src/json/value.js';

test.for([
  ['{"b":1,"a":[{},[],true,null]}', '{"a": [{}, [], true, null], "b": 1}'],
  ['{"10":1,"9":2,"":3}', '{"": 3, "10": 1, "9": 2}'],
  ['{"\\ud83d\\ude00":1,"\\uff5e":2}', '{"\\uff5e": 2, "\\ud83d\\ude00": 1}'],
  // Half a pair, then a pair: what both have in common ends within a pair of one of them.
  [
    '{"\\ud83d\\ude00":1,"\\ud83d\\ud83d\\ude00":2}',
    '{"\\ud83d\\ud83d\\ude00": 2, "\\ud83d\\ude00": 1}',
  ],
  ['"é\u007f\u2028/\\b\\u001F"', '"\\u00e9\\u007f\\u2028/\\b\\u001f"'],
  ['[-0,-0.0,0,1E5,9007199254740993]', '[0, -0.0, 0, 100000.0, 9007199254740993]'],
  ['[0.00012,0.000099,1e21,NaN,-Infinity]', '[0.00012, 9.9e-05, 1e+21, NaN, -Infinity]'],
] as const)('CPython prints %s as %s', ([source, printed]) => {
  expect(pythonJson(parseJson(source))).toBe(printed);
});

test('keys of any characters are in the order of their code points', () => {
  const unit = fc.constantFrom('\ud83d', '\ude00', '\uff5e', 'a', '\ue000');
  const key = fc.array(unit, { maxLength: 5 }).map((units) => units.join(''));

  fc.assert(
    fc.property(fc.uniqueArray(key), (keys) => {
      const object = Object.fromEntries(keys.map((name) => [name, 1]));

      const printed = Object.keys(JSON.parse(pythonJson(object)));
      expect(printed).toEqual([...keys].sort((a, b) => compareLists([...a], [...b])));
    }),
  );
});

function compareLists(a: string[], b: string[]): number {
  for (const [at, char] of a.entries()) {
    const other = b[at];
    if (other === undefined) return 1;
    const difference = (char.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const vectors = new URL('../../../shared/vectors/example-ids.jsonl', import.meta.url);

describe.skipIf(!existsSync(vectors))('rows hashed by CPython (skipped without ../shared)', () => {
  test('have the ids that it gave them', () => {
    const cases = readFileSync(vectors, 'utf8').trimEnd().split('\n');

    const wrong = cases.filter((line) => {
      const { dataset_id, row, example_id } = JSON.parse(line);
      const { inputs = null, reference_outputs = null } = parseJson(row) as JsonObject;
      // Python's `or`: what is empty counts as none. No vector has a zero or an empty text there.
      const isEmpty = reference_outputs === null || Object.keys(reference_outputs).length === 0;
      const reference = isEmpty ? {} : reference_outputs;
      const name = `${dataset_id}-${pythonJson(inputs)}-${pythonJson(reference)}`;
      return v5(name, v5.DNS) !== example_id;
    });

    expect(cases.length).toBeGreaterThan(100);
    expect(wrong).toEqual([]);
  });
});
