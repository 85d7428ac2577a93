import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/json/parse.js';
import { checkExample } from '../../src/results/example.js';

function read(json: string) {
  return checkExample({
    origin: { file: 'a.jsonl', line: 1 },
    index: 0,
    shape: 'document',
    value: parseJson(json),
  });
}

describe('an example', () => {
  test('has its reference in outputs, as LangSmith exports it', () => {
    const checked = read(
      '{"id":"x","dataset_id":"d","created_at":"t","inputs":{"q":1},"outputs":{"a":2},"metadata":{"m":3,"dataset_split":["test"]}}',
    );

    expect(checked).toMatchObject({
      result: {
        inputs: { q: 1 },
        referenceOutputs: { a: 2 },
        exampleMetadata: { m: 3 },
        split: ['test'],
      },
      notes: [],
    });
  });

  test('has it in reference_outputs in a row of results, whose own fields are named as left out', () => {
    const checked = read(
      '{"inputs":{"q":1},"outputs":{"a":2},"reference_outputs":{"a":3},"scores":{"s":1},"latency":2}',
    );

    expect(checked).toMatchObject({
      result: { referenceOutputs: { a: 3 }, feedback: [] },
      notes: [
        'scores is left out: it is not part of an example',
        'latency is left out: it is not part of an example',
      ],
    });
  });

  test('has metadata of its own, which wins over that of a run, and keeps fields of no known name', () => {
    const checked = read(
      '{"inputs":{},"metadata":{"of":"run"},"example_metadata":{"of":"example"},"topic":"maps"}',
    );

    expect(checked).toMatchObject({
      result: { exampleMetadata: { topic: 'maps', of: 'example' } },
    });
  });

  test('is wrapped where it is not an object', () => {
    expect(read('{"inputs":"q","outputs":[1]}')).toMatchObject({
      result: { inputs: { input: 'q' }, referenceOutputs: { output: [1] } },
    });
  });

  test.for([
    ['{"outputs":{}}', 'inputs', 'is missing'],
    ['{"inputs":{},"metadata":3}', 'metadata', 'found the number 3, expected an object'],
    ['{"inputs":{},"split":{}}', 'split', 'expected a list of texts'],
    ['[1]', undefined, 'found a list of 1, expected an object'],
  ] as const)('%s is not one', ([json, field, words]) => {
    const checked = read(json);

    expect(checked).toMatchObject({
      problems: [{ ...(field && { field }), message: expect.stringContaining(words) }],
    });
  });
});
