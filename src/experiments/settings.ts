import { printJson } from '../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';
import type { Experiment } from '../langsmith/wire.js';

/** One fact of an experiment's metadata; undefined where it has no such. */
export interface SettingPair {
  readonly name: string;
  readonly a: string | undefined;
  readonly b: string | undefined;
}

/** Facts that say which recording it is, not how the app was set. */
const OF_RECORDING = new Set(['source_sha256', '__ls_runner', 'dataset_version']);

/** An experiment's metadata in one level: `git.branch`. Lists and texts as they are read. */
export function settingsOf({ extra }: Pick<Experiment, 'extra'>): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  if (isJsonObject(extra.metadata)) flatten(extra.metadata, '', settings);
  return settings;
}

/** The settings in which two experiments differ, by name; that they come from two files is no setting. */
export function differingSettings(
  a: Pick<Experiment, 'extra'>,
  b: Pick<Experiment, 'extra'>,
): SettingPair[] {
  const [ofA, ofB] = [settingsOf(a), settingsOf(b)];
  return [...new Set([...ofA.keys(), ...ofB.keys()])]
    .sort()
    .map((name) => ({ name, a: ofA.get(name), b: ofB.get(name) }))
    .filter(({ name, a, b }) => a !== b && name !== 'source');
}

function flatten(object: JsonObject, prefix: string, into: Map<string, string>): void {
  for (const name of Object.keys(object)) {
    const value = object[name] as JsonValue;
    if (OF_RECORDING.has(prefix + name)) continue;
    if (isJsonObject(value)) flatten(value, `${prefix}${name}.`, into);
    else into.set(prefix + name, show(value));
  }
}

function show(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(show).join(', ');
  return printJson(value);
}
