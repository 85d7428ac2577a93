import { isMany, type Path, type PathStep } from '../../input/place.js';
import { isJsonObject, type JsonValue } from '../../json/value.js';

/** A path as `--rows` takes it: `runs.*.results`, `naive,advanced.details`. */
export function printPath(path: Path): string {
  return path.map((step) => (typeof step === 'string' ? step : step.join(','))).join('.') || '.';
}

/**
 * Reads a path; names in it may have dots and commas, if they are names in the sample.
 *
 * @returns undefined if it leads nowhere.
 */
export function readPath(text: string, root: JsonValue): Path | undefined {
  if (text === '.' || text === '') return [];
  return stepsOf(text, [root]);
}

function stepsOf(text: string, values: readonly JsonValue[]): Path | undefined {
  for (const [step, rest] of beginningsOf(text, values)) {
    const below = values.flatMap((value) => valuesAt(value, step));
    if (below.length === 0) continue;
    const steps = rest === '' ? [] : stepsOf(rest, below);
    if (steps) return [step, ...steps];
  }
  return undefined;
}

/** What a text may begin with: the longest name first. */
function* beginningsOf(text: string, values: readonly JsonValue[]): Generator<[PathStep, string]> {
  for (let end = text.length; end > 0; end = text.lastIndexOf('.', end - 1)) {
    const name = text.slice(0, end);
    const rest = text.slice(end + 1);
    const has = (key: string) =>
      values.some((value) => isJsonObject(value) && Object.hasOwn(value, key));
    if (name === '*' || has(name)) yield [name, rest];
    else if (name.includes(',') && name.split(',').every(has)) yield [name.split(','), rest];
  }
}

function valuesAt(value: JsonValue, step: PathStep): JsonValue[] {
  if (Array.isArray(value)) return step === '*' ? value : [];
  if (!isJsonObject(value)) return [];
  const keys = step === '*' ? Object.keys(value) : [step].flat();
  return keys.flatMap((key) => (Object.hasOwn(value, key) ? [value[key] as JsonValue] : []));
}

/** All values of a sample that a path leads to. */
export function allAt(root: JsonValue, path: Path): JsonValue[] {
  return path.reduce<JsonValue[]>(
    (values, step) => values.flatMap((value) => valuesAt(value, step)),
    [root],
  );
}

/** Place of the last step that leads to several; -1 if none does. */
export function lastMany(path: Path): number {
  return path.findLastIndex(isMany);
}
