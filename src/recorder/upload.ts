import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '../input/row.js';
import type { JsonObject } from '../json/value.js';
import { ApiRefusal } from '../langsmith/answers.js';
import type { EncodedUnit, UnitUpload } from '../langsmith/runs.js';
import type { Result } from '../results/result.js';
import { batches } from './batches.js';
import { forEachConcurrently } from './concurrency.js';
import type { RunIds } from './ids.js';
import { checkUnchanged, type Job } from './job.js';
import type { Part } from './parts.js';
import type { PlacedTimes, Timeline } from './times.js';
import { buildUnit } from './unit.js';

const REQUESTS_AT_ONCE = 8;
const BYTES_AT_ONCE = 48_000_000;
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
  readonly end: number;
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
  const encode = await job.client.encoder(target.experimentId);
  const sender = new Sender(job, target, timeline, encode, limits);
  const rows = inputsMissing ? withInputs(job, part) : checkedResults(job, part);

  const size = {
    items: limits.operations,
    bytes: Math.min(limits.bytes * 0.95, MAX_REQUEST_BYTES),
  };
  await forEachConcurrently(
    batches(sender.shipments(rows), size, ({ unit }) => ({
      items: unit.operations,
      bytes: unit.bytes,
    })),
    {
      limit: REQUESTS_AT_ONCE,
      maxBytes: BYTES_AT_ONCE,
      sizeOf: (batch) => batch.reduce((bytes, { unit }) => bytes + unit.bytes, 0),
    },
    (batch) => sender.send(batch),
  );
}

interface RowAndResult {
  readonly row: Row;
  readonly result: Result;
}

/** The good rows; the bad are counted and go to the rejects. */
async function* checkedResults(job: Job, part: Part): AsyncGenerator<RowAndResult> {
  for await (const checked of part.rows()) {
    if (job.options.signal?.aborted) return;
    if ('problems' in checked) {
      job.tally.skipped++;
      const reason = checked.problems
        .map(({ field, message }) => (field ? `${field}: ${message}` : message))
        .join('; ');
      await job.rejects.add(checked.row, reason);
    } else if (job.examples.ofRow(checked.row.index) === undefined) {
      job.tally.skipped++;
      await job.rejects.add(checked.row, 'no example can be named for it');
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
  readonly #job: Job;
  readonly #target: Target;
  readonly #timeline: Timeline;
  readonly #encode: (unit: UnitUpload) => EncodedUnit;
  readonly #limits: { operations: number; bytes: number; multipartRuns: boolean };

  constructor(
    job: Job,
    target: Target,
    timeline: Timeline,
    encode: (unit: UnitUpload) => EncodedUnit,
    limits: { operations: number; bytes: number; multipartRuns: boolean },
  ) {
    this.#job = job;
    this.#target = target;
    this.#timeline = timeline;
    this.#encode = encode;
    this.#limits = limits;
  }

  async *shipments(rows: AsyncIterable<RowAndResult>): AsyncGenerator<Shipment> {
    const { examples, refusedExamples } = this.#job;
    for await (const { row, result } of rows) {
      checkUnchanged(this.#job, row, result);
      const example = examples.ofRow(row.index) as number;
      const refusal = refusedExamples.get(example);
      if (refusal !== undefined) {
        await this.#refuse(row, refusal);
      } else if (this.#job.journal?.isAcknowledged(row.index) || this.#isKnown(row)) {
        this.#job.tally.recorded++;
      } else {
        yield this.#pack(row, result, this.#timeline.place(row.index, result));
      }
    }
  }

  #isKnown({ index }: Row): boolean {
    const { knownRuns, ids } = this.#target;
    return knownRuns.size > 0 && knownRuns.has(ids.id(index, ''));
  }

  #pack(row: Row, result: Result, times: PlacedTimes): Shipment {
    const { options, examples, changes } = this.#job;
    const unit = buildUnit(result, {
      rowIndex: row.index,
      exampleId: examples.id(examples.ofRow(row.index) as number),
      times,
      ids: this.#target.ids,
      defaults: { name: options.runName ?? 'ls-record', runType: options.runType ?? 'llm' },
      changes,
    });
    return { row, result, unit: this.#encode(unit), end: times.end };
  }

  /** Sends a batch until every row of it is acknowledged or refused. */
  async send(batch: readonly Shipment[]): Promise<void> {
    try {
      await this.#untilPast(Math.max(...batch.map(({ end }) => end)));
      if (batch.length === 1 && batch[0] && this.#isOversized(batch[0].unit)) {
        await this.#sendInPieces(batch[0].unit);
      } else {
        await this.#post(batch.map(({ unit }) => unit));
      }
      await this.#acknowledge(batch);
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      await this.#settle(batch, error);
    }
  }

  /** After a refusal of a whole batch: halves it until the row to blame stands alone. */
  async #settle(batch: readonly Shipment[], refusal: ApiRefusal): Promise<void> {
    if (![400, 404, 409, 413, 422].includes(refusal.status)) throw refusal;
    const [only] = batch;
    if (batch.length > 1 || !only) {
      const middle = batch.length >> 1;
      await this.send(batch.slice(0, middle));
      await this.send(batch.slice(middle));
    } else if (refusal.status === 409 && (refusal.again || this.#target.existed)) {
      await this.#complete(only);
    } else if (/start_time/i.test(refusal.words) && !isRebased(only, this.#timeline)) {
      const times = this.#timeline.rebase(only.row.index, only.result);
      await this.send([this.#pack(only.row, only.result, times)]);
    } else {
      await this.#refuse(only.row, `${refusal.words} (${refusal.status})`);
    }
  }

  async #post(units: readonly EncodedUnit[]): Promise<void> {
    const pieces = units.flatMap((unit) => [...unit.runs, ...this.#feedbackParts(unit)]);
    await this.#job.client.sendRuns(pieces);
    if (!this.#limits.multipartRuns) {
      for (const { feedback } of units)
        for (const { json } of feedback) await this.#postFeedback(json);
    }
  }

  #feedbackParts({ feedback }: EncodedUnit): Buffer[] {
    return this.#limits.multipartRuns ? feedback.map(({ part }) => part) : [];
  }

  #isOversized({ operations, bytes }: EncodedUnit): boolean {
    return operations > this.#limits.operations || bytes > this.#limits.bytes;
  }

  /** A row over the limits: its runs, root first, then its feedback, in as many requests as it takes. */
  async #sendInPieces(unit: EncodedUnit): Promise<void> {
    const limits = { items: this.#limits.operations, bytes: this.#limits.bytes };
    for (const pieces of [unit.runs, this.#feedbackParts(unit)]) {
      for await (const group of batches(pieces, limits, ({ length }) => ({
        items: 1,
        bytes: length,
      }))) {
        try {
          await this.#job.client.sendRuns(group);
        } catch (error) {
          if (
            !(
              error instanceof ApiRefusal &&
              error.status === 409 &&
              (error.again || this.#target.existed)
            )
          )
            throw error;
        }
      }
    }
    if (!this.#limits.multipartRuns)
      for (const { json } of unit.feedback) await this.#postFeedback(json);
  }

  /** A row of which at least something is there: each run alone, then each score that is missing. */
  async #complete(shipment: Shipment): Promise<void> {
    const { row, unit } = shipment;
    try {
      for (const run of unit.runs) await unlessConflict(this.#job.client.sendRuns([run]));
      for (const { id, json } of unit.feedback) {
        if (!(await this.#job.client.hasFeedback(id))) await this.#postFeedback(json);
      }
      await this.#acknowledge([shipment]);
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      await this.#refuse(row, `${error.words} (${error.status})`);
    }
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

  async #acknowledge(batch: readonly Shipment[]): Promise<void> {
    const { tally, options, journal } = this.#job;
    for (const { unit } of batch) {
      tally.recorded++;
      tally.runs += unit.runs.length;
      tally.feedback += unit.feedback.length;
    }
    options.onProgress?.(tally.progress('runs', tally.recorded + tally.refused + tally.skipped));
    await journal?.acknowledge(batch.map(({ row }) => row.index));
  }

  async #refuse(row: Row, reason: string): Promise<void> {
    this.#job.tally.refused++;
    this.#job.tally.addProblem(row, reason);
    await this.#job.rejects.add(row, reason);
  }

  /** A run that is moved to the present is sent once the server's clock has passed it. */
  async #untilPast(endUs: number): Promise<void> {
    if (this.#timeline.isTrueAlways) return;
    const waitMs = endUs / 1000 - this.#job.client.nowMs();
    if (waitMs > 0)
      await sleep(
        waitMs,
        undefined,
        this.#job.options.signal && { signal: this.#job.options.signal },
      );
  }
}

function isRebased({ row, result, end }: Shipment, timeline: Timeline): boolean {
  return timeline.rebase(row.index, result).end === end;
}

async function unlessConflict(request: Promise<void>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof ApiRefusal && error.status === 409)) throw error;
  }
}
