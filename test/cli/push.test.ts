import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { main } from '../../src/cli/main.js';
import { openHome } from '../../src/open-home.js';
import { agentRows } from '../support/agent-rows.js';
import {
  type Fault,
  type FaultPlan,
  seededRandom,
  startFaultProxy,
} from '../support/fault-proxy.js';
import { openTestHome } from '../support/home.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const toLines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const READS = /(^GET )|\/query$|\/datasets\/\{id\}\/runs$|\/experiment-runs$/;

/** LangSmith behind a network with faults in it, and what writes to it. */
async function startLangSmith(plan: FaultPlan = () => undefined) {
  const home = await openTestHome();
  const proxy = await startFaultProxy(home.url, plan);
  onTestFinished(async () => {
    await proxy.close();
    await home.close();
  });
  const environment = {
    LANGSMITH_ENDPOINT: proxy.url,
    LANGSMITH_API_KEY: 'lsv2_pt_a_b',
    CI: 'true',
  };
  return {
    url: home.url,
    environment,
    run: (...argv: string[]) => machine.run(argv, { environment }),
    writes: () => proxy.log.filter((shape) => !READS.test(shape)),
    /** What is sent while something is done. */
    async during<T>(work: () => Promise<T>) {
      const before = this.writes().length;
      const result = await work();
      return { result, writes: this.writes().slice(before) };
    },
  };
}

const recordHere = async (rows: readonly object[], ...more: string[]) => {
  const files = { 'rows.jsonl': toLines(rows) };
  const argv = ['record', 'rows.jsonl', '-d', 'agents', '-e', 'nightly', '--local', ...more];
  const { status, stderr } = await machine.run(argv, { files });
  expect(status, stderr).toBe(0);
};

/** Gives or changes scores on this machine, as a person does on its pages. */
async function scoreHere(method: string, path: string, body: object): Promise<void> {
  const home = await openHome(join(machine.root, 'data'));
  const response = await fetch(`${home.url}/api/v1${path}`, {
    method,
    headers: { 'x-api-key': home.key, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await home.close();
  expect(response.status).toBe(200);
}

async function firstRunHere(): Promise<string> {
  const home = await openHome(join(machine.root, 'data'));
  const experiment = await home.client.findExperiment('nightly');
  let id = '';
  for await (const one of home.client.listRootRunIds(experiment?.id ?? '')) id ||= one;
  await home.close();
  return id;
}

/** Rows in an order of their own; what the first says of its experiment is left out. */
const inOrder = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.replace(/,"experiment":\{.*\}(?=\}$)/, ''))
    .sort();

describe('push', () => {
  test('brings all that was recorded and said, as it was', async () => {
    const langSmith = await startLangSmith();
    const rows = agentRows({ version: 1, count: 30, repetitions: 2 });
    await recordHere(rows, '--description', 'every night', '--metadata', 'branch=fix');
    const score = {
      key: 'manners',
      value: 'kind',
      comment: 'well said',
      correction: { tone: 'warm' },
    };
    const source = { type: 'app', metadata: { user: 'ann' }, user_name: 'Ann' };
    const run_id = await firstRunHere();
    await scoreHere('POST', '/feedback', { ...score, run_id, feedback_source: source });

    const { status, stdout, stderr } = await langSmith.run('push', 'nightly');

    expect(status, stderr).toBe(0);
    expect(stdout).toContain('/compare?selectedSessions=');
    const here = await machine.run(['experiments', 'pull', 'nightly', '--local']);
    const there = await langSmith.run('experiments', 'pull', 'nightly');
    expect(inOrder(there.stdout)).toEqual(inOrder(here.stdout));
    expect(there.stdout).toContain(
      '"feedback_source":{"type":"app","metadata":{"user":"ann","user_name":"Ann"}}',
    );
    const [session] = (await (await fetch(`${langSmith.url}/api/v1/sessions`)).json()) as object[];
    expect(session).toMatchObject({
      name: 'nightly',
      description: 'every night',
      extra: { metadata: { branch: 'fix', source: 'rows.jsonl', __ls_runner: 'ls-record' } },
    });
  });

  test('again sends nothing, and after a new score only that', async () => {
    const langSmith = await startLangSmith();
    await recordHere(agentRows({ version: 1, count: 20 }));
    await langSmith.run('push', 'nightly');
    const state = async () => {
      const listed = await machine.run(['experiments', 'list', 'agents', '--local', '--json']);
      return JSON.parse(listed.stdout).experiments[0].pushed;
    };

    const again = await langSmith.during(() => langSmith.run('push', '--all'));
    const before = await state();
    await scoreHere('POST', '/feedback', { key: 'new', score: 1, run_id: await firstRunHere() });
    const changed = await state();
    const third = await langSmith.during(() => langSmith.run('push', 'nightly', '--json'));

    expect(again.result.stderr).toContain('nothing sent');
    expect(again.writes).toEqual([]);
    expect(before).toMatchObject([{ changed_since: false, url: again.result.stdout.trim() }]);
    expect(changed).toMatchObject([{ changed_since: true }]);
    const answer = JSON.parse(third.result.stdout).experiments[0];
    expect(answer).toMatchObject({ status: 'recorded', runs: 0, feedback: 1 });
    expect(await state()).toMatchObject([{ changed_since: false }]);
  });

  test('changes the scores that were changed', async () => {
    const langSmith = await startLangSmith();
    await recordHere(agentRows({ version: 1, count: 5 }));
    const score = { id: randomUUID(), key: 'good', score: 1, run_id: await firstRunHere() };
    await scoreHere('POST', '/feedback', score);
    await langSmith.run('push', 'nightly');
    await scoreHere('PATCH', `/feedback/${score.id}`, { score: 0, comment: 'second thoughts' });

    const { stderr } = await langSmith.run('push', 'nightly');
    const again = await langSmith.during(() => langSmith.run('push', 'nightly'));

    expect(stderr).toContain('1 score updated');
    expect(again.writes).toEqual([]);
    const here = await machine.run(['experiments', 'pull', 'nightly', '--local']);
    const there = await langSmith.run('experiments', 'pull', 'nightly');
    expect(there.stdout).toContain('second thoughts');
    expect(inOrder(there.stdout)).toEqual(inOrder(here.stdout));
  });

  test('adds the rows that were added, wherever they are among the others', async () => {
    const langSmith = await startLangSmith();
    const rows = agentRows({ version: 1, count: 60 });
    await recordHere(rows.filter((_, at) => at % 3 === 0));
    await langSmith.run('push', 'nightly');
    await recordHere(
      rows.filter((_, at) => at % 3 !== 0),
      '--append',
    );

    const { stdout } = await langSmith.run('push', 'nightly', '--json');

    expect(JSON.parse(stdout).experiments[0]).toMatchObject({ rows: { recorded: 60 } });
    const here = await machine.run(['experiments', 'pull', 'nightly', '--local']);
    const there = await langSmith.run('experiments', 'pull', 'nightly');
    expect(inOrder(there.stdout)).toEqual(inOrder(here.stdout));
  });

  test('that is cut off again and again loses nothing and sends nothing twice', {
    timeout: 60_000,
  }, async () => {
    const random = seededRandom(7);
    const faults: Fault[] = [
      { kind: 'reset', when: 'before' },
      { kind: 'reset', when: 'after' },
      { kind: 'status', status: 503, when: 'after' },
      { kind: 'truncate' },
    ];
    let stop = new AbortController();
    let requestsToGo = 0;
    const langSmith = await startLangSmith(({ path }) => {
      if (--requestsToGo === 0) stop.abort();
      if (path.endsWith('/info') || random() > 0.1) return undefined;
      return faults[Math.floor(random() * faults.length)];
    });
    await recordHere(agentRows({ version: 1, count: 120 }));
    const push = async (requests: number) => {
      stop = new AbortController();
      requestsToGo = requests;
      const context = machine.context({ environment: langSmith.environment });
      return main(['push', 'nightly'], { ...context, signal: stop.signal });
    };

    for (let cut = 0; cut < 6; cut++) await push(4 + Math.floor(random() * 8));
    const status = await push(Number.POSITIVE_INFINITY);

    expect(status).toBe(0);
    const here = await machine.run(['experiments', 'pull', 'nightly', '--local']);
    const there = await langSmith.run('experiments', 'pull', 'nightly');
    expect(inOrder(there.stdout)).toEqual(inOrder(here.stdout));
  });

  test('with --dry-run plans, and writes nothing', async () => {
    const langSmith = await startLangSmith();
    await recordHere(agentRows({ version: 1, count: 3 }));

    const { result, writes } = await langSmith.during(() =>
      langSmith.run('push', 'nightly', '--dry-run'),
    );

    expect(result.stdout).toContain('nightly would become experiment nightly');
    expect(writes).toEqual([]);
  });

  test.for([
    [['push', 'no-such'], 'no experiment "no-such"'],
    [['push', 'nightly', '--local'], 'not to this machine'],
    [['push', 'nightly', '--all'], 'cannot be combined'],
    [['push', '--all', '-e', 'other'], '--experiment names one experiment'],
    [['push'], 'no experiment given'],
  ] as const)('%j is refused', async ([argv, words]) => {
    const langSmith = await startLangSmith();
    await recordHere(agentRows({ version: 1, count: 1 }));
    const { status, stderr } = await langSmith.run(...argv);
    expect(status).toBe(2);
    expect(stderr).toContain(words);
  });
});

test.for(['a file', 'a stream'])(
  '%s that was pulled is recorded as that experiment, with nothing of the reader',
  async (kind) => {
    await recordHere(agentRows({ version: 1, count: 3 }), '--description', 'every night');
    const pulled = await machine.run(['experiments', 'pull', 'nightly', '--local']);
    const commit = 'a'.repeat(40);
    machine.write('work/.git/HEAD', commit);
    const elsewhere = { LS_RECORD_HOME: join(machine.root, 'elsewhere'), CI: 'true' };
    const input =
      kind === 'a file' ? { files: { 'x.jsonl': pulled.stdout } } : { stdin: pulled.stdout };

    const argv = ['record', ...(kind === 'a file' ? ['x.jsonl'] : []), '-d', 'agents', '--local'];
    const { status, stderr } = await machine.run(argv, { ...input, environment: elsewhere });

    expect(status, stderr).toBe(0);
    const home = await openHome(elsewhere.LS_RECORD_HOME);
    const experiment = await home.client.findExperiment('nightly');
    await home.close();
    expect(experiment).toMatchObject({
      description: 'every night',
      extra: { metadata: { source: 'rows.jsonl', __ls_runner: 'ls-record' } },
    });
    expect(JSON.stringify(experiment)).not.toContain(commit);
  },
);
