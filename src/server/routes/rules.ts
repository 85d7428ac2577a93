import { Hono } from 'hono';
import { z } from 'zod';
import { parseJson } from '../../json/parse.js';
import { printJson } from '../../json/print.js';
import { isJsonObject, type JsonObject } from '../../json/value.js';
import { readBody } from '../body.js';
import { answer, ruleAnswer } from '../json-answers.js';
import { newId } from '../new-id.js';
import { param, readQuery } from '../query.js';
import { Refusal } from '../refusal.js';
import { type RuleBody, ruleBody } from '../rule-body.js';
import { unsupportedMember } from '../schemas.js';
import { changed } from '../store/changed.js';
import type { RuleRow } from '../store/rules.js';
import type { Store } from '../store.js';
import type { Home } from './context.js';
import { idOf } from './datasets.js';

const LIST = z.object({
  id: param.uuids,
  dataset_id: param.uuid,
  session_id: param.uuid,
  name_contains: param.text,
  type: param.oneOf(['dataset', 'session']),
  evaluator_id: unsupportedMember,
  tag_value_id: unsupportedMember,
});

/** Evaluators that are bound to a dataset. They are kept here; whoever records or scores runs them. */
export function ruleRoutes(home: Home): Hono {
  const app = new Hono();
  const { rules, tenantId } = home.store;

  app.get('/runs/rules', (context) => {
    const asked = readQuery(context, LIST);
    const found = rules.list({
      ids: asked.id,
      datasetId: asked.dataset_id,
      sessionId: asked.session_id,
      nameContains: asked.name_contains,
      type: asked.type,
    });
    return answer(
      context,
      found.map((rule) => ruleAnswer(rule, tenantId)),
    );
  });

  app.post('/runs/rules', async (context) => {
    const body = await readBody(context, ruleBody);
    const now = home.nowUs();
    const row = columnsOf(body, { id: newId(), created_at: now, updated_at: now });
    checkTarget(home.store, row);
    rules.write(row);
    return answer(context, ruleAnswer(rules.get(row.id), tenantId));
  });

  // Nothing is tried: whoever scores has the key of the model, and home has not.
  app.post('/runs/rules/validate', async (context) => {
    await readBody(context, ruleBody);
    return answer(context, []);
  });

  app.patch('/runs/rules/:id', async (context) => {
    const body = await readBody(context, ruleBody);
    const there = rules.get(idOf(context));
    const row = columnsOf(body, { ...there, updated_at: home.nowUs() });
    checkTarget(home.store, row);
    rules.write(row);
    return answer(context, ruleAnswer(rules.get(row.id), tenantId));
  });

  app.delete('/runs/rules/:id', (context) => {
    rules.delete(idOf(context));
    return answer(context, { message: 'Rule deleted' });
  });

  return app;
}

type Known = Pick<RuleRow, 'id' | 'created_at' | 'updated_at'> & Partial<RuleRow>;

/** The row of a rule; what the body does not name stays as it is known. */
function columnsOf(
  { display_name, dataset_id, session_id, ...others }: RuleBody,
  known: Known,
): RuleRow {
  const { id, created_at, updated_at, body = '{}' } = known;
  return {
    id,
    dataset_id: dataset_id ?? known.dataset_id ?? null,
    session_id: session_id ?? known.session_id ?? null,
    display_name,
    body: printJson(changed<JsonObject>(membersOf(body), others)),
    created_at,
    updated_at,
  };
}

function membersOf(text: string): JsonObject {
  const value = parseJson(text);
  return isJsonObject(value) ? value : {};
}

/** @throws {Refusal} 404 if there is no such dataset or project, 400 if the rule names none. */
function checkTarget({ datasets, sessions }: Store, { dataset_id, session_id }: RuleRow): void {
  if (dataset_id !== null) datasets.get(dataset_id);
  if (session_id !== null) sessions.get(session_id);
  if (dataset_id === null && session_id === null)
    throw new Refusal(400, 'a rule needs a dataset_id or a session_id');
}
