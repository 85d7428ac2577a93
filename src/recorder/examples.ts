import { isDeepStrictEqual } from 'node:util';
import { pythonJson } from '../json/canonical.js';
import { parseJson } from '../json/parse.js';
import type { JsonObject } from '../json/value.js';
import { ApiRefusal } from '../langsmith/answers.js';
import type { ExampleUpload } from '../langsmith/client.js';
import { parseTime } from '../langsmith/time.js';
import type { Example } from '../langsmith/wire.js';
import type { Result } from '../results/result.js';
import { batches } from './batches.js';
import { forEachConcurrently } from './concurrency.js';
import type { Job } from './job.js';
import type { Part } from './parts.js';
import { printPayload } from './sendable.js';

/** Ids that fit into the URL of one question. */
const ASK = 100;
/** No limit is documented; well below what the SDKs send in one request. */
const UPLOAD = { items: 500, bytes: 4_000_000 };
const BYTES_AT_ONCE = 32_000_000;

/** A row that is the first to name its example. */
interface Candidate {
  readonly number: number;
  readonly id: string;
  /** The row names an example that must be there already. */
  readonly isNamed: boolean;
  readonly upload: ExampleUpload;
  readonly bytes: number;
}

/**
 * Puts all examples of a part in place, before any of its runs: asks which there are, writes the
 * missing, and where examples are named by id or inputs, updates the changed.
 *
 * @returns when the last of the examples changed, in microseconds.
 */
export async function writeExamples(job: Job, part: Part, firstExample: number): Promise<number> {
  const writer = new ExampleWriter(job);
  const limits = { ...UPLOAD, items: writer.asks ? ASK : UPLOAD.items };
  const groups = batches(candidates(job, part, firstExample), limits, ({ bytes }) => ({
    items: 1,
    bytes,
  }));

  // The first group alone: where none of it exists, the others are posted without asking.
  const first = await groups.next();
  if (!first.done) await writer.write(first.value);
  if (!writer.asks) limits.items = UPLOAD.items;

  const sizeOf = (group: Candidate[]) =>
    group.reduce((bytes, candidate) => bytes + candidate.bytes, 0);
  const work = { pace: job.client.pace, maxBytes: BYTES_AT_ONCE, sizeOf };
  await forEachConcurrently(groups, work, (group) => writer.write(group));
  return writer.lastChangeUs;
}

async function* candidates(job: Job, part: Part, firstExample: number): AsyncGenerator<Candidate> {
  let unseen = firstExample;
  let rows = 0;

  for await (const checked of part.rows()) {
    if (part.signal?.aborted) return;
    if (++rows % 100 === 0) job.options.onProgress?.(job.tally.progress('examples', rows));
    if ('problems' in checked) continue;
    const number = job.examples.ofRow(checked.row.index);
    if (number !== unseen) continue;

    unseen++;
    const upload = exampleUpload(job, job.examples.id(number), checked.result);
    const bytes = upload.inputs.length + (upload.referenceOutputs?.length ?? 0);
    const isNamed = checked.result.exampleId !== undefined;
    yield { number, id: upload.id, isNamed, upload, bytes };
  }
}

function exampleUpload({ changes }: Job, id: string, result: Result): ExampleUpload {
  const { inputs = {}, referenceOutputs, exampleMetadata, split } = result;
  return {
    id,
    inputs: printPayload(inputs, changes),
    ...(referenceOutputs && { referenceOutputs: printPayload(referenceOutputs, changes) }),
    ...(exampleMetadata && { metadata: printPayload(exampleMetadata, changes) }),
    ...(split && { split }),
  };
}

class ExampleWriter {
  readonly #job: Job;
  /** Whether examples are asked for before they are written. */
  asks: boolean;
  lastChangeUs = 0;

  constructor(job: Job) {
    this.#job = job;
    this.asks = !job.isNewDataset;
  }

  async write(group: readonly Candidate[]): Promise<void> {
    const asked = this.asks ? group : group.filter(({ isNamed }) => isNamed);
    const found = await this.#ask(asked);
    if (found === 0 && this.#isNamedByContent) this.asks = false;
    const missing = group.filter(({ number, id, isNamed }) => {
      if (this.#job.examples.isPresent(number) || this.#job.refusedExamples.has(number))
        return false;
      if (isNamed) this.#refuse(number, `the dataset has no example ${id}`);
      return !isNamed;
    });
    if (missing.length > 0) await this.#create(missing);
  }

  /** @returns how many of them exist. */
  async #ask(group: readonly Candidate[]): Promise<number> {
    const { client, datasetId, examples, tally } = this.#job;
    const byId = new Map(group.map((candidate) => [candidate.id, candidate]));
    let found = 0;

    for (let from = 0; from < group.length; from += ASK) {
      const ids = group.slice(from, from + ASK).map(({ id }) => id);
      for (const head of await client.findExampleHeads(datasetId, ids)) {
        const candidate = byId.get(head.id);
        if (!candidate) continue;
        found++;
        tally.examplesExisting++;
        this.#note(head.modifiedAt);
        examples.setPresent(candidate.number);
      }
      if (!this.#isNamedByContent)
        await this.#updateChanged(ids.flatMap((id) => byId.get(id) ?? []));
    }
    return found;
  }

  /** An example that is named by its content is never other than its row says. */
  get #isNamedByContent(): boolean {
    return (this.#job.options.identity ?? 'content') === 'content';
  }

  async #updateChanged(group: readonly Candidate[]): Promise<void> {
    const { client, datasetId, examples } = this.#job;
    const present = group.filter(({ number, isNamed }) => examples.isPresent(number) && !isNamed);
    if (present.length === 0) return;
    const there = await client.findExamples(
      datasetId,
      present.map(({ id }) => id),
    );
    for (const candidate of present) {
      const example = there.find(({ id }) => id === candidate.id);
      if (example) await this.#update(candidate, example);
    }
  }

  /** Brings an example that is named by id or inputs up to what its row says; what the row leaves out stays. */
  async #update({ number, id, upload }: Candidate, there: Example): Promise<void> {
    if (!isSame(upload.inputs, there.inputs)) {
      this.#refuse(number, `example ${id} has other inputs; an id names one example for good`);
      return;
    }
    const { dataset_split: split, ...metadata } = there.metadata;
    const { referenceOutputs, metadata: ownMetadata, split: ownSplit } = upload;
    const isCurrent =
      (referenceOutputs === undefined || isSame(referenceOutputs, there.referenceOutputs ?? {})) &&
      (ownMetadata === undefined || isSame(ownMetadata, metadata)) &&
      (ownSplit === undefined || isDeepStrictEqual(ownSplit, split));
    if (isCurrent) return;

    const { inputs: _, ...change } = upload;
    await this.#job.client.updateExample(change);
    this.#job.tally.examplesUpdated++;
    const [head] = await this.#job.client.findExampleHeads(this.#job.datasetId, [id]);
    this.#note(head?.modifiedAt);
  }

  async #create(group: readonly Candidate[]): Promise<void> {
    const { client, datasetId, examples, tally } = this.#job;
    try {
      const asOf = await client.createExamples(
        datasetId,
        group.map(({ upload }) => upload),
      );
      for (const { number } of group) examples.setPresent(number);
      tally.examplesCreated += group.length;
      // A server that names no time has its own clock's time at the latest.
      if (asOf === undefined)
        this.lastChangeUs = Math.max(this.lastChangeUs, Math.floor(client.nowMs() * 1000));
      else this.#note(asOf);
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      await this.#settle(group, error);
    }
  }

  /** After a refusal of a whole group: finds out which of it is to blame. */
  async #settle(group: readonly Candidate[], refusal: ApiRefusal): Promise<void> {
    const [only] = group;
    if (refusal.status === 409) {
      const found = await this.#ask(group);
      const rest = group.filter(({ number }) => !this.#job.examples.isPresent(number));
      if (found > 0) {
        if (rest.length > 0) await this.#create(rest);
        return;
      }
    } else if (![400, 413, 422].includes(refusal.status)) {
      throw refusal;
    }
    if (group.length === 1 && only) {
      const reason =
        refusal.status === 409
          ? `example ${only.id} exists, but not in this dataset or not any more: ${refusal.words}`
          : `its example was refused: ${refusal.words}`;
      this.#refuse(only.number, reason);
      return;
    }
    const middle = group.length >> 1;
    await this.#create(group.slice(0, middle));
    await this.#create(group.slice(middle));
  }

  #refuse(number: number, reason: string): void {
    this.#job.refusedExamples.set(number, reason);
  }

  #note(changedAt: string | undefined): void {
    if (changedAt !== undefined)
      this.lastChangeUs = Math.max(this.lastChangeUs, parseTime(changedAt));
  }
}

/** Whether the server has what would be sent. */
function isSame(json: string, there: JsonObject): boolean {
  return pythonJson(parseJson(json)) === pythonJson(there);
}
