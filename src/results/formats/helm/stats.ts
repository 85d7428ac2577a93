import type { Companion } from '../../../input/beside.js';
import { printJson } from '../../../json/print.js';
import type { JsonObject, JsonValue } from '../../../json/value.js';
import { listAt, memberAt, numberAt, objectAt, textAt } from '../../format-kit/members.js';
import type { SummaryScores } from '../format.js';

/** Statistics of how a run went, not of how good it was. @see helm/benchmark/metrics/basic_metrics.py */
const NO_QUALITY =
  /^(?:num_.*|training_.*|inference_.*|batch_size|finish_reason_.*|prompt_truncated|max_prob|logprob|estimated_.*)$/;

/** What is known of one instance. */
export interface InstanceStats {
  readonly scores: { readonly key: string; readonly score: JsonValue }[];
  /** All others, by name. */
  readonly counts: JsonObject;
}

/** Names an instance as both files do: by its id, its trial, and how it was changed. */
export function keyOf(id: JsonValue, trial: JsonValue, perturbation: JsonValue): string {
  return printJson([id, trial, perturbation]);
}

/** Statistics by instance, from `per_instance_stats.json`. */
export function readInstances(companion: Companion | undefined): Map<string, InstanceStats> {
  const instances = new Map<string, InstanceStats>();
  const all = Array.isArray(companion?.value) ? companion.value : [];
  for (const one of all) {
    const part = (name: string) => memberAt(one, name) ?? null;
    const key = keyOf(part('instance_id'), part('train_trial_index'), part('perturbation'));
    const stats = instances.get(key) ?? { scores: [], counts: {} };
    for (const stat of listAt(one, 'stats') ?? []) {
      const name = textAt(objectAt(stat, 'name'), 'name');
      const mean = numberAt(stat, 'mean');
      // What was counted never has no mean.
      if (name === undefined || mean === undefined) continue;
      if (NO_QUALITY.test(name)) stats.counts[name] = mean;
      else stats.scores.push({ key: name, score: mean });
    }
    instances.set(key, stats);
  }
  return instances;
}

/** Scores of the run, from `stats.json`; not those of instances that were changed on purpose. */
export function readSummary(companion: Companion | undefined): SummaryScores['scores'] {
  const all = Array.isArray(companion?.value) ? companion.value : [];
  return all.flatMap((stat) => {
    const name = objectAt(stat, 'name');
    const key = textAt(name, 'name');
    const score = numberAt(stat, 'mean');
    const isOf = key !== undefined && !NO_QUALITY.test(key) && !objectAt(name, 'perturbation');
    if (!isOf || score === undefined) return [];
    const split = textAt(name, 'split');
    return [{ key, score, comment: split && `split ${split}` }];
  });
}
