import { readFeedback } from '../experiments/answer-groups.js';
import type { Row } from '../input/row.js';
import type { Run } from '../langsmith/wire.js';
import { MAX_PROBLEMS, type RowProblem } from '../prepare/survey.js';
import type { Feedback } from '../results/feedback.js';
import { checkRow } from '../results/parse.js';
import type { RecognisedSource } from '../results/recognised.js';
import type { Result } from '../results/result.js';
import { RunIndex } from './match-rows.js';
import { scoredRun } from './runs-to-score.js';
import { type ScoreOptions, type Scoring, sendScores } from './score-runs.js';
import { type GivenScore, hasScore } from './score-writer.js';

/** Scores of files, and the runs that they are about. */
export interface MatchedScores {
  readonly rows: number;
  readonly badRows: number;
  /** The first of them. */
  readonly problems: readonly RowProblem[];
  readonly runs: ReadonlyMap<Run, readonly Feedback[]>;
}

/** Finds the run that each row of files is about. Nothing is written. */
export async function matchScores(
  sources: readonly RecognisedSource[],
  { client, experiment, signal }: ScoreOptions,
): Promise<MatchedScores> {
  const { datasetId } = experiment;
  const index = await RunIndex.read({ client, datasetId, experiment, signal });
  const matcher = new Matcher(index);
  for (const source of sources) for await (const row of source.rows({ signal })) matcher.add(row);
  return matcher;
}

/** Scores the runs as the rows that were recorded with them would. */
export async function sendMatched(
  { runs }: MatchedScores,
  options: ScoreOptions,
): Promise<Scoring> {
  const { client, signal, missing, onProgress } = options;
  let runsBefore = 0;
  const all = [...runs.keys()];
  async function* given(): AsyncGenerator<GivenScore> {
    for (let from = 0; from < all.length; from += GROUP) {
      signal.throwIfAborted();
      const group = all.slice(from, from + GROUP);
      const known = await readFeedback(client, group);
      for (const run of group) {
        const scored = scoredRun(run, known.get(run.id) ?? []);
        if (missing !== undefined && hasScore(scored, missing)) runsBefore++;
        else for (const feedback of runs.get(run) ?? []) yield { run: scored, feedback };
      }
      const rows = Math.min(from + GROUP, all.length);
      onProgress?.({ rows, totalRows: all.length, retries: client.retries });
    }
  }
  return { ...(await sendScores(given(), options)), runsBefore };
}

const GROUP = 100;

class Matcher implements MatchedScores {
  readonly #index: RunIndex;
  readonly runs = new Map<Run, Feedback[]>();
  readonly problems: RowProblem[] = [];
  /** Where a run got its scores under a key. */
  readonly #places = new Map<Run, Map<string, string>>();
  rows = 0;
  badRows = 0;

  constructor(index: RunIndex) {
    this.#index = index;
  }

  add(given: Row): void {
    this.rows++;
    const checked = checkRow(given);
    const { origin } = checked.row;
    const problems = 'problems' in checked ? checked.problems : this.#take(checked.result, origin);
    if (problems.length === 0) return;
    this.badRows++;
    for (const problem of problems)
      if (this.problems.length < MAX_PROBLEMS) this.problems.push({ ...origin, ...problem });
  }

  #take(result: Result, { file, line }: Row['origin']): { readonly message: string }[] {
    const scores = scoresOf(result);
    if (scores.length === 0) return [{ message: 'has no score' }];
    const run = this.#index.find(result);
    if ('problem' in run) return [{ message: run.problem }];
    const places = this.#places.get(run) ?? new Map<string, string>();
    this.#places.set(run, places);
    const place = `${file}:${line}`;
    for (const { key } of scores) {
      const earlier = places.get(key) ?? place;
      places.set(key, earlier);
      if (earlier !== place) return [{ message: `${key} of this run is in ${earlier}, too` }];
    }
    const ofRun = this.runs.get(run) ?? [];
    this.runs.set(run, ofRun);
    for (const score of scores) ofRun.push(score);
    return [];
  }
}

/** The scores of a row; of a table with a score a line, under the key that its column `key` names. */
function scoresOf({ id, inputs = {}, feedback, metadata }: Result): readonly Feedback[] {
  const [only, ...others] = feedback;
  if (only?.key !== 'score' || others.length > 0) return feedback;
  // Next to an id, whatever tells its lines apart may have been read as an input.
  const isOfIds = Object.values(inputs).every((value) => value === id || value === inputs.key);
  const key = metadata.key ?? (isOfIds ? inputs.key : undefined);
  return typeof key === 'string' && key !== '' ? [{ ...only, key }] : feedback;
}
