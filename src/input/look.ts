import { tryParseJson } from '../json/parse.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../json/value.js';
import { eachValue, readElements, readMembers, skipValue } from './document.js';
import type { JsonText } from './json-text.js';
import { matches, type Path, pathsBelow } from './place.js';

const MAX_SAMPLE_DEPTH = 12;
const MAX_SAMPLE_MEMBERS = 200;
const MAX_SAMPLE_ELEMENTS = 20;
const MAX_SAMPLE_TEXT = 2000;
/** Characters that one look keeps: of a text, of a list or object that has many members, and in all. */
const MAX_KEPT_TEXT = 100_000;
const MAX_KEPT_NESTED = 256 * 1024;
const MAX_KEPT = 4 * 1024 * 1024;

/** What one look at a document kept of it. */
export interface Look {
  readonly value: JsonValue;
  /** Where something was left out; `*` is an element or a member. */
  readonly cuts: readonly (readonly string[])[];
}

/** Goes through one value and keeps its shape: lists cut to their first elements, long texts cut short. */
export async function sampleValue(text: JsonText): Promise<JsonValue> {
  return cutToSample((await lookAt(text)).value);
}

/** Looks at the values of a list one by one: each may be larger than what can be held. */
export async function* looksAt(text: JsonText): AsyncGenerator<Look> {
  for await (const _ of eachValue(text)) yield await lookAt(text);
}

/**
 * Goes through one value and keeps most of it: of lists and objects that are long, the beginning.
 *
 * @param lastAt takes down, for each member of the value itself, the number of the one that counts: keys may repeat.
 */
export async function lookAt(text: JsonText, lastAt?: Map<string, number>): Promise<Look> {
  const cuts: (readonly string[])[] = [];
  let kept = 0;

  const look = async (path: readonly string[]): Promise<JsonValue> => {
    const start = kept;
    const isFull = () => kept - start > MAX_KEPT_NESTED || kept > MAX_KEPT;
    const isDeep = path.length === MAX_SAMPLE_DEPTH;
    if (await text.take('{')) {
      const object: JsonObject = {};
      let members = 0;
      let isCut = false;
      for await (const key of readMembers(text)) {
        if (path.length === 0) lastAt?.set(key, members);
        isCut ||= isDeep || (members >= MAX_SAMPLE_MEMBERS && isFull());
        members++;
        kept += key.length;
        if (isCut) await skipValue(text);
        else setKey(object, key, await look([...path, key]));
      }
      if (isCut) cuts.push(path);
      return object;
    }
    if (await text.take('[')) {
      const list: JsonValue[] = [];
      const first = await text.peek();
      const most = mostOf(first === '[' || first === '{');
      for await (const _ of readElements(text)) {
        if (isDeep || (list.length >= most && isFull())) {
          // At once: a list may have millions of numbers.
          await text.skipRest();
          cuts.push(path);
          break;
        }
        list.push(await look([...path, '*']));
      }
      return list;
    }
    const taken = await text.takeValue({ keep: true });
    kept += taken.text.length;
    const value = taken.problem === undefined ? tryParseJson(taken.text) : taken.text;
    if (value !== undefined && taken.text.length <= MAX_KEPT_TEXT) return value;
    // What is no JSON, or too long for a row, is an error of the reading that comes.
    cuts.push(path);
    return typeof value === 'string' ? value.slice(0, MAX_SAMPLE_TEXT) : null;
  };
  return { value: await look([]), cuts };
}

/**
 * A document without its records, as far as one look at it kept all of it.
 *
 * @returns undefined if something else was left out, too.
 */
export function headerOfLook(
  { value, cuts }: Look,
  recordsAt: Path,
  leaveOut: readonly Path[],
): JsonObject | undefined {
  const paths = [recordsAt, ...leaveOut];
  const isLeftOut = (cut: readonly string[]) =>
    paths.some(
      (path) => path.length <= cut.length && path.every((step, n) => matches(step, cut[n] ?? '')),
    );
  if (!cuts.every(isLeftOut)) return undefined;
  return asObject(withoutPaths(value, paths));
}

/** A value without what some paths lead to; undefined if one leads to itself. */
export function withoutPaths(value: JsonValue, paths: readonly Path[]): JsonValue | undefined {
  if (paths.some((path) => path.length === 0)) return undefined;
  if (paths.length === 0) return value;
  if (Array.isArray(value)) {
    return paths.some(([step]) => step === '*')
      ? value.map((element) => withoutPaths(element, pathsBelow(paths, undefined)) ?? null)
      : value;
  }
  if (!isJsonObject(value)) return value;
  const object: JsonObject = {};
  for (const key of Object.keys(value)) {
    const member = withoutPaths(value[key] as JsonValue, pathsBelow(paths, key));
    if (member !== undefined) setKey(object, key, member);
  }
  return object;
}

/** Keeps more of a list that begins with text, as column names do, than of a list of objects. */
function mostOf(isNested: boolean): number {
  return isNested ? MAX_SAMPLE_ELEMENTS : MAX_SAMPLE_MEMBERS;
}

/** The shape of a value: lists cut to their first elements, long texts cut short, the deepest levels left out. */
export function cutToSample(value: JsonValue, depth = 0): JsonValue {
  if (typeof value === 'string') return value.slice(0, MAX_SAMPLE_TEXT);
  const isCut = depth === MAX_SAMPLE_DEPTH;
  if (Array.isArray(value)) {
    const most = mostOf(Array.isArray(value[0]) || isJsonObject(value[0]));
    const elements = isCut ? [] : value.slice(0, most);
    return elements.map((element) => cutToSample(element, depth + 1));
  }
  if (!isJsonObject(value)) return value;
  const sample: JsonObject = {};
  const keys = isCut ? [] : Object.keys(value).slice(0, MAX_SAMPLE_MEMBERS);
  for (const key of keys) setKey(sample, key, cutToSample(value[key] as JsonValue, depth + 1));
  return sample;
}

/** An object as it is; of anything else none of it. */
export function asObject(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
