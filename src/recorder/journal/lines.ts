import { readFileSync } from 'node:fs';
import type { Recording } from '../recording.js';
import type { TimelineState } from '../times.js';
import { isCode } from './faults.js';
import { RowSet } from './row-set.js';

/** What makes a recording the same as an earlier one. */
export interface JournalKey {
  /** LangSmith's address, or home's folder. */
  readonly place: string;
  readonly dataset: string;
  readonly experiment: string | null;
  readonly shard: string;
  readonly options: readonly (string | null)[];
  /** The file's sha256, or a stream's random id. */
  readonly sourceId: string;
}

export interface Header extends JournalKey {
  readonly version: 1;
  readonly id: string;
  readonly source: string;
  readonly live: boolean;
  readonly startedAt: string;
  /** What whoever started it needs to do it again. */
  readonly command: unknown;
}

/** A recording as its journal tells it. */
export interface JournalSummary {
  readonly id: string;
  readonly source: string;
  readonly sourceId: string;
  readonly live: boolean;
  readonly dataset: string;
  readonly experiment: string | undefined;
  readonly startedAt: string;
  readonly rowsDone: number;
  readonly finished: boolean;
  readonly command: unknown;
}

/** A journal as it is read: each line adds to what those before it said. */
export interface Lines {
  header: Header;
  experiment: { id: string; name: string } | undefined;
  timeline: TimelineState | undefined;
  finished: Recording | undefined;
  acknowledged: RowSet;
}

export function newLines(header: Header): Lines {
  return {
    header,
    experiment: undefined,
    timeline: undefined,
    finished: undefined,
    acknowledged: new RowSet(),
  };
}

/** Undefined if there is no such journal, or not even its first line was written. */
export function readLines(path: string): Lines | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  let lines: Lines | undefined;
  for (const line of text.split('\n')) {
    const event = readEvent(line);
    if (event?.header) lines = newLines(event.header);
    if (!event || !lines) continue;
    if (event.experiment) lines.experiment = event.experiment;
    if (event.timeline) lines.timeline = event.timeline;
    if (event.finished) lines.finished = event.finished;
    for (const [from, to] of event.rows ?? []) lines.acknowledged.addRange(from, to);
  }
  return lines;
}

interface Event {
  readonly header?: Header;
  readonly experiment?: { id: string; name: string };
  readonly timeline?: TimelineState;
  readonly finished?: Recording;
  readonly rows?: [from: number, to: number][];
}

function readEvent(line: string): Event | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as Event;
  } catch {
    // The process died while it wrote this line.
    return undefined;
  }
}

export function summarise({ header, experiment, acknowledged, finished }: Lines): JournalSummary {
  return {
    id: header.id,
    source: header.source,
    sourceId: header.sourceId,
    live: header.live,
    dataset: header.dataset,
    experiment: experiment?.name ?? header.experiment ?? undefined,
    startedAt: header.startedAt,
    rowsDone: finished?.rows.recorded ?? acknowledged.size,
    finished: finished !== undefined,
    command: header.command,
  };
}

/** `[1, 2, 3, 7]` as `[[1, 3], [7, 7]]`. */
export function toRanges(rows: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const row of [...rows].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last[1] === row - 1) last[1] = row;
    else ranges.push([row, row]);
  }
  return ranges;
}
