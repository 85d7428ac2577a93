import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { send } from '../server/requests.js';
import { isBrowserMissing } from '../support/browser.js';
import { follow, test, type Visit } from './page.js';

const NO_SCRIPT = { javaScriptEnabled: false };

const rows = (answer: string) => [
  {
    id: 'first',
    inputs: { question: 'How long?' },
    outputs: { output: `You have ${answer} days.` },
    reference_outputs: { output: 'You have three days.' },
    scores: { correct: answer === 'three', judge: { score: 4, comment: 'Cites the policy.' } },
    child_runs: [{ name: 'search', run_type: 'retriever', inputs: { q: 'days' }, outputs: {} }],
  },
  { id: 'second', inputs: { question: 'Why?' }, outputs: { output: 'Because.' } },
];

/** Two experiments on the same rows, and the path of the page of each row. */
async function recorded(visit: Visit) {
  const first = await visit.record(rows('four'), { dataset: 'days', experiment: 'before' });
  const second = await visit.record(rows('three'), { dataset: 'days', experiment: 'after' });
  const dataset = `/o/${visit.home.store.tenantId}/datasets/${first.dataset}`;
  const examples = visit.home.store.examples.inOrder(first.dataset);
  const selected = `?selectedSessions=${first.experiment},${second.experiment}`;
  return { first, second, paths: examples.map((id) => `${dataset}/e/${id}`), selected };
}

describe.skipIf(isBrowserMissing)('the page of a row', () => {
  test('shows what each experiment answered, with scores and their comments', async ({ visit }) => {
    const { paths } = await recorded(visit);

    const page = await visit.open(String(paths[0]), NO_SCRIPT);

    const text = await page.locator('main').innerText();
    expect(text).toContain('You have four days.');
    expect(text).toContain('You have three days.');
    expect(text).toMatch(/judge 4\s+Cites the policy\./);
    expect(await page.locator('.trace').first().innerText()).toContain('search');
    expect(await page.title()).toBe('first · days · ls-record');
  });

  test('shows each score once, and how far it is from the baseline', async ({ visit }) => {
    const { first, second, paths, selected } = await recorded(visit);
    const marks = (page: Page) => page.locator('main :is(i, u, s)').allInnerTexts();

    const better = await visit.open(paths[0] + selected, NO_SCRIPT);
    const worse = await visit.open(
      `${paths[0]}${selected}&baseline=${second.experiment}`,
      NO_SCRIPT,
    );
    const alone = await visit.open(`${paths[0]}?selectedSessions=${first.experiment}`, NO_SCRIPT);

    expect(await marks(better)).toEqual(['+1.0 ▲']);
    expect(await better.locator('.feedback b').allInnerTexts()).toEqual([
      'false',
      '4',
      'true',
      '4',
    ]);
    expect(await marks(worse)).toEqual(['−1.0 ▼']);
    expect(await marks(alone)).toEqual([]);
  });

  test('leads to its neighbours in the order of the file', async ({ visit }) => {
    const { paths, selected } = await recorded(visit);
    const page = await visit.open(paths[0] + selected, NO_SCRIPT);

    expect(await page.locator('a[rel=prev]').count()).toBe(0);
    await follow(page.locator('a[rel=next]'));

    expect(await page.locator('h1').innerText()).toBe('second');
    expect(page.url()).toContain(selected);
  });

  test.for([
    ['reference', 'You have threefour days.'],
    ['baseline', 'You have fourthree days.'],
  ] as const)('shows differences to the %s by words', async ([target, text], { visit }) => {
    const { paths, selected } = await recorded(visit);
    const page = await visit.open(paths[0] + selected, NO_SCRIPT);

    await follow(page.locator(`text=Diff to ${target}`));

    expect(await page.locator('.diff').allInnerTexts()).toContain(text);
    expect(await page.locator('del, ins').count()).toBe(2);
  });

  test('stores what a person types as feedback of that person', async ({ visit }) => {
    const { second, paths, selected } = await recorded(visit);
    const page = await visit.open(paths[0] + selected, NO_SCRIPT);

    await scoreLast(page, { key: 'nuance', score: '0.5', comment: 'Too short.' });

    expect(await page.locator('.answer').last().innerText()).toMatch(
      /nuance 0\.5 by ada\s+Too short\./,
    );
    const { json } = await send(
      visit.home,
      `GET /feedback?session=${second.experiment}&key=nuance`,
    );
    expect(json).toMatchObject([
      { score: 0.5, comment: 'Too short.', feedback_source: { type: 'app', user_name: 'ada' } },
    ]);
  });

  test('says why something is not stored', async ({ visit }) => {
    const { first, paths, selected } = await recorded(visit);
    const page = await visit.open(paths[0] + selected, NO_SCRIPT);

    await scoreLast(page, { key: 'nuance', comment: ' ' });

    expect(await page.locator('main').innerText()).toContain('type a score, a comment');
    expect(visit.home.store.stats.ofFeedback(first.experiment, 'run')).toHaveLength(2);
    await follow(page.getByRole('link', { name: 'Back' }));
    expect(page.url()).toContain(paths[0] + selected);
  });

  test('shows files: small images in the page, all others as links', async ({ visit }) => {
    const { paths } = await recorded(visit);
    const [id = ''] = paths.map((path) => path.split('/').at(-1) ?? '');
    const { attachments } = visit.home.store;
    const image = Buffer.from('iVBORw0KGgo=', 'base64');
    attachments.write(id, { name: 'plan.png', mime_type: 'image/png', content: image });
    attachments.write(id, { name: 'a b.txt', mime_type: 'text/plain', content: Buffer.from('x') });

    const page = await visit.open(String(paths[0]), NO_SCRIPT);

    expect(await page.getByAltText('plan.png').getAttribute('src')).toMatch(/^data:image\/png;/);
    const link = await page.getByText('a b.txt').getAttribute('href');
    expect(await (await fetch(visit.home.url + link)).text()).toBe('x');
  });

  test('opens for an example that no experiment answered', async ({ visit }) => {
    const { first } = await recorded(visit);
    const body = { dataset_id: first.dataset, inputs: { question: 'New?' } };
    const { json } = await send(visit.home, 'POST /examples', body);
    const { id } = json as { id: string };

    const page = await visit.open(
      `/o/${visit.home.store.tenantId}/datasets/${first.dataset}/e/${id}`,
    );

    expect(await page.locator('main').innerText()).toContain('New?');
  });
});

async function scoreLast(page: Page, fields: Record<string, string>): Promise<void> {
  const form = page.locator('.score-form').last();
  await form.locator('summary').click();
  for (const [name, value] of Object.entries(fields))
    await form.locator(`[name=${name}]`).fill(value);
  await follow(form.locator('button'));
}
