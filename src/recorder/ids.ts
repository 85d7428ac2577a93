import { hash } from 'node:crypto';
import { pythonJson } from '../json/canonical.js';
import { JsonNumber, type JsonObject, type JsonValue } from '../json/value.js';
import type { SourceIdentity } from '../prepare/prepared.js';
import { uuidText } from '../uuid.js';

const DNS_NAMESPACE = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex');
const OWN_NAMESPACE = Buffer.from('5b8d0cf1c2a74f0d9e6a3f4471d2c6b9', 'hex');
const ID_BYTES = 16;
const TIME_BYTES = 6;
/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const BYTES_A_UNIT = 3;

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

/** The version of how experiments and sources are identified: a change of it makes all of them new. */
const IDENTITY_VERSION = 1;

/** What makes a recording itself and no other. */
export interface ExperimentIdentity {
  readonly dataset: string;
  readonly name: string;
  /** None: any of several machines may be the first, so only the name counts. */
  readonly sources: readonly SourceIdentity[];
  /** The options that change what is sent, where they are not the default. */
  readonly options: JsonObject;
  /** 0, or more where an earlier one was deleted or another was asked for. */
  readonly generation: number;
}

export function experimentId(identity: ExperimentIdentity): string {
  return uuidText(uuid5(OWN_NAMESPACE, canonical({ v: IDENTITY_VERSION, ...identity })));
}

/** What tells sources from others, as one text. */
export function sourceId(sources: readonly SourceIdentity[]): string {
  return hash('sha256', canonical({ v: IDENTITY_VERSION, sources }), 'hex');
}

/** The same text for the same decisions, in whatever order their members come; undefined ones do not count. */
export function canonical(decisions: object): string {
  return pythonJson(JSON.parse(JSON.stringify(decisions)));
}

/** Names runs so that the same rows give the same ids: a second sending is the same write. */
export class RunIds {
  /** New for each id, except the time, which all have. */
  readonly #id = Buffer.alloc(ID_BYTES);
  readonly #prefix: string;

  /** @param startMs the experiment's start as the server holds it: the time in each UUIDv7. */
  constructor(experimentId: string, startMs: number, shard: string, source: string) {
    this.#id.writeUIntBE(Math.max(0, Math.floor(startMs)), 0, TIME_BYTES);
    this.#prefix = JSON.stringify([experimentId, shard, source]);
  }

  /**
   * @param row its number, or the id of the run that it is a copy of.
   * @param place where the run is in its row's tree: `` for the root, `.0`, `.0.2` below.
   */
  id(row: number | string, place: string): string {
    const digest = hash('sha256', `${this.#prefix}${row}:${place}`, 'buffer');
    digest.copy(this.#id, TIME_BYTES, 0, ID_BYTES - TIME_BYTES);
    return uuidText(stamp(this.#id, 0x70));
  }
}

/**
 * @param n counts equal keys of one scorer on one run.
 * @param scorer '' for scores of the row itself.
 * @param isError of feedback that says that the scorer failed: the score may be there from an earlier time.
 */
export function feedbackId(
  runId: string,
  key: string,
  n: number,
  scorer = '',
  isError = false,
): string {
  const giver = isError ? `${scorer}:error` : scorer;
  return uuidText(uuid5(OWN_NAMESPACE, JSON.stringify([runId, key, giver, n])));
}

/** Names feedback that is copied from elsewhere. */
export function copyId(runId: string, feedbackId: string): string {
  return uuidText(uuid5(OWN_NAMESPACE, JSON.stringify([runId, feedbackId])));
}

/** What is hashed: the namespace, then the name; grows with the largest of them. */
let scratch = Buffer.alloc(4096);

/** node:crypto's SHA-1 is several times faster than the uuid package's, and this runs once a row. */
function uuid5(namespace: Buffer, name: string): Buffer {
  const most = ID_BYTES + name.length * BYTES_A_UNIT;
  if (most > scratch.length) scratch = Buffer.alloc(most * 2);
  namespace.copy(scratch);
  const size = ID_BYTES + scratch.write(name, ID_BYTES);
  return stamp(hash('sha1', scratch.subarray(0, size), 'buffer').subarray(0, ID_BYTES), 0x50);
}

function stamp(id: Buffer, version: number): Buffer {
  id[6] = ((id[6] ?? 0) & 0x0f) | version;
  id[8] = ((id[8] ?? 0) & 0x3f) | 0x80;
  return id;
}

function isTruthyInPython(value: JsonValue | undefined): value is JsonValue {
  if (value === undefined || value === null) return false;
  if (value instanceof JsonNumber) return value.valueOf() !== 0;
  if (typeof value === 'object') return Object.keys(value).length > 0;
  return Boolean(value);
}
