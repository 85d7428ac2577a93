import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openTestHome, type TestHome } from '../support/home.js';

/** Releases of the official JS SDK that are in use, and which of them can be run by vitest. */
const RELEASES = [
  { sdk: 'langsmith-0.2', hasVitest: false },
  { sdk: 'langsmith-0.3', hasVitest: true },
  { sdk: 'langsmith-0.5', hasVitest: true },
  { sdk: 'langsmith-0.7', hasVitest: true },
  { sdk: 'langsmith-0.9', hasVitest: true },
  { sdk: 'langsmith-0.10', hasVitest: true },
  { sdk: 'langsmith-0.11', hasVitest: true },
  { sdk: 'langsmith', hasVitest: true },
] as const;

const HERE = import.meta.dirname;
const VITEST = join(createRequire(import.meta.url).resolve('vitest/package.json'), '../vitest.mjs');

/** Runs a script of an SDK's user against a home, which takes what LangSmith takes. */
async function run(sdk: string, ...script: string[]): Promise<TestHome> {
  const home = await openTestHome({ strict: false });
  onTestFinished(() => home.close());
  const environment = {
    PATH: process.env.PATH,
    SDK: sdk,
    LANGSMITH_ENDPOINT: home.url,
    LANGSMITH_API_KEY: 'home',
    LANGSMITH_TRACING: 'true',
  };
  const child = spawn(process.execPath, script, { env: environment, cwd: HERE });
  onTestFinished(() => void child.kill());
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => said.push(text));
  }
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(status, said.join('')).toBe(0);
  return home;
}

async function ask(home: TestHome, path: string) {
  const response = await fetch(home.url + path);
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into any answer.
  return (await response.json()) as any;
}

/** What is kept of each experiment, by its name without the part that is random. */
async function experimentsIn(home: TestHome) {
  const sessions = await ask(home, '/sessions?reference_free=false&include_stats=true');
  const kept = Object.fromEntries(
    sessions.map((session: { name: string }) => [session.name.replace(/-\w+$/, ''), session]),
  );
  return { sessions, kept };
}

describe.for(RELEASES)('the official SDK as $sdk, unchanged', ({ sdk, hasVitest }) => {
  test('loses nothing of evaluations, attachments and comparisons', async () => {
    const home = await run(sdk, 'evaluate.js', sdk);

    const { kept } = await experimentsIn(home);
    expect(kept).toMatchObject({
      right: {
        run_count: 3,
        feedback_stats: { correct: { n: 3, avg: 1 }, letters: { n: 3, avg: 5 } },
        session_feedback_stats: { runs: { n: 1, avg: 3 } },
      },
      wrong: {
        run_count: 3,
        feedback_stats: { correct: { n: 3, avg: 0 }, letters: { n: 3, avg: 8 } },
        session_feedback_stats: { runs: { n: 1, avg: 3 } },
      },
      flags: { run_count: 2, feedback_stats: { seen: { n: 2, avg: 1 } } },
    });
    const { right, wrong } = kept;
    expect(await ask(home, `/datasets/${right.reference_dataset_id}/comparative`)).toMatchObject([
      {
        experiments_info: expect.arrayContaining([
          { id: right.id, name: right.name },
          { id: wrong.id, name: wrong.name },
        ]),
        feedback_stats: { longer: { n: 6, avg: 0.5 } },
      },
    ]);
  });

  test.runIf(hasVitest)('loses nothing of a file of vitest', async () => {
    const home = await run(sdk, VITEST, 'run', '--config', join(HERE, 'vitest.config.js'));

    const { sessions } = await experimentsIn(home);
    expect(sessions).toMatchObject([
      { run_count: 2, feedback_stats: { correct: { n: 2, avg: 1 }, pass: { n: 2, avg: 1 } } },
    ]);
  });
});
