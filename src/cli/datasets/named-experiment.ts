import { LsRecordError } from '../../errors.js';
import type { LangSmith } from '../../langsmith/client.js';
import type { Experiment } from '../../langsmith/wire.js';
import { findByPrefix, findNamedDataset, readUrl } from './named-dataset.js';

/** An experiment of a dataset, not just any project. */
export type NamedExperiment = Experiment & { readonly datasetId: string };

export interface ExperimentLookup {
  /** The dataset that `@latest`, `@previous` and `@blessed` refer to, by name, id or URL; it may also precede the @. */
  readonly dataset?: string | undefined;
  /** `@previous` is the one before this; default: before the latest. */
  readonly before?: Experiment | undefined;
  /** The whole name has to be typed: it is about to be deleted. */
  readonly isExact?: boolean;
}

/**
 * Finds the experiment that was typed, with its counts: its name or the start of it, its id, the URL of its page, or which
 * one of its dataset it is: `@latest`, `@previous`, `@blessed`.
 *
 * @throws {LsRecordError} `EXPERIMENT_NOT_FOUND`, or `USAGE` where that could be several, or is a page of anything else.
 */
export async function findNamedExperiment(
  client: LangSmith,
  typed: string,
  naming: ExperimentLookup = {},
): Promise<NamedExperiment> {
  const id = await idOf(client, typed, naming);
  // Statistics come only if they are asked for by id.
  const experiment = id === undefined ? undefined : await client.experimentStats(id);
  if (!experiment) {
    throw new LsRecordError('EXPERIMENT_NOT_FOUND', `no experiment "${typed}"`, {
      hint: 'To list them: ls-record experiments list DATASET',
    });
  }
  const { datasetId } = experiment;
  if (datasetId !== undefined) return { ...experiment, datasetId };
  throw new LsRecordError('EXPERIMENT_NOT_FOUND', `"${typed}" is a project without a dataset`, {
    hint: 'Experiments belong to a dataset. To list them: ls-record experiments list DATASET',
  });
}

async function idOf(
  client: LangSmith,
  typed: string,
  naming: ExperimentLookup,
): Promise<string | undefined> {
  const found = await client.findExperiment(nameOrId(typed));
  if (found || naming.isExact) return found?.id;
  const place = readRelativeName(typed);
  if (place) return findRelative(client, place, typed, naming);
  return (await findExperimentByPrefix(client, typed))?.id;
}

function nameOrId(typed: string): string {
  const link = readUrl(typed);
  if (!link) return typed;
  const [id, ...others] = link.experimentIds;
  if (id !== undefined && others.length === 0) return id;
  const what = id === undefined ? 'a dataset' : `${others.length + 1} experiments`;
  throw new LsRecordError('USAGE', `"${typed}" is the URL of ${what}`, {
    hint: 'Give the name, ID or URL of one experiment.',
  });
}

/** A place among the experiments of a dataset, such as `capitals@latest`. */
interface RelativeName {
  readonly dataset: string;
  readonly word: 'latest' | 'previous' | 'blessed';
}

export function readRelativeName(typed: string): RelativeName | undefined {
  const [, dataset = '', word] = /^(.*)@(latest|previous|blessed)$/s.exec(typed) ?? [];
  return word === undefined ? undefined : { dataset, word: word as RelativeName['word'] };
}

async function findRelative(
  client: LangSmith,
  { dataset: own, word }: RelativeName,
  typed: string,
  { dataset: known, before }: ExperimentLookup,
): Promise<string | undefined> {
  const named = own || known;
  if (named === undefined) {
    throw new LsRecordError('USAGE', `"${typed}" needs a dataset`, {
      hint: `Put the dataset in front: NAME${typed}.`,
    });
  }
  const { findBlessed, findLatest } = await import('../../experiments/baseline.js');
  const dataset = await findNamedDataset(client, named);
  if (word === 'blessed') {
    const blessed = await findBlessed(client, dataset);
    if (blessed) return blessed.id;
    throw new LsRecordError('EXPERIMENT_NOT_FOUND', `"${dataset.name}" has no blessed baseline`, {
      hint: 'Name an experiment, or use @previous or @latest.',
    });
  }
  const latest = word === 'previous' && before ? before : await findLatest(client, dataset.id);
  const found =
    word === 'latest' ? latest : latest && (await findLatest(client, dataset.id, latest));
  if (found) return found.id;
  throw new LsRecordError(
    'EXPERIMENT_NOT_FOUND',
    latest && word === 'previous'
      ? `"${latest.name}" is the first experiment of "${dataset.name}"`
      : `"${dataset.name}" has no experiment yet`,
    { hint: `To list them: ls-record experiments list ${dataset.name}` },
  );
}

export function findExperimentByPrefix(
  client: LangSmith,
  typed: string,
): Promise<Experiment | undefined> {
  const all = client.listAllExperiments({ nameContains: typed, stats: false });
  return findByPrefix(typed, 'experiments', all);
}
