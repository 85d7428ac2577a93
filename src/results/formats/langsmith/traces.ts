import { addTo } from '../../../group-by.js';
import type { Row } from '../../../input/row.js';
import { roughSize } from '../../../json/size.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { listAt, memberAt, textAt, without } from '../../format-kit/members.js';
import { readWhen } from '../../when.js';

/** Runs that wait for others of their trace take no more; a trace that nothing was added to for longest goes first. */
export const MOST_WAITING = 32 * 1024 * 1024;

/** A run, or a part of one, as it stands in a file. */
export interface FoundRun {
  readonly origin: Row['origin'];
  readonly record: JsonObject;
}

/** A run of a trace, with the ids of those above it, from the root down. */
export interface TracedRun extends FoundRun {
  readonly id: string;
  readonly above: readonly string[];
  /** It is in the file more than once. */
  readonly isRepeated: boolean;
}

/** What a file has of a trace. */
export type Trace = readonly TracedRun[];

interface Waiting {
  readonly place: number;
  readonly runs: Map<string, TracedRun>;
  size: number;
}

/**
 * Puts runs together with the others of their trace, in whatever order they come. Runs are distinguished by their ids within
 * a trace; parts of one are joined, of what both say the later counts.
 */
export class Traces {
  /** Those that were added to longest ago come first. */
  readonly #waiting = new Map<string, Waiting>();
  /** Goes on where it was: from the beginning, it would pass over all that was removed there, each time. */
  readonly #oldest = this.#waiting.entries();
  /** The group of each run that does not name its trace. */
  readonly #keys = new Map<string, string>();
  #size = 0;
  #count = 0;
  /** One of the runs so far has none above it. */
  hasRoots = false;

  /** @param most what may wait, in bytes. */
  constructor(private readonly most = MOST_WAITING) {}

  /** @returns traces that can wait no longer. */
  add(found: FoundRun): Trace[] {
    for (const run of withRunsBelow(found)) this.#add(run);
    const traces: Trace[] = [];
    while (this.#size > this.most && this.#waiting.size > 1) traces.push(this.#release());
    return traces;
  }

  /** @returns the others, in the order of their first runs. */
  end(): Trace[] {
    const waiting = [...this.#waiting.values()].sort((one, other) => one.place - other.place);
    this.#waiting.clear();
    this.#keys.clear();
    this.#size = 0;
    return waiting.map(({ runs }) => [...runs.values()]);
  }

  #add({ origin, record }: FoundRun): void {
    const above = idsAbove(record);
    this.hasRoots ||= above.length === 0;
    const id = textAt(record, 'id') ?? `run ${this.#count}`;
    const key = this.#keyOf(id, above, record);
    const trace = this.#waiting.get(key) ?? { place: this.#count, runs: new Map(), size: 0 };
    this.#count++;
    const known = trace.runs.get(id);
    const joined = known ? join(known.record, record) : record;
    const size = roughSize(record);
    trace.runs.set(id, {
      id,
      origin: known?.origin ?? origin,
      record: joined,
      above: known && known.above.length > above.length ? known.above : above,
      isRepeated: known !== undefined,
    });
    trace.size += size;
    this.#size += size;
    this.#waiting.delete(key);
    this.#waiting.set(key, trace);
  }

  /** What a run is put with: its trace, or where it does not tell that, the run above it. */
  #keyOf(id: string, above: readonly string[], record: JsonObject): string {
    const stated = textAt(record, 'trace_id');
    if (stated !== undefined) return stated;
    const [top = id] = above;
    const key = this.#keys.get(top) ?? top;
    this.#keys.set(id, key);
    const below = key === id ? undefined : this.#waiting.get(id);
    const there = this.#waiting.get(key);
    if (!below) return key;
    // What came before was put with this run, which is now known to be below another.
    for (const one of below.runs.keys()) this.#keys.set(one, key);
    this.#waiting.delete(id);
    this.#waiting.set(key, {
      place: Math.min(below.place, there?.place ?? below.place),
      runs: new Map([...(there?.runs ?? []), ...below.runs]),
      size: below.size + (there?.size ?? 0),
    });
    return key;
  }

  #release(): Trace {
    const next = this.#oldest.next();
    if (next.done) return [];
    const [key, { runs, size }] = next.value;
    this.#waiting.delete(key);
    this.#size -= size;
    for (const id of runs.keys()) this.#keys.delete(id);
    return [...runs.values()];
  }
}

/** A run and those that stand within it, each by itself. */
function withRunsBelow(found: FoundRun): FoundRun[] {
  const all: FoundRun[] = [];
  const waiting = [found];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { origin, record } = next;
    const below = (listAt(record, 'child_runs') ?? []).filter(isJsonObject);
    all.push(below.length > 0 ? { origin, record: without(record, 'child_runs') } : next);
    for (const run of below.reverse()) waiting.push({ origin, record: placeBelow(run, record) });
  }
  return all;
}

/** Where a run does not say what it is below, the run that it stands in is. */
function placeBelow(run: JsonObject, parent: JsonObject): JsonObject {
  const placed: JsonObject = {};
  for (const name of ['trace_id', 'session_id', 'session_name']) {
    const value = memberAt(run, name) ?? memberAt(parent, name);
    if (value !== undefined) setKey(placed, name, value);
  }
  if (idsAbove(run).length === 0) placed.parent_run_id = parent.id ?? null;
  return { ...run, ...placed };
}

/** The ids of the runs above, from the root down, as far as a run says them. */
function idsAbove(run: JsonObject): string[] {
  const order = textAt(run, 'dotted_order')?.split('.') ?? [];
  const placed = order.slice(0, -1).map((part) => part.slice(part.indexOf('Z') + 1));
  const listed = (listAt(run, 'parent_run_ids') ?? []).filter((id) => typeof id === 'string');
  const above = placed.length > 0 ? placed : listed;
  const trace = textAt(run, 'trace_id');
  // A root says that nothing is above it, or has the id of its trace.
  const isRoot = run.parent_run_id === null || trace === undefined || trace === run.id;
  const parent = textAt(run, 'parent_run_id') ?? (above.length > 0 || isRoot ? undefined : trace);
  return parent === undefined || above.at(-1) === parent ? above : [...above, parent];
}

/** Joins two parts of a run: where both say something the later counts, and feedback is kept from both. */
function join(one: JsonObject, other: JsonObject): JsonObject {
  const joined = { ...one };
  for (const name of Object.keys(other)) {
    const value = other[name] ?? null;
    if (name === 'feedbacks') joined[name] = [one[name] ?? [], value].flat() as JsonValue[];
    else if (value !== null) setKey(joined, name, value);
  }
  return joined;
}

/** A run and those below it. */
export interface RunTree {
  readonly run: TracedRun;
  readonly below: RunTree[];
  /** The run right above is not in the file. */
  readonly isMoved: boolean;
}

/**
 * Puts the runs of a trace under each other. A run whose parent is not there is put below the nearest run above it that is.
 *
 * @returns the runs that nothing in the file is above: of a whole trace, its root alone.
 */
export function growTrees(trace: Trace): RunTree[] {
  const runs = new Map(trace.map((run) => [run.id, run]));
  const below = new Map<string | undefined, TracedRun[]>();
  const root = trace.find(({ above }) => above.length === 0);
  for (const run of trace) {
    const isThere = (id: string) => id !== run.id && runs.has(id);
    const parent = run === root ? undefined : (run.above.findLast(isThere) ?? root?.id);
    addTo(below, parent, run);
  }
  const planted = new Set<TracedRun>();
  const trees = plant(below.get(undefined) ?? []);
  const rest = trees.find(({ run }) => run === root)?.below ?? trees;
  // Runs that say of each other that they are above.
  for (const run of trace) for (const tree of plant([run])) rest.push({ ...tree, isMoved: true });
  return trees;

  function plant(first: readonly TracedRun[]): RunTree[] {
    const grown: RunTree[] = [];
    const waiting = [{ runs: first, into: grown, parent: undefined as string | undefined }];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { into, parent } = next;
      for (const run of inOrder(next.runs)) {
        if (planted.has(run)) continue;
        planted.add(run);
        const isMoved = parent !== undefined && run.above.at(-1) !== parent;
        const tree: RunTree = { run, below: [], isMoved };
        into.push(tree);
        waiting.push({ runs: below.get(run.id) ?? [], into: tree.below, parent: run.id });
      }
    }
    return grown;
  }
}

/** By when they started, if all of them say it. */
function inOrder(runs: readonly TracedRun[]): readonly TracedRun[] {
  const timed = runs.map((run) => ({ run, start: readWhen(run.record.start_time ?? null) }));
  if (timed.some(({ start }) => start === undefined)) return runs;
  return timed.sort((one, other) => (one.start ?? 0) - (other.start ?? 0)).map(({ run }) => run);
}
