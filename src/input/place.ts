import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';

/** From a list or an object to what is in it: a key, `*` for each element or member, or each of some keys. */
export type PathStep = string | readonly string[];
export type Path = readonly PathStep[];

/** What a path leads to. */
export interface Found {
  readonly value: JsonValue;
  /** The list or object that it is in. */
  readonly holder: JsonValue;
  /** What matched each step that leads to several, then its own key or place. */
  readonly path: readonly (string | number)[];
  /** The objects that each step starts from, then the one that holds it; undefined where that is a list. */
  readonly around: readonly (JsonObject | undefined)[];
}

/** Whether a step leads to several things. */
export function isMany(step: PathStep | undefined): boolean {
  return step === '*' || Array.isArray(step);
}

export function matches(step: PathStep | undefined, key: string): boolean {
  return step === '*' || step === key || (Array.isArray(step) && step.includes(key));
}

/** The rests of those paths that go on below a key; undefined is an element of a list. */
export function pathsBelow(paths: readonly Path[], key: string | undefined): Path[] {
  return paths
    .filter(([step]) => (key === undefined ? step === '*' : matches(step, key)))
    .map((path) => path.slice(1));
}

/** Goes to the elements of the lists, or members of the objects, at a path. */
export function* findAt(
  value: JsonValue,
  [step, ...rest]: Path,
  path: Found['path'] = [],
  above: Found['around'] = [],
): Generator<Found> {
  const around = [...above, isJsonObject(value) ? value : undefined];
  if (typeof step === 'string' && step !== '*') {
    const member = memberOf(value, step);
    if (member !== undefined) yield* findAt(member, rest, path, around);
    return;
  }
  for (const [key, member] of membersOf(value)) {
    if (step === undefined) yield { value: member, holder: value, path: [...path, key], around };
    else if (typeof key === 'number' ? step === '*' : matches(step, key))
      yield* findAt(member, rest, [...path, key], around);
  }
}

function membersOf(value: JsonValue): Iterable<[string | number, JsonValue]> {
  if (Array.isArray(value)) return value.entries();
  return isJsonObject(value) ? Object.entries(value) : [];
}

function memberOf(value: JsonValue | undefined, key: string | number): JsonValue | undefined {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * The objects around a record, of a document that is kept without its records.
 *
 * @param path what matched each step that leads to several.
 */
export function aroundAt(header: JsonValue, recordsAt: Path, path: Found['path']): Found['around'] {
  const around: (JsonObject | undefined)[] = [];
  let value: JsonValue | undefined = header;
  let matched = 0;
  for (const step of [...recordsAt, undefined]) {
    around.push(isJsonObject(value) ? value : undefined);
    const key = isMany(step) ? path[matched++] : (step as string | undefined);
    value = key === undefined ? undefined : memberOf(value, key);
  }
  return around;
}
