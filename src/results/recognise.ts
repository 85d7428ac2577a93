import { createHash } from 'node:crypto';
import { closest } from '../closest.js';
import { LsRecordError } from '../errors.js';
import { placeOfRows } from '../input/opened.js';
import {
  describeOrigin,
  type OpenedSource,
  type RecordsPlace,
  type Row,
  type RowsOptions,
  type Source,
} from '../input/row.js';
import type { Sample } from '../input/sample.js';
import { printJson } from '../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';
import { chooseTable } from './choose-table.js';
import { splitHeader } from './columns.js';
import { FORMATS } from './formats/all.js';
import type { Format, FormatRow, Reading, SummaryScores } from './formats/format.js';
import { findNearMiss, type NearMiss } from './formats/near-misses.js';
import { shorten } from './found.js';
import {
  type ColumnOptions,
  type ColumnQuestion,
  decideColumns,
} from './named-columns/named-columns.js';
import { ROW_FIELDS } from './result.js';
import type { Variant } from './variants/decide.js';
import { type MetadataMembers, partBySample } from './variants/part-source.js';

/** What a file turned out to be, and its rows in our own shape. */
export interface RecognisedSource extends Source {
  /** `native`, `columns`, or the name of a harness's format. */
  readonly format: string;
  /** `promptfoo results, by results.version 3`. */
  readonly described: string;
  /** What columns are read as. */
  readonly columns: readonly string[];
  readonly assumptions: readonly string[];
  /** Unanswered, the rows cannot be read. */
  readonly questions: readonly ColumnQuestion[];
  /** Its rows may belong to several experiments. */
  readonly hasExperiments: boolean;
  /** By these it may still be decided whether rows that repeat examples are variants; undefined where it is. */
  readonly members?: MetadataMembers | undefined;
  /** What tells rows that repeat examples apart. */
  readonly variants?: readonly Variant[] | undefined;
  /** Scores of whole experiments, known once the rows were read. */
  readonly summaries: readonly SummaryScores[];
  /** All that the rows depend on besides the file's bytes, without a word for people; known once the rows were read. */
  decisions(): JsonObject;
}

export interface RecogniseOptions extends ColumnOptions {
  /** Name of a format, instead of what the content says; `native` and `columns` too. */
  readonly format?: string | undefined;
  /** Records of another file, by `custom_id` or `id`. */
  readonly joined?: ReadonlyMap<string, JsonObject> | undefined;
}

/**
 * Tells what wrote a file, and reads it so that rows have our own shape.
 *
 * @throws {LsRecordError} `INPUT_INVALID` if it is not what `format` says, or holds no rows that can be told.
 */
export async function recognise(
  source: OpenedSource,
  options: RecogniseOptions = {},
): Promise<RecognisedSource> {
  const one = (table: OpenedSource) => recogniseOne(table, options);
  return source.tables ? chooseTable(source, source.tables, one) : one(source);
}

async function recogniseOne(
  source: OpenedSource,
  options: RecogniseOptions,
): Promise<RecognisedSource> {
  const sample = await source.sample();
  const asked = options.format;
  if (asked === 'native') return asNative(source, sample);
  if (asked !== 'columns' && !hasColumnOptions(options)) {
    for (const format of FORMATS) {
      if (asked !== undefined && asked !== format.name) continue;
      const reading = format.recognise(sample, asked !== undefined);
      if (reading) return asFormat(source, format, reading, options);
    }
    const nearMiss = findNearMiss(sample);
    if (nearMiss) throw (await findBroken(source)) ?? noRowsIn(nameInWords(source), nearMiss);
    if (asked !== undefined) throw notOf(asked, nameInWords(source));
  }
  const place = sample.kind === 'document' ? placeOfRows(sample.document, nameInWords(source)) : {};
  const rows = sample.kind === 'document' ? rowsAt(sample.document, place.recordsAt) : sample.rows;
  const looked = { ...sample, rows };
  const beside = describeBeside(sample.document, place);
  const isUndecided = asked === undefined && !hasColumnOptions(options);
  if (isUndecided && (isNative(looked) || rows.length === 0))
    return withAssumptions(asNative(source, looked), beside);
  return withAssumptions(asColumns(source, looked, place, options), beside);
}

function hasColumnOptions({ format: _, joined: __, ...columns }: RecogniseOptions): boolean {
  return Object.values(columns).some((option) => option !== undefined && option.length > 0);
}

/** Rows that use our own names. A table does so in all its columns: others could be scores. */
function isNative({ kind, columns, rows }: Sample): boolean {
  if (kind === 'table') {
    const fields = columns.map((name) => splitHeader(name)[0] ?? name);
    const has = (field: string) => fields.includes(field);
    const areOurs = fields.every((field) => ROW_FIELDS.has(field) || field === 'usage_metadata');
    return areOurs && (has('inputs') || has('example_id')) && (has('outputs') || has('error'));
  }
  return rows.length > 0 && rows.some(isOurs);
}

function isOurs(row: JsonObject): boolean {
  const has = (field: string) => Object.hasOwn(row, field);
  const isWholly = () => Object.keys(row).every((field) => ROW_FIELDS.has(field));
  return (has('inputs') || has('example_id')) && (has('outputs') || has('error') || isWholly());
}

function asNative(source: OpenedSource, sample: Sample): RecognisedSource {
  // @see https://docs.langchain.com/langsmith, export of a dataset as JSONL
  const looksLikeDataset =
    sample.rows.length > 0 &&
    sample.rows.every((row) => Object.keys(row).sort().join() === 'inputs,metadata,outputs');
  const assumptions =
    looksLikeDataset && sample.kind === 'list'
      ? [
          'rows have inputs, outputs and metadata only: if this is a dataset exported from LangSmith, its outputs are reference outputs and there is nothing to record',
        ]
      : [];
  const members = {
    isSettled: () => false,
    nameOf: (path: readonly string[]) => ['metadata', ...path].join('.'),
  };
  const shape = sample.kind === 'table' ? 'columns' : 'document';
  return partBySample(
    { ...nativeSource(source), assumptions, members },
    sample.rows.map((value, index) => ({ value, index, shape, origin: NOWHERE })),
  );
}

const NOWHERE = { file: '', line: 0 };

/** Rows that nobody needs to recognize: they have our own fields. */
export function nativeSource(source: Source): RecognisedSource {
  if ('decisions' in source) return source as RecognisedSource;
  return {
    ...source,
    format: 'native',
    described: 'rows of ls-record',
    columns: [],
    assumptions: [],
    questions: [],
    hasExperiments: false,
    summaries: [],
    decisions: () => ({ format: 'native', ...readingOf(source) }),
  };
}

function readingOf(source: Source): JsonObject {
  return 'reading' in source ? ((source as OpenedSource).reading ?? {}) : {};
}

function asFormat(
  source: OpenedSource,
  format: Format,
  reading: Reading,
  { joined = new Map() }: RecogniseOptions,
): RecognisedSource {
  const summaries: SummaryScores[] = [];
  const companions = new Map<string, ReturnType<OpenedSource['beside']>>();
  const read = new Map<string, string>();
  return {
    ...source,
    format: format.name,
    described: `${format.title}: ${reading.why}`,
    columns: reading.columns?.described ?? [],
    assumptions: reading.assumptions ?? [],
    questions: [],
    hasExperiments: reading.hasExperiments === true,
    members: reading.columns?.members,
    summaries,
    decisions: () => ({
      format: format.name,
      ...(reading.columns && { columns: reading.columns.targets }),
      ...source.reading,
      ...(joined.size > 0 && { joined: hashOf(joined) }),
      ...(read.size > 0 && { companions: hashOf(read) }),
    }),
    async *rows(options = {}) {
      summaries.length = 0;
      const broken: Row[] = [];
      const [sample, header] = await Promise.all([source.sample(), source.header(reading)]);
      const file = {
        name: nameInWords(source),
        header,
        columns: sample.columns,
        records: goodRecords(source.records(reading, options), broken),
        joined,
        beside: async (pattern: RegExp) => {
          const known = companions.get(pattern.source) ?? source.beside(pattern);
          companions.set(pattern.source, known);
          const found = await known;
          for (const { name, value } of found) read.set(name, printJson(value));
          return found;
        },
      };
      yield* counted(reading.rows(file), broken, summaries);
    },
  };
}

/** sha256 of values by their names. */
function hashOf(values: ReadonlyMap<string, JsonValue>): string {
  const sha256 = createHash('sha256');
  for (const [name, value] of values) sha256.update(printJson([name, value]));
  return sha256.digest('hex');
}

/** Broken records are set aside, to be told of in their turn. */
async function* goodRecords(records: AsyncIterable<Row>, broken: Row[]): AsyncGenerator<Row> {
  for await (const record of records) {
    if (record.problem === undefined) yield record;
    else broken.push(record);
  }
}

async function* counted(
  rows: AsyncIterable<FormatRow>,
  broken: Row[],
  summaries: SummaryScores[],
): AsyncGenerator<Row> {
  let index = 0;
  for await (const row of rows) {
    for (const bad of broken.splice(0)) yield { ...bad, index: index++ };
    if ('summary' in row) {
      summaries.push(row.summary);
      continue;
    }
    const { origin } = row;
    const common = { origin, index: index++, shape: 'document' } as const;
    if ('problem' in row) yield { ...common, value: null, problem: row.problem };
    else
      yield {
        ...common,
        value: row.value,
        ...(row.experiment !== undefined && { experiment: row.experiment }),
        ...(row.notes && { notes: row.notes }),
      };
  }
  for (const bad of broken.splice(0)) yield { ...bad, index: index++ };
}

/** Rows whose columns have names of their own. */
function asColumns(
  source: OpenedSource,
  sample: Sample,
  place: RecordsPlace,
  options: RecogniseOptions,
): RecognisedSource {
  const reading = decideColumns(sample, options);
  const recognised: RecognisedSource = {
    ...source,
    format: 'columns',
    described: sample.kind === 'table' ? 'a table with named columns' : 'rows with named fields',
    columns: reading.described,
    assumptions: reading.assumptions,
    questions: reading.questions,
    hasExperiments: reading.hasExperiments,
    members: reading.members,
    summaries: [],
    decisions: () => ({ format: 'columns', columns: reading.targets, ...source.reading }),
    async *rows(readOptions: RowsOptions = {}) {
      for await (const row of source.records(place, readOptions)) {
        if (row.problem !== undefined || !isJsonObject(row.value)) {
          yield row;
          continue;
        }
        const { value, experiment } = reading.read(row.value);
        const { cells: _, ...rest } = row;
        yield {
          ...rest,
          shape: 'document',
          value,
          ...(experiment !== undefined && { experiment }),
        };
      }
    },
  };
  return partBySample(
    recognised,
    sample.rows.map((row, index) => ({
      ...reading.read(row),
      index,
      shape: 'document',
      origin: NOWHERE,
    })),
  );
}

const MAX_NAMED = 12;

/** What else a document says than its rows: it is of none of them, and left out. */
function describeBeside(document: JsonObject, { recordsAt: [rows] = [] }: RecordsPlace): string[] {
  if (rows === undefined) return [];
  const others = Object.keys(document).filter((key) => key !== rows);
  if (others.length === 0) return [];
  const named = others.slice(0, MAX_NAMED).map(shorten).join(', ');
  const more = others.length > MAX_NAMED ? ', …' : '';
  return [
    `the rows are the list ${shorten(rows)}; what stands beside it is left out: ${named}${more}`,
  ];
}

function withAssumptions(source: RecognisedSource, more: readonly string[]): RecognisedSource {
  return { ...source, assumptions: [...source.assumptions, ...more] };
}

function rowsAt(document: JsonObject, recordsAt: readonly string[] | undefined): JsonObject[] {
  if (!recordsAt) return [document];
  const list = document[recordsAt[0] ?? ''];
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

function nameInWords({ name }: OpenedSource): string {
  return name === '-' ? 'stdin' : name;
}

/** What a file is read as by its beginning is of no matter if the rest of it is broken. */
async function findBroken(source: OpenedSource): Promise<LsRecordError | undefined> {
  for await (const { problem, origin } of source.records({})) {
    if (problem === undefined) continue;
    return new LsRecordError('INPUT_INVALID', `${describeOrigin(origin)}: ${problem}`, {
      hint: 'Was the file cut off?',
    });
  }
  return undefined;
}

function noRowsIn(name: string, { what, instead }: NearMiss): LsRecordError {
  return new LsRecordError('INPUT_INVALID', `${name} is ${what}`, { hint: instead });
}

function notOf(format: string, name: string): LsRecordError {
  const known = [...FORMATS.map((one) => one.name), 'native', 'columns'];
  const meant = closest(format, known);
  return known.includes(format)
    ? new LsRecordError('INPUT_INVALID', `${name} is not what ${format} writes`, {
        hint: 'Leave --format out to see what it is read as: ls-record validate.',
      })
    : new LsRecordError('USAGE', `there is no format ${format}`, {
        hint: meant
          ? `Did you mean ${meant}? All are listed by ls-record formats.`
          : `These are known: ${known.join(', ')}.`,
      });
}
