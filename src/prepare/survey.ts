import { LsRecordError } from '../errors.js';
import { Tolerated } from '../input/tolerated.js';
import type { SummaryScores } from '../results/formats/format.js';
import { shorten } from '../results/found.js';
import type { RecognisedSource } from '../results/recognised.js';
import type { ExperimentSummary } from './experiment-tally.js';

/** What one reading of files says of them, before anything is sent. */
export interface Survey {
  readonly files: readonly FileSummary[];
  /** Bad ones included. */
  readonly rows: number;
  readonly badRows: number;
  /** The first of them; a row can have several. */
  readonly problems: readonly RowProblem[];
  readonly problemCount: number;
  /** The labels of all experiments that rows name, even if all its rows are bad, in order of first appearance. */
  readonly labels: readonly string[];
  /** Those of good rows, in order of first appearance; none if all rows are bad. */
  readonly experiments: readonly ExperimentSummary[];
  /** What was assumed or replaced, and in how many rows. */
  readonly notes: readonly string[];
  /** What the files say of experiments as a whole. */
  readonly summaries: readonly SummaryScores[];
}

/** How a file is read, and which experiments its rows name. */
export interface FileSummary
  extends Pick<RecognisedSource, 'name' | 'format' | 'described' | 'columns' | 'assumptions'> {
  readonly labels: readonly string[];
}

/** A row that was not recorded, and why. */
export interface RowProblem {
  readonly file: string;
  readonly line: number;
  readonly column?: number | undefined;
  /** Path of the field in the row, such as `scores.correct`; absent when the row itself is broken. */
  readonly field?: string | undefined;
  readonly message: string;
}

/** How often each note was made. */
export type NoteCounts = Map<string, number>;

/** Kept of each reading, and of each experiment. */
export const MAX_PROBLEMS = 100;
const MAX_EXPERIMENTS = 1000;
/** The most keys over all experiments. */
const MAX_SCORE_KEYS = 50_000;
const MAX_NOTES = 1000;

/** Counts what is in files while they are read. Its size does not grow with what the rows hold. */
export class SurveyTally {
  rows = 0;
  badRows = 0;
  scoreKeys = 0;
  readonly problems: RowProblem[] = [];
  readonly tolerated = new Tolerated();
  readonly #maxProblems: number;
  readonly #only: readonly string[] | undefined;
  #problemCount = 0;
  /** All that there are, wanted or not. */
  readonly #labels = new Set<string>();
  /** The same by the name of the file. */
  readonly #labelsOf = new Map<string, Set<string>>();
  readonly #notes: NoteCounts = new Map();

  constructor({
    maxProblems = MAX_PROBLEMS,
    only,
  }: { maxProblems?: number; only?: readonly string[] }) {
    this.#maxProblems = maxProblems;
    this.#only = only;
  }

  get takesScoreKeys(): boolean {
    return this.scoreKeys < MAX_SCORE_KEYS;
  }

  /** @returns whether rows of this experiment are wanted. */
  addLabel(label: string, { name }: RecognisedSource): boolean {
    if (!this.#labels.has(label) && this.#labels.size === MAX_EXPERIMENTS)
      throw tooManyExperiments(label);
    this.#labels.add(label);
    const ofFile = this.#labelsOf.get(name) ?? new Set();
    this.#labelsOf.set(name, ofFile.add(label));
    return this.#isWanted(label);
  }

  labelsOf({ name }: RecognisedSource): ReadonlySet<string> {
    return this.#labelsOf.get(name) ?? new Set();
  }

  get labelCount(): number {
    return this.#labels.size;
  }

  /** @param problems of one row. */
  addBadRow(problems: readonly RowProblem[]): void {
    this.badRows++;
    this.#problemCount += problems.length;
    for (const one of problems)
      if (this.problems.length < this.#maxProblems) this.problems.push(one);
  }

  note(note: string): void {
    countNote(this.#notes, note);
  }

  /** @throws {LsRecordError} `USAGE` if an experiment is wanted that there is not. */
  checkWanted(): void {
    const unknown = this.#only?.find((label) => !this.#labels.has(label));
    if (unknown !== undefined) throw unknownExperiment(unknown, [...this.#labels]);
  }

  summarise(
    sources: readonly RecognisedSource[],
    experiments: readonly ExperimentSummary[],
    changes: Iterable<string>,
  ): Survey {
    return {
      files: sources.map(({ name, format, described, columns, assumptions }) => ({
        name,
        format,
        described,
        columns,
        assumptions,
        labels: [...(this.#labelsOf.get(name) ?? [])].filter((label) => this.#isWanted(label)),
      })),
      rows: this.rows,
      badRows: this.badRows,
      problems: this.problems,
      problemCount: this.#problemCount,
      labels: [...this.#labels].filter((label) => this.#isWanted(label)),
      experiments,
      notes: [
        ...this.tolerated.sentences(),
        ...notesInWords(this.#notes),
        ...changes,
        ...(this.takesScoreKeys ? [] : [`only the first ${MAX_SCORE_KEYS} score keys are counted`]),
      ],
      summaries: sources
        .flatMap(({ summaries }) => summaries)
        .filter(({ experiment }) => this.#isWanted(experiment)),
    };
  }

  #isWanted(label = ''): boolean {
    return this.#only === undefined || this.#only.includes(label);
  }
}

export function countNote(notes: NoteCounts, note: string, rows = 1): void {
  const known = notes.get(note);
  if (known !== undefined || notes.size < MAX_NOTES) notes.set(note, (known ?? 0) + rows);
}

export function notesInWords(notes: NoteCounts): string[] {
  return [...notes].map(([note, rows]) =>
    rows > 1 ? `${note} (${rows.toLocaleString('en-US')} rows)` : note,
  );
}

function tooManyExperiments(label: string): LsRecordError {
  return new LsRecordError(
    'INPUT_INVALID',
    `more than ${MAX_EXPERIMENTS} experiments in these files; one of them is "${shorten(label)}"`,
    { hint: 'Is the experiment in another column? See --map and --ignore.' },
  );
}

function unknownExperiment(label: string, known: readonly string[]): LsRecordError {
  const labels = known.filter((one) => one !== '').map((one) => `"${shorten(one)}"`);
  return new LsRecordError('USAGE', `no experiment "${shorten(label)}" in these files`, {
    hint:
      labels.length > 0
        ? `Experiments: ${labels.join(', ')}.`
        : 'All rows belong to one experiment: omit --only.',
  });
}
