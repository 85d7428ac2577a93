import { isJsonObject, type JsonObject } from '../json/value.js';
import { parseUuid } from '../uuid.js';
import { decodeText, parseStrictJson, replaceNul } from './exact.js';
import { Fields } from './fields.js';
import type { FormPart } from './multipart.js';
import { invalid, Refusal, unsupported } from './refusal.js';
import { readMetadata, withSplits } from './splits.js';
import type { Attachment } from './store/attachments.js';
import type { ExampleChange, NewExample } from './store/examples.js';
import type { Micros } from './time.js';

/** What a body says of an example; what it does not name is undefined. */
export interface SentExample {
  readonly id: string | undefined;
  readonly dataset_id: string | undefined;
  readonly created_at: Micros | undefined;
  readonly inputs: string | undefined;
  readonly outputs: string | null | undefined;
  readonly metadata: JsonObject | undefined;
  readonly split: string | readonly string[] | null;
  readonly source_run_id: string | undefined;
  readonly attachments: readonly Attachment[];
  readonly operations: AttachmentOperations | undefined;
}

/** What becomes of the attachments that an example has: only these are kept, under these names. */
export interface AttachmentOperations {
  readonly retain: readonly string[];
  readonly rename: readonly (readonly [from: string, to: string])[];
}

/** Reads an example from JSON. @throws {Refusal} 422, or 400 for what is not supported. */
export function readExample(fields: Fields): SentExample {
  if (fields.flag('use_source_run_io') || fields.flag('use_source_run_attachments')) {
    throw unsupported('examples made of a run’s payloads');
  }
  const split = fields.any('split', (value) =>
    typeof value === 'string' ||
    (Array.isArray(value) && value.every((item) => typeof item === 'string'))
      ? undefined
      : 'Input should be a string or a list of strings',
  );
  const operations = fields.record('attachments_operations');
  const example = {
    id: fields.uuid('id') ?? undefined,
    dataset_id: fields.uuid('dataset_id') ?? undefined,
    created_at: fields.time('created_at') ?? undefined,
    inputs: fields.json('inputs') ?? undefined,
    outputs: fields.json('outputs'),
    metadata: fields.record('metadata') ?? undefined,
    split: typeof split === 'string' ? split : Array.isArray(split) ? split.map(String) : null,
    source_run_id: fields.uuid('source_run_id') ?? undefined,
    attachments: [],
    operations: operations ? readOperations(operations) : undefined,
  };
  fields.done();
  return example;
}

/** Reads the examples of a form: `{id}`, `{id}.inputs`, `{id}.outputs`, … @throws {Refusal} 422 */
export function readExampleForm(parts: readonly FormPart[]): (SentExample & { id: string })[] {
  const examples = new Map<string, SentExample & { id: string }>();
  for (const part of parts) {
    if (part.name.includes('.')) continue;
    const id = idIn(part.name);
    if (examples.has(id)) throw new Refusal(409, `example ${id} comes twice`);
    examples.set(id, { ...readExample(new Fields(jsonIn(part), 'body', part.name)), id });
  }

  for (const part of parts) {
    const dot = part.name.indexOf('.');
    if (dot === -1) continue;
    const id = idIn(part.name.slice(0, dot));
    const example = examples.get(id);
    if (!example) throw new Refusal(422, `the form has no part ${id}`);
    examples.set(id, { ...example, ...readPart(example, part.name.slice(dot + 1), part), id });
  }
  return [...examples.values()];
}

function readPart(example: SentExample, field: string, part: FormPart): Partial<SentExample> {
  if (field === 'inputs' || field === 'outputs') {
    const { text } = replaceNul(decodeText(part.content));
    if (!isJsonObject(parseStrictJson(text, ['body', part.name]))) {
      throw invalid([{ loc: ['body', part.name], msg: 'must be an object', type: 'dict_type' }]);
    }
    return { [field]: text };
  }
  if (field === 'attachments_operations') {
    const operations = jsonIn(part);
    return isJsonObject(operations) ? { operations: readOperations(operations) } : {};
  }
  const name = /^attachments?\.(.+)$/s.exec(field)?.[1];
  if (name === undefined) throw new Refusal(422, `part ${part.name} is not known`);
  const mime_type = part.contentType.replace(/;\s*length=\d+/i, '');
  return { attachments: [...example.attachments, { name, mime_type, content: part.content }] };
}

/** @throws {Refusal} 422 without inputs. */
export function newExample(sent: SentExample & { id: string }): NewExample {
  if (sent.inputs === undefined) {
    throw invalid([{ loc: ['body', 'inputs'], msg: 'Field required', type: 'missing' }]);
  }
  return {
    id: sent.id,
    created_at: sent.created_at,
    inputs: sent.inputs,
    outputs: sent.outputs ?? null,
    metadata: withSplits(sent.metadata ?? {}, sent.split),
    source_run_id: sent.source_run_id ?? null,
  };
}

/** New metadata without splits leaves the example in those that it is in. */
export function exampleChange(sent: SentExample & { id: string }): ExampleChange {
  const { metadata, split } = sent;
  const changeMetadata = (old: string) => {
    const before = readMetadata(old);
    const { dataset_split: splits = null } = before;
    const after = metadata ? { dataset_split: splits, ...metadata } : before;
    return withSplits(after, split);
  };
  return {
    id: sent.id,
    inputs: sent.inputs,
    outputs: sent.outputs,
    metadata: metadata || split !== null ? changeMetadata : undefined,
  };
}

function readOperations({ retain, rename }: JsonObject): AttachmentOperations {
  const names = Array.isArray(retain) ? retain : [];
  const renamed = isJsonObject(rename) ? Object.entries(rename) : [];
  return {
    retain: [...names, ...renamed.map(([from]) => from)].map(String),
    rename: renamed.map(([from, to]) => [from, String(to)] as const),
  };
}

function jsonIn(part: FormPart) {
  return parseStrictJson(decodeText(part.content), ['body', part.name]);
}

function idIn(text: string): string {
  const id = parseUuid(text);
  if (id === undefined) throw new Refusal(422, `"${text}" is not a UUID`);
  return id;
}
