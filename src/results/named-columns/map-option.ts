import { LsRecordError } from '../../errors.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { shorten } from '../found.js';
import { ROW_FIELDS } from '../result.js';
import { ownValue } from './column-facts.js';

/** What `--map` fills beside the fields of a row: where it belongs, and who answered. */
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
const SCORE_PARTS = new Set(['score', 'value', 'comment', 'correction']);

/** `TARGET=SOURCE_PATH`, read. */
export interface MapOption {
  readonly target: readonly string[];
  readonly column: string;
  /** Keys and places below the column. */
  readonly below: readonly string[];
}

/**
 * Reads `outputs.answer=response.choices.0.message.content`.
 *
 * @param columns those that are there; a name of one may have dots.
 * @throws {LsRecordError} `USAGE` if it is not of this form, or names what is not there.
 */
export function readMapOption(text: string, columns: readonly string[]): MapOption {
  const at = text.indexOf('=');
  if (at <= 0 || at === text.length - 1) {
    throw new LsRecordError('USAGE', `--map ${shorten(text)} is not TARGET=COLUMN`, {
      hint: 'For example --map outputs.answer=response.text.',
    });
  }
  const target = readTarget(text.slice(0, at).trim());
  const path = text.slice(at + 1);
  const found = findSource(path, columns);
  if (!found) throw notThere(`--map ${shorten(text)}`, path, columns);
  return { target, ...found };
}

/** A score's key may have dots of its own: `scores.exact.match.comment`. */
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
  if (head !== 'scores' || rest.length === 0) return [head, ...rest];
  const last = rest.at(-1) ?? '';
  return rest.length > 1 && SCORE_PARTS.has(last)
    ? [head, rest.slice(0, -1).join('.'), last]
    : [head, rest.join('.'), 'score'];
}

function findSource(
  path: string,
  columns: readonly string[],
): Pick<MapOption, 'column' | 'below'> | undefined {
  const whole = columns.find((name) => name === path || name === path.trim());
  if (whole !== undefined) return { column: whole, below: [] };
  const steps = path.trim().replace(/\[(\d+)\]/g, '.$1');
  const column = columns
    .filter((name) => name !== '' && steps.startsWith(`${name}.`))
    .sort((one, other) => other.length - one.length)[0];
  if (column === undefined) return undefined;
  return { column, below: steps.slice(column.length + 1).split('.') };
}

const MAX_NAMED = 40;

/** An error about a column that is not there. */
export function notThere(option: string, name: string, columns: readonly string[]): LsRecordError {
  const more = columns.length > MAX_NAMED ? ', …' : '';
  const shown = columns.slice(0, MAX_NAMED).map(shorten).join(', ') || 'none';
  return new LsRecordError('USAGE', `${option}: there is no column ${shorten(name)}`, {
    hint: `The columns are ${shown}${more}.`,
  });
}

/** What stands under keys and places within a value. */
export function valueBelow(value: JsonValue, below: readonly string[]): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const step of below) {
    if (Array.isArray(found)) found = found[Number(step)];
    else found = isJsonObject(found) ? ownValue(found as JsonObject, step) : undefined;
  }
  return found;
}
