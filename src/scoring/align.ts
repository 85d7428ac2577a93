import { type Agreement, agreementOf, type Rated, type Rating } from '../experiments/statistics.js';
import type { LangSmith } from '../langsmith/client.js';
import type { Experiment, RunFeedback } from '../langsmith/wire.js';
import { ROW_ID } from '../prepare/packed-row.js';

/** Which feedback is the judge's, and which the people's. They may share a key: people score in the app. */
export interface Raters {
  readonly judge: string;
  readonly human: string;
}

/** What somebody said of a run. */
export interface Said {
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  readonly rating: Rating;
  readonly comment: string | undefined;
}

/** A run that the judge and at least one person scored. */
export interface BothScored {
  readonly runId: string;
  readonly exampleId: string;
  readonly rowId: string | undefined;
  readonly experiment: string;
  readonly judge: Said;
  readonly people: readonly Said[];
}

export interface Alignment {
  readonly runs: number;
  /** The judge against each person who scored the run. */
  readonly judge: Agreement;
  /** People against each other, which no judge should be expected to beat; undefined where no run has two. */
  readonly people: Agreement | undefined;
  /** Names of those who scored. */
  readonly raters: readonly string[];
  /** Where judge and people differ, most first. */
  readonly differing: readonly BothScored[];
}

const NOBODY = 'somebody';

/** Reads the runs of experiments that both scored. Of several scores of one rater on a run, the last counts. */
export async function readBothScored(
  client: LangSmith,
  experiments: readonly Experiment[],
  raters: Raters,
): Promise<BothScored[]> {
  const found: BothScored[] = [];
  for (const { id, name } of experiments) {
    const scores = await readScores(client, id, raters);
    if (scores.size === 0) continue;
    for await (const run of client.listScoresOf(id, { metadata: true })) {
      const { judge, people } = scores.get(run.id) ?? {};
      if (!judge || !people || people.size === 0) continue;
      const rowId = run.metadata[ROW_ID];
      found.push({
        runId: run.id,
        exampleId: run.exampleId ?? run.id,
        rowId: typeof rowId === 'string' ? rowId : undefined,
        experiment: name,
        judge,
        people: [...people.values()].sort((a, b) => (a.by < b.by ? -1 : 1)),
      });
    }
  }
  return found;
}

async function readScores(client: LangSmith, experimentId: string, { judge, human }: Raters) {
  const runs = new Map<string, { judge?: Said; people: Map<string, Said> }>();
  for await (const feedback of client.listFeedback(experimentId, 'run')) {
    const said = saidIn(feedback);
    if (feedback.runId === undefined || !said) continue;
    const run = runs.get(feedback.runId) ?? { people: new Map<string, Said>() };
    runs.set(feedback.runId, run);
    const isByPerson = judge === human ? feedback.sourceType === 'app' : feedback.key === human;
    if (isByPerson && feedback.key === human)
      run.people.set(said.by, later(said, run.people.get(said.by)));
    else if (feedback.key === judge) run.judge = later(said, run.judge);
  }
  return runs;
}

function later(said: Said, known: Said | undefined): Said {
  return known && known.at > said.at ? known : said;
}

/** Undefined where nothing was said that can be compared. */
function saidIn(feedback: RunFeedback): Said | undefined {
  const { score, value, comment, isError, userName = NOBODY, createdAt = '' } = feedback;
  const said = score ?? value;
  const isRating = ['number', 'boolean', 'string'].includes(typeof said);
  if (isError || !isRating) return undefined;
  return {
    by: userName,
    rating: typeof said === 'string' ? said : Number(said),
    comment,
    at: createdAt,
  };
}

/** How far the judge agrees with people, and people with each other. */
export function align(runs: readonly BothScored[], raters: Raters): Alignment {
  const seed = JSON.stringify([raters.judge, raters.human]);
  const pairs = runs.flatMap(({ exampleId, judge, people }) =>
    people.map(({ rating }): Rated => ({ example: exampleId, one: judge.rating, other: rating })),
  );
  const amongPeople = runs.flatMap(({ exampleId, people }) => pairsAmong(exampleId, people));
  return {
    runs: runs.length,
    judge: agreementOf(pairs, seed),
    people: amongPeople.length > 0 ? agreementOf(amongPeople, `${seed} people`) : undefined,
    raters: [...new Set(runs.flatMap(({ people }) => people.map(({ by }) => by)))].sort(),
    differing: runs
      .map((run) => ({ run, gap: gapOf(run) }))
      .filter(({ gap }) => gap > 0)
      .sort((a, b) => b.gap - a.gap)
      .map(({ run }) => run),
  };
}

function pairsAmong(example: string, people: readonly Said[]): Rated[] {
  return people.flatMap(({ rating: one }, at) =>
    people.slice(at + 1).map(({ rating: other }) => ({ example, one, other })),
  );
}

/** The mean distance of the judge from people; words are equal or not. */
function gapOf({ judge, people }: BothScored): number {
  const gaps = people.map(({ rating }) =>
    typeof rating === 'number' && typeof judge.rating === 'number'
      ? Math.abs(rating - judge.rating)
      : Number(rating !== judge.rating),
  );
  return gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
}
