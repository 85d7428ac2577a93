import { LsRecordError } from '../../errors.js';
import type { LangSmith } from '../../langsmith/client.js';
import { type Link, parseLink } from '../../langsmith/parse-link.js';
import type { Dataset } from '../../langsmith/wire.js';

/**
 * What the URL of a page is about, where a URL was typed instead of a name or an id; undefined of anything else.
 *
 * @throws {LsRecordError} `USAGE` if the page is of neither a dataset nor an experiment.
 */
export function readUrl(typed: string): Link | undefined {
  if (!/^https?:\/\//i.test(typed)) return undefined;
  const link = parseLink(typed);
  if (link) return link;
  throw new LsRecordError('USAGE', `"${typed}" is not the URL of a dataset or an experiment`, {
    hint: 'Copy the URL from the browser: it contains /datasets/ or /projects/p/ and an ID.',
  });
}

/**
 * Finds the dataset that was typed: its name, its id, or the URL of its page or of one of its experiments.
 *
 * @throws {LsRecordError} `DATASET_NOT_FOUND`, or `USAGE` for any other URL.
 */
export async function findNamedDataset(client: LangSmith, typed: string): Promise<Dataset> {
  const link = readUrl(typed);
  const dataset = await client.findDataset(await nameOrId(client, typed, link));
  if (dataset) return dataset;
  throw new LsRecordError('DATASET_NOT_FOUND', `no dataset "${typed}"`, {
    hint: 'To list them: ls-record datasets list',
  });
}

async function nameOrId(client: LangSmith, typed: string, link: Link | undefined): Promise<string> {
  if (link?.datasetId !== undefined) return link.datasetId;
  const [experimentId] = link?.experimentIds ?? [];
  if (experimentId === undefined) return typed;
  return (await client.findExperiment(experimentId))?.datasetId ?? typed;
}
