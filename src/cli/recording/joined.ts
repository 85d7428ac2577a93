import { LsRecordError } from '../../errors.js';
import { describeOrigin, type Row } from '../../input/row.js';
import { isJsonObject, JsonNumber, type JsonObject } from '../../json/value.js';

/** Names of ids by which results tell their request or question; the first that a record has counts. */
const IDS = ['custom_id', 'id', 'question_id', 'task_id'];

/**
 * Reads the requests or questions that results answer, each under its id.
 *
 * @throws {LsRecordError} `INPUT_INVALID` where one cannot be read, or two have one id.
 */
export async function readJoined(
  path: string,
  options: { spoolFolder: string; signal: AbortSignal },
): Promise<ReadonlyMap<string, JsonObject>> {
  const { openSources } = await import('../../input/open.js');
  const { findRows } = await import('../../results/shapes/find-rows.js');
  const records = new Map<string, JsonObject>();
  for (const source of await openSources([path], options)) {
    try {
      const reading = { signal: options.signal };
      const sample = await source.sample();
      // A single request is a document like any other.
      const isRecord = IDS.some((name) => Object.hasOwn(sample.document, name));
      const shape = isRecord ? undefined : findRows(sample);
      const found = source.records(shape?.place ?? {}, reading);
      for await (const row of shape ? shape.read(found) : found) add(records, row);
    } finally {
      await source.close?.();
    }
  }
  return records;
}

function add(records: Map<string, JsonObject>, { origin, value, problem }: Row): void {
  const id = isJsonObject(value) ? readId(value) : undefined;
  if (isJsonObject(value) && id !== undefined && !records.has(id)) {
    records.set(id, value);
    return;
  }
  const twice =
    id === undefined ? `it has none of ${IDS.join(', ')}` : `another record has the ID ${id}`;
  throw new LsRecordError(
    'INPUT_INVALID',
    `${describeOrigin(origin)} cannot be joined: ${problem ?? twice}`,
    { hint: 'Each needs a unique ID, as in the input file of a batch.' },
  );
}

function readId(record: JsonObject): string | undefined {
  for (const name of IDS) {
    const id = record[name] ?? '';
    if (id instanceof JsonNumber) return id.text;
    if (typeof id === 'number') return String(id);
    if (typeof id === 'string' && id !== '') return id;
  }
  return undefined;
}
