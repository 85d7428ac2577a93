import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { fromRows } from '../../src/input/from-rows.js';
import { LangSmith } from '../../src/langsmith/client.js';
import { send } from '../server/requests.js';
import { openTestHome } from '../support/home.js';
import { readBack } from '../support/read-back.js';
import { record } from '../support/record.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

/** 30 rows: the judge says yes to 20, a person to the first 15 of them and to 1 other. */
const rows = Array.from({ length: 30 }, (_, n) => ({
  id: `r${n}`,
  inputs: { n },
  outputs: { n },
  scores: {
    judge: { score: n < 20, comment: `because ${n}` },
    person: n < 15 || n === 25,
    alone: 1,
  },
}));
const recordRows = () =>
  machine.run(['record', 'a.jsonl', '-d', 'd', '-e', 'nightly', '--local'], {
    files: { 'a.jsonl': rows.map((row) => JSON.stringify(row)).join('\n') },
  });
const align = (...argv: string[]) => machine.run(['evaluators', 'align', ...argv, '--local']);

test('a judge is held against people, with an interval and the rows that differ', async () => {
  await recordRows();

  const { status, stdout } = await align('judge', '--human', 'person', '-d', 'd');

  expect(status).toBe(0);
  // 24 of 30 alike; by chance (20·16 + 10·14) / 900.
  expect(stdout).toMatch(/agreement of judge and people: 0\.80 \(95 % 0\.\d\d … 0\.9\d\), n 30/);
  expect(stdout).toContain('kappa of judge and people: 0.59');
  expect(stdout).toContain('Where they differ most (6 of 6 runs):');
  expect(stdout).toContain('judge 1 (because 15)  somebody 0');
  expect(stdout).toContain('row r15 of nightly');
});

test('the same as JSON', async () => {
  await recordRows();
  const { stdout } = await align('judge', 'nightly', '--human', 'person', '--json');
  const { alignment } = JSON.parse(stdout);
  expect(alignment).toMatchObject({
    judge: 'judge',
    human: 'person',
    runs: 30,
    agreement: {
      kind: 'boolean',
      n: 30,
      too_few: false,
      confusion: {
        labels: [0, 1],
        counts: [
          [9, 1],
          [5, 15],
        ],
      },
    },
    among_people: null,
  });
});

test('nothing to compare is misuse, and says what to do', async () => {
  await recordRows();
  const { status, stderr } = await align('judge', 'nightly', '--human', 'nobody');
  expect(status).toBe(2);
  expect(stderr).toContain('no run has a score of both judge and nobody');
  expect((await align('judge')).stderr).toContain('neither experiments nor a dataset');
});

test('several people under the judge’s own key are its ceiling', async () => {
  const home = await openTestHome();
  onTestFinished(() => home.close());
  const client = new LangSmith({ endpoint: home.url });
  const { experiment, dataset } = await record(fromRows(rows, 'rows'), { client, dataset: 'd' });
  const { roots } = await readBack(home.url, experiment, dataset);
  await client.close();
  for (const [n, { id: run_id }] of roots.slice(0, 4).entries())
    for (const user_name of ['ada', 'bob']) {
      const score = user_name === 'bob' && n === 0 ? 0 : 1;
      const feedback_source = { type: 'app', user_name };
      await send(home, 'POST /feedback', { key: 'judge', score, run_id, feedback_source });
    }

  const { stdout } = await machine.run(
    ['evaluators', 'align', 'judge', '--dataset', 'd', '--json'],
    { environment: { LANGSMITH_ENDPOINT: home.url, LANGSMITH_API_KEY: 'x', CI: 'true' } },
  );
  expect(JSON.parse(stdout).alignment).toMatchObject({
    runs: 4,
    raters: ['ada', 'bob'],
    agreement: { n: 8, too_few: true },
    among_people: { n: 4, figures: [{ measurement: 'agreement', value: 0.75 }, {}] },
  });
});
