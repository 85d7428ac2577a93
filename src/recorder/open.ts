import { isoTime, type Micros, parseTime } from '../langsmith/time.js';
import type * as wire from '../langsmith/wire.js';
import type { Part } from '../prepare/prepared.js';
import { ExampleTies } from './example-ties.js';
import { type ExampleTarget, writeExamples } from './examples.js';
import { openExperiment } from './experiment.js';
import { describeSource } from './experiment-metadata.js';
import { nameFor } from './identify.js';
import { RunIds } from './ids.js';
import { isCreatedMeanwhile, type Plan, planFor } from './plan.js';
import type { Work } from './preparation.js';
import { renamePart } from './rename.js';
import type { RunTarget } from './run-rows.js';
import { CLOUD_WINDOW_US, Timeline } from './times.js';

/** An experiment that is being filled. */
export interface Opened {
  readonly plan: Plan;
  readonly stored: wire.Experiment;
  readonly target: RunTarget;
  readonly examples: ExampleTarget;
  readonly timeline: Timeline;
  readonly isNewDataset: boolean;
  /** The first, as its examples are named now. */
  readonly part: Part;
}

/** Creates what does not exist yet: the dataset, the examples of the first part, the experiment. */
export async function open(given: Plan, firstPart: Part, work: Work): Promise<Opened> {
  const { preparation, options, journal, account } = work;
  const { client, identity = 'content', shard = '' } = options;
  const { copyOf } = given.experiment;
  const { description = copyOf?.description } = options;
  let plan = given;
  let part = firstPart;
  const isNewDataset = await createDataset(work);
  const { dataset } = preparation;
  if (dataset.id !== plan.dataset.id) {
    // Its id is in the ids of all examples and of the experiment.
    part = renamePart(part, nameFor(dataset.id, options));
    plan = await planFor(plan.experiment, work);
  }

  const examples: ExampleTarget = {
    client,
    datasetId: dataset.id,
    mayExist: !isNewDataset && dataset.found?.exampleCount !== 0,
    identity,
    known: preparation.known,
    ties: new ExampleTies(),
    account,
    signal: plan.experiment.isLive ? undefined : options.signal,
    onProgress: () => {
      const { created, existing } = account.examples;
      const at = account.progress('examples', created + existing, client);
      options.onProgress?.({ ...at, totalRows: part.facts.examples });
    },
  };
  const changedUs = await writeExamples(examples, part);
  const timeline = timelineFor(part, changedUs, work, plan.experiment.isLive);

  // What it has acknowledged is written down; only without that must the server be asked.
  const hadJournal = journal?.experiment !== undefined;
  const { target } = plan;
  const isWhole = !(plan.experiment.isLive || options.append || options.part);
  if (!target.exists) await journal?.setExperiment(target);
  const { experiment: stored, existed } = await openExperiment(
    client,
    target,
    {
      datasetId: dataset.id,
      startTime: isoTime(timeline.earliest(part.facts.range)),
      description,
      metadata: describeSource(plan.experiment, part, changedUs, options),
      exampleCount: isWhole ? part.facts.examples : undefined,
    },
    plan.findAgain,
  );
  await journal?.setExperiment(stored);
  await journal?.setTimeline(timeline.state);
  const knownRuns = new Set<string>();
  if (existed && !hadJournal)
    for await (const id of client.listRootRunIds(stored.id)) knownRuns.add(id);

  const ids = new RunIds(
    stored.id,
    parseTime(stored.startTime) / 1000,
    shard,
    copyOf?.id ?? work.sourceId,
  );
  const runs: RunTarget = {
    client,
    datasetId: dataset.id,
    experimentId: stored.id,
    ids,
    existed,
    knownRuns,
    ties: examples.ties,
    account,
    journal,
    options,
  };
  // Under the name that it got: its own may have been taken meanwhile.
  plan = { ...plan, target: { exists: true, experiment: stored } };
  return { plan, stored, target: runs, examples, timeline, isNewDataset, part };
}

/** @returns whether this call created it. */
async function createDataset(work: Work): Promise<boolean> {
  const { preparation, options } = work;
  const { id, found } = preparation.dataset;
  if (found) return false;
  try {
    const created = await options.client.createDataset({ id, name: options.dataset });
    preparation.dataset = { id: created.id, found: created };
    return true;
  } catch (error) {
    if (await isCreatedMeanwhile(error, work)) return false;
    throw error;
  }
}

export function timelineFor(part: Part, changedUs: Micros, work: Work, isLive: boolean): Timeline {
  const { options, journal } = work;
  const { client, keepTimes, isHome } = options;
  return new Timeline(part.facts.range, {
    state: isLive ? undefined : journal?.timeline,
    nowUs: () => Math.floor(client.nowMs() * 1000),
    examplesChangedUs: changedUs,
    windowUs: client.endpoint.isCloud ? CLOUD_WINDOW_US : Number.POSITIVE_INFINITY,
    keep: keepTimes === true || isHome === true,
  });
}
