import type { LangSmith } from '../langsmith/client.js';
import { parseTime } from '../langsmith/time.js';
import type { Experiment, RunScores } from '../langsmith/wire.js';
import { scoresOf } from './scores.js';
import { type Category, type RunOutcome, type Subject, SubjectBuilder } from './subject.js';

/** What is read, and how to stop. */
export interface SubjectReading {
  readonly client: LangSmith;
  readonly datasetId: string;
  readonly experiments: readonly Experiment[];
  readonly signal: AbortSignal;
  readonly asked?: readonly Category[];
  /** Read what rows' metadata says, too. */
  readonly metadata?: boolean;
  /** Told how many runs were read so far. */
  readonly onProgress?: ((runs: number) => void) | undefined;
}

/** Reads what the runs of experiments of one dataset came to, without what they were given and what they answered. */
export async function readSubjects(reading: SubjectReading): Promise<Subject[]> {
  const { client, datasetId, experiments, signal, onProgress, metadata = false } = reading;
  const readers = new Map(
    experiments.map((experiment) => {
      const builder = new SubjectBuilder(reading.asked);
      return [experiment.id, { experiment, builder, seen: new Set<string>() }];
    }),
  );
  let runs = 0;
  const take = (run: RunScores, experimentId: string | undefined) => {
    signal.throwIfAborted();
    const reader = readers.get(experimentId ?? '');
    if (!reader || reader.seen.has(run.id)) return;
    reader.seen.add(run.id);
    reader.builder.add(outcomeOf(run));
    if (++runs % 100 === 0) onProgress?.(runs);
  };

  const ids = experiments.map(({ id }) => id);
  const [only] = ids.length === 1 ? ids : [];
  for await (const run of client.listScores(datasetId, ids, { metadata }))
    take(run, run.experimentId ?? only);
  // Runs whose example is deleted may be missing from that list.
  for (const { experiment, seen } of readers.values()) {
    if (seen.size >= (experiment.runCount ?? 0)) continue;
    for await (const run of client.listScoresOf(experiment.id, { metadata }))
      take(run, experiment.id);
  }
  return [...readers.values()].map(({ experiment: { id, name, endTime }, builder }) =>
    builder.build({ id, name, isFinished: endTime !== undefined }),
  );
}

function outcomeOf(run: RunScores): RunOutcome {
  const { exampleId, error, metadata, totalTokens, totalCost } = run;
  const latency = secondsOf(run);
  return {
    exampleId,
    isFailed: error !== undefined,
    scores: scoresOf(run),
    measures: { latency, tokens: totalTokens, cost: totalCost },
    metadata,
  };
}

const US_PER_SECOND = 1_000_000;

/** A run that ends as it starts took a time that nobody knows. */
function secondsOf({ startTime, endTime }: RunScores): number | undefined {
  if (endTime === undefined) return undefined;
  return Math.max(0, parseTime(endTime) - parseTime(startTime)) / US_PER_SECOND;
}
