import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Machine, type Setup } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const row = (question: string, scores: object, more: object = {}) =>
  JSON.stringify({
    inputs: { question },
    outputs: { answer: 42 },
    start_time: '2026-05-01T09:00:00Z',
    end_time: '2026-05-01T09:00:01.5Z',
    scores,
    ...more,
  });
const BASE = [
  row('up', { ok: false, f1: 0.25, tone: 'kind' }),
  row('down', { ok: true, f1: 0.75 }),
  row('only base', { ok: true }, { error: 'Boom', outputs: null }),
];
const NIGHTLY = [row('up', { ok: true, f1: 0.25 }), row('down', { ok: false, f1: 0.75 })];

const UNTIMED = '{"inputs":{"n":1},"outputs":1,"metadata":{"untimed":true}}\n';
const NAMED = row(
  'up',
  { ok: true, f1: 0.25, tone: 'kind' },
  { id: 'case-17', metadata: { row_id: 'case-17' } },
);

const run = (argv: string, setup?: Setup) =>
  machine.run([...argv.split(' '), '--local', '--no-input'], setup);

async function recordBoth(): Promise<void> {
  const files = { 'base.jsonl': BASE.join('\n'), 'nightly.jsonl': NIGHTLY.join('\n') };
  await run('record base.jsonl -d capitals -e base --metadata prompt=v1', { files });
  await run('record nightly.jsonl -d capitals -e nightly --metadata prompt=v2');
}

async function recordNamed(): Promise<void> {
  await run('record named.jsonl -d capitals -e named', { files: { 'named.jsonl': NAMED } });
}

describe('experiments list', () => {
  test('has a line an experiment, with its mean scores', async () => {
    await recordBoth();

    const { status, stdout } = await run('experiments list capitals --sort ok');

    expect(status).toBe(0);
    expect(stdout).toBe(
      [
        'NAME         ok   f1  RUNS  ERRORS    P50  START',
        'base     0.6667  0.5     3       1  1.5 s  2026-05-01 09:00',
        'nightly     0.5  0.5     2          1.5 s  2026-05-01 09:00',
        '',
      ].join('\n'),
    );
  });

  test.for([
    ['--sort name', ['base', 'nightly']],
    ['--sort ok', ['base', 'nightly']],
    ['--search night', ['nightly']],
    ['--sort name --limit 1', ['base']],
    ['--search none', []],
  ] as const)('takes %s', async ([options, names]) => {
    await recordBoth();

    const { stdout } = await run(`experiments list -d capitals ${options} --json`);

    const { experiments } = JSON.parse(stdout) as { experiments: { name: string }[] };
    expect(experiments.map(({ name }) => name)).toEqual(names);
  });

  test('answers in CSV with all scores', async () => {
    await recordBoth();

    const { stdout } = await run('experiments list capitals --csv --sort name');

    const [titles, base] = stdout.split('\n');
    expect(titles).toBe(
      'id,name,start_time,end_time,runs,error_rate,latency_p50,total_tokens,total_cost,url,pushed,scores.f1,scores.ok,scores.tone',
    );
    expect(base).toMatch(/^[^,]+,base,2026-05-01T09:00:00.*,,0\.5,0\.666666\d*,$/);
  });

  test.for(['nonsense', 'tone'])('warns that it cannot sort by %s', async (key) => {
    await recordBoth();

    const { status, stderr } = await run(`experiments list capitals --sort ${key}`);

    expect(status).toBe(0);
    expect(stderr).toContain(`--sort ${key}: no experiment has numbers`);
  });

  test('asks for a dataset where none is named', async () => {
    const { status, stderr } = await run('experiments list');

    expect(status).toBe(2);
    expect(stderr).toContain('ls-record experiments list DATASET');
  });
});

describe('experiments show', () => {
  test('shows what the rows add up to, and names the failed ones', async () => {
    await recordBoth();

    const { status, stdout } = await run('experiments show base');

    expect(status).toBe(0);
    expect(stdout).toMatch(/^base\n\nDataset {2}capitals\nRuns {5}3\nErrors {3}1\n/);
    expect(stdout).toContain('Latency  p50 1.5 s, p95 1.5 s');
    expect(stdout).toContain('ok     3  0.6667  0.5774  0 ▄········█ 1');
    expect(stdout).toContain('tone   1  kind 1');
    expect(stdout).toMatch(/FAILED\n +1\.5 s {2}Boom\n +example [0-9a-f-]{36}\n/);
    expect(stdout).toMatch(/SETTINGS\nprompt +v1\n/);
    expect(stdout.trimEnd()).toMatch(/compare\?selectedSessions=[0-9a-f-]{36}$/);
  });

  test('names no slowest rows where no row told its time', async () => {
    const files = { 'untimed.jsonl': UNTIMED };
    await run('record untimed.jsonl -d capitals -e untimed', { files });

    const { stdout } = await run('experiments show untimed');
    const { stdout: json } = await run('experiments show untimed --json');
    const { stdout: listed } = await run('experiments list capitals');

    expect(stdout).toContain('Runs     1');
    expect(stdout).not.toMatch(/SLOWEST|Latency/);
    expect(JSON.parse(json).experiment).toMatchObject({ latency: null, slowest: [] });
    expect(listed).not.toContain('P50');
  });

  test('names rows by their own ids, and in JSON their examples too', async () => {
    await recordNamed();

    const { stdout } = await run('experiments show named');
    const { stdout: json } = await run('experiments show named --json');

    expect(stdout).toMatch(/SLOWEST\n +1\.5 s {2}up\n +row case-17\n/);
    expect(stdout).not.toContain('example ');
    expect(JSON.parse(json).experiment.slowest).toMatchObject([
      { row_id: 'case-17', example_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    ]);
  });

  test('draws in ASCII on a dumb terminal', async () => {
    await recordBoth();

    const { stdout } = await run('experiments show base', { environment: { TERM: 'dumb' } });

    expect(stdout).toContain('0 +........@ 1');
  });

  test('has the raw numbers in JSON, and finds an experiment by id and by URL', async () => {
    await recordBoth();
    const byName = JSON.parse((await run('experiments show base --json')).stdout);
    const { id, url } = byName.experiment;

    expect(JSON.parse((await run(`experiments show ${id} --json`)).stdout)).toEqual(byName);
    expect(JSON.parse((await run(`experiments show ${url} --json`)).stdout)).toMatchObject({
      version: 1,
      experiment: { name: 'base' },
    });
    expect(byName.experiment).toMatchObject({
      dataset: { name: 'capitals' },
      rows: 3,
      errors: 1,
      scores: { ok: { n: 3, mean: expect.closeTo(2 / 3), min: 0, max: 1 } },
      latency: { p50: 1.5, p95: 1.5 },
      failed: [{ error: 'Boom', input: 'only base', url: expect.stringContaining('/r/') }],
      metadata: { prompt: 'v1' },
    });
  });

  test.for([
    ['nobody', 'no experiment "nobody"'],
    ['https://smith.langchain.com/settings', 'is not the URL of'],
  ])('of %s exits 2', async ([name, words]) => {
    const { status, stderr } = await run(`experiments show ${name}`);

    expect(status).toBe(2);
    expect(stderr).toContain(words);
  });
});

describe('experiments compare', () => {
  test('says first what is lost, then verdicts, figures and rows', async () => {
    await recordBoth();

    const { status, stdout, stderr } = await run('experiments compare base nightly');

    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^nightly against base\n✗ 1 example of base without a row in nightly\.\n/,
    );
    expect(stdout).toContain('2 examples in both, 1 lost in nightly.\n');
    expect(stdout).not.toContain('No regressions');
    expect(stdout).toMatch(/ok ↑ +2 +0\.6667 +0\.5 +0 .* +1 +1 +0 +1 +1 +too few to tell\n/);
    expect(stdout).toMatch(/f1 ↑ +2 +0\.5 +0\.5 +0 +0 +0 +2 +1 +same\n/);
    expect(stdout).toMatch(/absent {2}ok 1 → – {2}only base\n {2}example [0-9a-f-]{36}\n/);
    expect(stdout).toMatch(/worse {3}ok 1 → 0 {2}down\n {2}example [0-9a-f-]{36}\n/);
    expect(stdout).toMatch(/prompt +v1 +v2\n/);
    expect(stdout).toContain('selectedSessions=');
    expect(stderr).toContain('assumed: higher is better for f1, ok');
  });

  test('answers in JSON with every number that it prints', async () => {
    await recordBoth();

    const { stdout } = await run('experiments compare base nightly --lower-is-better ok --json');

    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      baseline: { name: 'base', rows: 3, errors: 1, reason: 'named first' },
      comparisons: [
        {
          experiment: { name: 'nightly', rows: 2, errors: 0 },
          examples: { both: 2, only_baseline: 1, only_experiment: 0, edited: 0 },
          lost: 1,
          absent: [{ inputs: { question: 'only base' } }],
          scores: {
            ok: {
              direction: 'lower',
              direction_from: 'option',
              n: 2,
              better: 1,
              worse: 1,
              lost: 1,
            },
            f1: { verdict: 'same', direction_from: 'default', difference: 0 },
          },
          settings: [{ name: 'prompt', a: 'v1', b: 'v2' }],
        },
      ],
    });
  });

  test('says that there are no regressions only where nothing was lost', async () => {
    const rows = (ok: boolean) =>
      Array.from({ length: 8 }, (_, n) => row(`q${n}`, { ok: n > 0 || ok })).join('\n');
    const files = {
      'one.jsonl': rows(false),
      'two.jsonl': rows(true),
      'less.jsonl': row('q1', { ok: true }),
    };
    await run('record one.jsonl -d many -e one', { files });
    await run('record two.jsonl -d many -e two');
    await run('record less.jsonl -d many -e less');

    const whole = await run('experiments compare one two');
    const part = await run('experiments compare one less');

    expect(whole.stdout).toContain('No regressions found. Within noise: ok.');
    expect(part.stdout).not.toContain('No regressions');
    expect(part.stdout).toContain(
      '✗ The experiments share few examples: 1 example in both, 7 lost in less.',
    );
  });

  test('names rows by their own ids', async () => {
    await recordBoth();
    await recordNamed();

    const { stdout } = await run('experiments compare base named');
    const { stdout: markdown } = await run('experiments compare base named --markdown');
    const { stdout: json } = await run('experiments compare base named --json --only better');

    expect(stdout).toMatch(/better {2}ok 0 → 1 {2}up\n {2}row case-17\n/);
    expect(markdown).toMatch(/\| better \| ok 0 → 1 \| up \| row case-17 \|/);
    expect(JSON.parse(json).comparisons[0].rows).toMatchObject([
      { row_id: 'case-17', status: 'better', scores: { ok: { baseline: 0, experiment: 1 } } },
    ]);
  });

  test('lists rows with both outputs and their difference', async () => {
    const files = {
      'one.jsonl': row('capital?', { ok: true }, { outputs: { answer: 'It is Paris today' } }),
      'two.jsonl': row('capital?', { ok: false }, { outputs: { answer: 'It is Lyon today' } }),
    };
    await run('record one.jsonl -d cities -e one', { files });
    await run('record two.jsonl -d cities -e two');

    const { stdout } = await run('experiments compare one two --only worse');
    const { stdout: none } = await run('experiments compare one two --only better');
    const { stdout: csv } = await run('experiments compare one two --csv');

    expect(stdout).toContain('  A          It is Paris today\n  B          It is Lyon today\n');
    expect(stdout).toContain('  diff       It is [-Paris-]{+Lyon+} today\n');
    expect(none).not.toContain('It is');
    expect(csv.split('\n').slice(0, 2)).toEqual([
      'baseline,experiment,status,row_id,example_id,ok baseline,ok experiment,input,reference,output baseline,output experiment,error baseline,error experiment',
      expect.stringMatching(
        /^one,two,worse,,[0-9a-f-]{36},1,0,capital\?,,It is Paris today,It is Lyon today,,$/,
      ),
    ]);
  });

  test('answers in Markdown, in which no text is markup', async () => {
    await recordBoth();
    const evil = row('up', { ok: 0 }).replace('"up"', '"| @all <img> `x` up"');
    const worse = evil.replace('"ok":0', '"ok":-1');
    const files = { 'one.jsonl': evil, 'two.jsonl': worse };
    await run('record one.jsonl -d evil -e one', { files });
    await run('record two.jsonl -d evil -e two');

    const { stdout } = await run('experiments compare one two --markdown');

    expect(stdout).toMatch(/^### \[two against one\]\(http.*\)\n\nToo few to tell\\: ok/);
    expect(stdout).toContain('| ok ↑ | 1 | 0 | -1 | −1 |');
    expect(stdout).toContain('| ok 0 → -1 | \\| @<!-- -->all \\<img\\> \\`x\\` up |');
  });

  test('keeps a direction for all comparisons with --save', async () => {
    await recordBoth();

    const saved = await run('experiments compare base nightly --lower-is-better f1 --save --json');
    const later = await run('experiments compare base nightly --json');
    const back = await run('experiments compare base nightly --higher-is-better f1 --save --json');

    expect(saved.stderr).toContain('Saved: lower is better for f1.');
    const fromOf = ({ stdout }: typeof saved) => JSON.parse(stdout).comparisons[0].scores.f1;
    expect(fromOf(later)).toMatchObject({ direction: 'lower', direction_from: 'config' });
    expect(fromOf(back)).toMatchObject({ direction: 'higher' });
  });

  test('finds experiments by the start of their name and by their place', async () => {
    await recordBoth();

    const { stdout: byStart } = await run('experiments compare ba night --json');
    const { stdout: byPlace } = await run(
      'experiments compare capitals@previous capitals@latest --json',
    );
    const twice = await run('experiments show n');

    for (const stdout of [byStart, byPlace])
      expect(JSON.parse(stdout)).toMatchObject({
        baseline: { name: 'base' },
        comparisons: [{ experiment: { name: 'nightly' } }],
      });
    expect(twice.stdout).toMatch(/^nightly\n/);
  });

  test('compares files with experiments, and files alone without a server', async () => {
    await recordBoth();
    const before = await machine.run([
      'experiments',
      'compare',
      'base',
      'nightly.jsonl',
      '--local',
      '--json',
    ]);

    const files = await machine.run(
      ['experiments', 'compare', 'base.jsonl', 'nightly.jsonl', '--json'],
      { environment: { CI: 'true' } },
    );

    for (const { stdout } of [before, files])
      expect(JSON.parse(stdout)).toMatchObject({
        comparisons: [
          {
            experiment: { id: null, name: 'nightly.jsonl' },
            examples: { both: 2, only_baseline: 1 },
            scores: { ok: { n: 2, better: 1, worse: 1 }, f1: { n: 2, same: 2 } },
          },
        ],
      });
    expect(files.stderr).toContain('rows are paired by their inputs and reference');
    expect(before.stderr).toContain('rows are paired by their example in the dataset');
  });

  test('compares up to twelve with one baseline', async () => {
    await recordBoth();
    await recordNamed();

    const { stdout } = await run('experiments compare base nightly --baseline named --json');

    expect(JSON.parse(stdout)).toMatchObject({
      baseline: { name: 'named', reason: 'named' },
      comparisons: [{ experiment: { name: 'base' } }, { experiment: { name: 'nightly' } }],
    });
  });

  test.for([
    ['base base', 'are the same experiment'],
    ['base other', 'belong to different datasets'],
    ['base nightly --where size>3', 'there is no field "size"'],
    ['base nightly --lower-is-better ok --higher-is-better ok', 'has both directions'],
    ['base nightly --save', '--save has nothing to save'],
    ['base @latest nightly', 'are the same experiment'],
    ['@latest', 'needs a dataset'],
    [new Array(13).fill('base').join(' '), 'cannot compare more than 12'],
  ])('of %s exits 2', async ([names, words]) => {
    await recordBoth();
    await run('record base.jsonl -d elsewhere -e other');

    const { status, stderr } = await run(`experiments compare ${names}`);

    expect(status).toBe(2);
    expect(stderr).toContain(words);
  });
});

describe('experiments pull', () => {
  test('writes rows to stdout that record reads', async () => {
    await recordBoth();

    const { status, stdout, stderr } = await run('experiments pull base');
    const again = await run('record - -d capitals -e again', { stdin: stdout });
    const { stdout: compared } = await run('experiments compare base again --json');

    expect({ status, again: again.status }).toEqual({ status: 0, again: 0 });
    expect(stderr).toContain('Pulled 3 rows of "base".');
    expect(JSON.parse(compared)).toMatchObject({
      comparisons: [
        {
          examples: { both: 3, only_baseline: 0, only_experiment: 0 },
          scores: { ok: { difference: 0, same: 3 }, f1: { difference: 0, same: 2 } },
        },
      ],
    });
  });

  test('writes a file once it is whole, and replaces none unless told to', async () => {
    await recordBoth();

    const first = await run('experiments pull base -o out.jsonl --json');
    const second = await run('experiments pull base -o out.jsonl');
    const forced = await run('experiments pull nightly -o out.jsonl --force');

    expect(JSON.parse(first.stdout)).toMatchObject({ experiment: { name: 'base' }, rows: 3 });
    expect(second.status).toBe(2);
    expect(forced.status).toBe(0);
    expect(readFileSync(join(machine.workingFolder, 'out.jsonl'), 'utf8').split('\n')).toHaveLength(
      3,
    );
  });

  test('with --json says that it needs a file', async () => {
    const { status, stderr } = await run('experiments pull base --json');

    expect(status).toBe(2);
    expect(stderr).toContain('--output');
  });
});

describe('experiments delete', () => {
  test('deletes what is named, and keeps the dataset', async () => {
    await recordBoth();

    const { status, stdout } = await run('experiments delete base nightly --yes --json');

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      deleted: [
        { name: 'base', rows: 3 },
        { name: 'nightly', rows: 2 },
      ],
    });
    expect((await run('experiments list capitals')).stderr).toContain('no experiments');
  });

  test('deletes nothing where there is no terminal, or a name is misspelt', async () => {
    await recordBoth();

    const unasked = await run('experiments delete base');
    const misspelt = await run('experiments delete base nihgtly --yes');

    expect(unasked.status).toBe(2);
    expect(unasked.stderr).toContain('--yes');
    expect(misspelt.status).toBe(2);
    expect((await run('experiments show base')).status).toBe(0);
  });
});
