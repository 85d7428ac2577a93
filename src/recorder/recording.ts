import type { JsonValue } from '../json/value.js';
import type { LangSmith } from '../langsmith/client.js';
import type { ScoreSummary } from '../results/preflight/score-summary.js';
import type { Journal } from './journal/journal.js';
import type { Journals } from './journal/journals.js';

/** How `record` should record. Only `client` and `dataset` are needed. */
export interface RecordOptions {
  readonly client: LangSmith;
  /** Name or UUID; created if there is none of that name. */
  readonly dataset: string;
  /** Name of the experiment; default: from the source's name and content. */
  readonly experiment?: string;
  readonly description?: string;
  /** Which of a source's experiments this is, where it holds several; part of the default name. */
  readonly label?: string;
  /** Scores of the experiment itself, each as in a row's `feedback`; asked for once all rows were read. */
  readonly summary?: () => readonly JsonValue[];
  /** Added to the experiment's metadata. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Add to the experiment of that name or id instead of making a new one. */
  readonly append?: boolean;
  /** A new experiment even if these rows were recorded before. */
  readonly another?: boolean;
  /** Tells apart machines that record into one experiment. */
  readonly shard?: string;
  /** What makes two rows the same example. Default `content`. */
  readonly identity?: Identity;
  /** Name of runs whose row has none. Default `ls-record`. */
  readonly runName?: string;
  readonly runType?: string;
  /** `fail`: a bad row stops before anything is written. `skip`: it goes to the rejects. Default `fail`. */
  readonly onInvalid?: 'fail' | 'skip';
  /** True times, even where they are older than LangSmith's cloud takes. */
  readonly keepTimes?: boolean;
  readonly verify?: Verify;
  /** Read, check and plan; write nothing. */
  readonly dryRun?: boolean;
  /** What the place is called in journals, where its address is not always the same. */
  readonly place?: string;
  /** Where it is written down how far a recording got, so that the same call goes on from there. */
  readonly journals?: Journals;
  /** A journal that was taken up already: the rest of a stream that was cut off. */
  readonly journal?: Journal;
  /** What whoever calls needs to do it again; kept in the journal as it is. */
  readonly command?: unknown;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Called with each row that is refused, in the order of refusal, as one JSON line ready for a rejects file. */
  readonly onReject?: (line: string) => void | Promise<void>;
}

export type Identity = 'content' | 'inputs' | 'id';
export type Verify = 'normal' | 'strict' | 'off';

/** Where a recording stands. Rows and bytes only ever grow within a phase. */
export interface Progress {
  readonly phase: 'reading' | 'examples' | 'runs' | 'verifying';
  readonly rows: number;
  /** Known once a file has been read through. */
  readonly totalRows?: number;
  /** Read of the source; in the phase `runs` and after it, sent. */
  readonly bytes: number;
  /** Of the source, where that is known. */
  readonly totalBytes?: number;
  readonly retries: number;
}

/** A row that was not recorded, and why. */
export interface RowProblem {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  /** Path of the field in the row, such as `scores.correct`; absent when the row itself is broken. */
  readonly field?: string;
  readonly message: string;
}

/** What became of the rows: `read` = `recorded` + `refused` + `skipped`. */
export interface RowCounts {
  readonly read: number;
  /** Runs that the server acknowledged, now or in an earlier attempt. */
  readonly recorded: number;
  /** Refused by the server. */
  readonly refused: number;
  /** Bad rows that were passed over on request. */
  readonly skipped: number;
}

/** The answer of `record`: one experiment, or with `dryRun` what would become one. */
export interface Recording {
  readonly experiment: { readonly id: string; readonly name: string; readonly url: string };
  readonly dataset: { readonly id: string; readonly name: string; readonly created: boolean };
  readonly rows: RowCounts;
  readonly examples: {
    readonly created: number;
    readonly existing: number;
    readonly updated: number;
  };
  readonly runs: number;
  readonly feedback: number;
  /** Rows on which the app failed. */
  readonly errors: number;
  /** Of the rows, by key; at most 100. */
  readonly scores: readonly ScoreSummary[];
  /** `complete`: all is there already from before; nothing was sent. */
  readonly status: 'recorded' | 'complete' | 'planned' | 'stopped';
  readonly verified: 'yes' | 'not yet' | 'off';
  /** The first problems, at most 100; counts are in `rows`. */
  readonly problems: readonly RowProblem[];
  readonly notes: readonly string[];
  /** What `dryRun` foresees. */
  readonly plan?: {
    readonly requests: number;
    readonly bytes: number;
    readonly earliest?: string;
    readonly latest?: string;
  };
}
