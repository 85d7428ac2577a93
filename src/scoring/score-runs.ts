import type { LangSmith } from '../langsmith/client.js';
import type { Experiment } from '../langsmith/wire.js';
import type { ScoreSummary } from '../prepare/score-summary.js';
import { MAX_PROBLEMS } from '../prepare/survey.js';
import { forEachConcurrently } from '../recorder/concurrency.js';
import { readRunsToScore, type ScoredRun } from './runs-to-score.js';
import { type GivenScore, type ScoreCounts, ScoreWriter } from './score-writer.js';
import { type RowToScore, type Scorer, sourceOf } from './scorer.js';

export interface ScoreOptions {
  readonly client: LangSmith;
  readonly experiment: Experiment & { readonly datasetId: string };
  readonly signal: AbortSignal;
  /** Traces with these scores are kept for 400 days, which LangSmith charges for. Default: as long as before. */
  readonly extendRetention?: boolean | undefined;
  /** Score, and write nothing. */
  readonly dryRun?: boolean | undefined;
  readonly onProgress?: ((progress: ScoreProgress) => void) | undefined;
}

export interface ScoreProgress {
  /** Runs that were read, and all that there are. */
  readonly rows: number;
  readonly totalRows: number | undefined;
  readonly retries: number;
}

/** What scoring an experiment came to. */
export interface Scoring extends ScoreCounts {
  /** Runs that were given a score, or on which the scorer failed. */
  readonly runs: number;
  /** Runs that were looked at. */
  readonly runsRead: number;
  /** Of the scores that were given, by key. */
  readonly scores: readonly ScoreSummary[];
  /** Runs by key that had a score from elsewhere under it, too. */
  readonly doubled: ReadonlyMap<string, number>;
  /** What the server refused, and answers that were about no row; the first hundred. */
  readonly problems: readonly string[];
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
  async function* given(): AsyncGenerator<GivenScore> {
    for (const scorer of scorers) {
      const runs = new Map<number, ScoredRun>();
      const source = sourceOf(scorer);
      for await (const answer of scorer.score(rowsOf(options, runs), options.signal)) {
        const run = 'row' in answer ? runs.get(answer.row) : undefined;
        if ('row' in answer && run) yield { run, feedback: { ...answer.feedback, source } };
        if ('problem' in answer && ++strayAnswers <= MAX_PROBLEMS) strays.push(answer.problem);
      }
      runsRead = Math.max(runsRead, runs.size);
    }
  }
  const scoring = await sendScores(given(), options);
  return { ...scoring, problems: [...scoring.problems, ...strays], strayAnswers, runsRead };
}

/** The rows of an experiment. @param runs takes the run of each. */
async function* rowsOf(
  { client, experiment, signal, onProgress }: ScoreOptions,
  runs: Map<number, ScoredRun>,
): AsyncGenerator<RowToScore> {
  const { datasetId, runCount } = experiment;
  for await (const group of readRunsToScore({ client, datasetId, experiment, signal })) {
    for (const { row, run } of group) {
      runs.set(row.row, run);
      yield row;
    }
    onProgress?.({ rows: runs.size, totalRows: runCount, retries: client.retries });
  }
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
  const { counts, runs, scores, doubled, refusals: problems } = writer;
  return { ...counts, runs, runsRead: runs, scores, doubled, problems, strayAnswers: 0 };
}
