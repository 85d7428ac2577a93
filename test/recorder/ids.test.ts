import { existsSync, readFileSync } from 'node:fs';
import { v5 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/json/parse.js';
import type { JsonObject } from '../../src/json/value.js';
import {
  type ExperimentIdentity,
  exampleIdByContent,
  exampleIdByInputs,
  exampleIdByRowId,
  experimentId,
  feedbackId,
  RunIds,
} from '../../src/recorder/ids.js';
import { uuidText } from '../../src/uuid.js';

const DATASET = '00000000-0000-4000-8000-000000000001';
const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Computed by CPython 3.11: `uuid5(NAMESPACE_DNS, …)` over `json.dumps(…, sort_keys=True)`. */
const VECTORS: [inputs: string, reference: string, id: string][] = [
  [
    '{"question":"What is the capital of France?"}',
    '{"answer":"Paris"}',
    '2743b73c-96e8-541e-82f1-1e9c8f52b4f1',
  ],
  [
    '{"b":1,"a":{"z":null,"y":[true,false,{"k":1.0}]}}',
    'null',
    'f7dbef5f-b6b1-5765-8df8-14f5a78878f0',
  ],
  [
    '{"t":"héllo \\u2028 😀 \\u007f \\u0000\\b\\t\\n\\u000b\\f\\r\\u001f \\"\\\\ / é"}',
    '{}',
    '2fab0933-1a59-5457-ac12-a79ac4444252',
  ],
  [
    '{"\\ud83d\\ude00":1,"\\uff5e":2,"z":3,"Z":4,"":5,"10":6,"9":7}',
    '{}',
    '0e13af7d-0996-563c-b454-f2ca26008a70',
  ],
  [
    '{"f":[1,1.0,1e16,1e15,123456789012345680.0,1e22,1e-5,0.0001,1e-7,-0.0,-0,0.1,1e300,5e-324,1.5e+300,1E5,100000.0,1e100]}',
    '{}',
    '6355dfa8-05e2-5ee0-b9b5-7a3e0d2dca05',
  ],
  [
    '{"i":[12345678901234567890,-9007199254740993,9007199254740993.0,1234567890123456789012345678901234567890]}',
    '{}',
    '095a4a37-ba0f-53e5-8347-b0a00ac18409',
  ],
  ['{"n":[NaN,Infinity,-Infinity]}', '{}', 'c5801498-a3a3-5858-87ca-320ec2f3255a'],
  ['{"a":1,"a":2}', '{}', '86161d89-014c-58c3-b9ea-3d2e5719df8f'],
  ['{"lone":"\\ud800","lone2":"\\udc00x"}', '{}', '2088863d-e9d4-564c-b6f5-3bd722883412'],
  ['{"x":1}', '[]', 'b65b2dbc-ab61-500e-870f-a0d81f5f21ab'],
  ['{"x":1}', '""', 'b65b2dbc-ab61-500e-870f-a0d81f5f21ab'],
  ['{"x":1}', '0', 'b65b2dbc-ab61-500e-870f-a0d81f5f21ab'],
  ['{"x":1}', '-0.0', 'b65b2dbc-ab61-500e-870f-a0d81f5f21ab'],
  ['{"x":1}', 'false', 'b65b2dbc-ab61-500e-870f-a0d81f5f21ab'],
  ['{"x":1}', '{"a":null}', 'f3a7be3e-7b2c-5bdf-b33b-452e4478bd43'],
  ['{"x":1}', '[0]', '5d172f19-0dba-56a7-83c7-4c30c2d7eb2d'],
];

describe('an example id', () => {
  test.for(VECTORS)('of %s and %s is the one that CPython computes', ([inputs, reference, id]) => {
    expect(uuidText(exampleIdByContent(DATASET, parseJson(inputs), parseJson(reference)))).toBe(id);
  });

  const vectors = new URL('../../../shared/vectors/example-ids.jsonl', import.meta.url);
  test.skipIf(!existsSync(vectors))(
    'of each of CPython’s vectors is the same (skipped without ../shared)',
    () => {
      const lines = readFileSync(vectors, 'utf8').trim().split('\n');

      const differing = lines.filter((line) => {
        const vector = JSON.parse(line) as { dataset_id: string; row: string; example_id: string };
        const row = parseJson(vector.row) as JsonObject;
        const id = exampleIdByContent(vector.dataset_id, row.inputs ?? null, row.reference_outputs);
        return uuidText(id) !== vector.example_id;
      });

      expect(lines.length).toBe(400);
      expect(differing).toEqual([]);
    },
  );

  test('of inputs alone, or of a row’s own id, is uuid5 as the uuid package computes it', () => {
    expect(uuidText(exampleIdByInputs(DATASET, { q: 'é' }))).toBe(
      v5(`${DATASET}-inputs-{"q": "\\u00e9"}`, DNS),
    );
    expect(uuidText(exampleIdByRowId(DATASET, 'row 1'))).toBe(v5(`${DATASET}-id-row 1`, DNS));
  });
});

describe('a run id', () => {
  const startMs = 1_790_000_000_123;
  const ids = new RunIds('e', startMs, '', 'source');

  test('is a UUIDv7 with the time of the experiment’s start', () => {
    const id = ids.id(0, '');

    expect(id).toMatch(UUID_V7);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(startMs);
  });

  test('is the same for the same row, and another for any other row, place, shard, source or experiment', () => {
    const others = [
      ids.id(1, ''),
      ids.id(0, '.0'),
      ids.id(10, ''),
      ids.id(1, '0'),
      new RunIds('e', startMs, '1', 'source').id(0, ''),
      new RunIds('e', startMs, '', 'other').id(0, ''),
      new RunIds('f', startMs, '', 'source').id(0, ''),
    ];

    expect(new RunIds('e', startMs, '', 'source').id(0, '')).toBe(ids.id(0, ''));
    expect(new Set([ids.id(0, ''), ...others]).size).toBe(others.length + 1);
  });
});

test('a feedback id tells runs, keys, scorers and repetitions apart', () => {
  const ids = [
    feedbackId('r', 'k', 0),
    feedbackId('r', 'k', 1),
    feedbackId('r', 'l', 0),
    feedbackId('s', 'k', 0),
    feedbackId('r', 'k', 0, 'judge'),
  ];

  expect(new Set(ids).size).toBe(5);
  expect(feedbackId('r', 'k', 0, '')).toBe(ids[0]);
});

test('an experiment id changes with dataset, name, sources, options and generation', () => {
  const source = { bytes: 'ab', reading: { v: 1, format: 'native' } };
  const base = { dataset: DATASET, name: 'n', sources: [source], options: {}, generation: 0 };
  const identities: ExperimentIdentity[] = [
    base,
    { ...base, dataset: 'd' },
    { ...base, name: 'm' },
    { ...base, sources: [] },
    { ...base, sources: [source, source] },
    { ...base, sources: [{ ...source, bytes: 'cd' }] },
    { ...base, sources: [{ ...source, reading: { v: 1, format: 'columns' } }] },
    { ...base, sources: [{ ...source, label: 'gpt' }] },
    { ...base, options: { identity: 'id' } },
    { ...base, options: { runName: 'id' } },
    { ...base, generation: 1 },
  ];

  expect(new Set(identities.map(experimentId)).size).toBe(11);
});

test('an experiment id is the same in whatever order the members of its decisions come', () => {
  const of = (reading: JsonObject, options: JsonObject) =>
    experimentId({
      dataset: DATASET,
      name: 'n',
      sources: [{ bytes: 'ab', reading, label: undefined }],
      options,
      generation: 0,
    });

  expect(of({ format: 'native', v: 1 }, { runType: 't', runName: 'n' })).toBe(
    of({ v: 1, format: 'native' }, { runName: 'n', runType: 't' }),
  );
});
