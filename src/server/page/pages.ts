import { type Context, Hono } from 'hono';
import { compress } from 'hono/compress';
import { Refusal } from '../refusal.js';
import type { HomeOptions } from '../routes/context.js';
import type { Store } from '../store.js';
import { Addresses } from './addresses.js';
import { ASSETS } from './assets.js';
import { streamChanges } from './changes.js';
import type { Html } from './html.js';
import { Part } from './layout.js';
import { answerComparison, MAX_COMPARED } from './pages/compare-route.js';
import { datasetPage, datasetTitle } from './pages/dataset-page.js';
import { datasetsPage } from './pages/datasets-page.js';
import { missingPage, refusedPage } from './pages/message-pages.js';
import { projectPage, projectsPage } from './pages/project-page.js';
import { rowDrawer, rowPage } from './pages/row-page.js';
import { runPage } from './pages/run-page.js';
import { readListing, readView } from './query.js';
import { PageReads } from './reads.js';
import { saveBaseline } from './save-baseline.js';
import { saveFeedback } from './save-feedback.js';

/**
 * Pages that show what was recorded, at LangSmith's own paths. They work without scripts,
 * and escape every text from outside.
 */
export function pages(store: Store, { userName }: Pick<HomeOptions, 'userName'> = {}): Hono {
  const reads = new PageReads(store);
  const at = new Addresses(reads.tenantId);
  const app = new Hono();
  const show = (context: Context, page: Html) => context.html(page);
  const missing = (context: Context, what: string) => context.html(missingPage(what, at), 404);

  for (const path of ['/', '/o/*', '/pages/*']) app.use(path, compress());
  app.use('/o/:tenant/*', async (context, next) => {
    if (context.req.param('tenant') === reads.tenantId) return next();
    return missing(context, 'This workspace is not on this machine');
  });

  for (const [path, { type, text }] of ASSETS) {
    app.get(path, (context) =>
      context.body(text, 200, {
        'Content-Type': type,
        'Cache-Control': 'private, max-age=31536000, immutable',
      }),
    );
  }
  app.get('/pages/changes', (context) => streamChanges(context, reads));
  app.get('/', (context) => show(context, datasetsPage(reads, at, new URL(context.req.url))));
  app.get('/o/:tenant/datasets', (context) =>
    show(context, datasetsPage(reads, at, new URL(context.req.url))),
  );
  app.get('/o/:tenant/projects', (context) =>
    show(context, projectsPage(reads, at, new URL(context.req.url))),
  );

  app.get('/o/:tenant/datasets/:dataset', async (context) => {
    const dataset = reads.findDataset(context.req.param('dataset'));
    if (!dataset) return missing(context, 'There is no such dataset');
    const url = new URL(context.req.url);
    const { ticked, isComparing } = readListing(url.searchParams);
    if (isComparing && ticked.length > 1)
      return context.redirect(at.comparison(dataset.id, ticked));
    const drawer = await rowDrawer(reads, at, { dataset, experimentIds: [], url });
    if (drawer && context.req.header('x-part') === 'drawer')
      return show(context, Part({ title: datasetTitle({ dataset, url }), drawer }));
    return show(context, datasetPage({ reads, at, dataset, url, drawer }));
  });

  app.get('/o/:tenant/datasets/:dataset/compare', async (context) => {
    const dataset = reads.findDataset(context.req.param('dataset'));
    if (!dataset) return missing(context, 'There is no such dataset');
    if (readView(new URL(context.req.url).searchParams).experiments.length === 0)
      return context.redirect(at.dataset(dataset.id));
    const answer = await answerComparison(context, { reads, at, dataset });
    return answer ?? missing(context, 'This dataset has no such experiment');
  });

  app.get('/o/:tenant/datasets/:dataset/e/:example', async (context) => {
    const url = new URL(context.req.url);
    const dataset = reads.findDataset(context.req.param('dataset'));
    if (!dataset) return missing(context, 'There is no such dataset');
    const exampleId = context.req.param('example').toLowerCase();
    const { experiments } = readView(url.searchParams);
    const experimentIds = reads.experimentIds(dataset.id, experiments).slice(0, MAX_COMPARED);
    const page = await rowPage(reads, at, { dataset, exampleId, experimentIds, url });
    return page ? show(context, page) : missing(context, 'This dataset has no such example');
  });

  formAt('/o/:tenant/datasets/:dataset/e/:example/feedback', (form, { example = '' }) =>
    saveFeedback(store, form, { exampleId: example.toLowerCase(), by: userName }),
  );
  formAt('/o/:tenant/datasets/:dataset/baseline', (form, { dataset = '' }) =>
    saveBaseline(store, form, { datasetId: dataset.toLowerCase(), by: userName }),
  );

  app.get('/o/:tenant/projects/p/:project', (context) => {
    const project = reads.findExperiment(context.req.param('project'));
    if (!project) return missing(context, 'There is no such project');
    return show(context, projectPage(reads, at, { project, url: new URL(context.req.url) }));
  });

  app.get('/o/:tenant/projects/p/:project/r/:run', (context) => {
    const experiment = reads.findExperimentHead(context.req.param('project'));
    const run = reads.findRun(context.req.param('run'));
    if (!experiment || run?.experimentId !== experiment.id) {
      return missing(context, 'There is no such run');
    }
    return show(context, runPage(reads, at, { experiment, run, url: new URL(context.req.url) }));
  });

  app.get('/o/*', (context) => missing(context, 'There is no such page'));
  return app;

  /** Where a form is sent; afterwards its page is shown again. */
  function formAt(
    path: string,
    save: (form: Record<string, unknown>, names: Record<string, string>) => void,
  ): void {
    app.post(path, async (context) => {
      const form = await context.req.parseBody();
      const { pathname, search } = new URL(context.req.header('referer') ?? '/', context.req.url);
      const back = String(form.back ?? pathname + search);
      const names = context.req.param() as Record<string, string>;
      const dataset = at.dataset(names.dataset ?? '');
      const next = back.startsWith(dataset) ? back : dataset;
      try {
        save(form, names);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return context.html(refusedPage(error.message, next), error.status);
      }
      return context.redirect(next, 303);
    });
  }
}
