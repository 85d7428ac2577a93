import type { LangSmith } from '../langsmith/client.js';
import { PAYLOAD, type PackedRow } from '../prepare/packed-row.js';
import type { Part } from '../prepare/prepared.js';
import { rejectedLine } from '../prepare/rejects.js';
import { Changes, printPayload } from '../prepare/sendable.js';
import type { Account } from './account.js';
import { chunksOf } from './batches.js';
import type { ExampleTies } from './example-ties.js';
import type { RunIds } from './ids.js';
import type { Journal } from './journal/journal.js';
import type { RecordOptions } from './record-options.js';

const LOOK_UP = 100;

/** Where the runs of a recording go. */
export interface RunTarget {
  readonly client: LangSmith;
  readonly datasetId: string;
  readonly experimentId: string;
  readonly ids: RunIds;
  /** It was there before this process: a 409 then means that a run is there already. */
  readonly existed: boolean;
  /** Root runs that are known to be there. */
  readonly knownRuns: ReadonlySet<string>;
  /** Which examples the rows' runs are tied to. */
  readonly ties: ExampleTies;
  readonly account: Account;
  readonly journal: Journal | undefined;
  readonly options: Pick<
    RecordOptions,
    'runName' | 'runType' | 'onProgress' | 'onReject' | 'signal'
  >;
}

/** The rows of a part that are to be recorded, each with its inputs. */
export function rowsFor(target: RunTarget, part: Part): AsyncIterable<readonly PackedRow[]> {
  const good = goodRows(target, part);
  return part.facts.rowsWithoutInputs > 0 ? withInputs(target, good) : good;
}

/** The rows that can be recorded; the others are counted and go to the rejects. */
async function* goodRows(target: RunTarget, part: Part): AsyncGenerator<readonly PackedRow[]> {
  const { account, options } = target;
  // Of a stream, all that was read is recorded.
  const signal = part.drop ? undefined : options.signal;
  for await (const rows of part.read()) {
    if (signal?.aborted) return;
    for (const row of rows) {
      const { problem } = row.head;
      if (problem === undefined) continue;
      account.skip(row.head);
      await options.onReject?.(rejectedLine(row, problem));
    }
    yield rows.filter(({ head }) => head.problem === undefined);
  }
}

/** Rows that name an example instead of giving inputs get them from the server. */
async function* withInputs(
  { client, datasetId }: RunTarget,
  source: AsyncIterable<readonly PackedRow[]>,
): AsyncGenerator<readonly PackedRow[]> {
  for await (const rows of source) {
    for (const some of chunksOf(rows, LOOK_UP)) {
      const ids = new Set(some.filter(lacksInputs).flatMap(({ head }) => head.example ?? []));
      const found = ids.size > 0 ? await client.findExamples(datasetId, [...ids]) : [];
      const inputs = new Map(
        found.map((example) => [
          example.id,
          Buffer.from(printPayload(example.inputs, new Changes())),
        ]),
      );
      yield some.map((row) => {
        const fetched = lacksInputs(row) ? inputs.get(row.head.example ?? '') : undefined;
        return fetched ? { ...row, payloads: [fetched, ...row.payloads.slice(1)] } : row;
      });
    }
  }
}

function lacksInputs({ payloads }: PackedRow): boolean {
  return payloads[PAYLOAD.inputs]?.length === 0;
}
