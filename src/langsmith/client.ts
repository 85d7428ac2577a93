import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { z } from 'zod';
import { LsRecordError } from '../errors.js';
import { printJson } from '../json/print.js';
import { allOf } from './all-of.js';
import { type FormPiece, withJson } from './multipart.js';
import { pathTo } from './path-to.js';
import { ApiRefusal } from './refusals.js';
import { jsonOf, listOf } from './rest.js';
import { type Rule, type RuleUpload, rule, ruleBody, secret } from './rules.js';
import { RunLists } from './run-lists.js';
import {
  type EncodedUnit,
  encodeUnit,
  type FeedbackUpload,
  feedbackJson,
  type SummaryUpload,
  summaryJson,
  type UnitUpload,
} from './runs.js';
import type { Body } from './transport.js';
import * as wire from './wire.js';

const compress = promisify(gzip);

/** LangSmith's REST API in our words: one method, one request. Safe to share; close it at the end. */
export class LangSmith extends RunLists {
  /**
   * Prepares a row's runs and feedback for sending.
   *
   * @param asForm for /runs/multipart, which takes feedback with its runs; else for /runs/batch.
   */
  encode(unit: UnitUpload, experimentId: string, asForm: boolean): EncodedUnit {
    for (const { start } of unit.runs) this.noteStart(experimentId, start);
    const { boundary } = this;
    return encodeUnit(
      unit,
      experimentId,
      asForm ? { multipart: true, boundary } : { multipart: false },
    );
  }

  /**
   * Sends runs, and with them feedback where both go in one form: all or none.
   *
   * @param asForm as the pieces were encoded.
   */
  async sendRuns(pieces: readonly FormPiece[], asForm: boolean): Promise<void> {
    if (!asForm) {
      const runs = listOf(pieces.map(({ chunks }) => chunks));
      await this.send('POST', '/runs/batch', jsonOf(['{"post":', ...runs, ',"patch":[]}']));
      return;
    }
    const form = this.formOf(pieces);
    const isCompressed = this.compress && (await this.limits()).gzip;
    await this.send('POST', '/runs/multipart', isCompressed ? await squeeze(form) : form);
  }

  /** @param piece a body of POST /feedback, from `encode`. */
  async createFeedback({ chunks }: Pick<FormPiece, 'chunks'>): Promise<void> {
    await this.send('POST', '/feedback', jsonOf(chunks));
  }

  /** Scores a run that is there. @throws {ApiRefusal} 409 if the id exists. */
  async scoreRun(
    experimentId: string,
    score: FeedbackUpload,
    { extendRetention }: { extendRetention: boolean },
  ): Promise<void> {
    const chunks = withJson(feedbackJson(score, experimentId), {
      extend_trace_retention: extendRetention ? undefined : 'false',
    });
    await this.createFeedback({ chunks });
  }

  /** Replaces what feedback says. Servers that keep nothing else of a change may pass over its source. */
  async updateFeedback(
    feedback: Omit<FeedbackUpload, 'runId' | 'traceId' | 'runStart'>,
  ): Promise<void> {
    const { id, score = 'null', value = 'null', correction = 'null' } = feedback;
    const { comment = null, source: metadata, sourceType: type = 'model' } = feedback;
    const head = printJson({ comment, feedback_source: { type, metadata } });
    const change = withJson(head, { score, value, correction });
    await this.send('PATCH', pathTo`/feedback/${id}`, jsonOf(change));
  }

  findFeedback(id: string): Promise<wire.RunFeedback | undefined> {
    return this.find(pathTo`/feedback/${id}`, wire.feedback);
  }

  /** @throws {ApiRefusal} 404 if it is not there. */
  deleteFeedback(id: string): Promise<void> {
    return this.delete(pathTo`/feedback/${id}`);
  }

  /** Scores an experiment as a whole. */
  createSummary(experimentId: string, score: SummaryUpload): Promise<void> {
    return this.createFeedback({ chunks: [summaryJson(score, experimentId)] });
  }

  /** Ids of the scores on an experiment as a whole. */
  listSummaryIds(experimentId: string): AsyncGenerator<string> {
    return this.#ids('/feedback', [
      ['session', experimentId],
      ['level', 'session'],
    ]);
  }

  /** Ids of the feedback on these runs. At most 100 runs. */
  listFeedbackIds(runIds: readonly string[]): AsyncGenerator<string> {
    return this.#ids('/feedback', ofRuns(runIds));
  }

  async *#ids(path: string, query: [string, string][]): AsyncGenerator<string> {
    for await (const { id } of this.pages(path, query, wire.head)) yield id;
  }

  /** The scores on these runs. At most 100 runs. */
  listFeedbackOf(runIds: readonly string[]): AsyncGenerator<wire.RunFeedback> {
    return this.#feedback(ofRuns(runIds));
  }

  /** All scores of an experiment: on its runs (`run`), or on itself (`experiment`). */
  listFeedback(
    experimentId: string,
    level: 'run' | 'experiment',
  ): AsyncGenerator<wire.RunFeedback> {
    return this.#feedback([
      ['session', experimentId],
      ['level', level === 'run' ? 'run' : 'session'],
    ]);
  }

  /** Leaves out feedback given in a comparison of experiments: it is no score of either. */
  async *#feedback(query: [string, string][]): AsyncGenerator<wire.RunFeedback> {
    const all = this.pages('/feedback', query, wire.feedback);
    for await (const { comparisonId, ...feedback } of all)
      if (comparisonId === undefined) yield feedback;
  }

  /** Annotation queues of this very name, the latest first: names are not unique. */
  async findQueues(name: string): Promise<wire.Queue[]> {
    const found = await allOf(this.pages('/annotation-queues', { name }, wire.queue));
    return found.filter((queue) => queue.name === name);
  }

  listQueues(): AsyncGenerator<wire.Queue> {
    return this.pages('/annotation-queues', {}, wire.queue);
  }

  createQueue(id: string, queue: wire.QueueUpload): Promise<wire.Queue> {
    return this.post('/annotation-queues', { id, ...queueBody(queue) }, wire.queue);
  }

  async updateQueue(id: string, queue: wire.QueueUpload): Promise<void> {
    await this.patch(pathTo`/annotation-queues/${id}`, queueBody(queue));
  }

  /** How many runs are in a queue. @param status only those that were reviewed. */
  async queueSize(id: string, status?: 'completed'): Promise<number> {
    const path = pathTo`/annotation-queues/${id}/size`;
    return (await this.get(path, wire.queueSize, status && { status })).size;
  }

  /** The runs of a queue that wait or were reviewed. */
  listQueueRunIds(id: string): AsyncGenerator<string> {
    return this.#ids(pathTo`/annotation-queues/${id}/runs`, []);
  }

  /**
   * Adds runs to a queue. At most 100.
   *
   * @see https://docs.langchain.com/langsmith/smithdb-sdk-migration-feedback, annotation queues: add runs
   */
  async addToQueue(
    id: string,
    runs: readonly {
      readonly run_id: string;
      readonly session_id: string;
      readonly start_time: string;
    }[],
    { extendRetention = false }: { extendRetention?: boolean } = {},
  ): Promise<void> {
    const path = pathTo`/annotation-queues/${id}/runs/by-key`;
    await this.post(`${path}?extend_trace_retention=${extendRetention}`, runs);
  }

  /** What is known of these score keys; servers that keep nothing of the kind know nothing. At most 50 keys. */
  async findFeedbackConfigs(keys: readonly string[]): Promise<wire.FeedbackConfig[]> {
    const query = new URLSearchParams(keys.map((key): [string, string] => ['key', key]));
    return (await this.find(`/feedback-configs?${query}`, z.array(wire.feedbackConfig))) ?? [];
  }

  /** Keeps which way a score is better, for everybody who compares. @param isKnown the key has a config. */
  async saveDirection(key: string, lowerIsBetter: boolean, isKnown: boolean): Promise<void> {
    const direction = { feedback_key: key, is_lower_score_better: lowerIsBetter };
    if (isKnown) await this.patch('/feedback-configs', direction);
    else
      await this.post('/feedback-configs', {
        ...direction,
        feedback_config: { type: 'continuous' },
      });
  }

  /** The evaluators that are bound to a dataset. */
  async listRules(datasetId: string): Promise<Rule[]> {
    const rules = await this.get('/runs/rules', z.array(rule), { dataset_id: datasetId });
    // Of several conditions, servers may obey another one.
    return rules.filter((found) => found.datasetId === datasetId);
  }

  /** Has the server check a rule. @returns what it objects to; undefined also where it cannot check. */
  async objectionTo(upload: RuleUpload): Promise<string | undefined> {
    try {
      await this.post('/runs/rules/validate', ruleBody(upload));
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      return [400, 409, 422].includes(error.status) ? error.reason : undefined;
    }
    return undefined;
  }

  /** There is no upsert: a second one of the same name is another rule. */
  createRule(upload: RuleUpload): Promise<Rule> {
    return this.post('/runs/rules', ruleBody(upload), rule);
  }

  updateRule(id: string, upload: RuleUpload): Promise<Rule> {
    return this.patch(pathTo`/runs/rules/${id}`, ruleBody(upload), rule);
  }

  deleteRule(id: string): Promise<void> {
    return this.delete(pathTo`/runs/rules/${id}`);
  }

  /** Has LangSmith run a rule over an experiment that is there; its scores come later. */
  async evaluateExperiment(experimentId: string, ruleId: string): Promise<void> {
    const path = pathTo`/runs/experiments/${experimentId}/evaluate`;
    await this.post(path, { rule_id: ruleId });
  }

  /** The names of the workspace's secrets; undefined if the key may not ask. */
  async listSecretNames(): Promise<string[] | undefined> {
    return this.find('/workspaces/current/secrets', z.array(secret)).catch((error: unknown) => {
      if (error instanceof LsRecordError && error.code === 'AUTH_REJECTED') return undefined;
      throw error;
    });
  }

  /**
   * Who the key belongs to.
   *
   * @throws {LsRecordError} `AUTH_REJECTED` if the key is refused.
   */
  async whoAmI(): Promise<wire.Identity> {
    const known = await this.find('/auth/public', wire.identity);
    if (known) return known;
    // Older servers have no such path.
    const { id } = await this.get('/settings', wire.settings);
    return { workspaceId: id, organizationId: undefined, email: undefined };
  }

  /** The workspaces that the key reaches. */
  listWorkspaces(): Promise<wire.Workspace[]> {
    return this.get('/workspaces', z.array(wire.workspace));
  }

  /** Why LangSmith takes nothing more from this workspace; undefined: it does. */
  async usedUp(): Promise<string | undefined> {
    const limits = await this.find('/workspaces/current/usage_limits', wire.usageLimits);
    return limits?.in_reject_set ? (limits.usage_limit_type ?? 'a limit') : undefined;
  }
}

/** Off the main thread. */
async function squeeze(body: Body): Promise<Body> {
  const bytes = await compress(body.bytes, { level: constants.Z_BEST_SPEED });
  return { ...body, bytes, gzipped: true };
}

function ofRuns(ids: readonly string[]): [string, string][] {
  return ids.map((id) => ['run', id]);
}

function queueBody({ name, description, instructions, rubric }: wire.QueueUpload): object {
  return {
    name,
    description,
    rubric_instructions: instructions,
    rubric_items: rubric?.map(({ key, description: asked, choices }) => ({
      feedback_key: key,
      description: asked,
      ...(choices.length > 0 && describeChoices(choices)),
    })),
  };
}

function describeChoices(choices: readonly string[]): object {
  const described = Object.fromEntries(choices.map((choice) => [choice, choice]));
  const areNumbers = choices.every((choice) => Number.isFinite(Number(choice)));
  return areNumbers ? { score_descriptions: described } : { value_descriptions: described };
}
