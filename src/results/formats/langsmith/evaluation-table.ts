import type { Sample } from '../../../input/sample.js';
import { type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { isUuid } from '../../../uuid.js';
import { readScalar } from '../../columns.js';
import { type FlatSample, flatten, PANDAS_INDEX, readFlat } from '../../format-kit/pandas.js';
import type { RecordReader } from '../../format-kit/reader.js';
import type { ReadRecord } from '../../format-kit/rows.js';
import { readCell } from '../../format-kit/values.js';
import type { Reading } from '../format.js';

/** Where a column of the SDKs' tables goes; what follows the first dot is a key, dots and all. */
const ROLES: readonly (readonly [role: Role, columns: RegExp])[] = [
  // `input.` is what get_test_results() writes, `inputs.` what to_pandas() does.
  ['inputs', /^inputs?\.(.+)$/s],
  // LangChain's to_dataframe() writes output and reference alone where they are no objects.
  ['outputs', /^outputs\.(.+)$|^(output)$/s],
  ['reference', /^reference\.(.+)$|^(reference)$/s],
  ['feedback', /^feedback\.(.+)$/s],
];
type Role = 'inputs' | 'outputs' | 'reference' | 'feedback';

/** Lists and objects that pandas wrote into cells as Python prints them. */
const PRINTED = /^\s*\[?\{'/;
const STAYS_TEXT =
  'cells with what Python prints, such as {\'a\': 1}, stay text: to_json(orient="records") would keep what is in them';

/** Columns by which users tell experiments apart whose tables they have joined. */
const LABELS = ['experiment', 'experiment_name', 'project_name', 'session_name'];

/** A table of the SDKs, and what its columns are. */
export interface EvaluationTable {
  readonly flat: FlatSample;
  readonly label: string | undefined;
}

interface Place {
  readonly role: Role;
  readonly key: string;
}

function placeOf(column: string): Place | undefined {
  for (const [role, pattern] of ROLES) {
    const [, ...keys] = pattern.exec(column) ?? [];
    const key = keys.find((one) => one !== undefined);
    if (key !== undefined) return { role, key };
  }
  return undefined;
}

/** Recognises a table by its columns; a table of our own names its columns in the same way, but for a few of them. */
export function tableOf(sample: Sample): EvaluationTable | undefined {
  const flat = flatten(sample);
  const { columns } = flat;
  const roles = new Set(columns.flatMap((column) => placeOf(column)?.role ?? []));
  const isOthers =
    columns.includes('execution_time') ||
    columns.some((name) => name.startsWith('reference.') || name.startsWith('input.'));
  const told = [columns.includes('execution_time'), roles.has('feedback'), roles.has('reference')];
  const hasAnswers = roles.has('outputs') || columns.includes('error');
  if (!isOthers || !roles.has('inputs') || !hasAnswers || !told.some(Boolean)) return undefined;
  return { flat, label: LABELS.find((name) => columns.includes(name)) };
}

export function readTable(table: EvaluationTable): Reading {
  const { flat, label } = table;
  const { recordsAt, columns } = flat;
  const shown = columns.filter((name) => placeOf(name) !== undefined).slice(0, 3);
  const isPrinted = (cell: JsonValue) => typeof cell === 'string' && PRINTED.test(cell);
  const hasPrinted = flat.rows.some((row) => Object.values(row).some(isPrinted));
  return {
    assumptions: hasPrinted ? [STAYS_TEXT] : [],
    why: `it has columns ${shown.join(', ')}${columns.includes('execution_time') ? ', execution_time' : ''}`,
    recordsAt,
    hasExperiments: label !== undefined,
    rows: (file) => readFlat(file, flat, (record) => readRow(record, table)),
  };
}

function readRow(record: RecordReader, { flat, label }: EvaluationTable): ReadRecord {
  const isText = flat.orient === 'csv';
  const parts: Record<Role, JsonObject> = { inputs: {}, outputs: {}, reference: {}, feedback: {} };
  for (const name of record.left()) {
    const place = placeOf(name);
    const cell = place && record.take(name);
    if (!place || cell === null || cell === '' || cell === undefined) continue;
    const value = isText && typeof cell === 'string' ? readPart(place.role, cell) : cell;
    setKey(parts[place.role], place.key, value ?? null);
  }
  const index = record.left().find((name) => PANDAS_INDEX.test(name));
  const indexed = index === undefined ? null : (record.record[index] ?? null);
  const isExample = typeof indexed === 'string' && isUuid(indexed);
  if (index !== undefined) record.leaveOut(index);
  const experiment = label === undefined ? undefined : record.text(label);
  const value = {
    id: record.text('id') ?? record.text('run_id') ?? null,
    example_id: record.text('example_id') ?? (isExample ? indexed : null),
    inputs: parts.inputs,
    outputs: orNull(parts.outputs),
    reference_outputs: orNull(parts.reference),
    error: record.text('error') ?? null,
    latency: record.figure('execution_time') ?? null,
    scores: parts.feedback,
  };
  record.leaveOut(record.left().filter((name) => record.record[name] === ''));
  return { value, ...(experiment !== undefined && { experiment }) };
}

function readPart(role: Role, cell: string): JsonValue | undefined {
  return role === 'feedback' ? readScalar(cell) : readCell(cell);
}

function orNull(object: JsonObject): JsonObject | null {
  return Object.keys(object).length > 0 ? object : null;
}
