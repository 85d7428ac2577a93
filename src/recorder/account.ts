import { parseJson } from '../json/parse.js';
import type { LangSmith } from '../langsmith/client.js';
import type { PackedRow, PackedScore, RowHead, RunHead } from '../prepare/packed-row.js';
import type { Part } from '../prepare/prepared.js';
import { RowSet } from '../prepare/row-set.js';
import { type ScoreSummary, ScoreTally } from '../prepare/score-summary.js';
import { Changes } from '../prepare/sendable.js';
import {
  countNote,
  MAX_PROBLEMS,
  type NoteCounts,
  notesInWords,
  type RowProblem,
} from '../prepare/survey.js';
import type { Progress, RowCounts } from './recording.js';
import type { ScoreSum } from './verify.js';

/** A file of other things can have a score for each row. */
const MAX_KEYS = 100;

/** What became of the rows of an experiment so far. Scores and errors are those of rows that were recorded. */
export class Account {
  read = 0;
  recorded = 0;
  refused = 0;
  skipped = 0;
  others: number | undefined;
  /** Sent by this process. */
  runs = 0;
  feedback = 0;
  examples = { created: 0, existing: 0, updated: 0 };
  /** Rows on which the app failed. */
  errors = 0;
  /** How often scorers failed. */
  failedScores = 0;
  /** Bytes of acknowledged runs, before compression. */
  bytesSent = 0;
  /** Sent with an end before their examples last changed. */
  hidden = 0;
  readonly problems: RowProblem[] = [];
  /** Numbers of the rows that were refused or skipped. */
  readonly leftOut = new RowSet();
  /** Sums of what this process sent: numbers and booleans, by key. */
  readonly sent = new Map<string, ScoreSum>();
  readonly #scores = new Map<string, ScoreTally>();
  readonly #notes: NoteCounts = new Map();
  readonly #changes: Map<string, number> = new Map();

  /** Takes over what reading a part said. */
  addPart({ rows, others, problems, notes, changes }: Part): void {
    this.read += rows;
    if (others !== undefined) this.others = (this.others ?? 0) + others;
    for (const one of problems) if (this.problems.length < MAX_PROBLEMS) this.problems.push(one);
    for (const [note, times] of notes) countNote(this.#notes, note, times);
    for (const [what, times] of changes)
      this.#changes.set(what, (this.#changes.get(what) ?? 0) + times);
  }

  note(note: string, rows = 1): void {
    countNote(this.#notes, note, rows);
  }

  get notes(): string[] {
    return [...notesInWords(this.#notes), ...new Changes(this.#changes).sentences()];
  }

  /** The server has a row, whole. */
  record(head: RowHead): void {
    this.recorded++;
    if (head.error !== undefined) this.errors++;
    for (const { key, score, value, isError } of head.scores ?? []) {
      if (isError) this.failedScores++;
      const known = this.#scores.get(key);
      if (!known && this.#scores.size === MAX_KEYS) continue;
      const tally = known ?? new ScoreTally();
      if (!known) this.#scores.set(key, tally);
      tally.add({ key, score: scoreOf(score), value: value && parseJson(value) }, this.recorded);
    }
  }

  /** This process sent the scores of a row. */
  addSent(run: RunHead): void {
    for (const { key, score } of run.scores ?? []) {
      if (score === undefined) continue;
      const sum = this.sent.get(key) ?? { n: 0, sum: 0 };
      this.sent.set(key, sum);
      sum.n++;
      sum.sum += Number(scoreOf(score));
    }
    for (const child of run.children ?? []) this.addSent(child);
  }

  refuse({ file, head }: PackedRow, message: string): void {
    this.refused++;
    this.leftOut.add(head.row);
    if (this.problems.length === MAX_PROBLEMS) return;
    const { line, column } = head;
    this.problems.push({ file, line, column, message });
  }

  skip(head: RowHead): void {
    this.skipped++;
    this.leftOut.add(head.row);
  }

  /** Rows that are for this recording. */
  get #own(): number {
    return this.read - (this.others ?? 0);
  }

  get rows(): RowCounts {
    const { recorded, refused, skipped, others } = this;
    const left = this.#own - recorded - refused - skipped;
    return { read: this.read, recorded, refused, skipped, left, others };
  }

  /** By key; of the rows that were recorded. */
  get scores(): ScoreSummary[] {
    const scores = [...this.#scores].map(([key, tally]) => tally.summarise(key, this.recorded));
    return scores.filter(({ n }) => n > 0);
  }

  progress(
    phase: Progress['phase'],
    rows: number,
    { retries }: Pick<LangSmith, 'retries'>,
  ): Progress {
    return { phase, rows, totalRows: this.#own, bytes: this.bytesSent, retries };
  }
}

function scoreOf(json: PackedScore['score']): number | boolean | undefined {
  if (json === undefined) return undefined;
  return json === 'true' || json === 'false' ? json === 'true' : Number(json);
}
