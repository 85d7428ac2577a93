import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LsRecordError } from '../../src/errors.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const row = (n: number, more: object = {}) =>
  `${JSON.stringify({ inputs: { q: `question ${n}` }, outputs: { a: n }, ...more })}\n`;
const FIVE = [1, 2, 3, 4, 5].map((n) => row(n, { scores: { correct: n > 2 } })).join('');
const capitals = ['-d', 'capitals', '--local'];
const record = (file: string, ...more: string[]) => ['record', file, ...capitals, ...more];
const PAGE =
  /^http:\/\/127\.0\.0\.1:4984\/o\/[\w-]+\/datasets\/[\w-]+\/compare\?selectedSessions=[\w-]+\n$/;

describe('recording a file', () => {
  test('answers with the URL of the experiment and accounts for every row', async () => {
    const { status, stdout, stderr } = await machine.run(record('five.jsonl'), {
      files: { 'five.jsonl': FIVE },
    });

    expect(status).toBe(0);
    expect(stdout).toMatch(PAGE);
    expect(stderr).toContain('  dataset   capitals (new)\n  examples  5 new\n');
    expect(stderr).toContain('  runs      5, with 5 scores\n  scores    correct 0.6\n');
    expect(stderr.trimEnd().split('\n').slice(-3)).toEqual([
      '5 rows read = 5 recorded',
      'No judge will start. To add one: ls-record evaluators add --help',
      'To open it (on this machine): ls-record open',
    ]);
  });

  test('with --json answers with one object', async () => {
    const { status, stdout } = await machine.run(record('five.jsonl', '--json', '-e', 'first'), {
      files: { 'five.jsonl': FIVE },
    });

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      experiments: [
        {
          name: 'first',
          url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:4984\//),
          source: 'five.jsonl',
          dataset: { name: 'capitals', created: true },
          rows: { read: 5, recorded: 5, refused: 0, skipped: 0 },
          runs: 5,
          feedback: 5,
          problems: [],
        },
      ],
    });
  });

  test('with --quiet says nothing but the URL', async () => {
    const { stdout, stderr } = await machine.run(record('five.jsonl', '--quiet'), {
      files: { 'five.jsonl': FIVE },
    });

    expect(stdout).toMatch(PAGE);
    expect(stderr).toBe('');
  });

  test('again is the same experiment', async () => {
    const files = { 'five.jsonl': FIVE };
    const first = await machine.run(record('five.jsonl'), { files });

    const second = await machine.run(record('five.jsonl'), { files });

    expect(second).toMatchObject({ status: 0, stdout: first.stdout });
    expect(second.stderr).toContain('already recorded');
  });

  test('again with --new is another experiment', async () => {
    const files = { 'five.jsonl': FIVE };
    const first = await machine.run(record('five.jsonl'), { files });

    const second = await machine.run(record('five.jsonl', '--new'), { files });

    expect(second.status).toBe(0);
    expect(second.stdout).toMatch(PAGE);
    expect(second.stdout).not.toBe(first.stdout);
  });

  test('keeps the data where only its owner can read it', async () => {
    await machine.run(record('five.jsonl'), { files: { 'five.jsonl': FIVE } });

    expect(statSync(join(machine.root, 'data')).mode & 0o777).toBe(0o700);
  });

  test('without a key, for a person, stays on this machine and says so', async () => {
    const { status, stderr } = await machine.run(['record', 'five.jsonl', '-d', 'capitals'], {
      files: { 'five.jsonl': FIVE },
      terminal: { columns: 80 },
      environment: { NO_COLOR: '1' },
    });

    expect(status).toBe(0);
    expect(stderr).toContain('no API key found, so this stays on this machine');
  });

  test('with --dry-run says of what is recorded already that nothing is new', async () => {
    await machine.run(record('five.jsonl'), { files: { 'five.jsonl': FIVE } });
    const planned = await machine.run(record('five.jsonl', '--dry-run', '--json'));

    expect(planned.status).toBe(0);
    const [experiment] = JSON.parse(planned.stdout).experiments;
    expect(experiment).toMatchObject({
      status: 'planned',
      rows: { read: 5 },
      examples: { created: 0, existing: 5 },
    });
  });

  test('with --dry-run answers with the plan and writes nothing', async () => {
    const planned = await machine.run(record('five.jsonl', '--dry-run'), {
      files: { 'five.jsonl': FIVE },
    });
    const listed = await machine.run(['datasets', 'list', '--local', '--json']);

    expect(planned.status).toBe(0);
    expect(planned.stdout).toContain('dataset   capitals (new)');
    expect(planned.stdout).toContain('examples  5 new');
    expect(JSON.parse(listed.stdout)).toEqual({ version: 1, datasets: [] });
  });
});

describe('several files', () => {
  const files = { 'a.jsonl': row(1), 'b.csv': 'inputs.q,outputs.a\nwhy,because\n' };

  test('become one experiment', async () => {
    const { status, stdout, stderr } = await machine.run(
      ['record', 'a.jsonl', 'b.csv', ...capitals],
      { files },
    );

    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain('a.jsonl and 1 more file → capitals-');
    expect(stderr).toContain('2 rows read = 2 recorded');
  });

  test('with --each become one experiment each, a URL a line', async () => {
    const { status, stdout } = await machine.run(
      ['record', 'a.jsonl', 'b.csv', '--each', ...capitals],
      { files },
    );

    expect(status).toBe(0);
    const urls = stdout.trimEnd().split('\n');
    expect(urls).toHaveLength(2);
    expect(new Set(urls).size).toBe(2);
  });

  test('with --each cannot all have one name', async () => {
    const { status, stderr } = await machine.run(
      ['record', 'a.jsonl', 'b.csv', '--each', ...capitals, '-e', 'one'],
      { files },
    );

    expect(status).toBe(2);
    expect(stderr).toContain('--each makes 2 experiments');
  });

  test('are not recorded, none of them, if one has a bad row', async () => {
    const { status, stdout } = await machine.run(
      ['record', 'a.jsonl', 'bad.jsonl', '--each', ...capitals, '--json'],
      { files: { ...files, 'bad.jsonl': '{"inputs":{}}\n' } },
    );

    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      error: expect.objectContaining({ code: 'RESULT_INVALID' }),
    });
  });

  test('with --json are named even if a later one fails', async () => {
    const { status, stdout } = await machine.run(
      ['record', 'a.jsonl', 'bad.jsonl', '--each', ...capitals, '--json', '--on-invalid', 'skip'],
      { files: { ...files, 'bad.jsonl': '{"inputs":{}}\n' } },
    );

    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      experiments: [{ source: 'a.jsonl' }],
      error: { code: 'RESULT_INVALID' },
    });
  });
});

describe('stdin', () => {
  test('is read when no file is named and something is piped in', async () => {
    const { status, stderr } = await machine.run(['record', ...capitals], { stdin: FIVE });

    expect(status).toBe(0);
    expect(stderr).toContain('5 rows read = 5 recorded');
  });

  test('that says nothing does not keep a stop waiting', async () => {
    const running = machine.run(['record', ...capitals, '--json'], { stdinStaysOpen: true });
    machine.stop.abort(new LsRecordError('STOPPED', 'stopped by SIGTERM', { cause: 'SIGTERM' }));

    const { status, stdout } = await running;

    expect(status).toBe(143);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'STOPPED' } });
  });
});

describe('rows that cannot be recorded', () => {
  const files = { 'mixed.jsonl': `${row(1)}{"inputs":{"q":1}}\n${row(2)}{"inp\n` };

  test('stop it all, each with its file and line', async () => {
    const { status, stdout, stderr } = await machine.run(record('mixed.jsonl'), { files });

    expect(status).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain('mixed.jsonl:2: outputs:');
    expect(stderr).toContain('mixed.jsonl:4');
    expect(stderr).toContain('--on-invalid skip');
  });

  test('are listed in JSON too', async () => {
    const { stdout } = await machine.run(record('mixed.jsonl', '--json'), { files });

    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: 'RESULT_INVALID',
        problems: [
          { file: 'mixed.jsonl', line: 2, field: 'outputs' },
          { file: 'mixed.jsonl', line: 4 },
        ],
      },
    });
  });

  test('can be passed over: the rest is recorded, they wait in a file, and it exits 8', async () => {
    const { status, stdout, stderr } = await machine.run(
      record('mixed.jsonl', '--on-invalid', 'skip'),
      {
        files,
      },
    );

    expect(status).toBe(8);
    expect(stdout).toMatch(PAGE);
    expect(stderr).toContain('4 rows read = 2 recorded + 2 skipped');
    const rejects = readFileSync(join(machine.workingFolder, 'mixed.rejects.jsonl'), 'utf8');
    expect(
      rejects
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)._rejected.line),
    ).toEqual([2, 4]);
  });

  test('come with the command that adds them after mending', async () => {
    const { stderr } = await machine.run(
      record('mixed.jsonl', '--on-invalid', 'skip', '-e', 'my experiment'),
      { files },
    );

    expect(stderr).toMatch(
      /ls-record record mixed\.rejects\.jsonl -d capitals -e 'my experiment' --append --local/,
    );
  });

  test('come with what was typed about their examples and runs, too', async () => {
    const options = ['--identity', 'id', '--run-name', 'my app', '--run-type', 'chain'];
    const { stderr } = await machine.run(
      record('ids.jsonl', '--on-invalid', 'skip', '--keep-times', ...options),
      { files: { 'ids.jsonl': '{"id":"a","inputs":1,"outputs":1}\n{"inputs":2,"outputs":2}\n' } },
    );

    expect(stderr).toContain(
      "--append --identity id --run-name 'my app' --run-type chain --keep-times --local",
    );
  });

  test('are not collected by a dry run', async () => {
    await machine.run(record('mixed.jsonl', '--on-invalid', 'skip', '--dry-run'), { files });

    expect(existsSync(join(machine.workingFolder, 'mixed.rejects.jsonl'))).toBe(false);
  });
});

describe('input that is none exits 3 with words and no stack', () => {
  test.for([
    ['a file that is not there', 'none.jsonl', {}],
    ['a folder', '.', {}],
    ['an empty file', 'empty.jsonl', { 'empty.jsonl': '' }],
    ['a file of blank lines', 'blank.jsonl', { 'blank.jsonl': '\n\n' }],
    ['a binary file', 'a.bin', { 'a.bin': Uint8Array.from({ length: 300 }, (_, n) => n % 7) }],
    ['half a JSON', 'half.json', { 'half.json': '[{"inputs":{"q":1},"outputs":{"a":1}},{"in' }],
    ['half a JSON line', 'half.jsonl', { 'half.jsonl': `${row(1)}{"inputs":{"q"` }],
    ['a ragged CSV', 'ragged.csv', { 'ragged.csv': 'inputs.q,outputs.a\na,b\nc,d,e,f\n' }],
    ['a row with neither outputs nor error', 'row.jsonl', { 'row.jsonl': '{"inputs":{"q":1}}\n' }],
    ['a JSON of something else', 'x.json', { 'x.json': '42' }],
  ] as [string, string, Record<string, string | Uint8Array>][])('%s', async ([, file, files]) => {
    const { status, stdout, stderr } = await machine.run(record(file, '--json'), { files });

    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      error: { code: expect.any(String), message: expect.any(String), hint: expect.any(String) },
    });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('lists', () => {
  test('of datasets show what was recorded', async () => {
    await machine.run(record('five.jsonl'), { files: { 'five.jsonl': FIVE } });

    const words = await machine.run(['datasets', 'list', '--local']);
    const json = await machine.run(['datasets', 'list', '--local', '--json', '--search', 'cap']);
    const none = await machine.run(['datasets', 'list', '--local', '--json', '--search', 'zzz']);

    expect(words.stdout).toMatch(/^NAME +EXAMPLES +EXPERIMENTS .*\ncapitals +5 +1 /);
    expect(JSON.parse(json.stdout)).toMatchObject({
      version: 1,
      datasets: [{ name: 'capitals', examples: 5, experiments: 1 }],
    });
    expect(JSON.parse(none.stdout)).toEqual({ version: 1, datasets: [] });
  });

  test('of experiments show runs and the means of scores', async () => {
    await machine.run(record('five.jsonl', '-e', 'first'), { files: { 'five.jsonl': FIVE } });

    const words = await machine.run(['experiments', 'list', ...capitals]);
    const json = await machine.run(['experiments', 'list', ...capitals, '--json']);

    expect(words.stdout).toMatch(/^NAME +correct +RUNS +START\nfirst +0\.6 +5 +\S+ \S+/);
    expect(JSON.parse(json.stdout)).toMatchObject({
      version: 1,
      experiments: [{ name: 'first', runs: 5, scores: { correct: { n: 5, avg: 0.6 } } }],
    });
  });

  test('of a dataset that is not there exit 2', async () => {
    const { status, stderr } = await machine.run(['experiments', 'list', '-d', 'nope', '--local']);

    expect(status).toBe(2);
    expect(stderr).toContain('"nope"');
  });
});
