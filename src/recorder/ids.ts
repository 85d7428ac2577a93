import { createHash, hash } from 'node:crypto';
import { pythonJson } from '../json/canonical.js';
import { JsonNumber, type JsonObject, type JsonValue } from '../json/value.js';

const DNS_NAMESPACE = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex');
const OWN_NAMESPACE = Buffer.from('5b8d0cf1c2a74f0d9e6a3f4471d2c6b9', 'hex');
const ID_BYTES = 16;
const TIME_BYTES = 6;

/**
 * The id of an example, a function of what it holds: any tool that counts so finds the same example.
 * As CPython's `uuid5(NAMESPACE_DNS, f"{dataset_id}-{json.dumps(inputs, sort_keys=True)}-{…reference or {}}")`.
 *
 * @returns 16 bytes.
 */
export function exampleIdByContent(
  datasetId: string,
  inputs: JsonValue,
  reference?: JsonValue,
): Buffer {
  const referenceJson = isTruthyInPython(reference) ? pythonJson(reference) : '{}';
  return uuid5(DNS_NAMESPACE, `${datasetId}-${pythonJson(inputs)}-${referenceJson}`);
}

/** Rows with these inputs are this example, whatever their reference outputs. */
export function exampleIdByInputs(datasetId: string, inputs: JsonObject): Buffer {
  return uuid5(DNS_NAMESPACE, `${datasetId}-inputs-${pythonJson(inputs)}`);
}

/** Rows with this id of their own are this example. */
export function exampleIdByRowId(datasetId: string, id: string): Buffer {
  return uuid5(DNS_NAMESPACE, `${datasetId}-id-${id}`);
}

/** What makes a recording itself and no other. */
export interface ExperimentIdentity {
  readonly datasetId: string;
  readonly name: string;
  /** Hash of the file, or a stream's random id. */
  readonly source: string;
  /** The options that change what is sent. */
  readonly options: readonly (string | null)[];
  /** 0, or more where an earlier one was deleted or another was asked for. */
  readonly generation: number;
}

export function experimentId(of: ExperimentIdentity): string {
  const name = JSON.stringify([of.datasetId, of.name, of.source, of.options, of.generation]);
  return uuidText(uuid5(OWN_NAMESPACE, name));
}

/** Names runs so that the same rows give the same ids: a second sending is the same write. */
export class RunIds {
  /** Made anew for each id but for the time, which all have. */
  readonly #id = Buffer.alloc(ID_BYTES);
  readonly #prefix: string;

  /** @param startMs the experiment's start as the server holds it: the time in each UUIDv7. */
  constructor(experimentId: string, startMs: number, shard: string, source: string) {
    this.#id.writeUIntBE(Math.max(0, Math.floor(startMs)), 0, TIME_BYTES);
    this.#prefix = JSON.stringify([experimentId, shard, source]);
  }

  /** @param place where the run is in its row's tree: `` for the root, `.0`, `.0.2` below. */
  id(rowIndex: number, place: string): string {
    const digest = hash('sha256', `${this.#prefix}${rowIndex}:${place}`, 'buffer');
    digest.copy(this.#id, TIME_BYTES, 0, ID_BYTES - TIME_BYTES);
    return uuidText(stamp(this.#id, 0x70));
  }
}

export function feedbackId(runId: string, key: string, n: number): string {
  return uuidText(uuid5(OWN_NAMESPACE, JSON.stringify([runId, key, n])));
}

/** node:crypto's SHA-1 is several times faster than the uuid package's, and this runs once a row. */
function uuid5(namespace: Buffer, name: string): Buffer {
  const digest = createHash('sha1').update(namespace).update(name, 'utf8').digest();
  return stamp(digest.subarray(0, ID_BYTES), 0x50);
}

function stamp(id: Buffer, version: number): Buffer {
  id[6] = ((id[6] ?? 0) & 0x0f) | version;
  id[8] = ((id[8] ?? 0) & 0x3f) | 0x80;
  return id;
}

export function uuidText(id: Buffer): string {
  const hex = id.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function uuidBytes(text: string): Buffer {
  return Buffer.from(text.replaceAll('-', ''), 'hex');
}

function isTruthyInPython(value: JsonValue | undefined): value is JsonValue {
  if (value === undefined || value === null) return false;
  if (value instanceof JsonNumber) return value.valueOf() !== 0;
  if (typeof value === 'object') return Object.keys(value).length > 0;
  return Boolean(value);
}
