import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Machine, type Setup } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const lines = (...rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const row = (n: number, more: object = {}) => ({
  inputs: { q: `question ${n}` },
  outputs: { a: n },
  ...more,
});

/** As promptfoo writes them: two models, two tests. */
const PROMPTFOO = JSON.stringify({
  evalId: 'eval-1',
  results: {
    version: 3,
    timestamp: '2026-01-31T12:00:00.000Z',
    prompts: [],
    results: ['openai:gpt-4o', 'anthropic:claude'].flatMap((id, model) =>
      [0, 1].map((testIdx) => ({
        provider: { id },
        promptIdx: model,
        testIdx,
        testCase: { vars: { q: testIdx } },
        vars: { q: testIdx },
        response: { output: 'yes', tokenUsage: { total: 5, prompt: 4, completion: 1 } },
        success: testIdx === model,
        score: testIdx === model ? 1 : 0,
        namedScores: {},
        latencyMs: 1200,
        cost: 0.001,
        gradingResult: { pass: testIdx === model, score: 1, reason: '' },
      })),
    ),
    stats: {},
  },
  config: {},
  shareableUrl: null,
});

async function validate(argv: readonly string[], setup: Setup = {}) {
  return machine.run(['validate', ...argv], setup);
}

async function report(argv: readonly string[], setup: Setup = {}) {
  const { status, stdout } = await validate([...argv, '--json'], setup);
  return { status, ...JSON.parse(stdout) };
}

describe('good rows', () => {
  const timed = { start_time: '2026-01-31T12:00:00Z', end_time: '2026-01-31T12:00:02Z' };
  const used = {
    ls_model_name: 'gpt-4o',
    usage_metadata: { input_tokens: 1200, output_tokens: 34, total_cost: 0.0125 },
  };
  const files = {
    'good.jsonl': lines(
      row(1, { ...timed, scores: { correct: true, tone: 'kind' }, metadata: used }),
      row(1, { scores: { correct: false, tone: 'kind' } }),
      { inputs: { q: 3 }, error: 'timeout' },
    ),
  };

  test('are reported on stdout, with what to do next on stderr', async () => {
    const { status, stdout, stderr } = await validate(['good.jsonl'], { files });

    expect(status).toBe(0);
    expect(stdout).toBe(
      `good.jsonl: rows of ls-record

3 rows, 1 with an app error, 2 examples, 1 repeated
  times    2026-01-31 12:00:00 to 12:00:02 UTC
  latency  2 s median, 2 s at the 95th percentile
  tokens   1,200 in, 34 out, 1,234 in all
  cost     $0.0125
  model    gpt-4o

SCORE    N  MEAN  MISSING  VALUES
correct  2   0.5        1
tone     2              1  kind 2
`,
    );
    expect(stderr).toBe('All rows can be recorded: ls-record record good.jsonl --dataset NAME\n');
  });

  test('are reported to programs as one object, in which null is what is not known', async () => {
    expect(await report(['good.jsonl'], { files })).toEqual({
      version: 1,
      status: 0,
      files: [
        {
          name: 'good.jsonl',
          format: 'native',
          described: 'rows of ls-record',
          columns: [],
          assumptions: [],
          labels: [],
        },
      ],
      rows: 3,
      bad_rows: 0,
      experiments: [
        {
          label: null,
          rows: 3,
          errors: 1,
          examples: 2,
          repeated: 1,
          models: ['gpt-4o'],
          scores: [
            { key: 'correct', n: 2, mean: 0.5, missing: 1, values: [] },
            { key: 'tone', n: 2, mean: null, missing: 1, values: [{ value: 'kind', n: 2 }] },
          ],
          tokens: { input: 1200, output: 34, total: 1234 },
          cost: 0.0125,
          latency: { p50: 2, p95: 2 },
          earliest: '2026-01-31T12:00:00.000Z',
          latest: '2026-01-31T12:00:02.000Z',
        },
      ],
      summaries: [],
      notes: [],
      problem_count: 0,
      problems: [],
    });
  });

  test('that name examples instead of inputs are not promised to be recorded', async () => {
    const id = '0b1c7f4e-0000-4000-8000-000000000002';
    const named = lines({ example_id: id, outputs: 1 }, row(1, { example_id: id }), row(2));

    const { status, stdout, stderr } = await validate(['named.jsonl'], {
      files: { 'named.jsonl': named },
    });

    expect(status).toBe(0);
    expect(stdout).toContain('rows without inputs take those of the example');
    expect(stdout).toContain('example_id is used if the dataset has that example');
    expect(stderr).toContain('1 row without inputs can be recorded only into a dataset that has');
    expect(stderr).not.toContain('All rows can be recorded');
  });

  test('can be piped in', async () => {
    const { status, stdout } = await validate([], { stdin: files['good.jsonl'] });

    expect(status).toBe(0);
    expect(stdout).toContain('stdin: rows of ls-record\n\n3 rows,');
  });

  test('need no key and leave nothing behind', async () => {
    const { status } = await validate(['good.jsonl'], { files, environment: { CI: 'true' } });

    expect(status).toBe(0);
    expect(readdirSync(machine.root).sort()).toEqual(['user', 'work']);
    expect(readdirSync(join(machine.root, 'work'))).toEqual(['good.jsonl']);
  });

  test('of many files that are alike are listed together', async () => {
    const { stdout } = await validate(['a.jsonl', 'b.jsonl', 'c.jsonl'], {
      files: {
        'a.jsonl': files['good.jsonl'],
        'b.jsonl': files['good.jsonl'],
        'c.jsonl': files['good.jsonl'],
      },
    });

    expect(stdout).toContain('a.jsonl and 2 more files: rows of ls-record\n\n9 rows,');
  });

  test('fit a terminal of 80 columns, whatever their scores are called', async () => {
    const scores = { ['a long name '.repeat(12)]: 1, ['tone '.repeat(20)]: 'kind '.repeat(10) };
    const { stdout } = await validate(['wide.jsonl'], {
      files: { 'wide.jsonl': lines(row(1, { scores })) },
      terminal: { columns: 80 },
    });

    const table = stdout.slice(stdout.indexOf('SCORE')).trimEnd().split('\n');
    expect(table).toHaveLength(3);
    for (const line of table) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe('bad rows', () => {
  const bad = lines(...Array.from({ length: 25 }, (_, n) => row(n, { scores: { a: [n] } })));
  const files = { 'bad.jsonl': `${bad}{"inputs":\n${lines(row(1))}` };

  test('exit 3, and the first 20 problems have their place, field and reason', async () => {
    const { status, stdout, stderr } = await validate(['bad.jsonl'], { files });

    expect(status).toBe(3);
    const problems = stdout.slice(stdout.indexOf('26 problems in 26 rows:\n')).split('\n');
    expect(problems[1]).toMatch(/^ {2}bad\.jsonl:1: scores\.a: found a list of 1, expected /);
    expect(problems[20]).toMatch(/^ {2}bad\.jsonl:20: scores\.a: /);
    expect(problems.slice(21)).toEqual(['  and 6 more', '']);
    expect(stderr).toContain('1 row can be recorded');
    expect(stderr).toContain('--on-invalid skip');
  });

  test('are all listed with --all', async () => {
    const { stdout } = await validate(['bad.jsonl', '--all'], { files });

    expect(stdout).toMatch(
      /\n {2}bad\.jsonl:25: scores\.a: [^\n]+\n {2}bad\.jsonl:26:11: [^\n]+\n$/,
    );
  });

  test('are given to programs with line, column and field', async () => {
    const { status, problems, problem_count } = await report(['bad.jsonl'], { files });

    expect({ status, problem_count }).toEqual({ status: 3, problem_count: 26 });
    expect(problems).toHaveLength(26);
    expect(problems[0]).toMatchObject({ line: 1, column: null, field: 'scores.a' });
    expect(problems[25]).toMatchObject({ line: 26, column: 11, field: null });
  });

  test('cannot move the cursor with what is in them', async () => {
    const { stdout, stderr } = await validate(['evil.jsonl'], {
      files: {
        'evil.jsonl': lines(
          row(1, { scores: { '\u001b[2J\u202ekey': [1] } }),
          row(2, { scores: { '\u001b[2Jtone\r': '\u001b]0;title\u0007kind' } }),
        ),
      },
    });

    expect(stdout).toContain('tone');
    expect(stdout + stderr).not.toMatch(/\p{Bidi_Control}|[^\n\P{Cc}]/u);
  });

  test('that are none at all exit 3 as well', async () => {
    const { status, stderr } = await validate(['none.json'], { files: { 'none.json': '[]' } });

    expect(status).toBe(3);
    expect(stderr).toContain('no rows');
  });
});

describe('a file of several experiments', () => {
  const files = { 'promptfoo.json': PROMPTFOO };

  test('has a table of them, and their scores side by side', async () => {
    const { status, stdout } = await validate(['promptfoo.json'], { files });

    expect(status).toBe(0);
    expect(stdout).toContain('4 rows, 2 experiments\n');
    expect(stdout).toMatch(/^EXPERIMENT +ROWS +ERRORS +EXAMPLES +MEDIAN +TOKENS +COST$/m);
    expect(stdout).toMatch(/^openai:gpt-4o +2 +2 +1\.2 s +10 +\$0\.002$/m);
    expect(stdout).toMatch(/^MEAN \(N\) +score +pass$/m);
    expect(stdout).toMatch(/^openai:gpt-4o +0\.5 +0\.5$/m);
    expect(stdout).toMatch(/^anthropic:claude +0\.5 +0\.5$/m);
  });

  test('shows the one that --only names', async () => {
    const { experiments, rows } = await report(['promptfoo.json', '--only', 'anthropic:claude'], {
      files,
    });

    expect(rows).toBe(2);
    expect(experiments).toMatchObject([{ label: 'anthropic:claude', rows: 2, errors: 0 }]);
  });

  test('exits 2 for a name that it does not have, and says which it has', async () => {
    const { status, stdout, stderr } = await validate(['promptfoo.json', '--only', 'gpt'], {
      files,
    });

    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('"openai:gpt-4o", "anthropic:claude"');
  });
});

describe('how files are read', () => {
  test.for([
    [['--format', 'csvv'], 2, 'unknown format csvv'],
    [['--format', 'promptfoo'], 3, 'is not in the format promptfoo'],
    [['--delimiter', '::'], 2, '--delimiter takes one character, not "::"'],
    [['--delimiter', '"'], 2, '--delimiter takes one character'],
    [['--sheet', 'Results'], 2, 'a.jsonl has no sheets'],
  ] as [string[], number, string][])('%j exits %i', async ([options, expected, wrong]) => {
    const { status, stderr } = await validate(['a.jsonl', ...options], {
      files: { 'a.jsonl': lines(row(1)) },
    });

    expect(status).toBe(expected);
    expect(stderr).toContain(wrong);
  });

  test('--format takes the kind of text as well, where content misleads', async () => {
    const { files } = await report(['a.txt', '--format', 'csv'], {
      files: { 'a.txt': 'inputs,outputs\nx,y\n' },
    });

    expect(files).toMatchObject([{ format: 'native' }]);
  });

  test.for([
    ['--delimiter', '^', 'question^response\nx, y^z\n'],
    ['--delimiter', 'tab', 'question\tresponse\nx, y\tz\n'],
    [
      '--sheet',
      'Two',
      '# One\n\n|q|\n|---|\n\n# Two\n\n|question|response|\n|---|---|\n|x, y|z|\n',
    ],
  ] as [string, string, string][])('%s %s is heeded', async ([option, value, content]) => {
    const { files } = await report(['a.md', option, value], { files: { 'a.md': content } });

    expect(files).toMatchObject([
      { columns: ['question → inputs.question', 'response → outputs.response'], assumptions: [] },
    ]);
  });

  test('what was tolerated is said once, and counted', async () => {
    const { notes, rows } = await report(['a.csv', 'b.csv'], {
      files: { 'a.csv': 'inputs,outputs\nx,y\n,\n,\n', 'b.csv': 'inputs,outputs\n,\nx,y\n' },
    });

    expect(notes.filter((note: string) => note.includes('empty'))).toEqual([
      '3 empty rows left out',
    ]);
    expect(rows).toBe(2);
  });

  test.for([
    ['{"id":"a"}\n{"id":"a"}\n', 'r.jsonl:2 cannot be joined: another record has the ID a'],
    ['{"id":"a"}\n{"prompt":"x"}\n', 'r.jsonl:2 cannot be joined: it has none of custom_id'],
    ['{"id":"a"}\n{"id":\n', 'r.jsonl:2:7 cannot be joined'],
  ])('--join of %j exits 3', async ([requests, wrong]) => {
    const { status, stderr } = await validate(['a.jsonl', '--join', 'r.jsonl'], {
      files: { 'a.jsonl': lines(row(1)), 'r.jsonl': requests ?? '' },
    });

    expect(status).toBe(3);
    expect(stderr).toContain(wrong);
  });

  test.for([['{"custom_id":"a"}'], ['{"requests":[{"id":1},{"id":2}]}'], ['{"id":1}\n{"id":2}']])(
    '--join takes %j',
    async ([requests]) => {
      const { status } = await validate(['a.jsonl', '--join', 'r.json'], {
        files: { 'a.jsonl': lines(row(1)), 'r.json': requests ?? '' },
      });

      expect(status).toBe(0);
    },
  );

  test('a file that is not there exits 3', async () => {
    expect(await validate(['nowhere.jsonl'])).toMatchObject({ status: 3, stdout: '' });
  });

  test('on a terminal, with neither a file nor a pipe, an example is shown', async () => {
    const { status, stderr } = await validate([], { terminal: { columns: 80 } });

    expect(status).toBe(2);
    expect(stderr).toContain('ls-record validate results.jsonl');
  });
});
