import type { LangSmith } from '../langsmith/client.js';
import type { Experiment } from '../langsmith/wire.js';
import { RowSet } from '../prepare/row-set.js';
import type { ScoreSummary } from '../prepare/score-summary.js';
import { MAX_PROBLEMS } from '../prepare/survey.js';
import { forEachConcurrently } from '../recorder/concurrency.js';
import { DoneBefore } from './done-before.js';
import { type RunToScore, readRunsToScore, type ScoredRun } from './runs-to-score.js';
import { type GivenScore, hasScore, type ScoreCounts, ScoreWriter } from './score-writer.js';
import { type Answer, type RowToScore, type Scorer, sourceOf } from './scorer.js';

export interface ScoreOptions {
  readonly client: LangSmith;
  readonly experiment: Experiment & { readonly datasetId: string };
  readonly signal: AbortSignal;
  /** Traces with these scores are kept for 400 days, which LangSmith charges for. Default: as long as before. */
  readonly extendRetention?: boolean | undefined;
  /** Only runs without a score under this key. */
  readonly missing?: string | undefined;
  /** A program is given again what it scored before. */
  readonly again?: boolean | undefined;
  /** Score, and write nothing. */
  readonly dryRun?: boolean | undefined;
  readonly onProgress?: ((progress: ScoreProgress) => void) | undefined;
}

export interface ScoreProgress {
  /** Runs that a scorer answered or had no need to, and all that there are. */
  readonly rows: number;
  readonly totalRows: number | undefined;
  readonly retries: number;
}

/** What scoring an experiment came to. */
export interface Scoring extends ScoreCounts {
  /** Runs that were given a score, or on which the scorer failed. */
  readonly runs: number;
  /** How many of them were given a score. */
  readonly runsScored: number;
  /** Runs that were left alone, since they have the scores. */
  readonly runsBefore: number;
  /** Runs that were looked at. */
  readonly runsRead: number;
  /** What the scores that were given come to, by key. */
  readonly scores: readonly ScoreSummary[];
  /** Runs by key that had a score from elsewhere under it, too. */
  readonly doubled: ReadonlyMap<string, number>;
  /** What the server refused, and answers that were about no row; the first hundred. */
  readonly problems: readonly string[];
  /** Why the scorer failed where it failed first. */
  readonly failure: string | undefined;
  /** Answers that were about no row. */
  readonly strayAnswers: number;
}

/**
 * Scores the runs of an experiment, one scorer after the other. Doing it again changes nothing where a score is the
 * same, so an interrupted call is completed by the same call.
 *
 * @throws {LsRecordError} `SCORER_FAILED` where a scorer cannot score at all.
 */
export async function scoreRuns(
  scorers: readonly Scorer[],
  options: ScoreOptions,
): Promise<Scoring> {
  const strays: string[] = [];
  let strayAnswers = 0;
  let runsRead = 0;
  let runsBefore = 0;
  async function* given(): AsyncGenerator<GivenScore> {
    for (const scorer of scorers) {
      const reading = new ScorerReading(scorer, options);
      const source = sourceOf(scorer);
      const given = scorer.score(reading.rows(), options.signal);
      for await (const answers of scorer.scoresOnce ? together(given) : each(given)) {
        const of = answers.length > 1 ? { of: answers.length } : {};
        for (const answer of answers) {
          const run = 'row' in answer ? reading.answered(answer.row) : undefined;
          if ('row' in answer && run)
            yield { run, feedback: { ...answer.feedback, source: { ...source, ...of } } };
          if ('problem' in answer && ++strayAnswers <= MAX_PROBLEMS) strays.push(answer.problem);
        }
      }
      runsRead = Math.max(runsRead, reading.read);
      runsBefore = Math.max(runsBefore, reading.read - reading.runs.size);
    }
  }
  const sent = await sendScores(given(), options);
  const problems = [...sent.problems, ...strays];
  return { ...sent, problems, strayAnswers, runsRead, runsBefore };
}

/** The rows of an experiment as one scorer gets them. */
class ScorerReading {
  readonly #scorer: Scorer;
  readonly #options: ScoreOptions;
  /** Those that were given to it. */
  readonly runs = new Map<number, ScoredRun>();
  /** Those that are answered, or were left alone. */
  readonly #finished = new RowSet();
  read = 0;

  constructor(scorer: Scorer, options: ScoreOptions) {
    this.#scorer = scorer;
    this.#options = options;
  }

  async *rows(): AsyncGenerator<RowToScore> {
    const { scoresOnce, name } = this.#scorer;
    const done = scoresOnce && !this.#options.again ? new DoneBefore(name) : undefined;
    for await (const { row, run } of this.#wanted(done)) {
      this.runs.set(row.row, run);
      yield row;
    }
    if (!done?.isSpread) return;
    // Only the last runs may have told of a key that the first lack. Their numbers are not given twice.
    const given = new Set([...this.runs.values()].map(({ id }) => id));
    for await (const { row, run } of this.#wanted(done)) {
      if (given.has(run.id)) continue;
      const number = this.read + row.row;
      this.runs.set(number, run);
      yield { ...row, row: number };
    }
  }

  /** The runs that lack a score. */
  async *#wanted(done: DoneBefore | undefined): AsyncGenerator<RunToScore> {
    const { client, experiment, signal, missing } = this.#options;
    const { datasetId } = experiment;
    let read = 0;
    for await (const group of readRunsToScore({ client, datasetId, experiment, signal }))
      for (const found of group) {
        const { row, run } = found;
        this.read = Math.max(this.read, ++read);
        if (done?.has(run) || (missing !== undefined && hasScore(run, missing)))
          this.#finish(row.row);
        else yield found;
      }
  }

  /** @returns the run that an answer is about. */
  answered(row: number): ScoredRun | undefined {
    this.#finish(row);
    return this.runs.get(row);
  }

  #finish(row: number): void {
    const { client, experiment, onProgress } = this.#options;
    this.#finished.add(row);
    const rows = Math.min(this.#finished.size, this.read);
    onProgress?.({ rows, totalRows: experiment.runCount, retries: client.retries });
  }
}

async function* each(answers: AsyncIterable<Answer>): AsyncGenerator<Answer[]> {
  for await (const answer of answers) yield [answer];
}

/** Groups consecutive answers about the same row, so that a row with only some of its scores is never kept as finished. */
async function* together(answers: AsyncIterable<Answer>): AsyncGenerator<Answer[]> {
  let group: Answer[] = [];
  const rowOf = (answer: Answer | undefined) => answer && 'row' in answer && answer.row;
  for await (const answer of answers) {
    if (group.length > 0 && rowOf(answer) !== rowOf(group[0])) {
      yield group;
      group = [];
    }
    group.push(answer);
  }
  if (group.length > 0) yield group;
}

/** Sends scores as they come, each once. */
export async function sendScores(
  given: AsyncIterable<GivenScore>,
  { client, experiment, extendRetention = false, dryRun = false }: ScoreOptions,
): Promise<Scoring> {
  const writer = new ScoreWriter({ client, experimentId: experiment.id, extendRetention, dryRun });
  await forEachConcurrently(
    given,
    { pace: client.pace, maxBytes: Number.POSITIVE_INFINITY, sizeOf: () => 0 },
    (score) => writer.write(score),
  );
  const { counts, runs, runsScored, scores, doubled, failure, refusals: problems } = writer;
  return {
    ...counts,
    runs,
    runsScored,
    runsRead: runs,
    runsBefore: 0,
    scores,
    doubled,
    failure,
    problems,
    strayAnswers: 0,
  };
}
