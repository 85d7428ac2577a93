import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { agentRows } from '../support/agent-rows.js';
import { isBrowserMissing } from '../support/browser.js';
import { test } from './page.js';

const ROWS = [
  {
    inputs: { messages: [{ role: 'user', content: 'How long is a refund?' }] },
    outputs: { output: '# Answer\n\n| plan | days |\n|---|--:|\n| free | 3 |' },
    reference_outputs: { output: 'Three days.' },
    scores: { correct: true, tone: 'kind', judge: { score: 4, comment: 'Cites the policy.' } },
    child_runs: [{ name: 'search', run_type: 'retriever', inputs: { q: 'refund' }, outputs: {} }],
  },
  { inputs: { output: 'Why?' }, error: 'RateLimitError: 429', scores: { correct: false } },
];

describe.skipIf(isBrowserMissing)('axe finds nothing wrong', () => {
  test.for([390, 1024, 1440])(
    'at a width of %i, light and dark',
    { timeout: 120_000 },
    async (width, { visit }) => {
      const { dataset, experiment } = await visit.record(ROWS, {
        dataset: 'a',
        experiment: 'first',
      });
      const second = await visit.record(ROWS, { dataset: 'a', experiment: 'second' });
      const workspace = `/o/${visit.home.store.tenantId}`;
      const agents: { dataset: string; experiment: string }[] = [];
      for (const version of [0, 1, 2, 3, 4, 5])
        agents.push(
          await visit.record(agentRows({ version, count: 12 }), {
            dataset: 'agent',
            experiment: `a-name-that-is-long-enough-to-be-cut-${version}`,
          }),
        );
      const agent = `${workspace}/datasets/${agents[0]?.dataset}`;
      const selected = agents.map(({ experiment }) => experiment);
      const compared = `${workspace}/datasets/${dataset}/compare?selectedSessions=${experiment}`;
      const project = `${workspace}/projects/p/${experiment}`;
      const [root] = visit.home.store.runs.query({
        sessions: [experiment],
        isRoot: true,
        limit: 1,
      });
      const paths = [
        '/',
        `${workspace}/projects`,
        `${workspace}/datasets/${dataset}`,
        `${workspace}/datasets/${dataset}?tab=examples`,
        `${workspace}/datasets/${dataset}?tab=trend`,
        compared,
        `${compared},${second.experiment}`,
        project,
        `${workspace}/datasets/${dataset}/e/${root?.reference_example_id}`,
        `${project}/r/${root?.id}`,
        // A row that is open, with all of its run.
        `${compared},${second.experiment}&row=${root?.reference_example_id}&run=${root?.id}`,
        `${compared},${second.experiment}&view=diff&group=split`,
        `${workspace}/datasets/${dataset}?tab=examples&row=${root?.reference_example_id}`,
        `${compared}&q=nosuch.field=1`,
        `${agent}?compare=1&selectedSessions=${selected[0]}`,
        `${agent}/compare?selectedSessions=${selected.slice(0, 2)}`,
        `${agent}/compare?selectedSessions=${selected}&group=metadata.topic`,
      ];
      const { sessions, datasets } = visit.home.store;
      const now = Date.now() * 1000;
      sessions.update(second.experiment, { end_time: null });
      datasets.update(dataset, { baseline_experiment_id: experiment }, now);

      const page = await visit.open('/', { viewport: { width, height: 900 } });
      const found: Record<string, string[]> = {};
      for (const path of paths) {
        await page.goto(visit.home.url + path);
        await page.waitForLoadState();
        await page.evaluate(
          "document.querySelectorAll('details').forEach((one) => { one.open = true; })",
        );
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          found[`${path} ${colorScheme}`] = await violations(page);
        }
      }

      expect(Object.entries(found).filter(([, ids]) => ids.length > 0)).toEqual([]);
    },
  );
});

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(
    `axe.run().then(({ violations }) =>
       violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 80)).join(' | ')))`,
  );
}
