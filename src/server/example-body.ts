import { z } from 'zod';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';
import { parseUuid } from '../uuid.js';
import { decodeText, parseStrictJson, replaceNul } from './exact.js';
import type { FormPart } from './multipart.js';
import { invalid, Refusal, unsupported } from './refusal.js';
import { json, listOf, optional, read, record, time, uuid } from './schemas.js';
import { readMetadata, withSplits } from './splits.js';
import type { Attachment } from './store/attachments.js';
import type { ExampleChange, NewExample } from './store/examples.js';

/** What becomes of the attachments that an example has: only these are kept, under these names. */
export interface AttachmentOperations {
  readonly retain: readonly string[];
  readonly rename: readonly (readonly [from: string, to: string])[];
}

const SENT = z.object({
  id: optional(uuid),
  dataset_id: optional(uuid),
  created_at: optional(time),
  inputs: optional(json),
  outputs: json.nullish(),
  metadata: optional(record),
  split: z
    .union([z.string(), listOf(z.string())], {
      error: 'Input should be a string or a list of strings',
    })
    .nullish(),
  source_run_id: optional(uuid),
  attachments_operations: optional(record),
  use_source_run_io: z.boolean().nullish(),
  use_source_run_attachments: z.boolean().nullish(),
});

/** What a body says of an example; what it does not name is undefined. */
export type SentExample = ReturnType<typeof readExample>;

/** Reads an example from JSON. @throws {Refusal} 422, or 400 for what is not supported. */
export function readExample(value: JsonValue, loc?: readonly (string | number)[]) {
  const sent = read(SENT, value, loc);
  if (sent.use_source_run_io || sent.use_source_run_attachments) {
    throw unsupported('examples made of a run’s payloads');
  }
  const attachments: readonly Attachment[] = [];
  const { attachments_operations: operations } = sent;
  return Object.assign(sent, {
    attachments,
    operations: operations && readOperations(operations),
  });
}

/** Reads the examples of a form: `{id}`, `{id}.inputs`, `{id}.outputs`, … @throws {Refusal} 422 */
export function readExampleForm(parts: readonly FormPart[]): (SentExample & { id: string })[] {
  const examples = new Map<string, SentExample & { id: string }>();
  for (const part of parts) {
    if (part.name.includes('.')) continue;
    const id = idIn(part.name);
    if (examples.has(id)) throw new Refusal(409, `example ${id} comes twice`);
    examples.set(id, Object.assign(readExample(jsonIn(part), ['body', part.name]), { id }));
  }

  for (const part of parts) {
    const dot = part.name.indexOf('.');
    if (dot === -1) continue;
    const id = idIn(part.name.slice(0, dot));
    const example = examples.get(id);
    if (!example) throw new Refusal(422, `the form has no part ${id}`);
    Object.assign(example, readPart(example, part.name.slice(dot + 1), part));
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
    metadata: withSplits(sent.metadata ?? {}, sent.split ?? null),
    source_run_id: sent.source_run_id ?? null,
  };
}

/** New metadata without splits leaves the example in those that it is in. */
export function exampleChange(sent: SentExample & { id: string }): ExampleChange {
  const { metadata, split = null } = sent;
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
