import { LsRecordError } from '../../errors.js';
import type { LangSmith } from '../../langsmith/client.js';
import type { Experiment } from '../../langsmith/wire.js';
import { readUrl } from './named-dataset.js';

/** An experiment of a dataset, not just any project. */
export type NamedExperiment = Experiment & { readonly datasetId: string };

/**
 * Finds the experiment that was typed, with its counts: its name, its id, or the URL of its page.
 *
 * @throws {LsRecordError} `EXPERIMENT_NOT_FOUND`, or `USAGE` for a URL of anything but one experiment.
 */
export async function findNamedExperiment(
  client: LangSmith,
  typed: string,
): Promise<NamedExperiment> {
  const found = await client.findExperiment(nameOrId(typed));
  // Statistics come only if they are asked for by id.
  const experiment = found && (await client.experimentStats(found.id));
  if (!experiment) {
    throw new LsRecordError('EXPERIMENT_NOT_FOUND', `there is no experiment "${typed}"`, {
      hint: 'See which there are: ls-record experiments list DATASET.',
    });
  }
  const { datasetId } = experiment;
  if (datasetId !== undefined) return { ...experiment, datasetId };
  throw new LsRecordError('EXPERIMENT_NOT_FOUND', `"${typed}" is a project without a dataset`, {
    hint: 'An experiment is about the examples of a dataset: ls-record experiments list DATASET.',
  });
}

function nameOrId(typed: string): string {
  const link = readUrl(typed);
  if (!link) return typed;
  const [id, ...others] = link.experimentIds;
  if (id !== undefined && others.length === 0) return id;
  const what = id === undefined ? 'a dataset' : `${others.length + 1} experiments`;
  throw new LsRecordError('USAGE', `"${typed}" is the page of ${what}`, {
    hint: 'Give the name, the id or the page of one experiment.',
  });
}
