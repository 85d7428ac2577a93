import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCsv } from '../../src/input/csv.js';
import type { Row } from '../../src/input/row.js';
import { rowsOf, sourceOf } from '../support/rows.js';

const NASTY = new URL('../../../shared/nasty/', import.meta.url);
const hasCorpora = existsSync(NASTY);
const readText = (path: string) => readFileSync(new URL(path, NASTY), 'utf8');

const spectrum = hasCorpora
  ? readdirSync(new URL('csv-spectrum/', NASTY)).filter((name) => name.endsWith('.csv'))
  : [];
/** In the corpus itself the two files give different telephone numbers. */
const OTHER_VALUES: Record<string, object> = {
  'location_coordinates.csv': { 'Contact Phone Number': expect.any(String) },
};

describe.skipIf(!hasCorpora)('csv-spectrum (skipped without ../shared)', () => {
  test.for(spectrum)('%s has the rows of its JSON', async (name) => {
    const wanted = [JSON.parse(readText(`csv-spectrum/${name.replace('.csv', '.json')}`))].flat();

    const rows = await rowsOf(await sourceOf(readText(`csv-spectrum/${name}`), 'csv'));

    expect(rows.map(({ value }) => value)).toEqual(
      wanted.map((row: object) => ({ ...row, ...OTHER_VALUES[name] })),
    );
  });
});

interface Case {
  readonly description: string;
  readonly input: string;
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly expected: {
    readonly data: (string[] | Record<string, unknown>)[];
    readonly errors?: readonly { readonly code: string }[];
  };
}

const cases = hasCorpora
  ? ['core_parser_tests.jsonl', 'parse_tests.jsonl'].flatMap((name) =>
      readText(`papaparse/${name}`)
        .trimEnd()
        .split('\n')
        .map((line): Case => JSON.parse(line)),
    )
  : [];

/** Options under which we read as without them: blank lines are passed over, line ends are found. */
const SAME_WITHOUT = ['delimiter', 'newline', 'skipEmptyLines', 'fastMode'];
/** Comments, other quotes, types of cells, parts of a file: ls-record has no such options. */
const hasOtherOptions = ({ config }: Case) =>
  Object.keys(config ?? {}).some((option) => !SAME_WITHOUT.includes(option));
/** papaparse goes on after these and says so; what follows a stray quote is anyone's guess, so we refuse the file. */
const hasStrayQuote = ({ expected: { errors = [] } }: Case) =>
  errors.some(({ code }) => code.endsWith('Quotes'));
/** Read with their own first row as the header, below. */
const isGuessed = ({ description }: Case) => description.includes('guessed');
const plain = cases.filter(
  (one) => !hasOtherOptions(one) && !hasStrayQuote(one) && !isGuessed(one),
);
const named = cases.filter(({ config }) => config?.header === true);

async function* textOf(text: string): AsyncGenerator<string> {
  yield text;
}

async function readAll(
  text: string,
  delimiter?: string,
  onHeader?: (names: readonly string[]) => void,
): Promise<Row[]> {
  const rows: Row[] = [];
  const separation = delimiter === undefined ? undefined : { delimiter, isGuessed: false };
  for await (const row of readCsv(textOf(text), 'cases.csv', separation, { onHeader }))
    rows.push(row);
  return rows;
}

function isBlank(fields: readonly unknown[]): boolean {
  return fields.every((field) => String(field).trim() === '');
}

/** Its fields; or that it has not as many as the header, where we are stricter. */
function describeRow(fields: readonly string[], width: number): unknown {
  return fields.length === width
    ? fields
    : expect.stringMatching(`^found ${fields.length} fields?, expected ${width} `);
}

describe.skipIf(!hasCorpora)('papaparse’s cases (skipped without ../shared)', () => {
  test.for(plain)('$description', async ({ input, config, expected: { data } }) => {
    const delimiter = String(config?.delimiter ?? ',');
    const wanted = data
      .map((fields) => Object.values(fields).map(String))
      .filter((f) => !isBlank(f));
    const width = wanted[0]?.length ?? 1;
    const names = Array.from({ length: width }, (_, at) => `h${at}`).join(delimiter);

    const rows = await readAll(`${names}\n${input}`, delimiter);

    expect(rows.map(({ cells, problem }) => problem ?? cells)).toEqual(
      wanted.map((fields) => describeRow(fields, width)),
    );
  });

  test.for(cases.filter(({ config }) => config !== null && Object.keys(config).length === 0))(
    '$description, with its first row as the header',
    async ({ input, expected: { data } }) => {
      const [header, ...wanted] = data.map((fields) => Object.values(fields));

      let names: readonly string[] = [];

      const rows = await readAll(input, undefined, (found) => {
        names = found;
      });

      expect(names).toEqual(header);
      expect(rows.map(({ cells, problem }) => problem ?? cells)).toEqual(wanted);
    },
  );

  test.for(cases.filter(hasStrayQuote))(
    '$description: refused with its line',
    async ({ input }) => {
      await expect(readAll(`h0,h1,h2\n${input}`)).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        message: expect.stringMatching(/^cases\.csv:\d+: a quote opened here/),
      });
    },
  );

  test.for(named.filter(({ description }) => description.startsWith('Duplicate')))(
    '$description: columns that cannot be told apart are refused',
    async ({ input }) => {
      await expect(rowsOf(await sourceOf(input, 'csv'))).rejects.toThrow(/two columns are named/);
    },
  );

  test.for(named.filter(({ description }) => !/duplicate/i.test(description)))(
    '$description, by name',
    async ({ input, expected: { data } }) => {
      const rows = await rowsOf(await sourceOf(input, 'csv'));

      expect(rows.map(({ value, problem }) => problem ?? value)).toEqual(
        data.map((row) =>
          '__parsed_extra' in row
            ? expect.stringContaining('found 5 fields, expected 3 as in the header')
            : row,
        ),
      );
    },
  );

  test('its long table is read to its end, with the four rows that lack a field', async () => {
    const text = readText('papaparse/verylong-sample.csv');

    const rows = await rowsOf(await sourceOf(text));

    expect(rows).toHaveLength(text.trimEnd().split('\n').length - 1);
    const bad = rows.filter(({ problem }) => problem);
    expect(bad.map(({ origin }) => origin.line)).toEqual([500, 1000, 1500, 2000]);
    expect(rows[0]?.value).toMatchObject({ 'meaning of life': '42' });
  });

  test('its table of strange line ends is read to its end', async () => {
    const rows = await rowsOf(await sourceOf(readText('papaparse/long-sample.csv'), 'csv'));

    expect(rows.map(({ origin, problem }) => [origin.line, problem])).toEqual(
      rows.map((_, at) => [at + 2, undefined]),
    );
    expect(rows.length).toBeGreaterThan(5);
  });
});
