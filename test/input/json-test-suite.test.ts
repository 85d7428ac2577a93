import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LsRecordError } from '../../src/errors.js';
import type { TextFormat } from '../../src/input/contents.js';
import { openSources } from '../../src/input/open.js';
import { describeOrigin } from '../../src/input/row.js';
import { JsonSyntaxError, parseJson } from '../../src/json/parse.js';
import { printJson } from '../../src/json/print.js';
import { checkRow } from '../../src/results/parse.js';
import { recognise } from '../../src/results/recognise.js';
import { fileOf, spoolFolder } from '../support/rows.js';

/** nst/JSONTestSuite; y_ must be taken, n_ refused, i_ either. */
const PARSING = new URL('../../../shared/nasty/json-test_parsing/', import.meta.url);
const TRANSFORM = new URL('../../../shared/nasty/json-test_transform/', import.meta.url);
const names = existsSync(PARSING) ? readdirSync(PARSING) : [];
const transforms = existsSync(TRANSFORM) ? readdirSync(TRANSFORM) : [];
const named = (prefix: string) => names.filter((name) => name.startsWith(prefix));
const bytesOf = (name: string) => readFileSync(new URL(name, PARSING));
const textOf = (name: string) =>
  bytesOf(name)
    .toString('utf8')
    .replace(/^\ufeff/, '');

/** Python's json module writes these: `json.dumps(float('nan'))`. */
const WRITTEN_BY_PYTHON = [
  'n_number_NaN.json',
  'n_number_infinity.json',
  'n_number_minus_infinity.json',
];
/** Documents one after another are a list: concatenated JSON, as `jq` writes it. */
const ONE_AFTER_ANOTHER = ['n_structure_double_array.json'];

/** Without a bracket at its beginning a file is read as a table, unless it is said to be JSON Lines. */
const isLikeJson = (name: string) => /^\s*[[{]/.test(textOf(name));
const PLACE = /suite\.json:\d+:\d+: /;
const NO_TEXT = /suite\.json is (binary data|empty)$/;

interface Outcome {
  /** As JSON text. */
  readonly values: string[];
  /** With their place. */
  readonly problems: string[];
}

/** What the whole path from a path to rows makes of bytes. */
async function readFile(bytes: Uint8Array, format?: TextFormat): Promise<Outcome> {
  const outcome: Outcome = { values: [], problems: [] };
  const options = { spoolFolder, ...(format && { format }) };
  try {
    const [source] = await openSources([fileOf(bytes, 'suite.json')], options);
    for await (const row of source?.records({}) ?? []) {
      if (row.problem === undefined) outcome.values.push(printJson(row.value));
      else outcome.problems.push(`${describeOrigin(row.origin)}: ${row.problem}`);
    }
  } catch (error) {
    if (!(error instanceof LsRecordError)) throw error;
    outcome.problems.push(error.message);
  }
  return outcome;
}

/** How many results reading it as whatever it is gives; any other error than ours is a bug. */
async function countResults(bytes: Uint8Array): Promise<number> {
  let results = 0;
  try {
    const [source] = await openSources([fileOf(bytes, 'suite.json')], { spoolFolder });
    if (!source) return results;
    for await (const row of (await recognise(source)).rows())
      if ('result' in checkRow(row)) results++;
  } catch (error) {
    if (!(error instanceof LsRecordError)) throw error;
  }
  return results;
}

/** The values of the text when it is a list, else itself. */
function expectedValues(text: string): string[] {
  const value = parseJson(text);
  return Array.isArray(value) ? value.map(printJson) : [printJson(value)];
}

function inThirdLine(name: string): Buffer {
  const line = printJson(parseJson(textOf(name)));
  return Buffer.from(`{"a":1}\n\n${line}\n{"b":2}\n`);
}

describe.skipIf(names.length === 0)('JSONTestSuite (skipped without ../shared)', () => {
  test.for(named('y_'))('%s is taken without loss', (name) => {
    const printed = printJson(parseJson(textOf(name)));

    expect(printJson(parseJson(printed))).toBe(printed);
    expect(JSON.parse(printed)).toEqual(JSON.parse(textOf(name)));
    const numbers = textOf(name).match(/(?<=[[\s,:]|^)-?\d[\d.eE+-]*/g) ?? [];
    for (const number of numbers) expect(printed).toContain(number);
  });

  test.for(named('y_').filter(isLikeJson))('%s is taken as a file', async (name) => {
    expect(await readFile(bytesOf(name))).toEqual({
      values: expectedValues(textOf(name)),
      problems: [],
    });
  });

  test.for(named('y_'))('%s is taken as a line', async (name) => {
    expect(await readFile(inThirdLine(name), 'jsonl')).toEqual({
      values: ['{"a":1}', printJson(parseJson(textOf(name))), '{"b":2}'],
      problems: [],
    });
  });

  const refused = named('n_').filter((name) => !WRITTEN_BY_PYTHON.includes(name));

  test.for(refused)('%s is refused with a place', (name) => {
    let offset = -1;
    try {
      parseJson(textOf(name));
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      offset = error.offset;
    }

    expect(offset).toBeGreaterThanOrEqual(0);
    expect(offset).toBeLessThanOrEqual(textOf(name).length);
  });

  test.for(refused.filter((name) => isLikeJson(name) && !ONE_AFTER_ANOTHER.includes(name)))(
    '%s is refused as a file, with line and column',
    async (name) => {
      const { problems } = await readFile(bytesOf(name));

      expect(problems).not.toEqual([]);
      for (const problem of problems)
        expect(problem).toMatch(NO_TEXT.test(problem) ? NO_TEXT : PLACE);
    },
  );

  test.for(refused.filter((name) => !isLikeJson(name)))(
    '%s is no JSON, and gives no row',
    async (name) => {
      expect((await readFile(bytesOf(name))).values).toEqual([]);
    },
  );

  test.for(refused.filter((name) => textOf(name).trim() !== '' && !bytesOf(name).includes(0)))(
    '%s is refused as a line, with line and column',
    async (name) => {
      const before = Buffer.from('{"a":1}\n\n');
      const { values, problems } = await readFile(Buffer.concat([before, bytesOf(name)]), 'jsonl');

      expect(values[0]).toBe('{"a":1}');
      expect(problems).not.toEqual([]);
      for (const problem of problems) expect(problem).toMatch(/suite\.json:[3-9]:\d+: /);
    },
  );

  test.for(WRITTEN_BY_PYTHON.filter((name) => names.includes(name)))(
    '%s is taken: Python writes it',
    async (name) => {
      const [value] = expectedValues(textOf(name));

      expect(await readFile(bytesOf(name))).toEqual({ values: [value], problems: [] });
      expect(value).toMatch(/^(NaN|-?Infinity)$/);
    },
  );

  test.for(named('i_'))('%s is taken, or refused with a place', async (name) => {
    const { values, problems } = await readFile(bytesOf(name));

    expect(values.length + problems.length).toBe(1);
    for (const problem of problems)
      expect(problem).toMatch(NO_TEXT.test(problem) ? NO_TEXT : PLACE);
  });

  test.for(names)('%s holds no results, and is not a crash', async (name) => {
    expect(await countResults(bytesOf(name))).toBe(0);
  });
});

describe.skipIf(transforms.length === 0)(
  'JSONTestSuite’s transformations (skipped without ../shared)',
  () => {
    const read = (name: string) => readFileSync(new URL(name, TRANSFORM));

    test.for(transforms.filter((name) => name.startsWith('number_')))(
      '%s keeps its digits through a file',
      async (name) => {
        const digits = read(name).toString().trim().slice(1, -1);

        expect(await readFile(read(name))).toEqual({ values: [digits], problems: [] });
      },
    );

    test.for(transforms.filter((name) => !name.startsWith('number_')))(
      '%s keeps its characters through a file, or is refused with a place',
      async (name) => {
        const { values, problems } = await readFile(read(name));

        const wanted = problems.length > 0 ? [] : [JSON.parse(read(name).toString())].flat();
        expect(values.map((value) => JSON.parse(value))).toEqual(wanted);
        for (const problem of problems) expect(problem).toMatch(PLACE);
      },
    );
  },
);
