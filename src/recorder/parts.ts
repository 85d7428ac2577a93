import { setTimeout as sleep } from 'node:timers/promises';
import { LsRecordError } from '../errors.js';
import type { Row, Source } from '../input/row.js';
import { type CheckedRow, checkRow, parseResults } from '../results/parse.js';
import { Fingerprint } from './fingerprint.js';

/** A group of rows that can be read more than once. A file is one part; a live stream is cut into many. */
export interface Part {
  /** All that the source holds: its bad rows can still stop everything. */
  readonly isWhole: boolean;
  /** Ends work on the part early. Undefined for a part of a stream: what was read of it is always recorded. */
  readonly signal?: AbortSignal | undefined;
  rows(options?: { onBytes?: (chunk: Uint8Array) => void }): AsyncIterable<CheckedRow>;
}

interface Cut {
  readonly maxRows: number;
  readonly maxBytes: number;
  /** After a part's first row. */
  readonly maxMs: number;
}

/** A running evaluation fills its experiment about every second. */
const CUT: Cut = { maxRows: 1000, maxBytes: 8_000_000, maxMs: 1000 };

/**
 * Cuts a source into parts. A live stream's part holds its rows in memory, within the limits of `cut`.
 *
 * @param options.signal ends a live stream at what has been read.
 * @param options.onRow sees each row of a live stream as it goes into a part.
 */
export async function* cutParts(
  source: Source,
  options: {
    signal?: AbortSignal | undefined;
    onBytes?: (chunk: Uint8Array) => void;
    onRow?: ((row: Row) => void) | undefined;
    cut?: Cut;
  } = {},
): AsyncGenerator<Part> {
  if (!source.live) {
    yield wholePart(source, options.signal);
    return;
  }

  const { signal, onBytes, onRow, cut = CUT } = options;
  let bytes = 0;
  const rows = parseResults(
    source.rows({
      onBytes: (chunk) => {
        bytes += chunk.length;
        onBytes?.(chunk);
      },
    }),
  )[Symbol.asyncIterator]();

  let isFirst = true;
  let isStopped = false;
  let failure: { readonly error: unknown } | undefined;
  const pull = () =>
    rows.next().catch((error: unknown) => {
      // What was read before it is recorded first.
      failure = { error };
      return { done: true, value: undefined } as const;
    });
  let next = pull();
  for (let done = false; !done; isFirst = false) {
    const part: CheckedRow[] = [];
    const timer = new AbortController();
    // Of this part alone: a promise that outlives it would hold on to every race that it was in.
    const aborted = whenAborted(signal, timer.signal);
    let timeout: Promise<'timeout'> | undefined;
    bytes = 0;

    while (part.length < cut.maxRows && bytes < cut.maxBytes) {
      const step = await Promise.race([next, aborted, ...(timeout ? [timeout] : [])]);
      if (step === 'timeout') break;
      isStopped = step === 'aborted';
      done = step === 'aborted' || step.done === true;
      if (step === 'aborted' || step.done) break;
      onRow?.(step.value.row);
      part.push(step.value);
      timeout ??= sleep(cut.maxMs, 'timeout' as const, { signal: timer.signal }).catch(
        () => 'timeout',
      );
      next = pull();
    }
    timer.abort();

    const isWhole = isFirst && done && !isStopped && !failure;
    if (part.length > 0) yield { isWhole, rows: () => fromArray(part) };
  }
  if (failure && !isStopped) throw failure.error;
}

/** All of a file: each reading must find what the first one found. */
function wholePart(source: Source, signal: AbortSignal | undefined): Part {
  const fingerprint = new Fingerprint();
  return {
    isWhole: true,
    signal,
    async *rows({ onBytes } = {}) {
      const reading = fingerprint.follow(() => {
        throw changed(source.name);
      });
      const rows = source.rows({
        onBytes: (chunk) => {
          reading.add(chunk);
          onBytes?.(chunk);
        },
      });
      for await (const row of rows) yield checkRow(row);
      reading.end();
    },
  };
}

function changed(name: string): LsRecordError {
  return new LsRecordError('INPUT_CHANGED', `${name} changed while it was recorded`, {
    hint: 'Wait until it is written to the end, then run the same command again.',
  });
}

async function* fromArray<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

function whenAborted(signal: AbortSignal | undefined, until: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve('aborted');
    else signal?.addEventListener('abort', () => resolve('aborted'), { once: true, signal: until });
  });
}
