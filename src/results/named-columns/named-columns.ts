import { checkColumns } from '../../input/csv.js';
import type { Sample } from '../../input/sample.js';
import type { JsonObject } from '../../json/value.js';
import { type ColumnFacts, holdsOnly, lookAtColumns } from './column-facts.js';
import { guess } from './column-guesses.js';
import { askAboutColumns } from './column-questions.js';
import { roleOf } from './column-roles.js';
import { ColumnRow, type Placement, rememberModels } from './column-row.js';
import { describePlacements } from './column-words.js';
import { notThere, readMapOption } from './map-option.js';
import { soundsLikeScore } from './score-names.js';

/** What the command line says of columns. */
export interface ColumnOptions {
  readonly inputs?: readonly string[] | undefined;
  readonly outputs?: readonly string[] | undefined;
  readonly reference?: readonly string[] | undefined;
  readonly score?: readonly string[] | undefined;
  readonly metadata?: readonly string[] | undefined;
  readonly id?: string | undefined;
  readonly ignore?: readonly string[] | undefined;
  /** `TARGET=SOURCE_PATH`, such as `outputs.answer=response.choices.0.text`. */
  readonly map?: readonly string[] | undefined;
}

/** What each column of rows without our names means, decided once for all of them. */
export interface ColumnReading {
  /** In words, a line a group: `question → inputs.question`. */
  readonly described: readonly string[];
  /** The same for programs: the path of each column, and where it goes, in the order of the decisions. */
  readonly targets: [column: string[], target: string[]][];
  readonly assumptions: readonly string[];
  /** What cannot be told; without answers the rows cannot be read. */
  readonly questions: readonly ColumnQuestion[];
  /** A column tells which experiment a row belongs to. */
  readonly hasExperiments: boolean;
  /** Makes a row in our own shape. */
  read(record: JsonObject): { value: JsonObject; experiment?: string };
}

/** A column that may mean several things. */
export interface ColumnQuestion {
  readonly message: string;
  /** Each a `--map` value that answers it, and what it means. */
  readonly choices: readonly { readonly map: string; readonly meaning: string }[];
}

const MAX_LATE_COLUMNS = 10_000;

/**
 * Decides by their names, and by all sampled rows together, what columns mean. What options say comes before any
 * guess: a role that they fill is not guessed, except that scores and metadata of `--map` join the others.
 *
 * @throws {LsRecordError} `USAGE` if an option names a column that is not there; `INPUT_INVALID` if two columns of a
 * table have one name.
 */
export function decideColumns(sample: Sample, options: ColumnOptions): ColumnReading {
  const columns = lookAtColumns(sample);
  const isTable = sample.kind === 'table';
  const index = findIndex(columns);
  const file = sample.name === '-' ? 'stdin' : sample.name;
  if (isTable) checkColumns(index ? sample.columns.slice(1) : sample.columns, file);

  const names = columns.map(({ name }) => name);
  const told = readOptions(options, names);
  if (index && !told.some(({ column }) => column === index.column)) told.push(index);
  const taken = new Set(told.filter(isUsedUp).map(({ column }) => column));
  const rest = columns.filter(({ name }) => !taken.has(name));
  const guesses = guess(rest, settledBy(told, options), options.score ?? []);

  const placements = [...told, ...guesses.placements];
  return {
    described: describePlacements(placements),
    targets: placements.map(({ column, below = [], target }) => [[column, ...below], [...target]]),
    assumptions: guesses.assumptions,
    questions: askAboutColumns(columns, placements, guesses),
    hasExperiments: placements.some(
      ({ target: [head] }) => head === 'experiment' || head === 'model',
    ),
    read: readerOf(placements, isTable),
  };
}

/** What pandas writes before the first column: numbers of rows, without a name. */
function findIndex([first]: readonly ColumnFacts[]): Placement | undefined {
  if (!first || !/^(?:Unnamed: 0)?$/.test(first.name)) return undefined;
  const isCounted =
    first.count === 0 || (holdsOnly(first, 'number') && first.numbers.every(Number.isInteger));
  return { column: first.name, target: isCounted ? [] : ['id'] };
}

function readOptions(options: ColumnOptions, names: readonly string[]): Placement[] {
  const told: Placement[] = [];
  for (const map of options.map ?? []) {
    const { target, ...source } = readMapOption(map, names);
    const isWhole = target.length === 1 && PAYLOADS.includes(target[0] as string);
    told.push({ ...source, target, isTold: true, isWhole });
  }
  const tell = (
    option: string,
    list: readonly string[] = [],
    place: (name: string) => readonly string[],
  ) => {
    for (const column of list) {
      if (!names.includes(column)) throw notThere(option, column, names);
      const [head = '', ...more] = place(column);
      const isWhole = more.length > 0 && WHOLE.has(column) && PAYLOADS.includes(head);
      told.push({
        column,
        target: isWhole ? [head] : [head, ...more].filter((step) => step !== ''),
        isTold: true,
        isWhole,
      });
    }
  };
  tell('--inputs', options.inputs, (name) => ['inputs', name]);
  tell('--outputs', options.outputs, (name) => ['outputs', name]);
  tell('--reference', options.reference, (name) => ['reference_outputs', name]);
  tell('--score', options.score, (name) => ['scores', name, 'score']);
  tell('--metadata', options.metadata, () => ['kept']);
  tell('--id', options.id === undefined ? [] : [options.id], () => ['id']);
  tell('--ignore', options.ignore, () => []);
  return told;
}

const PAYLOADS: readonly string[] = ['inputs', 'outputs', 'reference_outputs'];
/** Columns whose objects are the payload, even if an option names them. */
const WHOLE: ReadonlySet<string> = new Set([...PAYLOADS, 'input', 'output']);

/** Scores without answers can only be recorded if a score stands for its answer too. */
function isUsedUp(placement: Placement): boolean {
  const staysScore = placement.target[0] === 'outputs' && soundsLikeScore(placement.column);
  return isOfWholeColumn(placement) && !staysScore;
}

/** Of a column of which a part was mapped, the rest is still to be placed. */
function isOfWholeColumn({ below = [] }: Placement): boolean {
  return below.length === 0;
}

function settledBy(told: readonly Placement[], options: ColumnOptions): Set<string> {
  const heads = told.map(({ target: [head = ''] }) => head);
  const settled = new Set(
    heads.filter((head) => !['', 'scores', 'metadata', 'kept'].includes(head)),
  );
  if (options.inputs && options.inputs.length > 0) settled.add('context');
  return settled;
}

function readerOf(placements: readonly Placement[], isTable: boolean): ColumnReading['read'] {
  const known = new Set(placements.filter(isOfWholeColumn).map(({ column }) => column));
  const splitModel = rememberModels();
  const late = new Map<string, Placement>();
  const hasError = placements.some(({ target }) => target[0] === 'error');
  return (record) => {
    const row = new ColumnRow(isTable, splitModel);
    for (const placement of placements) row.add(placement, record);
    for (const name of Object.keys(record)) {
      if (known.has(name)) continue;
      const placement = late.get(name) ?? placeLate(name, hasError);
      if (late.size < MAX_LATE_COLUMNS) late.set(name, placement);
      row.add(placement, record);
    }
    return row.finish();
  };
}

/** A column that no sampled row has. Errors may come late and seldom. */
function placeLate(column: string, hasError: boolean): Placement {
  const isError = !hasError && roleOf(column)?.role === 'error';
  return { column, target: [isError ? 'error' : 'kept'] };
}
