import { readFileSync } from 'node:fs';
import { LsRecordError } from '../../errors.js';
import type { JsonObject } from '../../json/value.js';
import { isCode } from '../../prepare/disk.js';
import type { ExperimentRows } from '../../prepare/prepare.js';
import { RowSet } from '../../prepare/row-set.js';
import type { Recording } from '../recording.js';
import type { TimelineState } from '../times.js';

/** Journals of another version are not understood, and their recordings not continued. */
export const JOURNAL_VERSION = 2;

/** What makes a recording the same as an earlier one. */
export interface JournalKey {
  /** LangSmith's address, or home's folder. */
  readonly place: string;
  readonly dataset: string;
  readonly experiment: string | null;
  readonly shard: string;
  /** Those that are not the default, by name. */
  readonly options: JsonObject;
  /** A hash of what identifies the sources. */
  readonly sourceId: string;
}

/** What else a journal says of the recording that it is about. */
export interface JournalAbout
  extends Pick<ExperimentRows, 'label' | 'isOneOfSeveral' | 'files' | 'sources' | 'group'> {
  readonly live: boolean;
  /** What whoever started it needs to do it again. */
  readonly command: unknown;
}

export interface JournalHeader extends JournalKey, JournalAbout {
  readonly version: typeof JOURNAL_VERSION;
  readonly id: string;
  readonly startedAt: string;
}

/** A recording as its journal tells it. */
export interface JournalSummary extends JournalKeySummary, JournalAbout {
  readonly id: string;
  /** The first file. */
  readonly source: string;
  /** Its name; the one that was given, if any. */
  readonly experiment: string | undefined;
  readonly givenName: string | null;
  readonly startedAt: string;
  readonly rowsDone: number;
  readonly finished: Recording | undefined;
}

type JournalKeySummary = Omit<JournalKey, 'experiment'>;

/** A journal as it is read: each line adds to what those before it said. */
export interface JournalLines {
  header: JournalHeader;
  experiment: { id: string; name: string } | undefined;
  timeline: TimelineState | undefined;
  finished: Recording | undefined;
  acknowledged: RowSet;
}

export function newLines(header: JournalHeader): JournalLines {
  return {
    header,
    experiment: undefined,
    timeline: undefined,
    finished: undefined,
    acknowledged: new RowSet(),
  };
}

/** Undefined if there is no such journal, or not even its first line was written. */
export function readLines(path: string): JournalLines | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  let lines: JournalLines | undefined;
  for (const line of text.split('\n')) {
    const event = readEvent(line);
    if (event?.header) {
      if (event.header.version !== JOURNAL_VERSION) throw ofAnotherVersion(event.header);
      lines = newLines(event.header);
    }
    if (!event || !lines) continue;
    if (event.experiment) lines.experiment = event.experiment;
    if (event.timeline) lines.timeline = event.timeline;
    if (event.finished) lines.finished = event.finished;
    for (const [from, to] of event.rows ?? []) lines.acknowledged.addRange(from, to);
  }
  return lines;
}

interface JournalEvent {
  readonly header?: JournalHeader;
  readonly experiment?: { id: string; name: string };
  readonly timeline?: TimelineState;
  readonly finished?: Recording;
  readonly rows?: [from: number, to: number][];
}

function readEvent(line: string): JournalEvent | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as JournalEvent;
  } catch {
    // The process died while it wrote this line.
    return undefined;
  }
}

function ofAnotherVersion({ id, version }: { id: string; version: number }): LsRecordError {
  return new LsRecordError(
    'RECORDING_NOT_FOUND',
    `recording ${id} was started by another version of ls-record (journal version ${version}, not ${JOURNAL_VERSION})`,
    { hint: `It cannot be resumed. To discard it: ls-record resume --discard ${id}` },
  );
}

export function summarise({
  header,
  experiment,
  acknowledged,
  finished,
}: JournalLines): JournalSummary {
  const { version: _, ...about } = header;
  return {
    ...about,
    source: header.files[0] ?? '-',
    experiment: experiment?.name ?? header.experiment ?? undefined,
    givenName: header.experiment,
    rowsDone: finished?.rows.recorded ?? acknowledged.size,
    finished,
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
