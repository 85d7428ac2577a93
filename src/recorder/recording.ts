import type { ScoreSummary } from '../prepare/score-summary.js';
import type { RowProblem } from '../prepare/survey.js';

/** How far a recording is. Rows and bytes only ever grow within a phase. */
export interface Progress {
  readonly phase: 'scoring' | 'reading' | 'examples' | 'runs' | 'verifying';
  readonly rows: number;
  /** Known once a file has been read. */
  readonly totalRows?: number | undefined;
  /** Read of the source; in the phase `runs` and after it, sent. */
  readonly bytes: number;
  /** The size of the source, where that is known. */
  readonly totalBytes?: number | undefined;
  readonly retries: number;
}

/** What became of the rows: `read` = `recorded` + `refused` + `skipped` + `left` + `others`. */
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
  /** Left to those who record other parts; undefined without `part`. */
  readonly others?: number | undefined;
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
  /** How many of the recorded rows the app failed on. */
  readonly errors: number;
  /** How often scorers failed on recorded rows. */
  readonly failedScores: number;
  /** What the scores of the recorded rows come to, by key; at most 100. */
  readonly scores: readonly ScoreSummary[];
  /** `complete`: all is there already from before, nothing was sent; `unfinished`: the same call continues. */
  readonly status: 'recorded' | 'complete' | 'planned' | 'stopped' | 'unfinished';
  readonly verified: 'yes' | 'not yet' | 'off';
  /** How many of the recorded rows the server showed when it was last asked. */
  readonly visible?: number | undefined;
  /** The first problems, at most 100; counts are in `rows`. */
  readonly problems: readonly RowProblem[];
  readonly notes: readonly string[];
  /** What `dryRun` foresees. */
  readonly plan?:
    | {
        readonly requests: number;
        readonly bytes: number;
        /** Traces with scores: LangSmith keeps them for 400 days, and charges for that. */
        readonly extendedTraces: number;
        readonly earliest?: string | undefined;
        readonly latest?: string | undefined;
      }
    | undefined;
}
