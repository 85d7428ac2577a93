import type { LangSmith } from '../langsmith/client.js';
import { parseTime } from '../langsmith/time.js';
import type { Experiment } from '../langsmith/wire.js';
import { packScore } from '../prepare/packed-row.js';
import { Changes } from '../prepare/sendable.js';
import { copyId, RunIds } from '../recorder/ids.js';
import { readFeedback } from '../results/feedback.js';
import { isSame } from './score-writer.js';

interface Copied {
  readonly from: LangSmith;
  readonly experiment: Experiment;
  readonly to: LangSmith;
  readonly copy: Experiment;
  /** When it was copied last. */
  readonly since: string;
}

/**
 * Changes the scores of a copy that were changed since it was made. Scores of runs below others stay as they are.
 *
 * @returns how many.
 */
export async function updateChangedScores(copied: Copied): Promise<number> {
  const { from, experiment, to, copy, since } = copied;
  const ids = new RunIds(copy.id, parseTime(copy.startTime) / 1000, '', experiment.id);
  let updated = 0;
  for await (const one of from.listFeedback(experiment.id, 'run')) {
    const { key, score = null, value = null, comment, correction = null, runId = '' } = one;
    if (one.modifiedAt === undefined || parseTime(one.modifiedAt) < parseTime(since)) continue;
    const id = copyId(ids.id(runId, ''), one.id);
    const there = await to.findFeedback(id);
    if (!there) continue;
    const item = { key, score, value, comment: comment ?? null, correction };
    const [feedback = { key }] = readFeedback([item]).feedback;
    const content = packScore(feedback, new Changes(), () => {});
    if (isSame(there, content)) continue;
    await to.updateFeedback({
      ...content,
      id,
      sourceType: one.sourceType,
      source: one.source,
    });
    updated++;
  }
  return updated;
}
