import { isDeepStrictEqual } from 'node:util';
import { pythonJson } from '../json/canonical.js';
import { parseJson } from '../json/parse.js';
import type { JsonObject } from '../json/value.js';
import type { LangSmith } from '../langsmith/client.js';
import type { ExampleUpload } from '../langsmith/datasets.js';
import type { Json } from '../langsmith/multipart.js';
import type { ApiRefusal } from '../langsmith/refusals.js';
import { parseTime } from '../langsmith/time.js';
import type { Example } from '../langsmith/wire.js';
import { ExampleTable } from '../prepare/example-table.js';
import { PAYLOAD, type PackedRow, type RowHead } from '../prepare/packed-row.js';
import type { Part } from '../prepare/prepared.js';
import { uuidBytes } from '../uuid.js';
import type { Account } from './account.js';
import { batches, chunksOf } from './batches.js';
import { forEachConcurrently } from './concurrency.js';
import { deliver } from './deliver.js';
import type { ExampleTies } from './example-ties.js';
import type { ExampleIdentity } from './record-options.js';

/** Ids that fit into the URL of one question. */
const ASK = 100;
/** No limit of items is documented; well below what the SDKs send in one request. */
const UPLOAD = { items: 500, bytes: 4_000_000 };
/** Fills this share of a request; the rest is for what encloses the payloads. */
const FILLED = 0.95;
const BYTES_AT_ONCE = 16_000_000;
const OF_CONTENT: ReadonlySet<number> = new Set([400, 409, 413, 422]);

/** Where the examples of a part go. */
export interface ExampleTarget {
  readonly client: LangSmith;
  readonly datasetId: string;
  /** The dataset may have some of them already. */
  readonly mayExist: boolean;
  readonly identity: ExampleIdentity;
  /** Which ones are in place already: those of an earlier part, or of another experiment. */
  readonly known: ExampleTable | undefined;
  /** Takes down which are not there, and which are refused. */
  readonly ties: ExampleTies;
  readonly account: Pick<Account, 'examples'>;
  /** Nothing more is begun after it; undefined: all of the part is written. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (() => void) | undefined;
}

/** An example that is on its way. */
interface Candidate {
  readonly id: string;
  /** Its id is one that a row gives: such an example is never created. */
  readonly isNamed: boolean;
  /** No row before has this id. */
  readonly isFirst: boolean;
  readonly head: RowHead;
  readonly upload: ExampleUpload;
  readonly bytes: number;
}

/**
 * Puts all examples of a part in place, before any of its runs: asks which there are, writes the missing, and where
 * examples are named by id or inputs, updates the changed.
 *
 * @returns when the last of the examples changed, in microseconds.
 */
export async function writeExamples(target: ExampleTarget, part: Part): Promise<number> {
  const writer = new ExampleWriter(target);
  const { bytes: maxBytes } = await target.client.limits();
  const limits = {
    items: writer.asks ? ASK : UPLOAD.items,
    bytes: Math.min(UPLOAD.bytes, maxBytes * FILLED),
  };
  const groups = batches(candidates(target, part), limits, ({ bytes }) => ({ items: 1, bytes }));

  const sizeOf = (group: Candidate[]) =>
    group.reduce((bytes, candidate) => bytes + candidate.bytes, 0);
  const work = { pace: target.client.pace, maxBytes: BYTES_AT_ONCE, sizeOf };
  await forEachConcurrently(inTurn(groups, writer, limits), work, (group) => writer.write(group));
  return writer.lastChangeUs;
}

/** The first group is written before the others come: where none of it exists, they are posted without asking. */
async function* inTurn(
  groups: AsyncIterable<Candidate[]>,
  writer: ExampleWriter,
  limits: { items: number },
): AsyncGenerator<Candidate[]> {
  let isFirst = true;
  for await (const group of groups) {
    if (isFirst) await writer.write(group);
    else yield group;
    isFirst = false;
    if (!writer.asks) limits.items = UPLOAD.items;
  }
}

async function* candidates(target: ExampleTarget, part: Part): AsyncGenerator<Candidate[]> {
  const { known, ties, signal } = target;
  const isFirst = ({ isFirst, isFirstByContent }: RowHead) =>
    isFirst === true || isFirstByContent === true;
  const isNew = (head: RowHead) =>
    isFirst(head) &&
    ties.refusalOf(head) === undefined &&
    (known === undefined || known.find(uuidBytes(ties.exampleOf(head))) === undefined);
  for await (const rows of part.read(isFirst)) {
    if (signal?.aborted) return;
    yield rows.filter(({ head }) => isNew(head)).map((row) => candidateOf(row, ties));
  }
}

function candidateOf(row: PackedRow, ties: ExampleTies): Candidate {
  const { head } = row;
  const upload = exampleUpload(row, ties.exampleOf(head));
  const { inputs, referenceOutputs = '', metadata = '' } = upload;
  return {
    id: upload.id,
    isNamed: head.isNamed === true && !ties.isByContent(head),
    isFirst: head.isFirst === true,
    head,
    upload,
    bytes: inputs.length + referenceOutputs.length + metadata.length,
  };
}

/** The same row's example under the id that its content gives it. */
function byContent(candidate: Candidate, id: string): Candidate {
  return { ...candidate, id, isNamed: false, isFirst: true, upload: { ...candidate.upload, id } };
}

function exampleUpload({ head: { split }, payloads }: PackedRow, id: string): ExampleUpload {
  const at = (n: number): Json | undefined => (payloads[n]?.length ? payloads[n] : undefined);
  return {
    id,
    inputs: at(PAYLOAD.inputs) ?? '{}',
    referenceOutputs: at(PAYLOAD.reference),
    metadata: at(PAYLOAD.exampleMetadata),
    split,
  };
}

class ExampleWriter {
  readonly #target: ExampleTarget;
  /** Whether examples are asked for before they are written. */
  asks: boolean;
  lastChangeUs = 0;
  /** Examples named by content, for rows that name examples which are not there. */
  readonly #byContent = new ExampleTable();

  constructor(target: ExampleTarget) {
    this.#target = target;
    this.asks = target.mayExist;
  }

  async write(group: readonly Candidate[]): Promise<void> {
    const { asks } = this;
    const own = [
      ...group.filter(({ isNamed }) => !isNamed),
      ...(await this.#findNamed(group.filter(({ isNamed }) => isNamed))),
    ];
    const absent = asks ? await this.#ask(own) : own;
    if (own.length > 0 && absent.length === own.length && this.#isNamedByContent) this.asks = false;
    await this.#create(absent);
    this.#target.onProgress?.();
  }

  /** @returns of the rows that name examples which are not there, those whose content makes another. */
  async #findNamed(group: readonly Candidate[]): Promise<readonly Candidate[]> {
    const { mayExist, ties } = this.#target;
    const absent = mayExist ? await this.#ask(group) : group;
    const made: Candidate[] = [];
    for (const candidate of absent) {
      const { byContent: id } = candidate.head;
      ties.setAbsent(candidate.id);
      if (id !== undefined && this.#takesByContent(id)) made.push(byContent(candidate, id));
    }
    return made;
  }

  /** Several rows that name different examples may have the same content. */
  #takesByContent(id: string): boolean {
    const bytes = uuidBytes(id);
    const isKnown = this.#target.known?.find(bytes) !== undefined;
    return !isKnown && this.#byContent.addNew({ id: bytes, content: 0 });
  }

  /** @returns those that do not exist. */
  async #ask(group: readonly Candidate[]): Promise<readonly Candidate[]> {
    const { client, datasetId, account } = this.#target;
    const there = new Set<string>();
    for (const some of chunksOf(group, ASK)) {
      const ids = [...new Set(some.map(({ id }) => id))];
      for (const { id, modifiedAt } of await client.findExampleHeads(datasetId, ids)) {
        there.add(id);
        this.#note(modifiedAt);
        this.#setPresent(id);
      }
    }
    const found = group.filter(({ id }) => there.has(id));
    account.examples.existing += found.filter(({ isFirst }) => isFirst).length;
    if (!this.#isNamedByContent) await this.#updateChanged(found.filter(({ isNamed }) => !isNamed));
    return group.filter(({ id }) => !there.has(id));
  }

  /** An example that is named by its content is never other than its row says. */
  get #isNamedByContent(): boolean {
    return this.#target.identity === 'content';
  }

  async #updateChanged(group: readonly Candidate[]): Promise<void> {
    const { client, datasetId } = this.#target;
    for (const some of chunksOf(group, ASK)) {
      const ids = some.map(({ id }) => id);
      const there = await client.findExamples(datasetId, ids);
      for (const candidate of some) {
        const example = there.find(({ id }) => id === candidate.id);
        if (example) await this.#update(candidate, example);
      }
    }
  }

  /** Brings an example that is named by id or inputs up to what its row says; what the row leaves out stays. */
  async #update({ id, upload }: Candidate, there: Example): Promise<void> {
    const { client, datasetId, ties, account } = this.#target;
    if (!isSame(upload.inputs, there.inputs)) {
      ties.refuse(id, `example ${id} already has other inputs`);
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
    await client.updateExample(change);
    account.examples.updated++;
    const [head] = await client.findExampleHeads(datasetId, [id]);
    this.#note(head?.modifiedAt);
  }

  #create(group: readonly Candidate[]): Promise<void> {
    return deliver(group, {
      send: (some) => this.#send(some),
      settle: (some) => this.#ask(some),
      refuse: async ({ id }, { status, words }: ApiRefusal) => {
        const reason =
          status === 409
            ? `example ${id} exists in another dataset, or was deleted: ${words}`
            : `its example was refused: ${words}`;
        this.#target.ties.refuse(id, reason);
      },
      bytesOf: ({ bytes }) => bytes,
      ofContent: OF_CONTENT,
    });
  }

  async #send(group: readonly Candidate[]): Promise<void> {
    const { client, datasetId, account } = this.#target;
    const uploads = group.map(({ upload }) => upload);
    const asOf = await client.createExamples(datasetId, uploads);
    for (const { id } of group) this.#setPresent(id);
    account.examples.created += group.length;
    // A server that names no time has its own clock's time at the latest.
    if (asOf === undefined)
      this.lastChangeUs = Math.max(this.lastChangeUs, Math.floor(client.nowMs() * 1000));
    else this.#note(asOf);
  }

  #setPresent(id: string): void {
    this.#target.known?.add({ id: uuidBytes(id), content: 0 });
  }

  #note(changedAt: string | undefined): void {
    if (changedAt !== undefined)
      this.lastChangeUs = Math.max(this.lastChangeUs, parseTime(changedAt));
  }
}

/** Whether the server has what would be sent. */
function isSame(json: Json, there: JsonObject): boolean {
  const text = typeof json === 'string' ? json : Buffer.from(json).toString();
  return pythonJson(parseJson(text)) === pythonJson(there);
}
