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
 * Finds the dataset that was typed: its name or the start of it, its id, or the URL of its page or of one of its
 * experiments.
 *
 * @param isExact the whole name has to be typed: it is about to be deleted.
 * @throws {LsRecordError} `DATASET_NOT_FOUND`, or `USAGE` for any other URL, or where several names start like that.
 */
export async function findNamedDataset(
  client: LangSmith,
  typed: string,
  isExact = false,
): Promise<Dataset> {
  const link = readUrl(typed);
  const dataset =
    (await client.findDataset(await nameOrId(client, typed, link))) ??
    (isExact || link ? undefined : await findDatasetByPrefix(client, typed));
  if (dataset) return dataset;
  throw new LsRecordError('DATASET_NOT_FOUND', `no dataset "${typed}"`, {
    hint: 'To list them: ls-record datasets list',
  });
}

export function findDatasetByPrefix(
  client: LangSmith,
  typed: string,
): Promise<Dataset | undefined> {
  return findByPrefix(typed, 'datasets', client.listDatasets({ nameContains: typed }));
}

const NAMED = 5;

/**
 * The one whose name starts with what was typed.
 *
 * @throws {LsRecordError} `USAGE` if several do.
 */
export async function findByPrefix<T extends { readonly name: string }>(
  typed: string,
  what: string,
  all: AsyncIterable<T>,
): Promise<T | undefined> {
  if (typed.trim() === '') return undefined;
  const found: T[] = [];
  for await (const one of all) {
    if (one.name.startsWith(typed)) found.push(one);
    if (found.length > NAMED) break;
  }
  if (found.length <= 1) return found[0];
  const names = found.slice(0, NAMED).map(({ name }) => name);
  if (found.length > NAMED) names.push('…');
  throw new LsRecordError('USAGE', `"${typed}" matches several ${what}: ${names.join(', ')}`, {
    hint: 'Type more of the name.',
  });
}

async function nameOrId(client: LangSmith, typed: string, link: Link | undefined): Promise<string> {
  if (link?.datasetId !== undefined) return link.datasetId;
  const [experimentId] = link?.experimentIds ?? [];
  if (experimentId === undefined) return typed;
  return (await client.findExperiment(experimentId))?.datasetId ?? typed;
}
