import type { Dataset } from '../langsmith/wire.js';
import { readingOf } from '../prepare/pass.js';
import { asExperiment, type ExperimentRows } from '../prepare/prepare.js';
import type { SourceIdentity } from '../prepare/prepared.js';
import type { RecognisedSource } from '../results/recognised.js';
import { sentOptions } from './experiment.js';
import { canonical, sourceId } from './ids.js';
import type { JournalSummary } from './journal/lines.js';
import { memberOf } from './members.js';
import type { RecordOptions } from './record-options.js';
import type { Recording } from './recording.js';

/** By which the recordings of one command are known: what it reads, how, and which of it. */
export function groupId(sources: readonly SourceIdentity[], { each, only }: RecordOptions): string {
  return sourceId([...sources, { bytes: canonical({ each, only }), reading: {} }]);
}

/**
 * Finds what an earlier call with the same files and options prepared: nothing is parsed again then. Files are hashed
 * only if a journal knows some of their names and size.
 *
 * @returns undefined if anything of it is missing.
 */
export async function recall(
  sources: readonly RecognisedSource[],
  options: RecordOptions,
  dataset: Dataset | undefined,
): Promise<ExperimentRows[] | undefined> {
  const { journals, client, experiment, place = client.endpoint.root } = options;
  if (!journals || options.new || sources.some(({ digest }) => digest === undefined))
    return undefined;
  const names = new Set(sources.map(({ name }) => name));
  const isOfThese = (one: JournalSummary) =>
    one.group !== null &&
    one.files.every((name) => names.has(name)) &&
    one.place === place &&
    one.dataset === options.dataset &&
    one.givenName === (experiment ?? null) &&
    one.shard === memberOf(options) &&
    canonical(one.options) === canonical(sentOptions(options));
  const candidates = (await journals.list()).filter(isOfThese);
  if (candidates.length === 0) return undefined;

  const identities: SourceIdentity[] = [];
  for (const source of sources)
    identities.push({ bytes: (await source.digest?.()) ?? '', reading: readingOf(source) });
  const id = groupId(identities, options);
  const found = candidates.filter(({ group }) => group?.id === id);
  if (found.length === 0 || found.length !== found[0]?.group?.size) return undefined;

  const experiments: ExperimentRows[] = [];
  for (const one of found.sort((a, b) => (a.group?.place ?? 0) - (b.group?.place ?? 0))) {
    const isRecorded = one.finished && (await findRecorded(one.finished, dataset, options));
    const prepared = isRecorded ? undefined : await journals.prepared(one.id);
    // What is recorded already needs no rows.
    if (isRecorded)
      experiments.push({ ...one, isLive: false, summary: () => [], async *parts() {} });
    else if (prepared) experiments.push(asExperiment(prepared, one.group));
    else return undefined;
  }
  return experiments;
}

/** What a finished recording came to, if its experiment still exists. */
export async function findRecorded(
  finished: Recording,
  dataset: Dataset | undefined,
  { client, new: another }: RecordOptions,
): Promise<Recording | undefined> {
  const experiment = dataset && !another && (await client.findExperiment(finished.experiment.id));
  if (!experiment) return undefined;
  const url = client.links.experiments(dataset.id, [experiment]);
  const { created, existing } = finished.examples;
  return {
    ...finished,
    experiment: { id: experiment.id, name: experiment.name, url },
    dataset: { ...finished.dataset, created: false },
    examples: { created: 0, existing: created + existing, updated: 0 },
    runs: 0,
    feedback: 0,
    status: 'complete',
  };
}
