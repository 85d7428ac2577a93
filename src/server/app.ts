import { type Context, Hono } from 'hono';
import { LsRecordError } from '../errors.js';
import { type Printable, printJson } from '../json/print.js';
import { access, pageHost, signPath } from './access.js';
import { bodyBudget, PROMISED_BYTES } from './body-budget.js';
import { listsGuard, loopbackGuard, safeHeaders } from './guards.js';
import { pages } from './page/pages.js';
import { reviewPages } from './page/review-pages.js';
import { Refusal } from './refusal.js';
import { aboutRoutes } from './routes/about.js';
import { comparisonRoutes } from './routes/comparisons.js';
import type { Home, HomeOptions } from './routes/context.js';
import { datasetRoutes } from './routes/datasets.js';
import { exampleRoutes } from './routes/examples.js';
import { feedbackRoutes } from './routes/feedback.js';
import { feedbackConfigRoutes } from './routes/feedback-configs.js';
import { queueRoutes } from './routes/queues.js';
import { ruleRoutes } from './routes/rules.js';
import { runRoutes } from './routes/runs.js';
import { sessionRoutes } from './routes/sessions.js';
import { v2Routes } from './routes/v2.js';
import type { Store } from './store.js';

export type { HomeOptions } from './routes/context.js';

/** LangSmith over one store. Its paths are served bare and below every prefix that clients put before them. */
export function createApp(store: Store, options: HomeOptions = {}): Hono {
  const now = options.now ?? Date.now;
  const { requireKey } = options;
  const home: Home = {
    store,
    options,
    maxOperations: options.maxBatchOperations ?? 1000,
    maxBytes: options.maxBatchBytes ?? PROMISED_BYTES,
    nowUs: () => now() * 1000,
    sign: (path) => (requireKey === undefined ? path : signPath(path, requireKey)),
  };

  const app = new Hono({ getPath: (request) => barePath(new URL(request.url).pathname) });
  app.use(safeHeaders, loopbackGuard(requireKey && pageHost(requireKey)));
  if (requireKey !== undefined) app.use(access(requireKey, store.passes));
  if (options.lists !== undefined) app.use(listsGuard(options.lists));
  app.use(bodyBudget());
  app.route('/', aboutRoutes(home));
  app.route('/', sessionRoutes(home));
  app.route('/', comparisonRoutes(home));
  app.route('/', datasetRoutes(home));
  app.route('/', exampleRoutes(home));
  // Before runs: /runs/rules is no run.
  app.route('/', ruleRoutes(home));
  app.route('/', runRoutes(home));
  app.route('/', feedbackRoutes(home));
  app.route('/', feedbackConfigRoutes(home));
  app.route('/', queueRoutes(home));
  app.route('/', v2Routes(home));
  app.route('/', reviewPages(home));
  app.route('/', pages(store, options));
  app.notFound((context) => {
    const { method, path } = context.req;
    return refuse(context, 404, { detail: `Not Found: this home has no ${method} ${path}` });
  });
  app.onError(answerError);
  return app;
}

/** `/api/v1/datasets` is `/datasets`, `/v1/platform/datasets` is `/platform/datasets`; `/api/v2/…` is `/v2/…`. */
function barePath(path: string): string {
  return path.replace(/^(?:\/api)?(?:\/v1)?(?=\/|$)/, '') || '/';
}

/** LangSmith's paths that are written in Go tell errors their own way. */
const GO = /^\/(?:platform|runs$|runs\/(?:batch|multipart)$)/;

function answerError(error: Error, context: Context): Response {
  if (error instanceof LsRecordError) {
    const { message, hint } = error;
    return refuse(context, 507, { error: hint === undefined ? message : `${message}. ${hint}` });
  }
  if (!(error instanceof Refusal)) {
    // Whoever knows home need not try again: it would come to the same.
    context.header('ls-record-home', '1');
    return refuse(context, 500, { detail: `a bug: ${error.message}` });
  }
  const { status, message, issues } = error;
  const path = barePath(new URL(context.req.url).pathname);
  if (GO.test(path) || (context.req.method === 'PATCH' && /^\/runs\/(?!rules\/)/.test(path))) {
    return refuse(context, status, { error: TITLES[status], details: message });
  }
  if (path.startsWith('/v2/')) {
    const title = TITLES[status];
    return refuse(context, status, { type: 'about:blank', title, status, detail: message });
  }
  if (issues.length === 0 && status !== 422) return refuse(context, status, { detail: message });
  const detail =
    issues.length > 0 ? issues : [{ loc: ['body'], msg: message, type: 'value_error' }];
  return refuse(context, status, { detail: detail.map((issue) => ({ ...issue })) });
}

const TITLES: Readonly<Record<Refusal['status'], string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  410: 'Gone',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
};

function refuse(
  context: Context,
  status: Refusal['status'] | 500 | 507,
  body: Record<string, Printable | undefined>,
): Response {
  return context.body(printJson(body), status, { 'Content-Type': 'application/json' });
}
