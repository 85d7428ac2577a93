import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Printable } from '../../json/print.js';
import type { JsonValue } from '../../json/value.js';
import { readBody, readBytes } from '../body.js';
import {
  exampleChange,
  newExample,
  readExample,
  readExampleForm,
  type SentExample,
} from '../example-body.js';
import { parseFilter } from '../filter.js';
import { answer, exampleAnswer } from '../json-answers.js';
import { changeMetadata, metadataOperation } from '../metadata-operations.js';
import { readForm } from '../multipart.js';
import { newId } from '../new-id.js';
import { pageOf, param, readQuery } from '../query.js';
import { invalid, notFound, Refusal } from '../refusal.js';
import { listOf, optional, uuid } from '../schemas.js';
import { readMetadata } from '../splits.js';
import { EXAMPLE_ORDERS, type ExampleRow } from '../store/examples.js';
import { exampleCondition } from '../store/filter-condition.js';
import { type Micros, printIso } from '../time.js';
import { type Home, linksOf } from './context.js';
import { asOfIn, idOf } from './datasets.js';

const anything = z.custom<JsonValue>();
const DELETED = z.object({ example_ids: param.uuids });
const DELETION = z.object({
  example_ids: listOf(uuid, 1000),
  hard_delete: optional(z.boolean()),
});
const METADATA = z.object({
  example_ids: listOf(uuid, 10_000),
  operations: listOf(metadataOperation),
});
const LIST = z.object({
  dataset: param.uuid,
  id: param.uuids,
  metadata: param.json,
  splits: param.texts,
  full_text_contains: param.text,
  random_seed: param.integer(0),
  descending: param.flag,
  order: param.oneOf(EXAMPLE_ORDERS),
  select: param.texts,
  exclude_default_fields: param.flag,
  filter: param.text,
  ...pageOf(),
});

type Identified = SentExample & { readonly id: string };

/** Examples: one by one, in bulk, and as forms. */
export function exampleRoutes(home: Home): Hono {
  const app = new Hono();
  const { examples, attachments } = home.store;

  const show = (context: Context, rows: readonly ExampleRow[]): Record<string, Printable>[] => {
    const linkTo = linksOf(home, context);
    const files = attachments.heads(rows.map(({ id }) => id));
    return rows.map((row) => exampleAnswer(row, linkTo, files.get(row.id)));
  };
  const get = (context: Context, id: string): Printable => {
    const example = examples.find(id);
    if (!example) throw notFound('Example', id);
    return show(context, [example])[0] ?? null;
  };
  const create = (datasetId: string, sent: readonly Identified[]): Micros =>
    home.store.transaction(() => {
      const asOf = examples.create(datasetId, sent.map(newExample), home.nowUs());
      for (const { id, attachments: files } of sent) {
        for (const file of files) attachments.write(id, file);
      }
      return asOf;
    });
  const update = (datasetId: string, sent: readonly Identified[]): Micros =>
    home.store.transaction(() => {
      const asOf = examples.update(datasetId, sent.map(exampleChange), home.nowUs());
      for (const { id, operations, attachments: files } of sent) {
        if (operations) {
          attachments.retain(id, operations.retain);
          for (const [from, to] of operations.rename) attachments.rename(id, from, to);
        } else if (files.length > 0) {
          attachments.retain(id, []);
        }
        for (const file of files) attachments.write(id, file);
      }
      return asOf;
    });

  app.get('/examples', (context) => {
    const { query, select } = exampleQuery(home, context);
    return answer(
      context,
      show(context, examples.list(query)).map((example) => pick(example, select)),
    );
  });

  app.get('/examples/count', (context) =>
    answer(context, examples.count(exampleQuery(home, context).query)),
  );

  app.post('/examples', async (context) => {
    const sent = identified(readExample(await readBody(context, anything)));
    create(datasetOf(sent), [sent]);
    return answer(context, get(context, sent.id));
  });

  app.post('/examples/bulk', async (context) => {
    const sent = (await readBody(context, listOf(anything))).map((item, index) =>
      identified(readExample(item, ['body', index])),
    );
    home.store.transaction(() => {
      for (const datasetId of new Set(sent.map(datasetOf))) {
        create(
          datasetId,
          sent.filter((example) => example.dataset_id === datasetId),
        );
      }
    });
    return answer(
      context,
      sent.map(({ id }) => get(context, id)),
    );
  });

  app.patch('/examples/bulk', async (context) => {
    const sent = (await readBody(context, listOf(anything))).map((item, index) =>
      identified(readExample(item, ['body', index])),
    );
    home.store.transaction(() => {
      for (const example of sent) update(ownerOf(home, example.id), [example]);
    });
    return answer(context, { message: `${sent.length} examples updated` });
  });

  app.delete('/examples', (context) => {
    const { example_ids: ids = [] } = readQuery(context, DELETED);
    examples.delete(ids, home.nowUs());
    return answer(context, { message: 'Examples deleted' });
  });

  app.get('/examples/:id', (context) => {
    const id = idOf(context);
    const owner = examples.datasetOf(id);
    const example = owner && examples.find(id, asOfIn(home, owner, context));
    if (!example) throw notFound('Example', id);
    return answer(context, show(context, [example])[0] ?? null);
  });

  app.patch('/examples/:id', async (context) => {
    const id = idOf(context);
    const sent = readExample(await readBody(context, anything));
    const owner = ownerOf(home, id);
    if (sent.dataset_id !== undefined && sent.dataset_id !== owner) {
      throw new Refusal(409, `Example ${id} belongs to another dataset`);
    }
    update(owner, [{ ...sent, id }]);
    return answer(context, { message: 'Example updated' });
  });

  app.delete('/examples/:id', (context) => {
    const id = idOf(context);
    if (!examples.find(id)) throw notFound('Example', id);
    examples.delete([id], home.nowUs());
    return answer(context, { message: 'Example deleted' });
  });

  app.post('/platform/datasets/examples/delete', async (context) => {
    const { example_ids: ids, hard_delete: isHard } = await readBody(context, DELETION);
    if (isHard) examples.erase(ids);
    else examples.delete(ids, home.nowUs());
    return answer(context, { count: ids.length, example_ids: ids });
  });

  for (const method of ['POST', 'PATCH'] as const) {
    app.on(method, '/platform/datasets/:id/examples', async (context) => {
      if (home.options.examplesMultipart === false) throw new Refusal(404, 'Not Found');
      const { id: datasetId } = home.store.datasets.get(idOf(context));
      const bytes = await readBytes(context);
      const sent = readExampleForm(readForm(bytes, context.req.header('content-type') ?? ''));
      const asOf = method === 'POST' ? create(datasetId, sent) : update(datasetId, sent);
      const ids = sent.map(({ id }) => id);
      return answer(context, { count: ids.length, example_ids: ids, as_of: printIso(asOf) }, 201);
    });
  }

  app.patch('/platform/datasets/:id/examples/metadata', async (context) => {
    const { id: datasetId } = home.store.datasets.get(idOf(context));
    const { example_ids: ids, operations } = await readBody(context, METADATA);
    const known = new Set(ids.filter((id) => examples.find(id)?.dataset_id === datasetId));
    examples.update(
      datasetId,
      [...known].map((id) => ({
        id,
        metadata: (old) => changeMetadata(readMetadata(old), operations),
      })),
      home.nowUs(),
    );
    return answer(
      context,
      { statuses: ids.map((id) => ({ id, status: known.has(id) ? 'UPDATED' : 'NOT_FOUND' })) },
      207,
    );
  });

  app.get('/attachments/:owner/:name', (context) => {
    const file = attachments.find(idOf(context, 'owner'), context.req.param('name'));
    if (!file) throw notFound('Attachment', context.req.param('name'));
    // Whatever it is, a browser must not run it on this origin.
    return context.body(new Uint8Array(file.content), 200, {
      'Content-Type': file.mime_type || 'application/octet-stream',
      'Content-Disposition': 'attachment',
      'Content-Security-Policy': 'sandbox',
      'X-Content-Type-Options': 'nosniff',
    });
  });

  return app;
}

/** These come whatever is selected. */
const ALWAYS = ['id', 'created_at', 'modified_at', 'name', 'dataset_id', 'inputs'];
const UNLESS_SELECTED = ['source_run_id', 'metadata', 'outputs'];

function exampleQuery(home: Home, context: Context) {
  const asked = readQuery(context, LIST);
  const { dataset: datasetId, id: ids, select = UNLESS_SELECTED } = asked;
  if (datasetId === undefined && !ids) {
    throw new Refusal(400, 'At least one of dataset or id must be provided');
  }
  const query = {
    datasetId,
    ids,
    asOf: datasetId === undefined ? undefined : asOfIn(home, datasetId, context),
    metadata: asked.metadata,
    splits: asked.splits,
    text: asked.full_text_contains,
    seed: asked.random_seed,
    descending: asked.descending,
    condition: asked.filter ? exampleCondition(parseFilter(asked.filter)) : undefined,
    order: asked.order ?? 'recent',
    limit: asked.limit,
    offset: asked.offset,
  };
  return {
    query,
    select: new Set(asked.exclude_default_fields ? select : [...ALWAYS, ...select]),
  };
}

function pick(example: Record<string, Printable>, names: ReadonlySet<string>): Printable {
  return Object.fromEntries(Object.entries(example).filter(([name]) => names.has(name)));
}

function identified(sent: SentExample): Identified {
  return { ...sent, id: sent.id ?? newId() };
}

function datasetOf({ dataset_id: datasetId }: SentExample): string {
  if (datasetId !== undefined) return datasetId;
  throw invalid([{ loc: ['body', 'dataset_id'], msg: 'Field required', type: 'missing' }]);
}

function ownerOf(home: Home, id: string): string {
  const owner = home.store.examples.datasetOf(id);
  if (owner === undefined) throw notFound('Example', id);
  return owner;
}
