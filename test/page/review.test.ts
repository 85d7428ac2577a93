import { describe, expect } from 'vitest';
import { send } from '../server/requests.js';
import { isBrowserMissing } from '../support/browser.js';
import { arriveAt, follow, test, type Visit } from './page.js';

interface Given {
  readonly key: string;
  readonly score: number | null;
  readonly value: string | null;
  readonly comment: string | null;
  readonly correction: unknown;
}

const RUBRIC = [
  { feedback_key: 'correct', description: 'Is it right?' },
  { feedback_key: 'tone', value_descriptions: { kind: '', rude: 'impolite' } },
  { feedback_key: 'quality', score_descriptions: { 1: '', 2: '', 3: '' } },
];

async function queueThree({ home, record }: Visit): Promise<string> {
  const rows = ['one', 'two', 'three'].map((n) => ({
    inputs: { question: `question ${n} <script>alert(1)</script>` },
    outputs: { answer: `answer ${n}` },
  }));
  const { experiment } = await record(rows, { dataset: 'd', experiment: 'nightly' });
  const ask = async (request: string, body: object) => (await send(home, request, body)).json;
  const queue = await ask('POST /annotation-queues', { name: 'weekly', rubric_items: RUBRIC });
  await ask('POST /annotation-queues/populate', { queue_id: queue.id, session_ids: [experiment] });
  return `/o/${home.store.tenantId}/annotation-queues/${queue.id}`;
}

/** What people said, by key. */
async function given({ home }: Visit): Promise<Given[]> {
  const all: Given[] = (await send(home, 'GET /feedback?source=app')).json;
  return all
    .map(({ key, score, value, comment, correction }) => ({
      key,
      score,
      value,
      comment,
      correction,
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

describe.skipIf(isBrowserMissing)('a queue is reviewed', () => {
  test('by keyboard: digits choose, Enter saves and shows the next run, u takes it back', async ({
    visit,
  }) => {
    const page = await visit.open(await queueThree(visit));
    await arriveAt(page, /^0 of 3/);
    expect(await page.textContent('main')).toContain('question one <script>');

    for (const key of ['1', '2', '3']) await page.keyboard.press(key);
    await page.keyboard.press('c');
    await page.keyboard.type('well said');
    await page.keyboard.press('Tab');
    await page.keyboard.type('{"answer": "1"}');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await arriveAt(page, /^1 of 3/);

    expect(await page.textContent('main')).toContain('question two');
    const nothing = { score: null, value: null, comment: null, correction: null };
    expect(await given(visit)).toEqual([
      {
        ...nothing,
        key: 'correct',
        score: 1,
        comment: 'well said',
        correction: { answer: '1' },
      },
      { ...nothing, key: 'quality', score: 3 },
      { ...nothing, key: 'tone', value: 'rude' },
    ]);

    await page.keyboard.press('s');
    await arriveAt(page, /^2 of 3/);
    await page.keyboard.press('1');
    await page.keyboard.press('Enter');
    await arriveAt(page, /^3 of 3/);
    expect(await page.textContent('main')).toContain('All runs are reviewed.');
    expect(await page.textContent('main')).toContain('1 of them skipped');
    expect(await given(visit)).toHaveLength(4);

    await page.keyboard.press('u');
    await arriveAt(page, /^2 of 3/);
    expect(await page.textContent('main')).toContain('question three');
    expect(await given(visit)).toHaveLength(3);
  });

  test('without scripts, with the mouse', async ({ visit }) => {
    const page = await visit.open(await queueThree(visit), { javaScriptEnabled: false });
    await page.getByLabel('Yes').check();
    await page.getByLabel('rude: impolite').check();
    await follow(page.getByRole('button', { name: 'Save' }));
    expect(await page.textContent('main')).toContain('1 of 3 reviewed');
    expect((await given(visit)).map(({ key }) => key)).toEqual(['correct', 'tone']);
  });
});

test('a review that says nothing is not kept', async ({ visit }) => {
  const path = await queueThree(visit);
  const answer = await fetch(visit.home.url + path, { method: 'POST', body: 'action=save&run=' });
  expect(answer.status).toBe(200);
  const [run] = (await send(visit.home, `GET ${path.replace(/^.o.[^/]+/, '')}/runs`)).json;
  const empty = await fetch(visit.home.url + path, {
    method: 'POST',
    body: `action=save&run=${run.id}`,
  });
  expect(empty.status).toBe(400);
  expect(await empty.text()).toContain('Choose a score');
  expect(await given(visit)).toEqual([]);
});
