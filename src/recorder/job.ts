import type { Row } from '../input/row.js';
import type { LangSmith } from '../langsmith/client.js';
import type { ChildRun, Result } from '../results/result.js';
import type { ExampleTable } from './example-table.js';
import type { Journal } from './journal/journal.js';
import { Outcome } from './outcome.js';
import type { Progress, RecordOptions, RowProblem } from './recording.js';
import type { Rejects } from './rejects.js';
import type { Changes } from './sendable.js';
import type { ScoreSum } from './verify.js';

const MAX_PROBLEMS = 100;

/** What the stages of one recording share. */
export interface Job {
  readonly client: LangSmith;
  readonly options: RecordOptions;
  readonly datasetId: string;
  /** The dataset is made by this recording, so its examples need not be asked for. */
  readonly isNewDataset: boolean;
  readonly examples: ExampleTable;
  /** Examples that the server refused, with its words. */
  readonly refusedExamples: Map<number, string>;
  readonly changes: Changes;
  readonly tally: Tally;
  readonly rejects: Rejects;
  /** Where it is written down which rows the server has. */
  readonly journal: Journal | undefined;
}

/** What was counted so far. */
export class Tally {
  readonly #client: Pick<LangSmith, 'retries'>;
  rows = 0;
  recorded = 0;
  refused = 0;
  skipped = 0;
  runs = 0;
  feedback = 0;
  examplesCreated = 0;
  examplesExisting = 0;
  examplesUpdated = 0;
  /** Of the source, read. */
  bytes = 0;
  /** Of runs, before compression, acknowledged. */
  bytesSent = 0;
  totalRows: number | undefined;
  readonly #totalBytes: number | undefined;
  readonly problems: RowProblem[] = [];
  readonly outcome = new Outcome();
  /** Of what this process sent. */
  readonly scores = new Map<string, ScoreSum>();
  /** Numbers of the rows that were refused or skipped. */
  readonly leftOut = new Set<number>();

  /** @param totalBytes of the source, where that is known. */
  constructor(client: Pick<LangSmith, 'retries'>, totalBytes?: number) {
    this.#client = client;
    this.#totalBytes = totalBytes;
  }

  addScores(run: Result | ChildRun): void {
    for (const { key, score } of run.feedback) {
      if (score === undefined) continue;
      const sum = this.scores.get(key) ?? { n: 0, sum: 0 };
      this.scores.set(key, sum);
      sum.n++;
      sum.sum += Number(score);
    }
    for (const child of run.childRuns) this.addScores(child);
  }

  addProblem(row: Row, message: string, field?: string): void {
    if (this.problems.length === MAX_PROBLEMS) return;
    this.problems.push({ ...row.origin, message, ...(field !== undefined && { field }) });
  }

  progress(phase: Progress['phase'], rows: number): Progress {
    return {
      phase,
      rows,
      bytes: phase === 'reading' ? this.bytes : this.bytesSent,
      retries: this.#client.retries,
      ...(this.totalRows !== undefined && { totalRows: this.totalRows }),
      ...(this.#totalBytes !== undefined && { totalBytes: this.#totalBytes }),
    };
  }
}
