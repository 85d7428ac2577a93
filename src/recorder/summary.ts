import type { JsonValue } from '../json/value.js';
import type { LangSmith } from '../langsmith/client.js';
import { Changes, printPayload, roundScore, storableText } from '../prepare/sendable.js';
import { readFeedback } from '../results/feedback.js';
import { feedbackId } from './ids.js';

/**
 * Sends scores of a whole experiment, those that are not there yet.
 *
 * @param scores each `{key, score, value, comment}`, as in a row's `feedback`.
 * @returns how many were sent.
 */
export async function sendSummary(
  client: LangSmith,
  experimentId: string,
  scores: readonly JsonValue[],
): Promise<number> {
  const changes = new Changes();
  if (scores.length === 0) return 0;
  const there = new Set<string>();
  for await (const id of client.listSummaryIds(experimentId)) there.add(id);

  let sent = 0;
  const seen = new Map<string, number>();
  for (const { key, score, value, comment } of readFeedback([...scores]).feedback) {
    const n = seen.get(key) ?? 0;
    seen.set(key, n + 1);
    const id = feedbackId(experimentId, key, n);
    if (there.has(id)) continue;
    await client.createSummary(experimentId, {
      id,
      key: storableText(key, changes),
      score: score === undefined ? undefined : roundScore(score).json,
      value: value === undefined ? undefined : printPayload(value, changes),
      comment: comment === undefined ? undefined : storableText(comment, changes),
    });
    sent++;
  }
  return sent;
}
