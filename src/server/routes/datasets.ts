import { type Context, Hono } from 'hono';
import { type Printable, printJson } from '../../json/print.js';
import { isJsonObject } from '../../json/value.js';
import { parseUuid } from '../../uuid.js';
import { readJson } from '../body.js';
import { Fields, type Given } from '../fields.js';
import { answer, datasetAnswer, versionAnswer } from '../json-answers.js';
import { newId } from '../new-id.js';
import { type Query, queryOf } from '../query.js';
import { invalid, notFound, Refusal } from '../refusal.js';
import { changeSplits } from '../splits.js';
import {
  DATASET_ORDERS,
  type DatasetChange,
  type DatasetRow,
  type NewDataset,
} from '../store/datasets.js';
import { type Micros, parseIso } from '../time.js';
import type { Home } from './context.js';

const DATA_TYPES = ['kv', 'llm', 'chat'] as const;
const MAX_NAME = 255;

/** Datasets, and their versions. */
export function datasetRoutes(home: Home): Hono {
  const app = new Hono();
  const { datasets, tenantId } = home.store;
  const show = (context: Context, dataset: DatasetRow) =>
    answer(context, datasetAnswer(dataset, tenantId));

  app.get('/datasets', (context) => answer(context, listDatasets(home, queryOf(context))));

  app.post('/datasets', async (context) => {
    const fields = new Fields(await readJson(context));
    fields.require('name');
    const created = fields.time('created_at');
    const schemas = schemasOf(fields);
    const dataset: NewDataset = {
      id: fields.uuid('id') ?? newId(),
      name: fields.text('name', { min: 1, max: MAX_NAME }) ?? '',
      description: fields.text('description') ?? null,
      data_type: fields.oneOf('data_type', DATA_TYPES) ?? 'kv',
      created_at: created ?? home.nowUs(),
      metadata: metadataOf(fields) ?? null,
      inputs_schema: schemas.inputs_schema ?? null,
      outputs_schema: schemas.outputs_schema ?? null,
      transformations: schemas.transformations ?? null,
    };
    fields.done();
    return show(context, datasets.create(dataset));
  });

  app.delete('/datasets', (context) => {
    const query = queryOf(context);
    const ids = query.uuids('dataset_ids') ?? [];
    query.done();
    home.store.transaction(() => {
      for (const id of ids) datasets.delete(id);
    });
    return answer(context, { message: 'Datasets deleted' });
  });

  app.get('/datasets/:id', (context) => show(context, datasets.get(idOf(context))));

  app.patch('/datasets/:id', async (context) => {
    const fields = new Fields(await readJson(context));
    const name = fields.text('name', { min: 1, max: MAX_NAME });
    const description = fields.text('description');
    const metadata = metadataOf(fields);
    const changes: DatasetChange = {
      name: name ?? undefined,
      description,
      metadata,
      baseline_experiment_id: fields.uuid('baseline_experiment_id'),
      ...schemasOf(fields),
    };
    fields.done();
    return show(context, datasets.update(idOf(context), changes, home.nowUs()));
  });

  app.delete('/datasets/:id', (context) => {
    const { id } = datasets.get(idOf(context));
    datasets.delete(id);
    return answer(context, { message: 'Dataset deleted' });
  });

  app.get('/datasets/:id/versions', (context) => {
    const query = queryOf(context);
    const page = query.page();
    query.done();
    const { id } = datasets.get(idOf(context));
    return answer(context, datasets.versions(id, page).map(versionAnswer));
  });

  app.get('/datasets/:id/version', (context) => {
    const query = queryOf(context);
    const tag = query.text('tag');
    const asOf = query.time('as_of');
    query.done();
    const { id } = datasets.get(idOf(context));
    if ((tag === undefined) === (asOf === undefined)) {
      throw new Refusal(400, 'Exactly one of as_of and tag must be specified');
    }
    const version =
      asOf === undefined ? datasets.taggedVersion(id, tag ?? '') : datasets.versionAt(id, asOf);
    if (!version) throw new Refusal(404, 'Dataset version not found');
    return answer(context, versionAnswer(version));
  });

  app.put('/datasets/:id/tags', async (context) => {
    const { id } = datasets.get(idOf(context));
    const fields = new Fields(await readJson(context));
    fields.require('as_of', 'tag');
    const asOf = fields.time('as_of') ?? 0;
    const tag = fields.text('tag', { min: 1 }) ?? '';
    fields.done();
    return answer(context, versionAnswer(datasets.tagVersion(id, asOf, tag)));
  });

  app.get('/datasets/:id/splits', (context) => {
    const { id } = datasets.get(idOf(context));
    return answer(context, home.store.examples.splits(id, asOfIn(home, id, context)));
  });

  app.put('/datasets/:id/splits', async (context) => {
    const { id } = datasets.get(idOf(context));
    const fields = new Fields(await readJson(context));
    fields.require('split_name', 'examples');
    const split = fields.text('split_name', { min: 1 }) ?? '';
    const ids = fields.uuids('examples') ?? [];
    const remove = fields.flag('remove') ?? false;
    fields.done();
    const changes = ids.map((exampleId) => ({
      id: exampleId,
      metadata: (old: string) => changeSplits(old, split, remove),
    }));
    home.store.examples.update(id, changes, home.nowUs());
    return answer(context, home.store.examples.splits(id));
  });

  app.get('/datasets/:id/share', (context) => {
    const { id, share_token } = datasets.get(idOf(context));
    return answer(context, share_token === null ? null : { dataset_id: id, share_token });
  });

  app.put('/datasets/:id/share', (context) => {
    const id = idOf(context);
    return answer(context, { dataset_id: id, share_token: datasets.share(id) });
  });

  app.delete('/datasets/:id/share', (context) => {
    datasets.unshare(datasets.get(idOf(context)).id);
    return answer(context, { message: 'Dataset unshared' });
  });

  return app;
}

/** The answer of GET /datasets. */
export function listDatasets({ store }: Home, query: Query): Printable[] {
  const ids = query.uuids('id');
  const name = query.text('name');
  const nameContains = query.text('name_contains');
  const dataType = query.oneOf('data_type', DATA_TYPES);
  const metadata = query.json('metadata');
  const found = {
    ids,
    name,
    nameContains,
    dataType,
    metadata,
    sortBy: query.oneOf('sort_by', DATASET_ORDERS) ?? 'last_session_start_time',
    descending: query.flag('sort_by_desc') ?? true,
    ...query.page(),
  } as const;
  query.refuseUnsupported('tag_value_id');
  query.done();
  return store.datasets.list(found).map((dataset) => datasetAnswer(dataset, store.tenantId));
}

/** The id in a path. @throws {Refusal} 422 */
export function idOf(context: Context, name = 'id'): string {
  const text = context.req.param(name) ?? '';
  const id = parseUuid(text);
  if (id !== undefined) return id;
  throw invalid([
    { loc: ['path', name], msg: 'Input should be a valid UUID', type: 'uuid_parsing' },
  ]);
}

/**
 * The moment that `as_of` means: a time, or the tag of a version. `latest` and nothing mean the current state.
 *
 * @throws {Refusal} 404 for an unknown tag.
 */
export function asOfIn(home: Home, datasetId: string, context: Context): Micros | undefined {
  const text = context.req.query('as_of');
  if (text === undefined || text === 'latest') return undefined;
  const time = parseIso(text);
  if (time !== undefined) {
    // The current state is found by an index, however many examples are passed over.
    const latest = home.store.datasets.taggedVersion(datasetId, 'latest');
    return latest && latest.as_of <= time ? undefined : time;
  }
  const tagged = home.store.datasets.taggedVersion(datasetId, text);
  if (!tagged) throw notFound('Dataset version', text);
  return tagged.as_of;
}

/** `metadata` itself, or as the SDK sends it: within `extra`. */
function metadataOf(fields: Fields): Given<string> {
  const own = fields.json('metadata');
  if (own !== undefined) return own;
  const metadata = fields.record('extra')?.metadata;
  return isJsonObject(metadata) ? printJson(metadata) : undefined;
}

/** What was not given is undefined. */
function schemasOf(fields: Fields): Partial<NewDataset> {
  const inputs = fields.json('inputs_schema_definition');
  const outputs = fields.json('outputs_schema_definition');
  const transformations = fields.any('transformations', (value) =>
    Array.isArray(value) && value.length === 0
      ? undefined
      : 'transformations are not supported by LangSmith at home',
  );
  return {
    inputs_schema: inputs,
    outputs_schema: outputs,
    ...(transformations !== undefined && { transformations: transformations ? '[]' : null }),
  };
}
