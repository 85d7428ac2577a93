import { gistOf } from '../../../experiments/gist.js';
import { type DiffPart, diffWords } from '../../../experiments/word-diff.js';
import { printJson } from '../../../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import type { Html } from '../html.js';
import { count, counted } from './figures.js';
import { visible } from './visible.js';

/** Differences that are shown, of however many. */
const MAX_ENTRIES = 200;

/** Where a payload differs from another one: by words where both are one text or have no key in common, else key by key. */
export function PayloadDiff(props: {
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}): Html {
  const before = leavesOf(props.before ?? {});
  const after = leavesOf(props.after ?? {});
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  if (!paths.some((path) => before.has(path) && after.has(path)))
    return (
      <div class="payload diff">
        <WordDiff before={gistOf(props.before)} after={gistOf(props.after)} />
      </div>
    );
  const changed = paths.filter((path) => before.get(path) !== after.get(path));
  if (changed.length === 0) return <p class="muted">No difference</p>;
  const isOneText = paths.length === 1;
  return (
    <div class="payload diff">
      {changed.slice(0, MAX_ENTRIES).map((path) => (
        <div class="field">
          {!isOneText && (
            <div class="key" dir="auto">
              {visible(path)}
            </div>
          )}
          <WordDiff before={before.get(path) ?? ''} after={after.get(path) ?? ''} />
        </div>
      ))}
      {changed.length > MAX_ENTRIES && (
        <div class="more">… and {count(changed.length - MAX_ENTRIES)} more differences</div>
      )}
      {paths.length > changed.length && (
        <div class="more">{counted(paths.length - changed.length, 'other')} the same</div>
      )}
    </div>
  );
}

/** Two texts in one, with what only one of them has marked. */
export function WordDiff(props: { readonly before: string; readonly after: string }): Html {
  return (
    <div class="value" dir="auto">
      {diffWords(props.before, props.after).map(shown)}
    </div>
  );
}

function shown({ kind, text }: DiffPart): Html | string {
  if (kind === 'same') return visible(text);
  return kind === 'added' ? <ins>{visible(text)}</ins> : <del>{visible(text)}</del>;
}

/** Texts, numbers and other single values, each by its path, such as `answer.sources[0]`. */
function leavesOf(payload: JsonObject): Map<string, string> {
  const leaves = new Map<string, string>();
  const collect = (path: string, value: JsonValue) => {
    const members = membersOf(value);
    if (members.length > 0) {
      for (const [key, member] of members) collect(join(path, key), member);
    } else {
      leaves.set(path, typeof value === 'string' ? value : printJson(value));
    }
  };
  for (const [key, value] of Object.entries(payload)) collect(key, value);
  return leaves;
}

function membersOf(value: JsonValue): [string | number, JsonValue][] {
  if (Array.isArray(value)) return [...value.entries()];
  return isJsonObject(value) ? Object.entries(value) : [];
}

function join(path: string, key: string | number): string {
  return typeof key === 'number' ? `${path}[${key}]` : `${path}.${key}`;
}
