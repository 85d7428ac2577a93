import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/json/value.js';
import { readPythonLiteral } from '../../src/results/format-kit/python-literal.js';

describe('what Python printed', () => {
  test.for<[string, JsonValue | undefined]>([
    ["['a', 'b']", ['a', 'b']],
    ["['it\\'s', \"it's\"]", ["it's", "it's"]],
    ["['line\\nbreak', '\\xe9', '\\u20ac', '\\\\n']", ['line\nbreak', 'é', '€', '\\n']],
    ["['a,]', 'b']", ['a,]', 'b']],
    ['[]', []],
    ["{'f1': 0.5, 'ok': True, 'why': None}", { f1: 0.5, ok: true, why: null }],
    ["{'f1': np.float64(0.5), 'ok': np.True_}", { f1: 0.5, ok: true }],
    ["{'f1': np.float64(0.5), 'by': ('a',)}", { f1: 0.5, by: ['a'] }],
    ["{'a': {'score': 1, 'reason': 'x'}}", { a: { score: 1, reason: 'x' } }],
    ["['a'\n 'b']", undefined],
    ["['a', 'b'] and more", undefined],
    ["['a', 'b'", undefined],
    ["{'a'}", undefined],
    ['text', undefined],
  ])('%s', ([text, value]) => {
    expect(readPythonLiteral(text)).toEqual(value);
  });
});
