import type { LangSmith } from '../langsmith/client.js';
import type { ScoreSummary } from '../prepare/score-summary.js';
import type { RowProblem } from '../prepare/survey.js';
import type { Journals } from './journal/journals.js';

/** How `record` should record. Only `client` and `dataset` are needed; names are those of the command's flags. */
export interface RecordOptions {
  readonly client: LangSmith;
  /** Name or UUID; created if missing. */
  readonly dataset: string;
  /** Name of the experiment; default: from the source's name and content. */
  readonly experiment?: string | undefined;
  readonly description?: string | undefined;
  /** Added to the experiment's metadata. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** An experiment for each file. */
  readonly each?: boolean | undefined;
  /** Of several experiments in the files, those with these labels. */
  readonly only?: readonly string[] | undefined;
  /** Add to the experiment of that name or id instead of making a new one. */
  readonly append?: boolean | undefined;
  /** A new experiment even if these rows were recorded before. */
  readonly new?: boolean | undefined;
  /** Unique name of this machine when several record into one experiment. */
  readonly shard?: string | undefined;
  /** How examples are matched. Default `content`. */
  readonly identity?: Identity | undefined;
  /** Name of runs whose row has none. Default `ls-record`. */
  readonly runName?: string | undefined;
  /** Type of runs whose row has none. Default `llm`. */
  readonly runType?: string | undefined;
  /** `fail`: a bad row stops before anything is written. `skip`: it goes to the rejects. Default `fail`. */
  readonly onInvalid?: 'fail' | 'skip' | undefined;
  /** Keep original timestamps even if LangSmith Cloud may refuse or hide the runs. */
  readonly keepTimes?: boolean | undefined;
  readonly verify?: Verify | undefined;
  /** Read, check and plan; write nothing. */
  readonly dryRun?: boolean | undefined;
  /** The server is home, which accepts and shows runs of any age. */
  readonly isHome?: boolean | undefined;
  /** What the server is called in journals, where its address is not always the same. */
  readonly place?: string | undefined;
  /** Where progress and what was read are kept, so that the same call continues; default: in a folder that is removed. */
  readonly journals?: Journals | undefined;
  /** What the caller needs to do it again; kept in the journal as it is. */
  readonly command?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Called with each row that is refused, in the order of refusal, as one JSON line ready for a rejects file. */
  readonly onReject?: ((line: string) => void | Promise<void>) | undefined;
}

export type Identity = 'content' | 'inputs' | 'id';
export type Verify = 'normal' | 'strict' | 'off';

/** How far a recording is. Rows and bytes only ever grow within a phase. */
export interface Progress {
  readonly phase: 'reading' | 'examples' | 'runs' | 'verifying';
  readonly rows: number;
  /** Known once a file has been read. */
  readonly totalRows?: number | undefined;
  /** Read of the source; in the phase `runs` and after it, sent. */
  readonly bytes: number;
  /** Of the source, where that is known. */
  readonly totalBytes?: number | undefined;
  readonly retries: number;
}

/** What became of the rows: `read` = `recorded` + `refused` + `skipped` + `left`. */
export interface RowCounts {
  readonly read: number;
  /** Runs that the server acknowledged, now or in an earlier attempt. */
  readonly recorded: number;
  /** Refused by the server. */
  readonly refused: number;
  /** Bad rows that were passed over on request. */
  readonly skipped: number;
  /** Still to be recorded, by the same call. */
  readonly left: number;
}

/** The answer of `record` for one experiment, or with `dryRun` what would become one. */
export interface Recording {
  readonly experiment: { readonly id: string; readonly name: string; readonly url: string };
  readonly dataset: { readonly id: string; readonly name: string; readonly created: boolean };
  /** The files' names. */
  readonly files: readonly string[];
  /** What the files call the experiment; '' if they do not tell several apart. */
  readonly label: string;
  readonly rows: RowCounts;
  readonly examples: {
    readonly created: number;
    readonly existing: number;
    readonly updated: number;
  };
  readonly runs: number;
  readonly feedback: number;
  /** Of the recorded rows, those on which the app failed. */
  readonly errors: number;
  /** Of the recorded rows, by key; at most 100. */
  readonly scores: readonly ScoreSummary[];
  /** `complete`: all is there already from before, nothing was sent; `unfinished`: the same call continues. */
  readonly status: 'recorded' | 'complete' | 'planned' | 'stopped' | 'unfinished';
  readonly verified: 'yes' | 'not yet' | 'off';
  /** Of the recorded rows, those that the server showed when it was asked last. */
  readonly visible?: number | undefined;
  /** The first problems, at most 100; counts are in `rows`. */
  readonly problems: readonly RowProblem[];
  readonly notes: readonly string[];
  /** What `dryRun` foresees. */
  readonly plan?:
    | {
        readonly requests: number;
        readonly bytes: number;
        readonly earliest?: string | undefined;
        readonly latest?: string | undefined;
      }
    | undefined;
}
