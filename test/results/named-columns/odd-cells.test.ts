import { describe, expect, test } from 'vitest';
import { readFile } from '../../support/read-format.js';
import { fileOf } from '../../support/rows.js';

/** A table of 200 rows, some cells of which are replaced. */
async function read(column: string, value: string, odd: Readonly<Record<number, string>>) {
  const lines = Array.from({ length: 200 }, (_, n) => `q${n},r${n},${odd[n] ?? value}`);
  const path = fileOf(
    ['question,response', ...lines].join('\n').replace('response', `response,${column}`),
    'rows.csv',
  );
  const { rows, results, source } = await readFile(path);
  const notes = rows.flatMap((row) => ('notes' in row ? row.notes : []));
  return { results, source, notes: notes.map((note) => note.replace(path, 'rows.csv')) };
}

describe('a column in which nearly all values fit', () => {
  test.for([
    ['faithfulness', '0.5'],
    ['correct', 'True'],
    ['passed', 'PASS'],
  ] as const)('stays a score: %s', async ([column, value]) => {
    const { results, notes } = await read(column, value, { 3: 'judge failed' });

    expect(results.filter(({ feedback }) => feedback[0]?.key === column)).toHaveLength(199);
    expect(results[3]).toMatchObject({ feedback: [], metadata: { [column]: 'judge failed' } });
    expect(notes).toEqual([
      `rows.csv:5: ${column} is text "judge failed", which does not fit: it is kept in metadata`,
    ]);
  });

  test.for([
    ['latency_ms', '12', { latencyUs: 12_000 }],
    ['prompt_tokens', '12', { metadata: { usage_metadata: { input_tokens: 12 } } }],
  ] as const)('keeps its meaning: %s', async ([column, value, expected]) => {
    const { results, notes } = await read(column, value, { 3: 'slow' });

    expect(results[0]).toMatchObject(expected);
    expect(results[3]?.metadata).toEqual({ [column]: 'slow' });
    expect(notes).toHaveLength(1);
  });
});

test('of many odd cells, the first five have their place, and the others are counted', async () => {
  const odd = Object.fromEntries(Array.from({ length: 7 }, (_, n) => [n, 'lost']));
  const { notes } = await read('f1', '1', odd);

  expect(notes).toEqual([
    ...[2, 3, 4, 5, 6].map(
      (line) => `rows.csv:${line}: f1 is text "lost", which does not fit: it is kept in metadata`,
    ),
    ...Array.from(
      { length: 2 },
      () => 'f1 has more values that do not fit: they are kept in metadata',
    ),
  ]);
});

test('a column of a metric in which many values are text is none, which is said', async () => {
  const odd = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [n, `lost ${n}`]));
  const { source, results } = await read('f1', '1', odd);

  expect(results.flatMap(({ feedback }) => feedback)).toEqual([]);
  expect(source.assumptions.join()).toMatch(
    /^f1 is not a score: some of its values are not numbers/,
  );
});
