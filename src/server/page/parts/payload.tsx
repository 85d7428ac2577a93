import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import type { Html } from '../html.js';
import type { ShownExample } from '../shown.js';
import { turnsOf } from './chat.js';
import { cut } from './cut.js';
import { count } from './figures.js';
import { indentJson } from './indent-json.js';
import { visible } from './visible.js';

/** Characters of one payload that a table shows; the run's own page has the rest. */
const PREVIEW_CHARACTERS = 400;
/** Characters of one payload that a run's page shows, so that a browser can hold it. */
const WHOLE_CHARACTERS = 200_000;
/** What a bare value is wrapped in when it is recorded; it says nothing. */
const WRAPPERS = new Set(['input', 'output']);

/** A payload in a cell of a table: enough to know it again. */
export function preview(payload: JsonObject | null): Html {
  return show(payload, PREVIEW_CHARACTERS);
}

/** What an example asks. */
export function previewInputs(example: Pick<ShownExample, 'inputs' | 'isDeleted'>): Html {
  if (!example.isDeleted) return preview(example.inputs);
  return (
    <>
      {preview(example.inputs)}
      <div class="more">The example was deleted since.</div>
    </>
  );
}

/** A payload on a page of its own. */
export function whole(payload: JsonObject | null): Html {
  return show(payload, WHOLE_CHARACTERS);
}

function show(payload: JsonObject | null, room: number): Html {
  const parts = partsOf(payload ?? {});
  if (parts.length === 0) return <span class="none">–</span>;

  const shown: Html[] = [];
  let left = room;
  let hidden = 0;
  for (const part of parts) {
    const text = left > 0 ? cut(part.text, left) : '';
    if (left > 0) shown.push(field({ ...part, text }));
    hidden += part.text.length - text.length;
    left -= part.label.length + part.text.length;
  }
  return (
    <>
      <div class="payload">{shown}</div>
      {hidden > 0 && <div class="more">… {count(hidden)} more characters</div>}
    </>
  );
}

/** A piece of a payload that is read at one go. */
interface Part {
  readonly label: string;
  readonly text: string;
  readonly isCode: boolean;
}

function partsOf(payload: JsonObject): Part[] {
  const entries = Object.entries(payload);
  const isWrapped = entries.length === 1 && WRAPPERS.has(entries[0]?.[0] ?? '');
  return entries.flatMap(([key, value]) => {
    const turns = turnsOf(value);
    if (turns) return turns.map(({ role, text }) => ({ label: role, text, isCode: false }));
    return { label: isWrapped ? '' : key, text: textOf(value), isCode: isNested(value) };
  });
}

function field({ label, text, isCode }: Part): Html {
  return (
    <div class="field">
      {label !== '' && (
        <div class="key" dir="auto">
          {visible(label)}
        </div>
      )}
      <div class={isCode ? 'value code' : 'value'} dir="auto">
        {visible(text)}
      </div>
    </div>
  );
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : indentJson(value);
}

function isNested(value: JsonValue): boolean {
  return Array.isArray(value) || isJsonObject(value);
}
