import type { Value } from '../../../experiments/statistics.js';
import { SubjectBuilder } from '../../../experiments/subject.js';
import { groupBy } from '../../../group-by.js';
import type { Store } from '../../store.js';
import type { ExperimentHead } from '../shown.js';
import { scoresByRun } from './numbers.js';
import { showHead } from './show.js';

/** What one experiment answered to an example. */
export interface HistoryPoint extends ExperimentHead {
  readonly startTime: number;
  readonly runIds: readonly string[];
  readonly errors: number;
  /** Under each key, what its repetitions come to. */
  readonly scores: ReadonlyMap<string, Value>;
}

/** An example over all experiments of its dataset that answer it, in the order in which they were made. */
export function historyOf(store: Store, datasetId: string, exampleId: string): HistoryPoint[] {
  const sessions = store.sessions.ofDataset(datasetId);
  const runs = store.runs.answers(sessions, [exampleId]);
  const scores = scoresByRun(store.figures.scoresOfRuns(runs.map(({ id }) => id)));
  const bySession = groupBy(runs, ({ session_id }) => session_id);
  return [...bySession]
    .flatMap(([id, ofSession]) => {
      const session = store.sessions.find(id);
      if (!session) return [];
      const builder = new SubjectBuilder();
      for (const run of ofSession)
        builder.add({
          exampleId,
          isFailed: run.error !== null,
          scores: scores.get(run.id) ?? [],
          measures: {},
        });
      const subject = builder.build({ id, name: session.name, isFinished: true });
      const point = {
        ...showHead(session),
        startTime: session.start_time,
        runIds: ofSession.map((run) => run.id),
        errors: subject.errors,
        scores: new Map(
          [...subject.scores].flatMap(([key, values]) => {
            const value = values.get(exampleId);
            return value ? [[key, value] as const] : [];
          }),
        ),
      };
      return [{ point, place: session.test_run_number ?? 0 }];
    })
    .sort((one, other) => one.place - other.place)
    .map(({ point }) => point);
}
