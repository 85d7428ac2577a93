import type { ValueCount } from '../../../experiments/scores.js';
import { gainOf, type Measure, meanOf, pairUp } from '../../../experiments/statistics.js';
import type { Subject } from '../../../experiments/subject.js';
import type { JsonObject } from '../../../json/value.js';
import type { SessionRow } from '../../store/sessions.js';
import type { ExperimentHead } from '../shown.js';
import type { Distribution } from './numbers.js';
import { metadataIn, showHead } from './show.js';
import type { ReadSubject } from './subjects.js';

/** An experiment of a dataset, with what came out of it. */
export interface TrendPoint extends ExperimentHead, TrendFigures {
  readonly description: string | undefined;
  /** Which experiment of its dataset it is, from 1. */
  readonly number: number;
  readonly startTime: number;
  readonly metadata: JsonObject;
  readonly isFinished: boolean;
  readonly writtenAt: number;
}

/** What came out of an experiment: the same until a run or a score changes, in it or in the baseline. */
export interface TrendFigures {
  readonly runs: number;
  readonly examples: number;
  readonly errors: number;
  /** Seconds. */
  readonly latencyP50: number | undefined;
  readonly totalTokens: number | undefined;
  /** US dollars. */
  readonly totalCost: number | undefined;
  readonly scores: ReadonlyMap<string, Distribution>;
  readonly overall: ReadSubject['overall'];
  /** By key: the mean difference to the baseline over examples that both scored. */
  readonly differences: ReadonlyMap<string, number>;
  readonly measures: ReadonlyMap<Measure, Distribution>;
  /** Scores that are words, the most frequent first. */
  readonly categories: ReadonlyMap<string, readonly ValueCount[]>;
}

export function trendPoint(session: SessionRow, figures: TrendFigures): TrendPoint {
  return {
    ...figures,
    ...showHead(session),
    description: session.description ?? undefined,
    number: session.test_run_number ?? 0,
    startTime: session.start_time,
    metadata: metadataIn(session.extra),
    isFinished: session.end_time !== null,
    writtenAt: session.written_at ?? session.start_time,
  };
}

export function trendFigures(
  { subject, scores, measures, overall }: ReadSubject,
  baseline: Subject | undefined,
): TrendFigures {
  const { runs, errors, latencyP50, totalTokens, totalCost, categories } = subject;
  return {
    runs,
    examples: subject.rows.size,
    errors,
    latencyP50,
    totalTokens,
    totalCost,
    scores,
    overall,
    differences: baseline ? differencesBetween(baseline, subject) : new Map(),
    measures,
    categories,
  };
}

function differencesBetween(baseline: Subject, subject: Subject): Map<string, number> {
  const differences = new Map<string, number>();
  for (const [key, values] of subject.scores) {
    const before = baseline.scores.get(key);
    const { gains } = pairUp({ both: [...values.keys()] }, before, values, gainOf(false));
    if (gains.length > 0) differences.set(key, meanOf(gains));
  }
  return differences;
}
