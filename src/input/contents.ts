import { LsRecordError } from '../errors.js';
import { roughSize } from '../json/size.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';
import { readCsv, type Separation } from './csv.js';
import { decode } from './decode.js';
import { readHeader, readHeaders, readRecords, readValues } from './document.js';
import { JsonText } from './json-text.js';
import { readJsonLines } from './jsonl.js';
import { cutToSample, headerOfLook, type Look, lookAt, looksAt } from './look.js';
import { aroundAt, findAt, type Path } from './place.js';
import type { RecordsPlace, Row, RowsOptions, Sample } from './row.js';
import type { TableOptions } from './table.js';

const SAMPLE_ROWS = 200;
const SAMPLE_CHARACTERS = 1_000_000;
/** Looks at this many values even if they are large: each may hold the rows of one experiment. */
const MIN_SAMPLE_ROWS = 10;
/** A sample is held while rows are read: of larger ones the shape is enough. */
const LARGE_ROW = 100_000;

/** What a file holds, whatever holds the file: a disk, an archive, memory. */
export interface Contents {
  readonly kind: Sample['kind'];
  sample(): Promise<Omit<Sample, 'name'>>;
  header(of: RecordsPlace): Promise<JsonObject>;
  records(of: RecordsPlace, options: RowsOptions): AsyncIterable<Row>;
}

/** A table of a file that can hold several: a sheet of a workbook, a table of Markdown. */
export interface NamedContents {
  readonly name: string;
  readonly contents: Contents;
}

/** Gives the bytes of a file from its beginning, each time it is called. */
export type Bytes = (options: RowsOptions) => AsyncIterable<Uint8Array>;

/**
 * Tells what a file of text holds.
 *
 * @param file the name in messages.
 */
export async function openText(
  format: TextFormat,
  file: string,
  bytes: Bytes,
  separation?: Separation,
): Promise<Contents> {
  const text = (options: RowsOptions = {}) => decode(bytes(options), file);
  if (format === 'json') return openJson(file, text);
  if (format === 'jsonl')
    return listOf((options) => readJsonLines(text(options), file, options.tolerated));
  return tableOf((options) => readCsv(text(options), file, separation, options));
}

type Text = (options?: RowsOptions) => AsyncIterable<string>;

async function openJson(file: string, text: Text): Promise<Contents> {
  const lastAt = new Map<string, number>();
  const look = await lookInto(file, text, lastAt);
  const document = look && cutToSample(look.value);
  if (!isJsonObject(document)) return listOfJson(file, text);
  const header = async ({ recordsAt = [], leaveOut = [] }: RecordsPlace) =>
    (look && headerOfLook(look, recordsAt, leaveOut)) ??
    withText(new JsonText(text(), file), (json) => readHeader(json, recordsAt, leaveOut));
  return {
    kind: 'document',
    sample: async () => ({ kind: 'document', document, rows: [], columns: [] }),
    header,
    async *records(place, options) {
      const { recordsAt, hasAround } = place;
      const around = hasAround ? await header(place) : undefined;
      const rows = fromText(new JsonText(text(options), file, options.tolerated), (json) =>
        readRecords(json, recordsAt, lastAt),
      );
      yield* around ? addAround(rows, around, recordsAt) : rows;
    },
  };
}

function listOfJson(file: string, text: Text): Contents {
  const read = (options: RowsOptions, recordsAt?: Path) =>
    fromText(new JsonText(text(options), file, options.tolerated), (json) =>
      readValues(json, recordsAt),
    );
  const list = listOf(read);
  return {
    ...list,
    async sample() {
      // Each value may hold the rows of one experiment, and be too large to be held.
      const rows = await withText(new JsonText(text(), file), (json) => firstOf(looksAt(json)));
      return rows.length > 0 ? { kind: 'list', document: {}, rows, columns: [] } : list.sample();
    },
    async *records({ recordsAt, leaveOut = [] }, options) {
      if (!recordsAt?.length) return yield* read(options);
      const headers = await withText(new JsonText(text(), file), (json) =>
        readHeaders(json, recordsAt, leaveOut),
      );
      yield* addAround(read(options, recordsAt), headers, recordsAt);
    },
  };
}

async function* addAround(
  rows: AsyncIterable<Row>,
  header: JsonValue,
  recordsAt: Path = [],
): AsyncGenerator<Row> {
  for await (const row of rows)
    yield { ...row, around: aroundAt(header, recordsAt, row.path ?? []) };
}

/** @returns what a document holds that is one object; undefined if it is a list, or several objects in a row. */
function lookInto(
  file: string,
  text: Text,
  lastAt: Map<string, number>,
): Promise<Look | undefined> {
  return withText(new JsonText(text(), file), async (json) => {
    if ((await json.peek()) !== '{') return undefined;
    const look = await lookAt(json, lastAt);
    const isAlone = (await json.peek()) === undefined;
    return isAlone ? look : undefined;
  });
}

/** What is not read from its beginning to its end: who watches sees all its bytes before the first row. */
export function seenWhole(contents: Contents, bytes: Bytes): Contents {
  return {
    ...contents,
    async *records(of, { onBytes, ...options }) {
      const stop = options.signal && { signal: options.signal };
      if (onBytes) for await (const chunk of bytes({ ...stop })) onBytes(chunk);
      yield* contents.records(of, options);
    },
  };
}

/** What is a list of rows, to be read again and again. */
export function listOf(rows: (options: RowsOptions) => AsyncIterable<Row>): Contents {
  return {
    kind: 'list',
    sample: async () => ({
      kind: 'list',
      document: {},
      rows: await firstOf(rows({})),
      columns: [],
    }),
    header: async () => ({}),
    records: ({ recordsAt }, options) =>
      recordsAt?.length ? recordsWithin(rows(options), recordsAt) : rows(options),
  };
}

/** The records that each value of a list holds. */
async function* recordsWithin(rows: AsyncIterable<Row>, recordsAt: Path): AsyncGenerator<Row> {
  let index = 0;
  for await (const { origin, shape, ...row } of rows) {
    if (row.problem !== undefined) yield { ...row, origin, shape, index: index++ };
    else
      for (const { value, path, around } of findAt(
        row.value,
        recordsAt.slice(1),
        [row.index],
        [undefined],
      ))
        yield { origin, shape, index: index++, value, path, around };
  }
}

/** What is a table of rows, to be read again and again. */
export function tableOf(read: (options: TableOptions) => AsyncIterable<Row>): Contents {
  return {
    kind: 'table',
    async sample() {
      let columns: readonly string[] | undefined;
      const onHeader = (names: readonly string[]) => {
        columns = names;
      };
      const rows = await firstOf(read({ onHeader }), () => columns === undefined);
      return { kind: 'table', document: {}, rows, columns: columns ?? [] };
    },
    header: async () => ({}),
    records: (_, options) => read(options),
  };
}

/** The first rows that are objects, as many as tell what they are; what is broken is for a reading to tell. */
async function firstOf(
  rows: AsyncIterable<Pick<Row, 'value'>>,
  isFatal = () => false,
): Promise<JsonObject[]> {
  const first: JsonObject[] = [];
  let characters = 0;
  try {
    for await (const { value } of rows) {
      const size = roughSize(value);
      const sample = size > LARGE_ROW ? cutToSample(value) : value;
      if (isJsonObject(sample)) first.push(sample);
      characters += size;
      const isEnough = characters >= SAMPLE_CHARACTERS && first.length >= MIN_SAMPLE_ROWS;
      if (first.length >= SAMPLE_ROWS || isEnough) break;
    }
  } catch (error) {
    if (isFatal() || !(error instanceof LsRecordError)) throw error;
  }
  return first;
}

export async function* fromText(
  text: JsonText,
  read: (text: JsonText) => AsyncIterable<Omit<Row, 'index'>>,
): AsyncGenerator<Row> {
  let index = 0;
  try {
    for await (const row of read(text)) yield { ...row, index: index++ };
  } finally {
    await text.close();
  }
}

export async function withText<T>(
  text: JsonText,
  read: (text: JsonText) => Promise<T>,
): Promise<T> {
  try {
    return await read(text);
  } finally {
    await text.close();
  }
}

/** Kinds of text that hold rows. */
export type TextFormat = 'jsonl' | 'json' | 'csv' | 'tsv';
