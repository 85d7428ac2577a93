import { groupAnswers, readFeedback } from '../experiments/answer-groups.js';
import { type Answers, type AnswersQuery, readAnswers } from '../experiments/answers.js';
import { rowIdOf } from '../experiments/row-head.js';
import { inOrder } from '../langsmith/in-order.js';
import { parseTime } from '../langsmith/time.js';
import type { Experiment, Run, RunFeedback } from '../langsmith/wire.js';
import type { RowToScore } from './scorer.js';

/** What a score needs to know of its run. */
export interface ScoredRun {
  readonly id: string;
  readonly traceId: string;
  readonly startUs: number;
  /** What it was scored so far. */
  readonly feedback: readonly RunFeedback[];
}

export interface RunToScore {
  readonly row: RowToScore;
  readonly run: ScoredRun;
}

/** What is read, and how to stop. */
export interface RunReading extends Omit<AnswersQuery, 'experiments'> {
  readonly experiment: Experiment;
}

/** The root runs of an experiment with what they were scored so far, about a hundred at a time. */
export async function* readRunsToScore(reading: RunReading): AsyncGenerator<RunToScore[]> {
  const { client, experiment, signal } = reading;
  const withFeedback = async (group: Answers[]) => {
    const runs = group.flatMap((answers) => answers.runs);
    return { group, feedback: await readFeedback(client, runs) };
  };
  const answers = readAnswers({ ...reading, experiments: [experiment] });
  let row = 0;
  for await (const { group, feedback } of inOrder(
    groupAnswers(answers),
    withFeedback,
    client.pace,
  )) {
    signal.throwIfAborted();
    yield group.flatMap((answered) =>
      answered.runs.map((run) => ({
        row: rowOf(run, answered, row++),
        run: scoredRun(run, feedback.get(run.id) ?? []),
      })),
    );
  }
}

export function scoredRun(run: Run, feedback: readonly RunFeedback[]): ScoredRun {
  return { id: run.id, traceId: run.traceId, startUs: parseTime(run.startTime), feedback };
}

function rowOf(run: Run, { example, exampleId }: Answers, row: number): RowToScore {
  return {
    row,
    id: rowIdOf(run),
    exampleId,
    inputs: run.inputs,
    outputs: run.outputs,
    referenceOutputs: example?.referenceOutputs,
    error: run.error,
    metadata: run.metadata,
  };
}
