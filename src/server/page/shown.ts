import type { ValueCount } from '../../experiments/scores.js';
import type { JsonObject, JsonValue } from '../../json/value.js';
import type { Micros } from '../time.js';

export interface ShownDataset {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly exampleCount: number;
  readonly experimentCount: number;
  readonly createdAt: Micros;
  readonly lastExperimentAt?: Micros;
}

/** Enough of an experiment, or of a project without a dataset, to link to it. */
export interface ExperimentHead {
  readonly id: string;
  readonly name: string;
  readonly datasetId?: string;
}

/** The experiment to which others are compared. */
export interface Baseline extends ExperimentHead {
  /** By a person; else it is the earliest. */
  readonly isBlessed: boolean;
}

export interface ShownExperiment extends ExperimentHead {
  readonly description?: string;
  readonly startTime: Micros;
  readonly metadata: JsonObject;
  readonly runCount: number;
  /** From 0 to 1. */
  readonly errorRate?: number;
  /** Seconds. */
  readonly latencyP50?: number | undefined;
  readonly totalTokens?: number;
  /** US dollars. */
  readonly totalCost?: number;
  /** Scores of the runs, by key. */
  readonly scores: ReadonlyMap<string, MeanScore>;
  /** Scores of the experiment as a whole, by key. */
  readonly summaryScores: ReadonlyMap<string, MeanScore>;
}

export interface MeanScore {
  readonly count: number;
  /** Absent when none of them is a number. */
  readonly mean?: number;
  /** How far they lie apart. */
  readonly range: number;
  /** Those that are words, the most frequent first. */
  readonly values: readonly ValueCount[];
}

export interface ShownExample {
  /** Deleted: the inputs are those of a run that answered it. */
  readonly isDeleted: boolean;
  readonly id: string;
  readonly inputs: JsonObject | null;
  readonly referenceOutputs: JsonObject | null;
  readonly runs: readonly ShownRun[];
}

export interface ShownRun {
  readonly id: string;
  readonly experimentId: string;
  readonly traceId: string;
  readonly parentRunId?: string;
  readonly exampleId?: string;
  /** The id that the recorded row had of its own. */
  readonly rowId?: string;
  readonly name: string;
  readonly runType: string;
  readonly inputs: JsonObject | null;
  readonly outputs: JsonObject | null;
  readonly error?: string;
  readonly startTime: Micros;
  readonly endTime?: Micros;
  /** Seconds; absent while the run goes on, and where nobody knows its times. */
  readonly latency?: number;
  readonly totalTokens?: number;
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  /** US dollars. */
  readonly totalCost?: number;
  readonly model?: string;
  /** What happened during the run, such as its first token. */
  readonly events: readonly JsonValue[];
  readonly tags: readonly string[];
  readonly metadata: JsonObject;
  readonly feedback: readonly ShownFeedback[];
}

export interface ShownFeedback {
  readonly key: string;
  readonly score: JsonValue;
  readonly value: JsonValue;
  readonly comment?: string;
  readonly correction: JsonValue;
  /** Who said it, where that is known. */
  readonly by?: string;
  /** The evaluator itself failed. */
  readonly failed: boolean;
}

/** A file that belongs to a run or an example. */
export interface ShownAttachment {
  readonly name: string;
  readonly mimeType: string;
  readonly href: string;
  /** The whole of a small image, as a data URL. */
  readonly image?: string;
}

/** A run of a trace. */
export interface ShownSpan extends ShownRun {
  /** 0 of the root. */
  readonly depth: number;
}
