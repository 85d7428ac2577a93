import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { LsRecordError } from '../../errors.js';
import type { LangSmith } from '../../langsmith/client.js';
import type { Connection } from '../access/connect.js';
import type { Context } from '../context.js';
import { findNamedDataset, readUrl } from '../datasets/named-dataset.js';
import {
  findNamedExperiment,
  type NamedExperiment,
  readRelativeName,
} from '../datasets/named-experiment.js';

/** What is compared: an experiment on a server, or a file that is not recorded. */
export type Target =
  | { readonly kind: 'experiment'; readonly experiment: NamedExperiment }
  | { readonly kind: 'file'; readonly path: string };

interface Finding {
  readonly connect: () => Promise<Connection>;
  /** As typed. */
  readonly dataset: string | undefined;
  readonly context: Context;
}

/** Compared side by side. */
export const MOST = 12;

/** Whether a file was typed; an experiment of that name is meant only if no such file. */
export function isFile(typed: string, { workingFolder }: Context): boolean {
  return typed === '-' || (!/^https?:/i.test(typed) && existsSync(resolve(workingFolder, typed)));
}

/**
 * The experiments of a page's URL, in the place of the URL: a page names several.
 *
 * @returns what was typed otherwise as it is.
 */
export function withPages(typed: readonly string[]): string[] {
  return typed.flatMap((one) => {
    const ids = readUrl(one)?.experimentIds ?? [];
    return ids.length > 0 ? ids : [one];
  });
}

/**
 * Finds what was typed; experiments that are named by their place, such as `@latest`, last: the others say of which dataset.
 *
 * @throws {LsRecordError} `USAGE` where two are the same, or of different datasets.
 */
export async function findTargets(
  typed: readonly string[],
  { connect, dataset, context }: Finding,
): Promise<Target[]> {
  const targets = new Map<number, Target>();
  const named: [number, string][] = [];
  for (const [at, one] of typed.entries()) {
    if (isFile(one, context)) targets.set(at, { kind: 'file', path: one });
    else named.push([at, one]);
  }
  if (named.length > 0) {
    const { client } = await connect();
    const found = await findExperiments(client, named, dataset);
    for (const [at, experiment] of found) targets.set(at, { kind: 'experiment', experiment });
  }
  return typed.flatMap((_, at) => targets.get(at) ?? []);
}

async function findExperiments(
  client: LangSmith,
  named: readonly [number, string][],
  dataset: string | undefined,
): Promise<Map<number, NamedExperiment>> {
  const found = new Map<number, NamedExperiment>();
  const inOrder = [...named].sort(
    ([, one], [, other]) => Number(isPlace(one)) - Number(isPlace(other)),
  );
  for (const [at, typed] of inOrder) {
    const [first] = found.values();
    const naming = { dataset: dataset ?? first?.datasetId, before: first };
    const experiment = await findNamedExperiment(client, typed, naming);
    const twin = [...found].find(([, { id }]) => id === experiment.id);
    if (twin) {
      const other = named.find(([place]) => place === twin[0])?.[1];
      throw new LsRecordError('USAGE', `"${other}" and "${typed}" are the same experiment`, {
        hint: 'To list them: ls-record experiments list DATASET',
      });
    }
    if (first && first.datasetId !== experiment.datasetId) {
      throw new LsRecordError(
        'USAGE',
        `"${first.name}" and "${experiment.name}" belong to different datasets`,
        { hint: 'Rows are compared by example, so both must be experiments of one dataset.' },
      );
    }
    found.set(at, experiment);
  }
  return found;
}

function isPlace(typed: string): boolean {
  return readRelativeName(typed) !== undefined;
}

/** The dataset whose examples rows pair with; undefined: only files are compared. */
export async function datasetOf(
  targets: readonly Target[],
  { connect, dataset }: Finding,
): Promise<string | undefined> {
  for (const target of targets)
    if (target.kind === 'experiment') return target.experiment.datasetId;
  if (dataset === undefined) return undefined;
  return (await findNamedDataset((await connect()).client, dataset)).id;
}
