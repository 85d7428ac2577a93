import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { serveHome } from '../../src/server/serve.js';
import { openStore } from '../../src/server/store.js';
import { Machine } from '../cli/command-line.js';
import { arriveAt } from '../page/page.js';
import { isBrowserMissing, launchBrowser } from '../support/browser.js';
import { says, startScriptedModel } from '../support/scripted-model.js';

const ROWS = 24;
const REVIEWED = 20;
/** Of the second experiment: the first has its other rows, too. */
const NEW_ANSWERS = 11;

/** Rows of which the first so many are answered wrongly. */
const rows = (wrong: number) =>
  Array.from({ length: ROWS }, (_, n) =>
    JSON.stringify({
      id: `r${n}`,
      inputs: { question: `city ${n}?` },
      outputs: { answer: n < wrong ? `wrong ${n}` : `right ${n}` },
      reference_outputs: { answer: `right ${n}` },
    }),
  ).join('\n');

/** Says yes or no to each run of a queue, with the keys alone. */
async function review(page: Page): Promise<void> {
  for (let done = 0; done < REVIEWED; done++) {
    await arriveAt(page, new RegExp(`^${done} of ${REVIEWED}`));
    const isWrong = (await page.textContent('main'))?.includes('wrong');
    await page.keyboard.press(isWrong ? '2' : '1');
    await page.keyboard.press('Enter');
  }
  await arriveAt(page, new RegExp(`^${REVIEWED} of ${REVIEWED}`));
}

test.skipIf(isBrowserMissing)(
  'a judge scores what is recorded, people check it by keyboard, and a gate holds the next experiment to it',
  { timeout: 240_000 },
  async () => {
    const machine = new Machine();
    onTestFinished(() => machine.remove());
    // Fooled by the last of the wrong answers.
    const model = await startScriptedModel(({ messages }) => {
      const prompt = messages[0]?.content ?? '';
      return says({ comment: 'read', correctness: !/wrong (?!11)\d/.test(prompt) });
    });
    onTestFinished(() => model.close());
    const environment = { OPENAI_BASE_URL: model.baseUrl, OPENAI_API_KEY: 'sk-test' };
    const files = { 'good.jsonl': rows(1), 'worse.jsonl': rows(12), 'same.jsonl': rows(1) };
    const run = async (line: string, ...more: string[]) =>
      machine.run([...line.split(' '), ...more, '--local', '--no-input'], { files, environment });
    const asked: number[] = [];
    const count = () => asked.push(model.requests.length);

    const first = await run('record good.jsonl -d cities -e good');
    await run('evaluators add --ready correctness -d cities --model openai:gpt-4o-mini');
    await run('score good --judge correctness');
    count();
    await run('queues create weekly --rubric', 'correctness: Is it right?');
    const worse = await run(
      `record worse.jsonl -d cities -e worse --queue weekly=sample:${REVIEWED}`,
    );
    count();
    await run('score worse --judge correctness');
    count();

    expect(first.stderr).toContain('No judge will start');
    expect(worse.stderr).toContain('Judges that will start from here: correctness');
    expect(worse.stderr).toContain(`${REVIEWED} runs added to "weekly"`);
    // Rows that were judged before, in whatever experiment, are not asked about again.
    expect(asked).toEqual([ROWS, ROWS + NEW_ANSWERS, ROWS + NEW_ANSWERS]);

    const { queue } = JSON.parse((await run('queues show weekly --json')).stdout);
    const [file = ''] = readdirSync(join(machine.root, 'data')).filter((name) =>
      name.endsWith('.sqlite'),
    );
    const store = openStore({ file: join(machine.root, 'data', file) });
    const home = await serveHome({ store });
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(home.url + new URL(queue.url).pathname);
      await review(page);
    } finally {
      await browser.close();
      await home.close();
      store.close();
    }

    const aligned = await run('evaluators align correctness -d cities --json');
    const { alignment } = JSON.parse(aligned.stdout);
    const share = alignment.agreement.figures[0];
    expect(alignment).toMatchObject({
      runs: REVIEWED,
      agreement: { kind: 'boolean', n: REVIEWED },
    });
    expect(share.measurement).toBe('agreement');
    expect(share.value).toBe((REVIEWED - alignment.differing.length) / REVIEWED);
    expect(alignment.differing.length).toBeLessThanOrEqual(1);

    await run('record same.jsonl -d cities -e same');
    const failed = await run('gate worse --baseline good --no-worse correctness');
    const passed = await run('gate same --baseline good --no-worse correctness');

    expect(failed.status).toBe(7);
    expect(failed.stdout).toContain('no-worse correctness');
    expect(passed.status).toBe(0);
    expect(model.requests).toHaveLength(ROWS + NEW_ANSWERS);
  },
);
