import { LsRecordError } from '../errors.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';
import type { Contents, NamedContents } from './contents.js';
import type { OpenedSource, RecordsPlace, Row, RowsOptions } from './row.js';
import { checkColumns } from './table.js';

/** What tells a row from an object that holds rows. */
const ROW_KEYS = ['inputs', 'outputs', 'example_id'];
const MAX_NAMED = 12;
/** What to do about a file without any row. */
export const ASK_IF_WRITTEN = 'Did the evaluation write its results?';

/** Makes a source of what was opened. What it begins with is looked at once, however often it is asked for. */
export function makeSource(
  facts: Pick<OpenedSource, 'name' | 'live' | 'bytes' | 'digest'> &
    Partial<Pick<OpenedSource, 'beside' | 'reading'>>,
  contents: Contents,
): OpenedSource {
  const file = facts.name === '-' ? 'stdin' : facts.name;
  let place: Promise<RecordsPlace> | undefined;
  let sampled: ReturnType<Contents['sample']> | undefined;
  const sample = () => {
    sampled ??= contents.sample();
    return sampled;
  };
  return {
    beside: async () => [],
    ...facts,
    kind: contents.kind,
    sample: async () => ({ ...(await sample()), name: facts.name }),
    header: contents.header,
    records: (of, options = {}) => contents.records(of, options),
    rows: (options = {}) =>
      contents.kind === 'list' ? contents.records({}, options) : found(options),
  };

  async function* found(options: RowsOptions): AsyncGenerator<Row> {
    place ??= findRows(contents.kind, sample, file);
    for await (const row of contents.records(await place, options)) yield row;
  }
}

type Facts = Parameters<typeof makeSource>[0];

/**
 * Makes a source of a file that can hold several tables.
 *
 * @param wanted the name of the one that is meant.
 * @throws {LsRecordError} `INPUT_INVALID` if there is none, `USAGE` if none has that name.
 */
export function makeSourceOfTables(
  facts: Facts,
  tables: readonly NamedContents[],
  wanted: string | undefined,
): OpenedSource {
  const sources = new Map<string, OpenedSource>();
  for (const { name, contents } of tables) {
    const reading = { ...facts.reading, sheet: name };
    sources.set(name, makeSource({ ...facts, reading }, contents));
  }
  const names = [...sources.keys()];
  const [first] = sources.values();
  if (!first) {
    throw new LsRecordError('INPUT_INVALID', `${facts.name} holds no table`, {
      hint: ASK_IF_WRITTEN,
    });
  }
  if (wanted === undefined) return sources.size === 1 ? first : { ...first, tables: sources };
  const name = names.find((one) => one === wanted) ?? names.find((one) => isAlike(one, wanted));
  const found = name === undefined ? undefined : sources.get(name);
  if (found) return found;
  const listed = names.map((one) => JSON.stringify(one)).join(', ');
  throw new LsRecordError('USAGE', `there is no sheet ${JSON.stringify(wanted)} in ${facts.name}`, {
    hint: `It has ${listed}.`,
  });
}

function isAlike(name: string, wanted: string): boolean {
  return name.trim().toLowerCase() === wanted.trim().toLowerCase();
}

/** Where the rows of a file are that no harness is known to have written. */
async function findRows(
  kind: Contents['kind'],
  sample: Contents['sample'],
  file: string,
): Promise<RecordsPlace> {
  const { document, columns } = await sample();
  if (kind === 'document') return placeOfRows(document, file);
  checkColumns(columns, file);
  return {};
}

/**
 * A document is one row if it has a row's fields; else its only list of objects is the rows.
 *
 * @throws {LsRecordError} `INPUT_INVALID` if there is none, or several.
 */
export function placeOfRows(document: JsonObject, file: string): RecordsPlace {
  if (ROW_KEYS.some((key) => Object.hasOwn(document, key))) return {};
  const lists = Object.keys(document).filter((key) => holdsObjects(document, key));
  const [only, ...others] = lists;
  if (only !== undefined && others.length === 0) return { recordsAt: [only] };

  const members = Object.keys(document);
  const found = members.length > MAX_NAMED ? [...members.slice(0, MAX_NAMED), '…'] : members;
  const empty = members.filter((key) => isEmptyList(document[key]));
  if (lists.length === 0 && empty.length === 1) {
    throw new LsRecordError(
      'INPUT_INVALID',
      `${file} holds no rows: its list ${empty[0]} is empty`,
      {
        hint: ASK_IF_WRITTEN,
      },
    );
  }
  const problem =
    others.length > 0
      ? `it has several lists of objects, any of which could be the rows: ${lists.join(', ')}`
      : `it is an object with ${found.join(', ') || 'nothing in it'}`;
  throw new LsRecordError('INPUT_INVALID', `${file} holds no rows that can be told: ${problem}`, {
    hint: 'Rows come as JSON Lines, as an array, or as the only list of objects in an object. A row has inputs, and outputs or error.',
  });
}

function isEmptyList(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length === 0;
}

function holdsObjects(document: JsonObject, key: string): boolean {
  const value = document[key];
  return Array.isArray(value) && isJsonObject(value[0]);
}
