import { Hono } from 'hono';
import { parseJson } from '../../json/parse.js';
import type { Printable } from '../../json/print.js';
import { readJson } from '../body.js';
import { defined, Fields } from '../fields.js';
import { answer, comparisonAnswer, feedbackStatsAnswer } from '../json-answers.js';
import { newId } from '../new-id.js';
import { queryOf } from '../query.js';
import { Refusal } from '../refusal.js';
import { COMPARISON_ORDERS, type ComparisonRow } from '../store/comparisons.js';
import type { Store } from '../store.js';
import type { Home } from './context.js';
import { idOf } from './datasets.js';

/** Comparative experiments: runs of several experiments on one example are judged against each other. */
export function comparisonRoutes(home: Home): Hono {
  const app = new Hono();
  const { comparisons, datasets, tenantId } = home.store;

  app.post('/datasets/comparative', async (context) => {
    const fields = new Fields(await readJson(context));
    fields.require('experiment_ids');
    const experimentIds = fields.uuids('experiment_ids') ?? [];
    const datasetId = fields.uuid('reference_dataset_id');
    const createdAt = fields.time('created_at') ?? home.nowUs();
    const given = {
      id: fields.uuid('id') ?? newId(),
      name: fields.text('name') ?? null,
      description: fields.text('description') ?? null,
      extra: fields.json('extra') ?? null,
      created_at: createdAt,
      modified_at: fields.time('modified_at') ?? createdAt,
    };
    fields.done();
    const row = {
      ...given,
      dataset_id: datasetOf(home.store, experimentIds, datasetId ?? undefined),
      experiment_ids: JSON.stringify(experimentIds),
    };
    comparisons.create(row);
    return answer(context, comparisonAnswer(row, tenantId));
  });

  app.get('/datasets/:id/comparative', (context) => {
    const query = queryOf(context);
    const asked = defined({
      ids: query.uuids('id'),
      name: query.text('name'),
      nameContains: query.text('name_contains'),
    });
    const sortBy = query.oneOf('sort_by', COMPARISON_ORDERS) ?? 'created_at';
    const descending = query.flag('sort_by_desc') ?? true;
    const page = query.page();
    query.done();
    const { id } = datasets.get(idOf(context));
    const rows = comparisons.list(id, { ...asked, sortBy, descending, ...page });
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
