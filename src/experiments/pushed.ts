import { hash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../json/value.js';
import type { LangSmith } from '../langsmith/client.js';
import type { Experiment } from '../langsmith/wire.js';

/** An experiment elsewhere that this one was copied to. */
export interface Pushed {
  readonly id: string;
  readonly url: string;
  readonly at: string;
  /** What was there to be copied. */
  readonly mark: string;
}

const MEMBER = 'pushed_to';

/** Where an experiment was copied to, the latest first. */
export function pushedTo({ extra }: Pick<Experiment, 'extra'>): readonly Pushed[] {
  const kept = extra[MEMBER];
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((one) => {
    if (!isJsonObject(one)) return [];
    const { id, url, at, mark } = one;
    const isWhole = [id, url, at, mark].every((part) => typeof part === 'string');
    return isWhole ? [{ id, url, at, mark } as Pushed] : [];
  });
}

/** Whether something was added to the experiment since it was copied. @param experiment with its counts. */
export function isChangedSince(experiment: Experiment, { mark }: Pushed): boolean {
  return markOf(experiment) !== mark;
}

/** Keeps in the experiment where it was copied to. @param experiment as it was before it was read. */
export async function keepPushed(
  client: LangSmith,
  experiment: Experiment,
  copy: { readonly id: string; readonly url: string; readonly at: string },
): Promise<void> {
  const mark = markOf(experiment);
  const [latest] = pushedTo(experiment);
  if (latest?.id === copy.id && latest.mark === mark) return;
  const now = await client.findExperiment(experiment.id);
  if (!now) return;
  const others = pushedTo(now).filter(({ id }) => id !== copy.id);
  const kept = { id: copy.id, url: copy.url, at: copy.at, mark };
  const extra: JsonObject = {
    ...now.extra,
    [MEMBER]: [kept, ...others].map((one) => ({ ...one })),
  };
  await client.updateExperiment(experiment.id, { extra });
}

/** Another text once runs or scores were added, or scores changed. */
function markOf({ runCount = 0, feedback, summary }: Experiment): string {
  const inOrder = (stats: Experiment['feedback']) =>
    Object.keys(stats)
      .sort()
      .map((key) => [key, stats[key]]);
  return hash('sha256', JSON.stringify([runCount, inOrder(feedback), inOrder(summary)]), 'hex');
}
