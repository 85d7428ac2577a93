import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Tolerated } from '../input/tolerated.js';
import type { CheckedRow } from '../results/parse.js';
import { parseResults } from '../results/parse.js';
import type { RecognisedSource } from '../results/recognised.js';
import { unwritable } from './disk.js';
import { ExampleTable } from './example-table.js';
import { ExperimentTally } from './experiment-tally.js';
import { PackageWriter, removePackage } from './package.js';
import type { PackedRow, RowHead } from './packed-row.js';
import { type ExampleNaming, Packer, type RowWriter, type Shared } from './packer.js';
import { readingOf } from './pass.js';
import type { ExperimentRows } from './prepare.js';
import type { Part } from './prepared.js';
import { countNote, SurveyTally } from './survey.js';

interface Cut {
  readonly maxRows: number;
  readonly maxBytes: number;
  /** After a part's first row. */
  readonly maxMs: number;
}

/** A running evaluation fills its experiment about every second. */
const CUT: Cut = { maxRows: 1000, maxBytes: 8_000_000, maxMs: 1000 };

export interface StreamOptions extends ExampleNaming {
  /** Where its parts are kept until they are dropped, a package each. */
  readonly path?: string | undefined;
  readonly maxRowBytes?: number | undefined;
  /** Ends the stream at what was read. */
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((chunk: Uint8Array) => void) | undefined;
  readonly cut?: Cut | undefined;
}

/** What is known of a stream before it is read; its identity is random. */
export function streamFacts(source: RecognisedSource) {
  return {
    label: '',
    isOneOfSeveral: false,
    files: [source.name],
    group: null,
    copyOf: source.copyOf,
    sources: [{ bytes: randomUUID(), reading: readingOf(source) }],
  };
}

/** A live stream as an experiment: its parts come as it is read. */
export function streamAsExperiment(
  source: RecognisedSource,
  facts: ReturnType<typeof streamFacts>,
  options: StreamOptions,
): ExperimentRows {
  return {
    ...facts,
    isLive: true,
    summary: () => source.summaries.flatMap(({ scores }) => scores.map((score) => ({ ...score }))),
    parts: () => prepareStream(source, options),
  };
}

/** A stream of which all rows were recorded before it was cut off: what is left to do is its end. */
export function endOfStream(source: RecognisedSource): ExperimentRows {
  const nothing: Part = {
    isWhole: false,
    rows: 0,
    badRows: 0,
    problems: [],
    facts: new ExperimentTally('').summarise(),
    notes: [],
    changes: [],
    async *read() {},
  };
  return {
    ...streamFacts(source),
    isLive: true,
    summary: () => [],
    async *parts() {
      yield nothing;
    },
  };
}

/** Where the `n`th part of a stream is kept. */
export function partPath(path: string, n: number): string {
  return `${path}.part-${String(n).padStart(9, '0')}`;
}

/** Reads a live stream and cuts it into parts, which are packed as they come. */
export async function* prepareStream(
  source: RecognisedSource,
  options: StreamOptions,
): AsyncGenerator<Part> {
  const { path, onBytes, signal, cut = CUT } = options;
  const shared: Shared = { ...options, examples: new ExampleTable(), survey: new SurveyTally({}) };
  let bytes = 0;
  const tolerated = new Tolerated();
  const rows = parseResults(
    source.rows({
      tolerated,
      onBytes: (chunk) => {
        bytes += chunk.length;
        onBytes?.(chunk);
      },
    }),
  )[Symbol.asyncIterator]();
  let failure: { readonly error: unknown } | undefined;
  const pull = () =>
    rows.next().catch((error: unknown) => {
      // What was read before it is recorded first.
      failure = { error };
      return { done: true, value: undefined } as const;
    });

  let next = pull();
  let row = 0;
  let isStopped = false;
  for (let number = 0, isEnd = false; !isEnd; number++) {
    const kept = new KeptRows(path === undefined ? undefined : partPath(path, number));
    const packer = new Packer('', shared, kept, row);
    const add = (checked: CheckedRow) => packer.add(checked, source.format === 'native');
    const timer = new AbortController();
    // Of this part alone: a promise that outlives it would hold on to every race that it was in.
    const aborted = whenAborted(signal, timer.signal);
    let timeout: Promise<'timeout'> | undefined;
    bytes = 0;

    while (packer.row - row < cut.maxRows && bytes < cut.maxBytes && !kept.failure) {
      const step = await Promise.race([next, aborted, ...(timeout ? [timeout] : [])]);
      if (step === 'timeout') break;
      isStopped = step === 'aborted';
      isEnd = step === 'aborted' || step.done === true;
      if (step === 'aborted' || step.done) break;
      add(step.value);
      timeout ??= sleep(cut.maxMs, 'timeout' as const, { signal: timer.signal }).catch(
        () => 'timeout',
      );
      next = pull();
    }
    timer.abort();
    await kept.finish();
    if (kept.failure) {
      // The last thing that can be done with a full disk: record what was read.
      failure ??= { error: kept.failure };
      isEnd = true;
    }

    if (isEnd) for (const sentence of tolerated.sentences()) countNote(packer.notes, sentence);
    const { badRows, problems, notes, changes, tally } = packer;
    if (packer.row > row || (row > 0 && notes.size > 0)) {
      yield {
        isWhole: number === 0 && isEnd && !isStopped && !failure,
        rows: packer.row - row,
        badRows,
        problems,
        facts: tally.summarise(),
        notes: [...notes],
        changes: changes.counts,
        read: () => kept.read(),
        drop: () => kept.drop(),
      };
    }
    row = packer.row;
  }
  if (failure && !isStopped) throw failure.error;
}

/** The rows of a part: in memory, and until the server has them, on disk. */
class KeptRows implements RowWriter {
  readonly #rows: PackedRow[] = [];
  #disk: PackageWriter | undefined;
  #flushing: NodeJS.Immediate | undefined;
  /** They are in memory only. */
  failure: unknown;

  constructor(private readonly path: string | undefined) {}

  add(file: string, head: RowHead, payloads: readonly string[]): void {
    this.#rows.push({ file, head, payloads: payloads.map((text) => Buffer.from(text)) });
    const path = this.path;
    if (path === undefined || this.failure) return;
    this.#keep(() => {
      this.#disk ??= new PackageWriter(path);
      this.#disk.add(file, head, payloads);
    });
    // Once for all rows that came together.
    this.#flushing ??= setImmediate(() => {
      this.#flushing = undefined;
      this.#keep(() => this.#disk?.flush());
    });
  }

  async finish(): Promise<void> {
    clearImmediate(this.#flushing);
    this.#keep(() => this.#disk?.sync());
    // Room for the journal, which is on the same disk.
    if (this.failure) await this.drop();
  }

  async *read(): AsyncGenerator<PackedRow[]> {
    yield this.#rows;
  }

  async drop(): Promise<void> {
    if (this.path !== undefined) await removePackage(this.path);
  }

  #keep(work: () => void): void {
    if (this.failure) return;
    try {
      work();
    } catch (error) {
      this.failure = unwritable(error, 'the rows of the stream', this.path ?? '');
    }
  }
}

function whenAborted(signal: AbortSignal | undefined, until: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve('aborted');
    else signal?.addEventListener('abort', () => resolve('aborted'), { once: true, signal: until });
  });
}
