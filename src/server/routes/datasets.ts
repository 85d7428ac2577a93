import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { type Printable, printJson } from '../../json/print.js';
import { isJsonObject, type JsonObject } from '../../json/value.js';
import { parseUuid } from '../../uuid.js';
import { readBody } from '../body.js';
import { answer, datasetAnswer, versionAnswer } from '../json-answers.js';
import { newId } from '../new-id.js';
import { pageOf, param, readParams, readQuery } from '../query.js';
import { invalid, notFound, Refusal } from '../refusal.js';
import {
  json,
  label,
  listOf,
  optional,
  record,
  time,
  unsupportedMember,
  uuid,
} from '../schemas.js';
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
const name = label(255);

/** `metadata` itself, or as the SDK sends it: within `extra`. What is not given is undefined, what is null is cleared. */
const described = {
  description: z.string().nullish(),
  metadata: json.nullish(),
  extra: optional(record),
  inputs_schema_definition: json.nullish(),
  outputs_schema_definition: json.nullish(),
  transformations: z
    .custom<[]>((value) => Array.isArray(value) && value.length === 0, {
      error: 'transformations are not supported by LangSmith at home',
      params: { type: 'value_error' },
    })
    .transform(() => '[]')
    .nullish(),
};
const NEW = z.object({
  name,
  ...described,
  id: optional(uuid),
  data_type: optional(z.enum(DATA_TYPES)),
  created_at: optional(time),
});
const CHANGE = z.object({
  ...described,
  name: optional(name),
  baseline_experiment_id: uuid.nullish(),
});
const IDS = z.object({ dataset_ids: param.uuids });
const PAGE = z.object(pageOf());
const VERSION = z.object({ tag: param.text, as_of: param.time });
const TAG = z.object({ as_of: time, tag: z.string().min(1) });
const SPLIT = z.object({
  split_name: z.string().min(1),
  examples: listOf(uuid),
  remove: optional(z.boolean()),
});
const LIST = {
  id: param.uuids,
  name: param.text,
  name_contains: param.text,
  data_type: param.oneOf(DATA_TYPES),
  metadata: param.json,
  sort_by: param.oneOf(DATASET_ORDERS),
  sort_by_desc: param.flag,
  tag_value_id: unsupportedMember,
};

/** Datasets, and their versions. */
export function datasetRoutes(home: Home): Hono {
  const app = new Hono();
  const { datasets, tenantId } = home.store;
  const show = (context: Context, dataset: DatasetRow) =>
    answer(context, datasetAnswer(dataset, tenantId));

  app.get('/datasets', (context) =>
    answer(context, listDatasets(home, new URL(context.req.url).searchParams)),
  );

  app.post('/datasets', async (context) => {
    const sent = await readBody(context, NEW);
    const about = columnsOf(sent);
    const dataset: NewDataset = {
      id: sent.id ?? newId(),
      name: sent.name,
      description: about.description ?? null,
      data_type: sent.data_type ?? 'kv',
      created_at: sent.created_at ?? home.nowUs(),
      metadata: about.metadata ?? null,
      inputs_schema: about.inputs_schema ?? null,
      outputs_schema: about.outputs_schema ?? null,
      transformations: about.transformations ?? null,
    };
    return show(context, datasets.create(dataset));
  });

  app.delete('/datasets', (context) => {
    const { dataset_ids: ids = [] } = readQuery(context, IDS);
    home.store.transaction(() => {
      for (const id of ids) datasets.delete(id);
    });
    return answer(context, { message: 'Datasets deleted' });
  });

  app.get('/datasets/:id', (context) => show(context, datasets.get(idOf(context))));

  app.patch('/datasets/:id', async (context) => {
    const { name, baseline_experiment_id, ...sent } = await readBody(context, CHANGE);
    const changes = { ...columnsOf(sent), name, baseline_experiment_id };
    return show(context, datasets.update(idOf(context), changes, home.nowUs()));
  });

  app.delete('/datasets/:id', (context) => {
    const { id } = datasets.get(idOf(context));
    datasets.delete(id);
    return answer(context, { message: 'Dataset deleted' });
  });

  app.get('/datasets/:id/versions', (context) => {
    const page = readQuery(context, PAGE);
    const { id } = datasets.get(idOf(context));
    return answer(context, datasets.versions(id, page).map(versionAnswer));
  });

  app.get('/datasets/:id/version', (context) => {
    const { tag, as_of: asOf } = readQuery(context, VERSION);
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
    const { as_of: asOf, tag } = await readBody(context, TAG);
    return answer(context, versionAnswer(datasets.tagVersion(id, asOf, tag)));
  });

  app.get('/datasets/:id/splits', (context) => {
    const { id } = datasets.get(idOf(context));
    return answer(context, home.store.examples.splits(id, asOfIn(home, id, context)));
  });

  app.put('/datasets/:id/splits', async (context) => {
    const { id } = datasets.get(idOf(context));
    const sent = await readBody(context, SPLIT);
    const changes = sent.examples.map((exampleId) => ({
      id: exampleId,
      metadata: (old: string) => changeSplits(old, sent.split_name, sent.remove ?? false),
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
export function listDatasets(
  { store }: Home,
  params: URLSearchParams,
  maxPage?: number,
): Printable[] {
  const asked = readParams(params, z.object({ ...LIST, ...pageOf(maxPage) }));
  const found = store.datasets.list({
    ids: asked.id,
    name: asked.name,
    nameContains: asked.name_contains,
    dataType: asked.data_type,
    metadata: asked.metadata,
    sortBy: asked.sort_by ?? 'last_session_start_time',
    descending: asked.sort_by_desc ?? true,
    limit: asked.limit,
    offset: asked.offset,
  });
  return found.map((dataset) => datasetAnswer(dataset, store.tenantId));
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

function columnsOf(sent: z.output<z.ZodObject<typeof described>>): DatasetChange {
  return {
    description: sent.description,
    metadata: sent.metadata === undefined ? metadataIn(sent.extra) : sent.metadata,
    inputs_schema: sent.inputs_schema_definition,
    outputs_schema: sent.outputs_schema_definition,
    transformations: sent.transformations,
  };
}

function metadataIn(extra: JsonObject | undefined): string | undefined {
  return isJsonObject(extra?.metadata) ? printJson(extra.metadata) : undefined;
}
