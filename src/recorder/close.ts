import { isoTime, type Micros } from '../langsmith/time.js';
import { isInShare } from '../prepare/row-share.js';
import { closeExperiment } from './experiment-metadata.js';
import type { RunIds } from './ids.js';
import type { Opened } from './open.js';
import { describe } from './plan.js';
import type { Work } from './preparation.js';
import type { Recording } from './recording.js';
import { sendSummary } from './summary.js';
import { verify } from './verify.js';

const VERIFY_MS = { normal: 10_000, strict: 60_000 };

/** Ends the experiment, and reads back what the server has. */
export async function close(opened: Opened, latestEnd: Micros, work: Work): Promise<Recording> {
  const { options, account, journal } = work;
  const { client, signal, verify: mode = 'normal' } = options;
  const { plan, stored, target, isNewDataset } = opened;
  const scores = await sendSummary(client, stored.id, plan.experiment.summary());
  const sent = account.runs + account.feedback + account.refused + scores;
  const isComplete = target.existed && sent === 0;
  const isOpen = !isComplete || stored.endTime === undefined;
  // Scores that were added to it do not make it end later.
  const endTime = account.runs > 0 ? isoTime(latestEnd) : (stored.endTime ?? isoTime(latestEnd));
  const closed = isOpen
    ? await closeExperiment(client, stored.id, target.datasetId, endTime)
    : undefined;

  let verified: Recording['verified'] = 'off';
  let visible: number | undefined;
  if (mode !== 'off' && !signal?.aborted) {
    options.onProgress?.(account.progress('verifying', account.recorded, client));
    const expected = {
      runs: account.recorded,
      feedback: account.feedback,
      scores: account.sent,
      rootRunIds: mode === 'strict' ? rootRunIds(target.ids, work) : undefined,
    };
    const seen = await verify(client, stored.id, expected, VERIFY_MS[mode], closed);
    verified = seen.isAll ? 'yes' : 'not yet';
    visible = seen.runs;
  }

  noteHidden(work);
  const described = describe(plan.experiment, plan, work);
  const recording: Recording = {
    ...described,
    dataset: { ...described.dataset, created: isNewDataset },
    feedback: account.feedback + scores,
    status: signal?.aborted ? 'stopped' : isComplete ? 'complete' : 'recorded',
    verified,
    visible,
  };
  // A stream that was stopped is done with what it gave; a file continues when it is given again.
  if (plan.experiment.isLive || !signal?.aborted) await journal?.finish(recording);
  return recording;
}

function noteHidden({ account: { hidden, note }, account, options }: Work): void {
  if (hidden === 0 || options.isHome || !options.keepTimes) return;
  note.call(
    account,
    'LangSmith hides runs that ended before their example last changed; without --keep-times, original times are kept in metadata',
    hidden,
  );
}

function* rootRunIds(ids: RunIds, { account, options }: Work): Generator<string> {
  for (let row = 0; row < account.read; row++)
    if (isInShare(row, options.part) && !account.leftOut.has(row)) yield ids.id(row, '');
}
