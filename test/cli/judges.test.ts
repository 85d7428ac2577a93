import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'langsmith';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { LsRecordError } from '../../src/errors.js';
import { serveHome } from '../../src/server/serve.js';
import { openStore } from '../../src/server/store.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { openTestHome } from '../support/home.js';
import { refuses, says, startScriptedModel } from '../support/scripted-model.js';
import { Machine, type Setup } from './command-line.js';

let machine: Machine;
let model: Awaited<ReturnType<typeof startScriptedModel>>;
/** What the model says of an answer. */
let reply: Parameters<typeof startScriptedModel>[0];

const row = (id: string, answer: string) =>
  `{"id":"${id}","inputs":{"question":"${id}?"},"outputs":{"answer":"${answer}"},"reference_outputs":{"answer":"Paris"}}\n`;
const ROWS = row('fr', 'Paris') + row('it', 'Milan') + row('es', 'Madrid');

beforeEach(async () => {
  machine = new Machine();
  reply = ({ messages }) => {
    const correctness = messages[0]?.content.includes('Answer to check:\n{"answer":"Paris"}');
    return says({ comment: 'compared', correctness });
  };
  model = await startScriptedModel((asked, count) => reply(asked, count));
  await run('record rows.jsonl -d capitals -e nightly', { files: { 'rows.jsonl': ROWS } });
  await run('evaluators add --ready correctness -d capitals --model openai:gpt-4o-mini');
  // The first of them loads the program.
}, 60_000);
afterEach(async () => {
  await model.close();
  machine.remove();
});

const KEY = 'sk-secret-0123456789abcdef';
const NO_KEY = { OPENAI_API_KEY: '', OPENAI_BASE_URL: '' };

function run(argv: string, { environment = { OPENAI_API_KEY: KEY }, ...setup }: Setup = {}) {
  const whole = { OPENAI_BASE_URL: model.baseUrl, ...environment };
  return machine.run([...argv.split(' '), '--local', '--no-input'], {
    ...setup,
    environment: whole,
  });
}

const scoresOf = async (name: string) =>
  JSON.parse((await run(`experiments show ${name} --json`)).stdout).experiment.scores;

describe('score --judge', () => {
  test('scores each run, says what it takes, and asks nothing the second time', async () => {
    const first = await run('score nightly --judge correctness --price input=1,output=10');
    const again = await run('score nightly --judge correctness --json');

    expect(first.status).toBe(0);
    expect(first.stderr).toMatch(
      /judge correctness asks openai:gpt-4o-mini: about \d+ input tokens \(\$0\.\d+\) for 3 runs/,
    );
    expect(first.stderr).toContain('3 requests, 300 input and 30 output tokens; $0.0006');
    expect(await scoresOf('nightly')).toMatchObject({ correctness: { n: 3 } });
    expect(JSON.parse(again.stdout)).toMatchObject({
      feedback: { created: 0, unchanged: 3 },
      judges: [{ name: 'correctness', rows: 3, cached: 3, requests: 0, input_tokens: 0 }],
    });
    expect(model.requests).toHaveLength(3);
  });

  test('gives feedback that the official SDK reads', async () => {
    await run('score nightly --judge correctness');

    const [file = ''] = readdirSync(join(machine.root, 'data')).filter((name) =>
      name.endsWith('.sqlite'),
    );
    const store = openStore({ file: join(machine.root, 'data', file) });
    const home = await serveHome({ store });
    onTestFinished(async () => {
      await home.close();
      store.close();
    });
    const client = new Client({ apiUrl: home.url, apiKey: 'home' });
    const project = await client.readProject({ projectName: 'nightly' });
    const runs = [];
    for await (const one of client.listRuns({ projectId: project.id })) runs.push(one.id);
    const feedback = [];
    for await (const one of client.listFeedback({ runIds: runs })) feedback.push(one);

    expect(feedback).toHaveLength(3);
    expect(feedback[0]).toMatchObject({
      key: 'correctness',
      comment: 'compared',
      feedback_source: { type: 'model', metadata: { scorer: 'judge correctness' } },
    });
  });

  test('takes a judge from a file, and another model', async () => {
    reply = () => says({ comment: '', brief: 4 });
    const files = {
      'brief.yaml':
        'name: brief\nprompt: "How brief is {{output}}?"\nmodel: azure:mine\ntype: 1-5\nprice: {input: 10, output: 100}\n',
    };

    const { status, stdout } = await run(
      'score nightly --judge brief.yaml --model openai:gpt-4o --json',
      { files },
    );

    expect(status).toBe(0);
    expect(await scoresOf('nightly')).toMatchObject({ brief: { n: 3, mean: 4 } });
    expect(model.asked()[0]).toMatchObject({ model: 'gpt-4o' });
    expect(JSON.parse(stdout).judges).toMatchObject([{ name: 'brief', cost: 0.006 }]);
  });

  test.for([
    'score nightly --judge correctness',
    'score nightly --judge correctness --score exact',
    'evaluators run correctness nightly',
    'evaluators test correctness nightly',
  ])('without a key %s does nothing, says which variable to set, and exits 4', async (argv) => {
    const { status, stdout, stderr } = await run(`${argv} --json`, { environment: NO_KEY });

    expect(status).toBe(4);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'MODEL_KEY' });
    expect(stderr).toContain(
      'judge correctness cannot run here: there is no key: set OPENAI_API_KEY\nNothing was scored. Once it can, run the same command again.\n',
    );
    expect(model.requests).toHaveLength(0);
    expect(await scoresOf('nightly')).toEqual({});
  });

  test('exits 4 where the model refuses the key', async () => {
    reply = () => refuses(401, 'wrong key');

    const { status } = await run('score nightly --judge correctness');

    expect(status).toBe(4);
  });

  test('counts no run as scored where the model refuses all', async () => {
    reply = () => says('', { refusal: 'no' });

    const { status, stderr } = await run('score nightly --judge correctness');

    expect(status).toBe(8);
    expect(stderr).toContain('nightly: 0 of 3 runs scored');
  });

  test('is not asked twice by being named twice', async () => {
    const { status, stderr } = await run('score nightly --judge correctness --judge correctness');

    expect(status).toBe(2);
    expect(stderr).toContain('judge correctness is named twice');
  });

  test('interrupted, says that its scores are kept and how to go on', async () => {
    const good = reply;
    reply = (asked, count) => {
      if (count === 2) machine.stop.abort(new LsRecordError('STOPPED', 'x', { cause: 'SIGINT' }));
      return good(asked, count);
    };

    const { status, stderr } = await run('score nightly --judge correctness');

    expect(status).toBe(130);
    expect(stderr).toContain(
      'error: interrupted\nThe scores so far are kept; to score the rest, run the same command again.\n',
    );
  });

  test('keeps why it failed on a row, and scores that row the next time', async () => {
    const good = reply;
    reply = (asked, count) =>
      asked.messages[0]?.content.includes('Milan')
        ? says('', { refusal: 'not about cities' })
        : good(asked, count);

    const failed = await run('score nightly --judge correctness');
    reply = good;
    const retried = await run('score nightly --judge correctness --json');

    expect(failed.status).toBe(8);
    expect(failed.stderr).toContain('3 scores = 2 new + 1 failed');
    expect(failed.stderr).toContain('failed 1 time (the model refused: not about cities)');
    expect(retried.status).toBe(0);
    expect(JSON.parse(retried.stdout).feedback).toMatchObject({
      created: 1,
      unchanged: 2,
      errors: 0,
    });
    expect(await scoresOf('nightly')).toMatchObject({ correctness: { n: 3 } });
  });

  test('never shows the key', async () => {
    reply = () => refuses(401, `Incorrect API key provided: ${KEY}`);

    const { status, stderr, stdout } = await run(
      'score nightly --judge correctness --verbose --json',
    );

    expect(status).toBeGreaterThan(1);
    expect(stderr + stdout).toContain('Incorrect API key');
    expect(stderr + stdout).not.toContain(KEY);
  });
});

describe('record --local', () => {
  const AGAIN = `${row('fr', 'Paris')}${row('it', 'Rome')}`;
  const record = (options = '', setup: Setup = {}) =>
    run(`record more.jsonl -d capitals -e second${options}`, {
      files: { 'more.jsonl': AGAIN },
      ...setup,
    });

  test('starts the judges of the dataset, after it has said so', async () => {
    const { status, stderr } = await record();

    expect(status).toBe(0);
    expect(stderr.indexOf('Judges that will start from here: correctness')).toBeLessThan(
      stderr.indexOf('judge correctness: 2 rows'),
    );
    // Compared once it is judged: what has not come yet is not lost.
    expect(stderr.indexOf('judge correctness: 2 rows')).toBeLessThan(
      stderr.indexOf('Against nightly'),
    );
    expect(await scoresOf('second')).toMatchObject({ correctness: { n: 2 } });
  });

  test('leaves them out on request', async () => {
    const { stdout } = await record(' --no-judges --json');

    expect(model.requests).toHaveLength(0);
    expect(JSON.parse(stdout).experiments).toMatchObject([{ judges: { status: 'off' } }]);
  });

  test('names them in a plan', async () => {
    const { stdout } = await record(' --dry-run --json');

    expect(model.requests).toHaveLength(0);
    expect(JSON.parse(stdout).experiments).toMatchObject([
      { judges: { status: 'planned', names: ['correctness'] } },
    ]);
  });

  test('says that a dataset has no judge, and how to add one', async () => {
    const files = { 'more.jsonl': AGAIN };
    const { stderr } = await run('record more.jsonl -d others', { files });
    const again = await run('record more.jsonl -d others --new --json', { files });

    expect(stderr).toContain('No judge will start. To add one: ls-record evaluators add --help\n');
    expect(JSON.parse(again.stdout).experiments).toMatchObject([
      { judges: { status: 'none', names: [] } },
    ]);
  });

  test('compares what is there where a judge cannot run, and says how to judge later', async () => {
    await run('score nightly --judge correctness --score exact');

    const { status, stderr } = await record(' --score exact', { environment: NO_KEY });

    expect(status).toBe(0);
    expect(stderr).toContain(
      'warning: judge correctness cannot run here: there is no key: set OPENAI_API_KEY\nTo judge what is left: ls-record score second --judge correctness --local\n',
    );
    expect(stderr).toMatch(/Against nightly: .*exact.* Not scored yet: correctness\. More: /);
    expect(stderr).not.toContain('newly failing');
  });

  test('interrupted while judges score, says that all rows are recorded', async () => {
    reply = () => {
      machine.stop.abort(new LsRecordError('STOPPED', 'x', { cause: 'SIGINT' }));
      return says({ comment: '', correctness: true });
    };

    const { status, stderr } = await record();

    expect(status).toBe(130);
    expect(stderr).toContain(
      'warning: all rows are recorded, but not all are judged: interrupted\nTo judge what is left: ls-record score second --judge correctness --local\n',
    );
  });

  test('records all rows when a judge cannot run or fails', async () => {
    const noKey = await record(' --json', { environment: NO_KEY });
    reply = () => refuses(401, 'wrong key');
    const wrongKey = await record(' --json');

    expect(noKey.status).toBe(0);
    expect(JSON.parse(noKey.stdout).experiments).toMatchObject([
      { rows: { recorded: 2 }, judges: { status: 'unfinished', names: ['correctness'] } },
    ]);
    expect(wrongKey.status).toBe(8);
    expect(wrongKey.stderr).toContain('all rows are recorded, but not all are judged');
  });
});

test('evaluators run scores from here what is on this machine', async () => {
  const { status } = await run('evaluators run correctness nightly');

  expect(status).toBe(0);
  expect(await scoresOf('nightly')).toMatchObject({ correctness: { n: 3 } });
});

test('evaluators test shows what a judge says, and writes nothing', async () => {
  const { stdout } = await run('evaluators test correctness nightly --rows 3');

  expect(stdout).toMatch(/^ROW +KEY +SCORE +COMMENT\n/);
  expect(stdout).toMatch(/fr +correctness +true +compared/);
  expect(model.requests).toHaveLength(3);
  expect(await scoresOf('nightly')).toEqual({});
});

test('evaluators test exits 8 where the judge fails on a row', async () => {
  reply = () => says('', { refusal: 'no' });

  const { status, stdout } = await run('evaluators test correctness nightly');

  expect(status).toBe(8);
  expect(stdout).toContain('failed');
});

describe('record on LangSmith', () => {
  const RULE = [
    'evaluators',
    'add',
    '--ready',
    'relevance',
    '-d',
    'capitals',
    '--model',
    'ollama:llama3',
  ];

  /** Runs commands on a LangSmith that has an experiment and a judge; nobody runs the judges of this one. */
  async function openJudged() {
    const home = await openTestHome();
    onTestFinished(() => home.close());
    const environment = { LANGSMITH_ENDPOINT: home.url, LANGSMITH_API_KEY: 'lsv2_pt_test' };
    const there = (argv: string[]) => machine.run([...argv, '--no-input'], { environment });
    await there(['record', 'rows.jsonl', '-d', 'capitals', '-e', 'first']);
    await there(RULE);
    return there;
  }

  async function recordThere(...options: string[]) {
    const there = await openJudged();
    return there(['record', 'rows.jsonl', '-d', 'capitals', '-e', 'second', ...options]);
  }

  test('names the judges that will start', async () => {
    const { status, stderr, stdout } = await recordThere('--json');

    expect(status).toBe(0);
    expect(stderr).toContain('Judges that will start on LangSmith: relevance');
    expect(JSON.parse(stdout).experiments).toMatchObject([
      { judges: { status: 'started', names: ['relevance'] } },
    ]);
  });

  test.for([
    [422, 'warning: LangSmith objects to this judge: no such model (422)'],
    [404, 'Added evaluator "relevance"'],
  ] as const)('has LangSmith check a judge, which it may not do: %s', async ([status, words]) => {
    const home = await openTestHome();
    onTestFinished(() => home.close());
    const proxy = await startFaultProxy(home.url, ({ path }) =>
      path.endsWith('/validate')
        ? { kind: 'status', status, when: 'before', words: 'no such model' }
        : undefined,
    );
    onTestFinished(() => proxy.close());
    const environment = { LANGSMITH_ENDPOINT: proxy.url, LANGSMITH_API_KEY: 'lsv2_pt_test' };
    await machine.run(['record', 'rows.jsonl', '-d', 'capitals', '--no-input'], { environment });

    const { stderr } = await machine.run([...RULE, '--no-input'], { environment });

    expect(stderr).toContain(words);
    expect(stderr.includes('objects')).toBe(status === 422);
  });

  test('records where the server does not show them', async () => {
    const home = await openTestHome();
    onTestFinished(() => home.close());
    const proxy = await startFaultProxy(home.url, ({ path }) =>
      path.endsWith('/runs/rules') ? { kind: 'status', status: 403, when: 'before' } : undefined,
    );
    onTestFinished(() => proxy.close());
    const record = (name: string) =>
      machine.run(`record rows.jsonl -d capitals -e ${name} --no-input --json`.split(' '), {
        environment: { LANGSMITH_ENDPOINT: proxy.url, LANGSMITH_API_KEY: 'lsv2_pt_test' },
      });
    await record('first');

    const { status, stderr, stdout } = await record('second');

    expect(status).toBe(0);
    expect(stderr).toContain('note: cannot see which judges will start: ');
    expect(JSON.parse(stdout).experiments).toMatchObject([{ judges: { status: 'unknown' } }]);
  });

  test('evaluators run takes no other model for what LangSmith asks', async () => {
    const there = await openJudged();

    const run = ['evaluators', 'run', 'relevance', 'first', '--model', 'ollama:other'];
    const { status, stderr } = await there(run);

    expect(status).toBe(2);
    expect(stderr).toContain('LangSmith asks the model that the evaluator names');
  });

  test('does not compare before they are done: their scores would look lost', async () => {
    const { status, stderr } = await recordThere();

    expect(status).toBe(0);
    expect(stderr).not.toContain('Against first');
  });

  test('waits for them, and never says done before all scores are there', async () => {
    const { status, stderr, stdout } = await recordThere('--json', '--wait', '1s');

    expect(status).toBe(0);
    expect(stderr).toMatch(/relevance \(0 of 3\)\nnote: no new scores for \d+ s/);
    expect(JSON.parse(stdout).experiments).toMatchObject([{ judges: { status: 'unfinished' } }]);
  });
});
