import { LsRecordError } from '../errors.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../json/value.js';
import { type Contents, fromText, withText } from './contents.js';
import { decode } from './decode.js';
import { readHeader, readRecords } from './document.js';
import { JsonText } from './json-text.js';
import { readRow } from './jsonl.js';
import { sampleValue } from './look.js';
import type { Row } from './row.js';
import { RowText } from './row-text.js';
import type { Archive } from './zip.js';

/** The log without its samples; a run that was killed leaves only what it began with. */
const HEADER = 'header.json';
const START = '_journal/start.json';
const SAMPLE = /^samples\/(.*)_epoch_(\d+)\.json$/;
const SAMPLES_KEY = 'samples';
const BY_NUMBER = new Intl.Collator('en', { numeric: true });

/** @see https://inspect.aisi.org.uk/eval-logs.html#sec-log-format: a log in the format `eval` is a zip archive. */
export function isLogArchive({ names }: Archive): boolean {
  return names.includes(HEADER) || names.includes(START);
}

/** What an Inspect log holds: a document like those in the format `json`, its samples read one at a time. */
export function openLogArchive(archive: Archive): Contents {
  const samples = archive.names.filter((name) => SAMPLE.test(name)).sort(compareSamples);
  const text = (name: string, signal?: AbortSignal) =>
    decode(archive.read(name, signal), `${archive.file}/${name}`);
  const json = (name: string, signal?: AbortSignal) =>
    new JsonText(text(name, signal), `${archive.file}/${name}`);
  const header = archive.names.includes(HEADER) ? HEADER : START;
  const firstSample = async (): Promise<JsonValue[]> => {
    const [first] = samples;
    try {
      return first === undefined ? [] : [await withText(json(first), sampleValue)];
    } catch (error) {
      // What is broken is for a reading to tell.
      if (error instanceof LsRecordError) return [];
      throw error;
    }
  };

  return {
    kind: 'document',
    async sample() {
      const document = begun(await withText(json(header), sampleValue));
      setKey(document, SAMPLES_KEY, await firstSample());
      return { kind: 'document', document, rows: [], columns: [] };
    },
    header: async ({ recordsAt = [], leaveOut = [] }) =>
      begun(await withText(json(header), (one) => readHeader(one, recordsAt, leaveOut))),
    async *records({ recordsAt }, { signal }): AsyncGenerator<Row> {
      if (recordsAt?.length !== 1 || recordsAt[0] !== SAMPLES_KEY) {
        yield* fromText(json(header, signal), (one) => readRecords(one, recordsAt));
        return;
      }
      for (const [index, name] of samples.entries()) {
        const sample = new RowText();
        for await (const piece of text(name, signal)) sample.add(piece);
        const origin = { file: `${archive.file}/${name}`, line: 1 };
        yield { ...readRow(sample.take(), origin, index), path: [index] };
      }
    },
  };
}

/** What was only begun says nothing of how it ended; Inspect itself reads such a log as `started`. */
function begun(header: unknown): JsonObject {
  const document = isJsonObject(header) ? header : {};
  if (!Object.hasOwn(document, 'status')) setKey(document, 'status', 'started');
  return document;
}

function compareSamples(one: string, other: string): number {
  const [, id = '', epoch = ''] = SAMPLE.exec(one) ?? [];
  const [, otherId = '', otherEpoch = ''] = SAMPLE.exec(other) ?? [];
  return (
    BY_NUMBER.compare(id, otherId) ||
    Number(epoch) - Number(otherEpoch) ||
    (one < other ? -1 : Number(one > other))
  );
}
