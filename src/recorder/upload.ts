import { setTimeout as sleep } from 'node:timers/promises';
import { LsRecordError } from '../errors.js';
import type { Row } from '../input/row.js';
import type { JsonObject } from '../json/value.js';
import { ApiRefusal } from '../langsmith/answers.js';
import type { Piece } from '../langsmith/multipart.js';
import type { EncodedUnit, UnitUpload } from '../langsmith/runs.js';
import type { Result } from '../results/result.js';
import { describeOversize } from '../results/row-size.js';
import { batches } from './batches.js';
import { forEachConcurrently } from './concurrency.js';
import type { RunIds } from './ids.js';
import type { Job } from './job.js';
import type { Part } from './parts.js';
import { CLOUD_WINDOW_US, type PlacedTimes, type Timeline } from './times.js';
import { buildUnit } from './unit.js';

const BYTES_AT_ONCE = 32_000_000;
/** Small enough to go through common proxies, large enough that the round trip does not matter. */
const MAX_REQUEST_BYTES = 8_000_000;
const LOOK_UP = 100;
const FEEDBACK_TRIES = 10;

/** What sending needs to know of the experiment. */
export interface Target {
  readonly experimentId: string;
  readonly ids: RunIds;
  /** It was there before this process: a 409 then means that a run is there already. */
  readonly existed: boolean;
  /** Root runs that are known to be there. */
  readonly knownRuns: ReadonlySet<string>;
}

/** A row on its way. */
interface Shipment {
  readonly row: Row;
  readonly result: Result;
  readonly unit: EncodedUnit;
  /** What the unit is encoded for: forms, or batches of runs alone. */
  readonly isForm: boolean;
  readonly start: number;
  readonly end: number;
  /** Its root run was there before; whether the rest of it is remains to be seen. */
  readonly isBegun: boolean;
}

/** Sends a part's rows as runs with their feedback; each row ends acknowledged or refused. */
export async function sendRuns(
  job: Job,
  part: Part,
  target: Target,
  timeline: Timeline,
  inputsMissing: boolean,
): Promise<void> {
  const limits = await job.client.limits();
  const sender = new Sender(job, target, timeline, limits);
  const rows = inputsMissing ? withInputs(job, part) : checkedResults(job, part);

  await forEachConcurrently(
    batches(sender.shipments(rows), sender.batchSize, ({ unit }) => ({
      items: unit.operations,
      bytes: unit.bytes,
    })),
    { pace: job.client.pace, maxBytes: BYTES_AT_ONCE, sizeOf: bytesOf },
    (batch) => sender.send(batch),
  );
}

interface RowAndResult {
  readonly row: Row;
  readonly result: Result;
}

/** The good rows; the bad are counted and go to the rejects. */
async function* checkedResults(job: Job, part: Part): AsyncGenerator<RowAndResult> {
  const { bytes: maxBytes } = await job.client.limits();
  for await (const checked of part.rows()) {
    if (part.signal?.aborted) return;
    if ('problems' in checked) {
      job.tally.skipped++;
      job.tally.leftOut.add(checked.row.index);
      const reason = checked.problems
        .map(({ field, message }) => (field ? `${field}: ${message}` : message))
        .join('; ');
      await job.rejects.add(checked.row, reason);
    } else if (job.examples.ofRow(checked.row.index) === undefined) {
      job.tally.skipped++;
      job.tally.leftOut.add(checked.row.index);
      const oversize = describeOversize(checked.result, maxBytes);
      await job.rejects.add(checked.row, oversize ?? 'no example can be named for it');
    } else {
      yield checked;
    }
  }
}

/** Rows that name an example instead of giving inputs get them from the server. */
async function* withInputs(job: Job, part: Part): AsyncGenerator<RowAndResult> {
  for await (const group of batches(
    checkedResults(job, part),
    { items: LOOK_UP, bytes: 1 },
    () => ({ items: 1, bytes: 0 }),
  )) {
    const ids = new Set(
      group.flatMap(({ result }) => (result.inputs ? [] : [result.exampleId as string])),
    );
    const found = ids.size > 0 ? await job.client.findExamples(job.datasetId, [...ids]) : [];
    const inputs = new Map<string, JsonObject>(
      found.map((example) => [example.id, example.inputs]),
    );
    for (const { row, result } of group) {
      const fetched = result.exampleId && inputs.get(result.exampleId.toLowerCase());
      yield { row, result: result.inputs || !fetched ? result : { ...result, inputs: fetched } };
    }
  }
}

class Sender {
  /** What a batch is filled to. Shrinks where a server or a proxy takes less than it says. */
  readonly batchSize: { readonly items: number; bytes: number };
  readonly #job: Job;
  readonly #target: Target;
  readonly #timeline: Timeline;
  #encode: (unit: UnitUpload) => EncodedUnit;
  #takesForms: boolean;
  /** Of one request. */
  readonly #most: { readonly items: number; bytes: number };

  constructor(
    job: Job,
    target: Target,
    timeline: Timeline,
    limits: { operations: number; bytes: number; multipartRuns: boolean },
  ) {
    this.#job = job;
    this.#target = target;
    this.#timeline = timeline;
    this.#takesForms = limits.multipartRuns;
    this.#encode = job.client.encoder(target.experimentId, this.#takesForms);
    this.#most = { items: limits.operations, bytes: limits.bytes };
    const bytes = Math.min(limits.bytes * 0.95, MAX_REQUEST_BYTES);
    this.batchSize = { items: limits.operations, bytes };
  }

  async *shipments(rows: AsyncIterable<RowAndResult>): AsyncGenerator<Shipment> {
    const { examples, refusedExamples, journal } = this.#job;
    for await (const { row, result } of rows) {
      if (journal?.isAcknowledged(row.index)) {
        this.#job.tally.recorded++;
        continue;
      }
      const example = examples.ofRow(row.index) as number;
      const refusal = refusedExamples.get(example);
      if (refusal !== undefined) {
        await this.#refuse(row, refusal);
        continue;
      }
      const isKnown = this.#isKnown(row);
      if (isKnown && result.childRuns.length === 0 && result.feedback.length === 0) {
        this.#job.tally.recorded++;
        continue;
      }
      yield this.#pack(row, result, this.#timeline.place(row.index, result), isKnown);
    }
  }

  #isKnown({ index }: Row): boolean {
    const { knownRuns, ids } = this.#target;
    return knownRuns.size > 0 && knownRuns.has(ids.id(index, ''));
  }

  #pack(row: Row, result: Result, times: PlacedTimes, isBegun: boolean): Shipment {
    const { options, examples, changes } = this.#job;
    const unit = buildUnit(result, {
      rowIndex: row.index,
      exampleId: examples.id(examples.ofRow(row.index) as number),
      times,
      ids: this.#target.ids,
      defaults: { name: options.runName ?? 'ls-record', runType: options.runType ?? 'llm' },
      changes,
    });
    const { start, end } = times;
    return {
      row,
      result,
      unit: this.#encode(unit),
      isForm: this.#takesForms,
      start,
      end,
      isBegun,
    };
  }

  /** Sends a batch until every row of it is acknowledged or refused. */
  async send(batch: readonly Shipment[]): Promise<void> {
    const begun = batch.filter(({ isBegun }) => isBegun);
    if (begun.length > 0) await this.#completeBegun(begun);
    const fresh = batch.filter(({ isBegun }) => !isBegun);
    if (fresh.length > 0) await this.#deliver(fresh, false);
  }

  /** A row's feedback is the last of it to be sent: where that is there, all is. */
  async #completeBegun(batch: readonly Shipment[]): Promise<void> {
    const runIds = batch.flatMap(({ unit }) => (unit.feedback.length > 0 ? unit.runIds : []));
    const there = new Set<string>();
    for (let from = 0; from < runIds.length; from += LOOK_UP) {
      const feedback = this.#job.client.listFeedbackIds(runIds.slice(from, from + LOOK_UP));
      for await (const id of feedback) there.add(id);
    }

    const open: Shipment[] = [];
    for (const shipment of batch) {
      const { feedback } = shipment.unit;
      if (feedback.length > 0 && feedback.every(({ id }) => there.has(id)))
        this.#acknowledge(shipment);
      else open.push(shipment);
    }
    if (open.length > 0) await this.#resolve(open, true);
  }

  /** @param mayBeThere these rows were in a request before: a 409 can be about that. */
  async #deliver(given: readonly Shipment[], mayBeThere: boolean): Promise<void> {
    const isForm = this.#takesForms;
    const batch = given.map((shipment) =>
      shipment.isForm === isForm ? shipment : this.#packAnew(shipment),
    );
    await this.#untilPast(Math.max(...batch.map(({ end }) => end)));

    await this.#settling(batch, mayBeThere, async () => {
      const [only] = batch;
      if (batch.length === 1 && only && this.#isOversized(only.unit)) {
        await this.#complete(only, new Set());
        return;
      }
      const pieces = batch.flatMap(({ unit: { runs, feedback } }) =>
        isForm ? [...runs, ...feedback.map(({ part }) => part)] : runs,
      );
      await this.#job.client.sendRuns(pieces, isForm);
      for (const shipment of batch) {
        if (isForm) this.#acknowledge(shipment);
        else {
          await this.#settling([shipment], true, () =>
            this.#complete(shipment, new Set(shipment.unit.runIds)),
          );
        }
      }
    });
  }

  async #settling(
    batch: readonly Shipment[],
    mayBeThere: boolean,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      await this.#settle(batch, error, mayBeThere);
    }
  }

  /** After a refusal of a whole batch: halves it until the row to blame stands alone. */
  async #settle(
    batch: readonly Shipment[],
    refusal: ApiRefusal,
    mayBeThere: boolean,
  ): Promise<void> {
    const { status, words, reason, again } = refusal;
    if (![400, 404, 409, 413, 422].includes(status)) throw refusal;
    if (status === 409) {
      await this.#resolve(batch, mayBeThere || again || this.#target.existed, refusal);
      return;
    }
    if (status === 404 && batch.some(({ isForm }) => isForm) && isUnknownPath(refusal)) {
      this.#sendRunsAlone();
      await this.#deliver(batch, mayBeThere);
      return;
    }
    if (/start_time/i.test(words)) {
      const moved = this.#moveTimes(batch);
      if (moved) {
        await this.#deliver(moved, true);
        return;
      }
    }
    const [only] = batch;
    if (batch.length > 1 || !only) {
      if (status === 413) this.batchSize.bytes = Math.min(this.batchSize.bytes, bytesOf(batch) / 2);
      const middle = status === 413 ? middleByBytes(batch) : batch.length >> 1;
      await this.#deliver(batch.slice(0, middle), true);
      await this.#deliver(batch.slice(middle), true);
    } else if (status === 413 && only.unit.operations > 1 && !this.#isOversized(only.unit)) {
      this.#most.bytes = only.unit.bytes - 1;
      await this.#deliver([only], true);
    } else {
      if (status === 404) await this.#checkExperiment();
      await this.#refuse(only.row, reason);
    }
  }

  /** Servers from before there were forms take runs alone, and scores one by one. */
  #sendRunsAlone(): void {
    this.#takesForms = false;
    this.#encode = this.#job.client.encoder(this.#target.experimentId, false);
  }

  /** The batch with times that a server of LangSmith's window takes; undefined if it has them already. */
  #moveTimes(batch: readonly Shipment[]): Shipment[] | undefined {
    this.#timeline.narrow(CLOUD_WINDOW_US);
    let moved = 0;
    const placed = batch.map((shipment) => {
      const { row, result, start, end } = shipment;
      const times =
        batch.length === 1
          ? this.#timeline.rebase(row.index, result)
          : this.#timeline.place(row.index, result);
      if (times.start === start && times.end === end) return shipment;
      moved++;
      return this.#pack(row, result, times, shipment.isBegun);
    });
    return moved > 0 ? placed : undefined;
  }

  #packAnew({ row, result, isBegun }: Shipment): Shipment {
    return this.#pack(row, result, this.#timeline.place(row.index, result), isBegun);
  }

  /** @throws {LsRecordError} if it was deleted in the meantime: then no row is to blame. */
  async #checkExperiment(): Promise<void> {
    if (await this.#job.client.findExperiment(this.#target.experimentId)) return;
    throw new LsRecordError(
      'EXPERIMENT_NOT_FOUND',
      'the experiment was deleted while it was recorded',
      {
        hint: 'Run the same command again: it records all of it anew.',
      },
    );
  }

  /**
   * Where some of a batch is there: asks what, then sends what is missing of each row.
   *
   * @param isOurs a conflict about something that cannot be seen yet is about an earlier sending.
   */
  async #resolve(batch: readonly Shipment[], isOurs: boolean, refusal?: ApiRefusal): Promise<void> {
    const there = await this.#ask(batch);
    const unseen: Shipment[] = [];
    for (const shipment of batch) {
      if (shipment.unit.runIds.some((id) => there.has(id)))
        await this.#settling([shipment], isOurs, () => this.#complete(shipment, there));
      else unseen.push(shipment);
    }

    const [only] = unseen;
    if (!only) return;
    if (unseen.length < batch.length || !refusal) await this.#deliver(unseen, isOurs);
    else if (unseen.length > 1) {
      const middle = unseen.length >> 1;
      await this.#deliver(unseen.slice(0, middle), isOurs);
      await this.#deliver(unseen.slice(middle), isOurs);
    } else if (isOurs) {
      await this.#settling([only], isOurs, () => this.#complete(only, there));
    } else {
      await this.#refuse(only.row, refusal.reason);
    }
  }

  /** Which runs and feedback of a batch can be seen. */
  async #ask(batch: readonly Shipment[]): Promise<Set<string>> {
    const { client } = this.#job;
    const there = new Set<string>();
    const runIds = batch.flatMap(({ unit }) => unit.runIds);
    for (let from = 0; from < runIds.length; from += LOOK_UP) {
      const asked = runIds.slice(from, from + LOOK_UP);
      const found = await client.findRunIds(this.#target.experimentId, asked);
      for (const id of found) there.add(id);
      const hasScores = batch.some(({ unit }) => unit.feedback.length > 0);
      if (found.length === 0 || !hasScores) continue;
      for await (const id of client.listFeedbackIds(found)) there.add(id);
    }
    return there;
  }

  /** Sends what is missing of a row: its runs, root first, then its feedback, in as many requests as it takes. */
  async #complete(shipment: Shipment, there: ReadonlySet<string>): Promise<void> {
    const { unit, isForm } = shipment;
    const runs = unit.runs.filter((_, n) => !there.has(unit.runIds[n] ?? ''));
    const feedback = unit.feedback.filter(({ id }) => !there.has(id));
    await this.#sendPieces(runs, isForm);
    const parts = feedback.map(({ part }) => part);
    if (isForm) await this.#sendPieces(parts, isForm);
    else for (const { json } of feedback) await this.#postFeedback(json);
    this.#acknowledge(shipment, { runs: runs.length, feedback: feedback.length });
  }

  async #sendPieces(pieces: readonly Piece[], isForm: boolean): Promise<void> {
    const weigh = ({ bytes }: Piece) => ({ items: 1, bytes });
    for await (const group of batches(pieces, this.#most, weigh))
      await this.#sendGroup(group, isForm);
  }

  /** What is there already is no failure: halved until it stands alone. */
  async #sendGroup(group: readonly Piece[], isForm: boolean): Promise<void> {
    try {
      await this.#job.client.sendRuns(group, isForm);
    } catch (error) {
      if (!(error instanceof ApiRefusal) || ![409, 413].includes(error.status)) throw error;
      if (group.length > 1) {
        const middle = group.length >> 1;
        await this.#sendGroup(group.slice(0, middle), isForm);
        await this.#sendGroup(group.slice(middle), isForm);
      } else if (error.status === 413) throw error;
    }
  }

  #isOversized({ operations, bytes }: EncodedUnit): boolean {
    return operations > this.#most.items || bytes > this.#most.bytes;
  }

  /** A score can arrive before its run is visible: 404 then. */
  async #postFeedback(json: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await unlessConflict(this.#job.client.createFeedback(json));
        return;
      } catch (error) {
        if (!(error instanceof ApiRefusal) || error.status !== 404 || tries === FEEDBACK_TRIES)
          throw error;
        await sleep(250 * tries);
      }
    }
  }

  /** @param sent counted instead of the whole row, where the row was begun before. */
  #acknowledge(
    { row, result, unit, isBegun }: Shipment,
    sent: { runs: number; feedback: number } = { runs: 0, feedback: 0 },
  ): void {
    const { tally, options, journal } = this.#job;
    journal?.acknowledge(row.index);
    tally.recorded++;
    tally.bytesSent += unit.bytes;
    if (!isBegun) tally.addScores(result);
    tally.runs += isBegun ? sent.runs : unit.runs.length;
    tally.feedback += isBegun ? sent.feedback : unit.feedback.length;
    options.onProgress?.(tally.progress('runs', tally.recorded + tally.refused + tally.skipped));
  }

  async #refuse(row: Row, reason: string): Promise<void> {
    this.#job.tally.refused++;
    this.#job.tally.leftOut.add(row.index);
    this.#job.tally.addProblem(row, reason);
    await this.#job.rejects.add(row, reason);
  }

  /** A run that is moved to the present is sent once the server's clock has passed it. */
  async #untilPast(endUs: number): Promise<void> {
    if (this.#timeline.isTrueAlways) return;
    const waitMs = endUs / 1000 - this.#job.client.nowMs();
    if (waitMs > 0) await sleep(waitMs);
  }
}

function bytesOf(batch: readonly Shipment[]): number {
  return batch.reduce((bytes, { unit }) => bytes + unit.bytes, 0);
}

/** Where both sides hold about as many bytes; neither is empty. */
function middleByBytes(batch: readonly Shipment[]): number {
  const half = bytesOf(batch) / 2;
  let bytes = 0;
  const middle = batch.findIndex(({ unit }) => {
    bytes += unit.bytes;
    return bytes > half;
  });
  return Math.max(1, Math.min(middle, batch.length - 1));
}

/** Of a server that does not know the path at all; an example or experiment that is missing is named. */
function isUnknownPath({ isForeign, words }: ApiRefusal): boolean {
  return isForeign || /^not found$/i.test(words);
}

async function unlessConflict(request: Promise<void>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof ApiRefusal && error.status === 409)) throw error;
  }
}
