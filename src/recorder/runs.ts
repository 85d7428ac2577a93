import { setTimeout as sleep } from 'node:timers/promises';
import { LsRecordError } from '../errors.js';
import { type FormPiece, joinPieces } from '../langsmith/multipart.js';
import { ApiRefusal } from '../langsmith/refusals.js';
import type { EncodedUnit } from '../langsmith/runs.js';
import type { PackedRow } from '../prepare/packed-row.js';
import type { Part } from '../prepare/prepared.js';
import { rejectedLine } from '../prepare/rejects.js';
import { batches } from './batches.js';
import { forEachConcurrently } from './concurrency.js';
import { type Delivery, deliver } from './deliver.js';
import { findFeedback, findSeen, postFeedback, sendPieces } from './run-pieces.js';
import { type RunTarget, rowsFor } from './run-rows.js';
import { CLOUD_WINDOW_US, type PlacedTimes, type Timeline } from './times.js';
import { buildUnit } from './unit.js';

const BYTES_AT_ONCE = 16_000_000;
/** Small enough to go through common proxies, large enough that the round trip does not matter. */
const MAX_REQUEST_BYTES = 8_000_000;
const FILLED = 0.95;
const BY_CONTENT =
  'the dataset has no example with this example_id; inputs and reference outputs identify it instead';
const OF_CONTENT: ReadonlySet<number> = new Set([400, 404, 409, 413, 422]);

/** A row on its way. */
interface Shipment {
  readonly row: PackedRow;
  readonly times: PlacedTimes;
  readonly unit: Pick<EncodedUnit, 'runIds' | 'feedbackIds' | 'operations' | 'bytes'>;
  /** All of it as it goes into a form, in bytes: texts that wait for their request would be copied again and again. */
  readonly whole: FormPiece | undefined;
  /** Its root run was there before; whether the rest of it is remains to be seen. */
  readonly isBegun: boolean;
  /** It was in a request before: a conflict can be about that. */
  wasSent: boolean;
}

/** Sends a part's rows as runs with their feedback; each row ends acknowledged, refused or skipped. */
export async function sendRuns(target: RunTarget, part: Part, timeline: Timeline): Promise<void> {
  const limits = await target.client.limits();
  const sender = new RunSender(target, timeline, limits);
  await forEachConcurrently(
    batches(sender.shipments(rowsFor(target, part)), sender.batchSize, ({ unit }) => ({
      items: unit.operations,
      bytes: unit.bytes,
    })),
    { pace: target.client.pace, maxBytes: BYTES_AT_ONCE, sizeOf: bytesOf },
    (batch) => sender.send(batch),
  );
}

class RunSender {
  /** What a batch is filled to. Shrinks where a server or a proxy takes less than it says. */
  readonly batchSize: { readonly items: number; bytes: number };
  readonly #target: RunTarget;
  readonly #timeline: Timeline;
  #takesForms: boolean;
  /** The limits of one request. */
  readonly #most: { readonly items: number; bytes: number };
  readonly #delivery: Delivery<Shipment> = {
    send: (batch) => this.#sendBatch(batch),
    settle: (batch) => this.#settle(batch),
    refuse: (shipment, refusal) => this.#refuse(shipment, refusal),
    change: (batch, refusal) => this.#change(batch, refusal),
    bytesOf: ({ unit }) => unit.bytes,
    ofContent: OF_CONTENT,
  };

  constructor(
    target: RunTarget,
    timeline: Timeline,
    limits: { operations: number; bytes: number; multipartRuns: boolean },
  ) {
    this.#target = target;
    this.#timeline = timeline;
    this.#takesForms = limits.multipartRuns;
    this.#most = { items: limits.operations, bytes: limits.bytes };
    this.batchSize = {
      items: limits.operations,
      bytes: Math.min(limits.bytes * FILLED, MAX_REQUEST_BYTES),
    };
  }

  async *shipments(source: AsyncIterable<readonly PackedRow[]>): AsyncGenerator<Shipment[]> {
    const { journal, account, ties } = this.#target;
    for await (const rows of source) {
      const shipments: Shipment[] = [];
      for (const row of rows) {
        const { head } = row;
        if (ties.isByContent(head)) account.note(BY_CONTENT);
        if (journal?.isAcknowledged(head.row)) {
          account.record(head);
          continue;
        }
        const refusal = ties.refusalOf(head);
        if (refusal !== undefined) {
          await this.#reject(row, refusal);
          continue;
        }
        const isBegun = this.#isKnown(head);
        if (isBegun && !head.children && !head.scores) account.record(head);
        else shipments.push(this.#pack(row, this.#timeline.place(head.row, head), isBegun));
      }
      yield shipments;
    }
  }

  #isKnown({ row, runId }: PackedRow['head']): boolean {
    const { knownRuns, ids } = this.#target;
    return knownRuns.size > 0 && knownRuns.has(ids.id(runId ?? row, ''));
  }

  #pack(row: PackedRow, times: PlacedTimes, isBegun: boolean, wasSent = false): Shipment {
    const { runs, feedback, runIds, feedbackIds, operations, bytes } = this.#encode(row, times);
    const unit = { runIds, feedbackIds, operations, bytes };
    const whole = this.#takesForms ? joinPieces([...runs, ...feedback]) : undefined;
    return { row, times, unit, whole, isBegun, wasSent };
  }

  #encode(row: PackedRow, times: PlacedTimes): EncodedUnit {
    const { client, options, ids, experimentId, ties } = this.#target;
    const { runName = 'ls-record', runType = 'llm' } = options;
    const exampleId = ties.exampleOf(row.head);
    const unit = buildUnit(row, { ids, exampleId, times, runName, runType });
    return client.encode(unit, experimentId, this.#takesForms);
  }

  /** Sends a batch until every row of it is acknowledged or refused. */
  async send(batch: readonly Shipment[]): Promise<void> {
    const begun = batch.filter(({ isBegun }) => isBegun);
    if (begun.length > 0) await this.#completeBegun(begun);
    await deliver(
      batch.filter(({ isBegun }) => !isBegun),
      this.#delivery,
    );
    this.#tell();
  }

  /** A row's feedback is the last of it to be sent: where that is there, all is. */
  async #completeBegun(batch: readonly Shipment[]): Promise<void> {
    const runIds = batch.flatMap(({ unit }) => (unit.feedbackIds.length > 0 ? unit.runIds : []));
    const there = await findFeedback(this.#target.client, runIds);
    const open: Shipment[] = [];
    for (const shipment of batch) {
      const { feedbackIds } = shipment.unit;
      shipment.wasSent = true;
      if (feedbackIds.length > 0 && feedbackIds.every((id) => there.has(id)))
        this.#acknowledge(shipment);
      else open.push(shipment);
    }
    await deliver(await this.#settle(open), this.#delivery);
  }

  async #sendBatch(given: readonly Shipment[]): Promise<void> {
    // Another batch may have found out meanwhile that the server takes no forms.
    const isForm = this.#takesForms;
    const batch = given.map((one) =>
      (one.whole !== undefined) === isForm ? one : this.#packAgain(one),
    );
    await this.#untilPast(batch.reduce((latest, { times }) => Math.max(latest, times.end), 0));
    try {
      await this.#sendWhole(batch);
    } catch (error) {
      // Refused as a whole for what others sent: nothing of it is there. Else some of it may be.
      const isOfOthers = error instanceof ApiRefusal && error.status === 409 && !error.again;
      if (!isOfOthers) for (const shipment of given) shipment.wasSent = true;
      throw error;
    }
  }

  async #sendWhole(batch: readonly Shipment[]): Promise<void> {
    const { client } = this.#target;
    const [only] = batch;
    if (batch.length === 1 && only && this.#isOversized(only)) {
      await this.#complete(only, new Set());
      return;
    }
    const whole = batch.flatMap((one) => one.whole ?? []);
    if (whole.length > 0) {
      await client.sendRuns(whole, true);
      for (const shipment of batch) this.#acknowledge(shipment);
      return;
    }
    await client.sendRuns(
      batch.flatMap(({ row, times }) => this.#encode(row, times).runs),
      false,
    );
    for (const shipment of batch)
      await this.#completeAlone(shipment, new Set(shipment.unit.runIds));
  }

  /** A row by itself, of which some is there already. */
  async #completeAlone(shipment: Shipment, there: ReadonlySet<string>): Promise<void> {
    shipment.wasSent = true;
    const send = async (batch: readonly Shipment[]) => {
      for (const one of batch) await this.#complete(one, there);
    };
    await deliver([shipment], { ...this.#delivery, send });
  }

  /** Asks which rows of a batch can be seen, and sends what is missing of them. @returns the others. */
  async #settle(batch: readonly Shipment[]): Promise<readonly Shipment[]> {
    const { client, experimentId } = this.#target;
    const runIds = batch.flatMap(({ unit }) => unit.runIds);
    const hasScores = batch.some(({ unit }) => unit.feedbackIds.length > 0);
    const there = await findSeen(client, experimentId, runIds, hasScores);
    const unseen: Shipment[] = [];
    for (const shipment of batch) {
      if (shipment.unit.runIds.some((id) => there.has(id)))
        await this.#completeAlone(shipment, there);
      else unseen.push(shipment);
    }
    return unseen;
  }

  /** A row that stands alone. */
  async #refuse(shipment: Shipment, { status, reason }: ApiRefusal): Promise<void> {
    const { row, unit, wasSent } = shipment;
    if (status === 409 && (wasSent || this.#target.existed)) {
      // What cannot be seen yet was sent before.
      await this.#completeAlone(shipment, new Set());
    } else if (status === 413 && unit.operations > 1 && !this.#isOversized(shipment)) {
      this.#most.bytes = unit.bytes - 1;
      await deliver([shipment], this.#delivery);
    } else {
      if (status === 404) await this.#checkExperiment();
      await this.#reject(row, reason);
    }
  }

  /** The same rows for a server of another age, or with times that this one takes. */
  #change(batch: readonly Shipment[], refusal: ApiRefusal): Shipment[] | undefined {
    const { status, words } = refusal;
    if (status === 413 && batch.length > 1)
      this.batchSize.bytes = Math.min(this.batchSize.bytes, bytesOf(batch) / 2);
    if (status === 404 && this.#takesForms && isUnknownPath(refusal)) {
      // Servers from before there were forms take runs alone, and scores one by one.
      this.#takesForms = false;
      return batch.map((shipment) => this.#packAgain(shipment));
    }
    return /start_time/i.test(words) ? this.#moveTimes(batch) : undefined;
  }

  /** With times that a server of LangSmith's window takes; undefined if the batch has them already. */
  #moveTimes(batch: readonly Shipment[]): Shipment[] | undefined {
    this.#timeline.narrow(CLOUD_WINDOW_US);
    let moved = 0;
    const placed = batch.map((shipment) => {
      const { row } = shipment;
      const times =
        batch.length === 1
          ? this.#timeline.rebase(row.head.row, row.head)
          : this.#timeline.place(row.head.row, row.head);
      const { start, end } = shipment.times;
      if (times.start === start && times.end === end) return shipment;
      moved++;
      return this.#pack(row, times, shipment.isBegun, shipment.wasSent);
    });
    return moved > 0 ? placed : undefined;
  }

  #packAgain({ row, isBegun, wasSent }: Shipment): Shipment {
    return this.#pack(row, this.#timeline.place(row.head.row, row.head), isBegun, wasSent);
  }

  /** @throws {LsRecordError} if it was deleted in the meantime: then no row is to blame. */
  async #checkExperiment(): Promise<void> {
    const { client, experimentId } = this.#target;
    if (await client.findExperiment(experimentId)) return;
    throw new LsRecordError(
      'EXPERIMENT_NOT_FOUND',
      'the experiment was deleted during the recording',
      { hint: 'Run the same command again to record it from the start.' },
    );
  }

  /** Sends what is missing of a row: its runs, root first, then its feedback, in as many requests as it takes. */
  async #complete(shipment: Shipment, there: ReadonlySet<string>): Promise<void> {
    const { row, times, unit } = shipment;
    const isForm = this.#takesForms;
    const encoded = this.#encode(row, times);
    const runs = encoded.runs.filter((_, n) => !there.has(unit.runIds[n] ?? ''));
    const feedback = encoded.feedback.filter((_, n) => !there.has(unit.feedbackIds[n] ?? ''));
    const { client } = this.#target;
    await sendPieces(client, runs, this.#most, isForm);
    if (isForm) await sendPieces(client, feedback, this.#most, isForm);
    else for (const piece of feedback) await postFeedback(client, piece);
    this.#acknowledge(shipment, { runs: runs.length, feedback: feedback.length });
  }

  #isOversized({ unit: { operations, bytes } }: Shipment): boolean {
    return operations > this.#most.items || bytes > this.#most.bytes;
  }

  /** @param sent counted instead of the whole row, where the row was begun before. */
  #acknowledge(
    { row: { head }, times, unit, isBegun }: Shipment,
    sent: { runs: number; feedback: number } = { runs: 0, feedback: 0 },
  ): void {
    const { account, journal } = this.#target;
    journal?.acknowledge(head.row);
    account.record(head);
    account.bytesSent += unit.bytes;
    if (this.#timeline.hides(times.end)) account.hidden++;
    if (!isBegun) account.addSent(head);
    account.runs += isBegun ? sent.runs : unit.runIds.length;
    account.feedback += isBegun ? sent.feedback : unit.feedbackIds.length;
  }

  async #reject(row: PackedRow, reason: string): Promise<void> {
    const { account, options } = this.#target;
    account.refuse(row, reason);
    await options.onReject?.(rejectedLine(row, reason));
  }

  #tell(): void {
    const { account, client, options } = this.#target;
    const done = account.recorded + account.refused + account.skipped;
    options.onProgress?.(account.progress('runs', done, client));
  }

  /** A run that is moved to the present is sent once the server's clock has passed it. */
  async #untilPast(endUs: number): Promise<void> {
    if (this.#timeline.isTrueAlways) return;
    const waitMs = endUs / 1000 - this.#target.client.nowMs();
    if (waitMs > 0) await sleep(waitMs);
  }
}

function bytesOf(batch: readonly Shipment[]): number {
  return batch.reduce((bytes, { unit }) => bytes + unit.bytes, 0);
}

/** Whether the server does not know the path at all; it would name an example or experiment that is missing. */
function isUnknownPath({ isForeign, words }: ApiRefusal): boolean {
  return isForeign || /^not found$/i.test(words);
}
