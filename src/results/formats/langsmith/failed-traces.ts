import { LsRecordError } from '../../../errors.js';
import { type Compression, unpack } from '../../../input/compressed.js';
import { FormError, type FormPart, readForm } from '../../../input/form.js';
import type { Row } from '../../../input/row.js';
import { tryParseJson } from '../../../json/parse.js';
import { describeSize } from '../../../json/size.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { hasMembers, listAt, objectAt, textAt } from '../../format-kit/members.js';
import { findRecords, unexpected } from '../../format-kit/rows.js';
import type { Format, FormatRow } from '../format.js';
import { readTraces } from './trace-rows.js';
import type { FoundRun } from './traces.js';

/**
 * What the SDKs keep of traces that they could not send, a request in each file. What a run began with and what it ended with
 * are mostly in two of them.
 *
 * @see https://docs.langchain.com/langsmith/env-var, LANGSMITH_FAILED_TRACES_DIR
 */
export const langsmithFailedTraces: Format = {
  name: 'langsmith-failed-traces',
  title: 'LangSmith traces that were not sent',
  files: 'trace_*.json in LANGSMITH_FAILED_TRACES_DIR',
  reads: 'a row per root run with the runs below it and their feedback, all files as one',
  recognise(sample) {
    const place = findRecords(sample, isEnvelope);
    return (
      place && {
        ...place,
        why: 'requests have endpoint, headers and body_base64',
        isOfParts: true,
        rows: ({ records }) => readTraces(findRuns(records), { joins: true }),
      }
    );
  },
};

function isEnvelope(record: JsonObject): boolean {
  return (
    hasMembers(record, 'version') &&
    textAt(record, 'endpoint') !== undefined &&
    objectAt(record, 'headers') !== undefined &&
    typeof record.body_base64 === 'string'
  );
}

async function* findRuns(
  records: AsyncIterable<Row>,
): AsyncGenerator<FoundRun | Extract<FormatRow, { problem: string }>> {
  for await (const row of records) {
    const { origin, value } = row;
    if (!isJsonObject(value) || !isEnvelope(value)) {
      yield unexpected(row, 'a request that was not sent');
      continue;
    }
    const runs = await openEnvelope(value);
    if (typeof runs === 'string') yield { origin, problem: runs };
    else for (const record of runs) yield { origin, record };
  }
}

const MAX_BODY = 256 * 1024 * 1024;

/** A body that cannot be read; the message says why, without a word of the envelope's headers: they can hold keys. */
class BodyError extends Error {}

/**
 * Takes the runs, and scores of runs, out of a request that an SDK could not send. What a run began with comes before what it
 * ended with.
 *
 * @returns what is wrong with it, if it cannot be read.
 * @see https://github.com/langchain-ai/langsmith-sdk, python/langsmith/client.py: _write_trace_to_fallback_dir
 */
async function openEnvelope(envelope: JsonObject): Promise<readonly JsonObject[] | string> {
  const headers = objectAt(envelope, 'headers') ?? {};
  const packed = Buffer.from(textAt(envelope, 'body_base64') ?? '', 'base64');
  try {
    const body = await unpackBody(packed, headerOf(headers, 'content-encoding'));
    const type = headerOf(headers, 'content-type');
    return /^multipart\//i.test(type) ? runsOfForm(readForm(body, type)) : runsOfJson(body);
  } catch (error) {
    const isOfBody =
      error instanceof BodyError || error instanceof FormError || error instanceof LsRecordError;
    if (isOfBody) return `its body cannot be read: ${error.message}`;
    throw error;
  }
}

/** Names of headers come in any case. */
function headerOf(headers: JsonObject, name: string): string {
  const key = Object.keys(headers).find((one) => one.toLowerCase() === name);
  return (key !== undefined && textAt(headers, key)) || '';
}

async function unpackBody(packed: Buffer, encoding: string): Promise<Buffer> {
  const compression = ENCODINGS[encoding.toLowerCase()];
  if (compression === undefined) throw new BodyError('it is packed in a way that is not known');
  if (compression === 'none') return packed;
  const pieces: Uint8Array[] = [];
  let size = 0;
  const bytes = (async function* () {
    yield packed;
  })();
  for await (const piece of unpack(compression, bytes, 'it')) {
    size += piece.length;
    if (size > MAX_BODY) throw new BodyError(`it is larger than ${describeSize(MAX_BODY)}`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const ENCODINGS: Readonly<Record<string, Compression | 'none'>> = {
  '': 'none',
  identity: 'none',
  gzip: 'gzip',
  zstd: 'zstd',
};

/** Parts of `/runs/multipart`: `post.<run>`, `patch.<run>.outputs`, `feedback.<id>`, `attachment.<run>.<name>`. */
function runsOfForm(parts: readonly FormPart[]): JsonObject[] {
  const runs = { post: new Map<string, JsonObject>(), patch: new Map<string, JsonObject>() };
  const scores: JsonObject[] = [];
  const runOf = (event: 'post' | 'patch', id: string) => {
    const run = runs[event].get(id) ?? { id };
    runs[event].set(id, run);
    return run;
  };
  for (const { name, content } of parts) {
    const [event = '', id = '', ...rest] = name.split('.');
    const field = rest.join('.');
    if (event === 'attachment') {
      const run = runOf('post', id);
      const attachments = objectAt(run, 'attachments') ?? {};
      setKey(attachments, field, null);
      run.attachments = attachments;
      continue;
    }
    const value = readJson(content, `part ${name}`);
    if (event === 'feedback') scores.push(scoreOf(value));
    else if (event === 'post' || event === 'patch') addPart(runOf(event, id), field, value);
  }
  return [...runs.post.values(), ...runs.patch.values(), ...scores];
}

function addPart(run: JsonObject, field: string, value: JsonValue): void {
  if (field !== '') setKey(run, field, value);
  else if (isJsonObject(value))
    for (const name of Object.keys(value)) setKey(run, name, value[name] ?? null);
}

/** A score stands with what there is of its run. */
function scoreOf(feedback: JsonValue): JsonObject {
  const {
    run_id: id = null,
    trace_id = null,
    session_id = null,
  } = isJsonObject(feedback) ? feedback : {};
  return { id, trace_id, session_id, feedbacks: [feedback] };
}

/** The body of `/runs/batch`, or of a run alone. */
function runsOfJson(body: Buffer): JsonObject[] {
  const value = readJson(body, 'it');
  if (!isJsonObject(value)) throw new BodyError('it is no object');
  const batches = ['post', 'patch'].flatMap((event) => listAt(value, event) ?? []);
  return batches.length > 0 ? batches.filter(isJsonObject) : [value];
}

function readJson(bytes: Buffer, what: string): JsonValue {
  const value = tryParseJson(bytes.toString());
  if (value === undefined) throw new BodyError(`${what} is not JSON`);
  return value;
}
