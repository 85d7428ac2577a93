import { closest } from '../../closest.js';
import { LsRecordError } from '../../errors.js';
import { scorePath } from '../columns.js';
import { shorten } from '../found.js';
import { ROW_FIELDS } from '../result.js';
import { parseCell } from './cells.js';
import type { ColumnFacts } from './facts.js';
import { type FittedPlacement, fitPayload } from './fit.js';
import { placeAllScores } from './fit-score-object.js';
import { listColumns } from './list-columns.js';
import { splitNames } from './names.js';
import type { Placement } from './placement.js';
import { valueBelow } from './row.js';
import { nameOfSpread } from './row-scores.js';

/** What the command line says of columns. A list of names may also be written as one text: `a,b`, `"a, b",c`. */
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
  /** Systems whose columns are side by side, as their names begin or end: an experiment each. */
  readonly systems?: readonly string[] | undefined;
}

const PLACES: readonly [
  Exclude<keyof ColumnOptions, 'map' | 'systems'>,
  (column: ColumnFacts) => FittedPlacement,
][] = [
  ['inputs', fitPayload('inputs')],
  ['outputs', fitPayload('outputs')],
  ['reference', fitPayload('reference_outputs')],
  ['score', placeScore],
  ['metadata', () => ({ target: ['kept'] })],
  ['id', () => ({ target: ['id'] })],
  ['ignore', () => ({ target: [] })],
];

/** What `--outputs` takes where rows have none. */
export const NONE = 'none';

/** A person said that no column is what the app gave; a column may be called none. */
export function leavesOutputsOut(
  { outputs = [] }: ColumnOptions,
  columns: readonly ColumnFacts[],
): boolean {
  return outputs.join() === NONE && !columns.some(({ name }) => name === NONE);
}

/** An object or a list is the scores that it holds. */
function placeScore({ name, values }: ColumnFacts): FittedPlacement {
  return placeAllScores(name, values) ?? { target: ['scores', name, 'score'] };
}

/** `scores=eval.metrics` means each score that is there. */
function spreadMapped(placement: Placement, columns: readonly ColumnFacts[]): Placement {
  if (placement.target.join() !== 'scores') return placement;
  const values = columns.find(({ name }) => name === placement.column)?.values ?? [];
  const within = values.map((value) => valueBelow(parseCell(value), placement.below ?? []) ?? null);
  return { ...placement, ...placeAllScores(nameOfSpread(placement), within) };
}

/**
 * Where options put columns.
 *
 * @throws {LsRecordError} `USAGE` if one is not of its form, or names a column that is not there.
 */
export function readOptions(given: ColumnOptions, columns: readonly ColumnFacts[]): Placement[] {
  const options = leavesOutputsOut(given, columns) ? { ...given, outputs: [] } : given;
  const mapped = (options.map ?? [])
    .map((text) => readMapOption(text, columns))
    .map((placement) => spreadMapped(placement, columns));
  const named = PLACES.flatMap(([option, place]) =>
    [options[option] ?? []].flat().flatMap((text) =>
      findColumns(`--${option}`, text, columns).map((column): Placement => {
        const { target, ...more } = place(column);
        const path = target.filter((step) => step !== '');
        return { column: column.name, target: path, isExplicit: true, ...more };
      }),
    ),
  );
  return [...mapped, ...named];
}

/** One column whose name is the whole text, or several whose names it lists. */
function findColumns(
  option: string,
  text: string,
  columns: readonly ColumnFacts[],
): readonly ColumnFacts[] {
  const find = (name: string) => columns.find((one) => one.name === name);
  const whole = find(text) ?? find(text.trim());
  if (whole) return [whole];
  const names = option === '--id' ? [text] : splitNames(text);
  return names.map((name) => {
    const column = find(name) ?? columns.find((one) => one.name.trim() === name);
    if (!column) throw notThere(option, name, columns);
    return column;
  });
}

/** What `--map` fills besides the fields of a row: where it belongs, and who answered. */
const MORE_TARGETS = ['experiment', 'model', 'provider'];
/** Targets that have names below them. */
const NESTED = new Set([
  'inputs',
  'outputs',
  'reference_outputs',
  'metadata',
  'example_metadata',
  'scores',
]);

/** Reads `outputs.answer=response.choices.0.message.content`; the name of a column may have dots. */
function readMapOption(text: string, columns: readonly ColumnFacts[]): Placement {
  const at = text.indexOf('=');
  if (at <= 0 || at === text.length - 1) {
    throw new LsRecordError('USAGE', `--map ${shorten(text)} is not TARGET=COLUMN`, {
      hint: 'For example --map outputs.answer=response.text.',
    });
  }
  const target = readTarget(text.slice(0, at).trim());
  const path = text.slice(at + 1);
  const names = columns.map(({ name }) => name);
  const found = findSource(path, names);
  if (!found) throw notThere(`--map ${shorten(text)}`, path, columns);
  const isWhole = ['inputs', 'outputs', 'reference_outputs'].includes(target.join());
  return { target, ...found, isExplicit: true, isWhole };
}

/** Reads what stands before the `=`: `scores.exact.match.comment`. */
function readTarget(text: string): string[] {
  const [head = '', ...rest] = text.split('.');
  const isKnown = ROW_FIELDS.has(head) || MORE_TARGETS.includes(head);
  const mayHaveMore = NESTED.has(head) || rest.length === 0;
  if (!isKnown || head === '_rejected' || !mayHaveMore || rest.includes('')) {
    const known = [...ROW_FIELDS, ...MORE_TARGETS].filter((name) => name !== '_rejected');
    throw new LsRecordError('USAGE', `--map cannot fill ${shorten(text)}`, {
      hint: `What can be filled: ${known.map((name) => (NESTED.has(name) ? `${name}.<name>` : name)).join(', ')}.`,
    });
  }
  return head === 'scores' && rest.length > 0 ? scorePath(rest) : [head, ...rest];
}

function findSource(
  path: string,
  columns: readonly string[],
): Pick<Placement, 'column' | 'below'> | undefined {
  const whole = columns.find((name) => name === path || name === path.trim());
  if (whole !== undefined) return { column: whole, below: [] };
  const steps = path.trim().replace(/\[(\d+)\]/g, '.$1');
  const column = columns
    .filter((name) => name !== '' && steps.startsWith(`${name}.`))
    .sort((one, other) => other.length - one.length)[0];
  if (column === undefined) return undefined;
  return { column, below: steps.slice(column.length + 1).split('.') };
}

/** An error about a column that is not there. */
function notThere(option: string, name: string, columns: readonly ColumnFacts[]): LsRecordError {
  const meant = closest(
    name,
    columns.map((column) => column.name),
  );
  const question = meant ? `Did you mean ${shorten(meant)}? ` : '';
  return new LsRecordError('USAGE', `${option}: there is no column ${shorten(name)}`, {
    hint: `${question}The columns are:\n${listColumns(columns).join('\n')}`,
  });
}
