import { createHash } from 'node:crypto';
import { closest } from '../closest.js';
import { LsRecordError } from '../errors.js';
import { describeOrigin, type OpenedSource, type Row } from '../input/row.js';
import { printJson } from '../json/print.js';
import type { JsonValue } from '../json/value.js';
import { chooseTable } from './choose-table.js';
import { FORMATS } from './formats/all.js';
import type { Format, FormatRow, Reading, SummaryScores } from './formats/format.js';
import { findNearMiss, type NearMiss } from './formats/near-misses.js';
import { asColumns } from './named-rows.js';
import { asNative } from './native.js';
import { isNative } from './own-rows.js';
import type { RecognisedSource, RecogniseOptions } from './recognised.js';
import { findRows } from './shapes/find-rows.js';

/**
 * Tells what wrote a file, and reads it so that rows have our own shape.
 *
 * @throws {LsRecordError} `INPUT_INVALID` if it is not what `format` says, or no rows can be found in it;
 * `USAGE` if several places may hold them.
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
  if (asked === 'native') return asNative(source, sample, findRows(sample, options.rows));
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
  if (sample.kind === 'list' && sample.rows.length === 0) await refuseCells(source);
  const isUndecided = asked === undefined && !hasColumnOptions(options);
  const shape = findRows(sample, options.rows, hasColumnOptions(options) ? options : undefined);
  const rows = shape?.rows ?? (sample.kind === 'document' ? [sample.document] : sample.rows);
  const looked = { ...sample, rows };
  return isUndecided && (isNative(looked) || rows.length === 0)
    ? asNative(source, looked, shape)
    : asColumns(source, looked, shape, options);
}

function hasColumnOptions({
  format: _,
  joined: __,
  rows: ___,
  ...columns
}: RecogniseOptions): boolean {
  return Object.values(columns).some((option) => option !== undefined && option.length > 0);
}

function asFormat(
  source: OpenedSource,
  format: Format,
  reading: Reading,
  { joined = new Map() }: RecogniseOptions,
): RecognisedSource {
  const summaries: SummaryScores[] = [];
  const companions = new Map<string, ReturnType<OpenedSource['companions']>>();
  const read = new Map<string, string>();
  return {
    ...source,
    format: format.name,
    described: `${format.title}: ${reading.why}`,
    columns: reading.columns?.described ?? [format.reads],
    assumptions: reading.assumptions ?? [],
    questions: [],
    hasExperiments: true,
    isOfParts: reading.isOfParts,
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
        companions: async (pattern: RegExp) => {
          const known = companions.get(pattern.source) ?? source.companions(pattern);
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

/** Broken records are set aside, to be reported in their turn. */
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
    yield { value: null, ...row, index: index++, shape: 'document' };
  }
  for (const bad of broken.splice(0)) yield { ...bad, index: index++ };
}

function nameInWords({ name }: OpenedSource): string {
  return name === '-' ? 'stdin' : name;
}

/** What a file is read as by its beginning is of no matter if the rest of it is broken. */
async function findBroken(source: OpenedSource): Promise<LsRecordError | undefined> {
  for await (const { problem, origin } of source.records({})) {
    if (problem === undefined) continue;
    return new LsRecordError('INPUT_INVALID', `${describeOrigin(origin)}: ${problem}`, {
      hint: 'Was the file truncated?',
    });
  }
  return undefined;
}

/** @throws {LsRecordError} `INPUT_INVALID` if records are lists of cells whose columns have no names. */
async function refuseCells(source: OpenedSource): Promise<void> {
  for await (const { value } of source.records({})) {
    if (!Array.isArray(value)) return;
    throw new LsRecordError(
      'INPUT_INVALID',
      `${nameInWords(source)} is a list of lists: its columns have no names`,
      { hint: 'From pandas, write it with to_json(orient="records"), or as CSV.' },
    );
  }
}

function noRowsIn(name: string, { what, instead }: NearMiss): LsRecordError {
  return new LsRecordError('INPUT_INVALID', `${name} is ${what}`, { hint: instead });
}

function notOf(format: string, name: string): LsRecordError {
  const known = [...FORMATS.map((one) => one.name), 'native', 'columns'];
  const meant = closest(format, known);
  return known.includes(format)
    ? new LsRecordError('INPUT_INVALID', `${name} is not in the format ${format}`, {
        hint: 'To see what is detected, run ls-record validate without --format.',
      })
    : new LsRecordError('USAGE', `unknown format ${format}`, {
        hint: meant
          ? `Did you mean ${meant}? To list all: ls-record formats`
          : `Known formats: ${known.join(', ')}.`,
      });
}
