import { z } from 'zod';
import type { JsonObject } from '../json/value.js';
import { encodeParts, type FormPart, type Json, withJson } from './multipart.js';
import { pathTo } from './path-to.js';
import { jsonOf, listOf, PAGE, Rest } from './rest.js';
import { parseTime } from './time.js';
import * as wire from './wire.js';

/** An example as it is sent. Payloads are JSON, printed once. */
export interface ExampleUpload {
  readonly id: string;
  readonly inputs: Json;
  readonly referenceOutputs?: Json | undefined;
  readonly metadata?: Json | undefined;
  readonly split?: readonly string[] | undefined;
}

/** What datasets can be sorted by, and its name on the wire. */
const DATASET_ORDERS = {
  used: 'last_session_start_time',
  name: 'name',
  created: 'created_at',
  changed: 'modified_at',
  examples: 'example_count',
  experiments: 'session_count',
} as const;

/** Names go from A to Z, times from the latest, counts from the largest. */
export type DatasetOrder = keyof typeof DATASET_ORDERS;

/** Datasets and their examples. */
export class Datasets extends Rest {
  /** Finds a dataset by exact name, or by id. */
  findDataset(nameOrId: string): Promise<wire.Dataset | undefined> {
    return this.findNamed('/datasets', nameOrId, wire.dataset);
  }

  /** @throws {ApiRefusal} 409 if the name is taken. */
  createDataset(dataset: {
    id?: string;
    name: string;
    description?: string;
  }): Promise<wire.Dataset> {
    return this.post('/datasets', { data_type: 'kv', ...dataset }, wire.dataset);
  }

  /** All datasets, the latest used first unless told otherwise; pages are fetched as they are needed. */
  listDatasets(
    options: { nameContains?: string; sortBy?: DatasetOrder; limit?: number } = {},
  ): AsyncGenerator<wire.Dataset> {
    const { nameContains, sortBy = 'used', limit } = options;
    const query = {
      sort_by: DATASET_ORDERS[sortBy],
      sort_by_desc: String(sortBy !== 'name'),
      ...(nameContains && { name_contains: nameContains }),
    };
    return this.list('/datasets', query, wire.dataset, limit);
  }

  /** The time of a dataset's latest version; undefined if it has no examples. */
  async datasetVersion(datasetId: string): Promise<string | undefined> {
    const path = pathTo`/datasets/${datasetId}/version?tag=latest`;
    return (await this.find(path, wire.datasetVersion))?.as_of;
  }

  /** Which of these examples there are, and when they changed. At most 100 ids. */
  findExampleHeads(datasetId: string, ids: readonly string[]): Promise<wire.ExampleHead[]> {
    const query = examplesQuery(datasetId, ids, ['id', 'modified_at']);
    return this.get('/examples', z.array(wire.exampleHead), query);
  }

  /** The same with their content. */
  findExamples(datasetId: string, ids: readonly string[]): Promise<wire.Example[]> {
    const fields = ['id', 'modified_at', 'inputs', 'outputs', 'metadata'];
    return this.get('/examples', z.array(wire.example), examplesQuery(datasetId, ids, fields));
  }

  /** A dataset's examples, always in the same order; pages are fetched as they are needed. */
  listExamples(
    datasetId: string,
    options: { splits?: readonly string[]; asOf?: string; limit?: number } = {},
  ): AsyncGenerator<wire.Example> {
    const { splits = [], asOf, limit } = options;
    const query = [
      ['dataset', datasetId],
      ['order', 'id'],
      ...(asOf === undefined ? [] : [['as_of', asOf]]),
      ...splits.map((split) => ['splits', split]),
    ] as [string, string][];
    return this.pages('/examples', query, wire.example, limit, this.pace);
  }

  /** The examples of a dataset, by id alone, in the order in which they were made. */
  listExampleIds(datasetId: string): AsyncGenerator<{ readonly id: string }> {
    const query = [
      ['dataset', datasetId],
      ['order', 'recently_created'],
      ['descending', 'false'],
      ['select', 'id'],
      ['exclude_default_fields', 'true'],
    ] as [string, string][];
    return this.pages('/examples', query, z.object({ id: wire.id }), undefined, this.pace);
  }

  /** The names of the splits that a dataset's examples are in. */
  listSplits(datasetId: string): Promise<string[]> {
    return this.get(pathTo`/datasets/${datasetId}/splits`, z.array(z.string()));
  }

  /** Changes a dataset. `metadata` is replaced as a whole: send what was read, and what is new. */
  async updateDataset(
    id: string,
    { baselineId, metadata }: { baselineId?: string | null; metadata?: JsonObject },
  ): Promise<void> {
    const change = { baseline_experiment_id: baselineId, metadata };
    await this.patch(pathTo`/datasets/${id}`, change);
  }

  deleteDataset(id: string): Promise<void> {
    return this.delete(pathTo`/datasets/${id}`);
  }

  /**
   * Writes examples, all or none.
   *
   * @returns the time of the dataset version that they made, where the server tells.
   * @throws {ApiRefusal} 409 if one of the ids exists.
   */
  async createExamples(
    datasetId: string,
    examples: readonly ExampleUpload[],
  ): Promise<string | undefined> {
    if ((await this.limits()).multipartExamples) {
      const path = pathTo`/platform/datasets/${datasetId}/examples`;
      const form = this.formOf([encodeParts(examples.flatMap(exampleParts), this.boundary)]);
      const { as_of: asOf } = await this.send('POST', path, form, wire.examplesWritten);
      if (asOf) this.transport.noteTime(parseTime(asOf) / 1000);
      return asOf ?? undefined;
    }
    const bodies = examples.map(({ id, split, inputs, referenceOutputs, metadata }) =>
      withJson(
        { id, dataset_id: datasetId, split },
        { inputs, outputs: referenceOutputs, metadata },
      ),
    );
    const body = jsonOf(listOf(bodies));
    const written = await this.send('POST', '/examples/bulk', body, z.array(wire.exampleHead));
    return written
      .flatMap(({ modifiedAt }) => modifiedAt ?? [])
      .sort()
      .at(-1);
  }

  /** Replaces an example's reference outputs, metadata and split; its inputs stay. */
  async updateExample(example: Omit<ExampleUpload, 'inputs'>): Promise<void> {
    const { id, split, referenceOutputs: outputs = '{}', metadata } = example;
    const change = withJson({ split }, { outputs, metadata });
    await this.send('PATCH', pathTo`/examples/${id}`, jsonOf(change));
  }
}

function examplesQuery(
  datasetId: string,
  ids: readonly string[],
  fields: readonly string[],
): [string, string][] {
  return [
    ['dataset', datasetId],
    ['limit', String(PAGE)],
    ['exclude_default_fields', 'true'],
    ...ids.map((id): [string, string] => ['id', id]),
    ...fields.map((field): [string, string] => ['select', field]),
  ];
}

function exampleParts({
  id,
  split,
  inputs,
  referenceOutputs,
  metadata,
}: ExampleUpload): FormPart[] {
  const parts: FormPart[] = [
    [id, ...withJson({ split }, { metadata })],
    [`${id}.inputs`, inputs],
  ];
  if (referenceOutputs !== undefined) parts.push([`${id}.outputs`, referenceOutputs]);
  return parts;
}
