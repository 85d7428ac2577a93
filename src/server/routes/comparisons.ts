import { Hono } from 'hono';
import { z } from 'zod';
import { parseJson } from '../../json/parse.js';
import type { Printable } from '../../json/print.js';
import { readBody } from '../body.js';
import { answer, comparisonAnswer, feedbackStatsAnswer } from '../json-answers.js';
import { newId } from '../new-id.js';
import { pageOf, param, readQuery } from '../query.js';
import { Refusal } from '../refusal.js';
import { json, listOf, optional, orNull, time, uuid } from '../schemas.js';
import { COMPARISON_ORDERS, type ComparisonRow } from '../store/comparisons.js';
import type { Store } from '../store.js';
import type { Home } from './context.js';
import { idOf } from './datasets.js';

const NEW = z.object({
  experiment_ids: listOf(uuid),
  reference_dataset_id: optional(uuid),
  id: optional(uuid),
  name: orNull(z.string()),
  description: orNull(z.string()),
  extra: orNull(json),
  created_at: optional(time),
  modified_at: optional(time),
});
const LIST = z.object({
  id: param.uuids,
  name: param.text,
  name_contains: param.text,
  sort_by: param.oneOf(COMPARISON_ORDERS),
  sort_by_desc: param.flag,
  ...pageOf(),
});

/** Comparative experiments: runs of several experiments on one example are judged against each other. */
export function comparisonRoutes(home: Home): Hono {
  const app = new Hono();
  const { comparisons, datasets, tenantId } = home.store;

  app.post('/datasets/comparative', async (context) => {
    const sent = await readBody(context, NEW);
    const { id = newId(), reference_dataset_id: datasetId, experiment_ids: ids, ...about } = sent;
    const { created_at = home.nowUs(), modified_at = created_at } = about;
    const row = {
      ...about,
      id,
      created_at,
      modified_at,
      dataset_id: datasetOf(home.store, ids, datasetId),
      experiment_ids: JSON.stringify(ids),
    };
    comparisons.create(row);
    return answer(context, comparisonAnswer(row, tenantId));
  });

  app.get('/datasets/:id/comparative', (context) => {
    const asked = readQuery(context, LIST);
    const { id } = datasets.get(idOf(context));
    const rows = comparisons.list(id, {
      ids: asked.id,
      name: asked.name,
      nameContains: asked.name_contains,
      sortBy: asked.sort_by ?? 'created_at',
      descending: asked.sort_by_desc ?? true,
      limit: asked.limit,
      offset: asked.offset,
    });
    return answer(
      context,
      rows.map((row) => show(home.store, row)),
    );
  });

  app.delete('/datasets/comparative/:id', (context) => {
    comparisons.delete(idOf(context));
    return answer(context, { message: 'Comparative experiment deleted' });
  });

  return app;
}

function show(store: Store, row: ComparisonRow): Printable {
  const ids = (parseJson(row.experiment_ids) as string[]).map(String);
  const experiments = ids.flatMap((id) => store.sessions.find(id) ?? []);
  return {
    ...comparisonAnswer(row, store.tenantId),
    experiments_info: experiments.map(({ id, name }) => ({ id, name })),
    feedback_stats: feedbackStatsAnswer(store.stats.ofComparison(row.id)),
  };
}

/** The dataset that all of them are about. @throws {Refusal} 404, or 400 if there is no such. */
function datasetOf(store: Store, experimentIds: readonly string[], named?: string): string {
  const ids = new Set(experimentIds.map((id) => store.sessions.get(id).reference_dataset_id));
  const [id = null, another] = named === undefined ? ids : new Set([named, ...ids]);
  if (id === null || another !== undefined) {
    throw new Refusal(400, 'experiment_ids must be experiments of one reference dataset');
  }
  return id;
}
