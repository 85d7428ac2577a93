import { LsRecordError } from '../../errors.js';
import type { SummaryScores } from '../formats/format.js';
import { shorten } from '../found.js';
import { type CheckedRow, checkRow, type FieldProblem } from '../parse.js';
import type { RecognisedSource } from '../recognise.js';
import { describeOversize, USUAL_MAX_BYTES } from '../row-size.js';
import { type ExperimentSummary, ExperimentTally } from './experiment-tally.js';
import { assumptionsOf } from './row-assumptions.js';

/** What one reading of files tells, before anything of them is sent. */
export interface Report {
  readonly files: readonly FileReport[];
  /** Bad ones included. */
  readonly rows: number;
  readonly badRows: number;
  /** The first of them; a row can have several. */
  readonly problems: readonly PlacedProblem[];
  readonly problemCount: number;
  /** Of all experiments that rows name, also where all its rows are bad, in order of first appearance. */
  readonly labels: readonly string[];
  /** Those of good rows, in order of first appearance; none if all rows are bad. */
  readonly experiments: readonly ExperimentSummary[];
  /** Assumptions that were made of rows, and of how many. */
  readonly notes: readonly string[];
  /** What the files say of experiments as a whole. */
  readonly summaries: readonly SummaryScores[];
}

/** What a file was taken for, and which experiments its rows name. */
export interface FileReport
  extends Pick<RecognisedSource, 'name' | 'format' | 'described' | 'columns' | 'assumptions'> {
  readonly labels: readonly string[];
}

/** What is wrong, and where. */
export interface PlacedProblem {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  /** Absent when the row itself is broken. */
  readonly field?: string;
  readonly message: string;
}

export interface PreflightOptions {
  /** Default 100. */
  readonly maxProblems?: number;
  /** Labels of the experiments that are wanted. */
  readonly only?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { rows: number; bytes: number; totalBytes?: number }) => void;
}

const MAX_PROBLEMS = 100;
const MAX_EXPERIMENTS = 1000;
/** Of all experiments together. */
const MAX_SCORE_KEYS = 50_000;
const MAX_NOTES = 1000;
const PROGRESS_ROWS = 1000;

/**
 * Reads all files once and says what is in them. Memory does not grow with what the rows hold: 1,000,000 rows take
 * some 70 MB.
 *
 * @throws {LsRecordError} `INPUT_INVALID` where the rest of a file cannot be read; `USAGE` if `only` names no experiment.
 */
export async function preflight(
  sources: readonly RecognisedSource[],
  options: PreflightOptions = {},
): Promise<Report> {
  const { signal, onProgress, only } = options;
  const reading = new Reading(options.maxProblems ?? MAX_PROBLEMS, only);
  const sizes = sources.map((source) => source.bytes ?? Number.NaN);
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  let read = 0;
  let bytes = 0;
  const onBytes = (chunk: Uint8Array) => {
    bytes += chunk.length;
  };
  for (const source of sources) {
    for await (const row of source.rows({ onBytes, ...(signal && { signal }) })) {
      signal?.throwIfAborted();
      reading.add(checkRow(row), source);
      if (++read % PROGRESS_ROWS > 0) continue;
      onProgress?.({ rows: read, bytes, ...(totalBytes && { totalBytes }) });
    }
  }
  return reading.report(sources);
}

class Reading {
  rows = 0;
  #badRows = 0;
  #problemCount = 0;
  #scoreKeys = 0;
  readonly #maxProblems: number;
  readonly #only: readonly string[] | undefined;
  readonly #problems: PlacedProblem[] = [];
  readonly #experiments = new Map<string, ExperimentTally>();
  /** All that there are, wanted or not. */
  readonly #labels = new Set<string>();
  /** The same by the name of the file. */
  readonly #labelsOf = new Map<string, Set<string>>();
  /** Sentence → how many rows it is about. */
  readonly #notes = new Map<string, number>();

  constructor(maxProblems: number, only: readonly string[] | undefined) {
    this.#maxProblems = maxProblems;
    this.#only = only;
  }

  add(checked: CheckedRow, source: RecognisedSource): void {
    const { origin, experiment = '', problem } = checked.row;
    // A row that cannot be read may belong to any.
    if (problem === undefined) {
      this.#addLabel(experiment, source);
      if (!this.#isWanted(experiment)) return;
    }
    this.rows++;
    const problems = problemsOf(checked);
    if (problems.length > 0 || 'problems' in checked) {
      this.#badRows++;
      this.#problemCount += problems.length;
      const room = Math.max(0, this.#maxProblems - this.#problems.length);
      for (const one of problems.slice(0, room)) this.#problems.push({ ...origin, ...one });
      return;
    }
    for (const note of checked.notes) this.#note(note);
    for (const note of assumptionsOf(checked.row.value, source.format === 'native'))
      this.#note(note);
    const tally = this.#experiments.get(experiment) ?? this.#begin(experiment);
    const keysBefore = tally.scoreKeys;
    tally.add(checked.result, this.#scoreKeys < MAX_SCORE_KEYS);
    this.#scoreKeys += tally.scoreKeys - keysBefore;
  }

  report(sources: readonly RecognisedSource[]): Report {
    const unknown = this.#only?.find((label) => !this.#labels.has(label));
    if (unknown !== undefined) throw unknownExperiment(unknown, [...this.#labels]);
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
      badRows: this.#badRows,
      problems: this.#problems,
      problemCount: this.#problemCount,
      labels: [...this.#labels].filter((label) => this.#isWanted(label)),
      experiments: [...this.#experiments.values()].map((tally) => tally.summarise()),
      notes: this.#countedNotes(),
      summaries: sources
        .flatMap(({ summaries }) => summaries)
        .filter(({ experiment }) => this.#isWanted(experiment)),
    };
  }

  #addLabel(label: string, { name }: RecognisedSource): void {
    if (this.#labels.size >= MAX_EXPERIMENTS) return;
    this.#labels.add(label);
    const ofFile = this.#labelsOf.get(name) ?? new Set();
    this.#labelsOf.set(name, ofFile.add(label));
  }

  #isWanted(label = ''): boolean {
    return this.#only === undefined || this.#only.includes(label);
  }

  #begin(label: string): ExperimentTally {
    if (this.#experiments.size === MAX_EXPERIMENTS) {
      throw new LsRecordError(
        'INPUT_INVALID',
        `these are more than ${MAX_EXPERIMENTS} experiments: "${shorten(label)}" is one of many`,
        { hint: 'Does another column tell the experiment, or none? See --map and --ignore.' },
      );
    }
    const tally = new ExperimentTally(label);
    this.#experiments.set(label, tally);
    return tally;
  }

  #note(note: string): void {
    const rows = this.#notes.get(note);
    if (rows !== undefined || this.#notes.size < MAX_NOTES) this.#notes.set(note, (rows ?? 0) + 1);
  }

  #countedNotes(): string[] {
    const notes = [...this.#notes].map(([note, rows]) =>
      rows > 1 ? `${note} (${rows.toLocaleString('en-US')} rows)` : note,
    );
    if (this.#scoreKeys >= MAX_SCORE_KEYS)
      notes.push(`only the first ${MAX_SCORE_KEYS} score keys are counted`);
    return notes;
  }
}

function problemsOf(checked: CheckedRow): readonly FieldProblem[] {
  if ('problems' in checked) return checked.problems;
  const message = describeOversize(checked.result, USUAL_MAX_BYTES);
  return message === undefined ? [] : [{ message }];
}

function unknownExperiment(label: string, known: readonly string[]): LsRecordError {
  const labels = known.filter((one) => one !== '').map((one) => `"${shorten(one)}"`);
  return new LsRecordError('USAGE', `there is no experiment "${shorten(label)}" in these files`, {
    hint:
      labels.length > 0
        ? `There are: ${labels.join(', ')}.`
        : 'All rows are of one experiment: leave --only out.',
  });
}
