import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestHome } from '../support/home.js';
import { Machine, type Setup } from './command-line.js';

let machine: Machine;
beforeEach(async () => {
  machine = new Machine();
  await run('record results.jsonl -d capitals -e nightly', { files: { 'results.jsonl': RESULTS } });
}, 60_000);
afterEach(() => machine.remove());

const run = (argv: string, setup?: Setup) =>
  machine.run([...argv.split(' '), '--local', '--no-input'], setup);

const row = (id: string, question: string, answer: string, truth: string) =>
  JSON.stringify({
    id,
    inputs: { question },
    outputs: { answer },
    reference_outputs: { answer: truth },
    scores: { correct: answer === truth },
  });
const RESULTS = [
  row('fr', 'France?', 'Paris', 'Paris'),
  row('it', 'Italy?', 'Milan', 'Rome'),
  row('es', 'Spain?', 'Madrid', 'Madrid'),
].join('\n');

const JSON_OF = (stdout: string) => JSON.parse(stdout);

describe('score --from', () => {
  test.for([
    ['a table by row ids', 'scores.csv', 'row_id,bert\nfr,0.9\nit,0.4\nes,0.8\n'],
    [
      'a table with a score a line',
      'scores.csv',
      'row_id,key,score\nfr,bert,0.9\nit,bert,0.4\nes,bert,0.8\n',
    ],
    [
      'several scores a line each',
      'scores.jsonl',
      ['fr', 'it', 'es']
        .flatMap((id) => [
          `{"row_id":"${id}","key":"bert","score":0.5}`,
          `{"row_id":"${id}","key":"f1","score":1}`,
        ])
        .join('\n'),
    ],
    [
      'lines by row ids',
      'scores.jsonl',
      ['fr', 'it', 'es'].map((id, n) => `{"id":"${id}","scores":{"bert":0.${9 - n}}}`).join('\n'),
    ],
    [
      'rows with equal inputs',
      'scores.jsonl',
      ['France?', 'Italy?', 'Spain?']
        .map((question, n) => `{"inputs":{"question":"${question}"},"scores":{"bert":0.${9 - n}}}`)
        .join('\n'),
    ],
    ['a table with the inputs', 'scores.csv', 'question,bert\nFrance?,0.9\nItaly?,0.4\nSpain?,1\n'],
  ] as const)('adds %s', async ([, name, text]) => {
    const { status, stdout } = await run(`score nightly --from ${name} --json`, {
      files: { [name]: text },
    });

    expect(status).toBe(0);
    expect(JSON_OF(stdout)).toMatchObject({
      experiment: { name: 'nightly' },
      status: 'scored',
      feedback: { changed: 0, unchanged: 0, errors: 0, refused: 0 },
    });
    expect(JSON_OF(stdout).scores[0]).toMatchObject({ key: 'bert', n: 3, missing: 0 });
  });

  test('adds what is new in rows that were recorded, and nothing twice', async () => {
    const more = RESULTS.replaceAll('"correct":', '"bert":0.5,"correct":');

    await run('score nightly --from more.jsonl', { files: { 'more.jsonl': more } });
    const shown = JSON_OF((await run('experiments show nightly --json')).stdout);

    expect(shown.experiment.scores).toMatchObject({ bert: { n: 3 }, correct: { n: 3 } });
  });

  test('says what it did, and where to look', async () => {
    const files = { 'scores.csv': 'row_id,bert\nfr,0.9\nit,0.4\n' };

    const { stdout, stderr } = await run('score nightly --from scores.csv', { files });

    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/o\/.+\/compare\?selectedSessions=\S+\n$/);
    expect(stderr).toContain(
      'nightly: 2 of 3 runs scored\n  scores    bert 0.65\n2 scores = 2 new\n',
    );
  });

  const BAD = 'row_id,bert\nfr,0.9\nuk,0.4\nfr,0.8\nes,\n';

  test('refuses rows without a run of their own, each with its place', async () => {
    const files = { 'scores.csv': BAD };

    const { status, stderr } = await run('score nightly --from scores.csv', { files });

    expect(status).toBe(3);
    expect(stderr).toContain('3 of 4 rows cannot be added to a run; nothing was written');
    expect(stderr).toContain('scores.csv:3: no run has the id uk or these inputs');
    expect(stderr).toContain('scores.csv:4: bert of this run is in scores.csv:2, too');
    expect(stderr).toContain('scores.csv:5: ');
    expect(stderr).toContain('Rows are found by row_id, run_id, example_id or equal inputs');
  });

  test('skips them on request', async () => {
    const files = { 'scores.csv': BAD };

    const { status, stdout } = await run(
      'score nightly --from scores.csv --on-invalid skip --json',
      { files },
    );

    expect(status).toBe(8);
    expect(JSON_OF(stdout)).toMatchObject({
      feedback: { created: 1 },
      rows: { read: 4, skipped: 3 },
      problems: [{ file: 'scores.csv', line: 3 }, { line: 4 }, { line: 5 }],
    });
  });

  test('tells repetitions apart by their outputs, and asks where they are equal', async () => {
    const rows = [row('a', 'x?', '1', '1'), row('b', 'x?', '2', '1'), row('c', 'x?', '2', '1')];
    const without = (text: string) => text.replace(/"id":".",/, '');
    const files = {
      'again.jsonl': rows.map(without).join('\n'),
      'more.jsonl': rows.map((text) => without(text).replace('correct', 'bert')).join('\n'),
    };
    await run('record again.jsonl -d more -e again', { files });

    const { status, stderr } = await run('score again --from more.jsonl --on-invalid skip');

    expect(status).toBe(8);
    expect(stderr).toContain('1 score = 1 new');
    expect(stderr).toContain(
      'more.jsonl:2: matches 2 runs: give the row the id of one of them as run_id, or its outputs',
    );
  });
});

describe('score --score', () => {
  test('compares outputs with reference outputs', async () => {
    const { status, stdout } = await run('score nightly --score exact --score contains --json');

    expect(status).toBe(0);
    expect(JSON_OF(stdout).scores).toMatchObject([
      { key: 'exact', n: 3, mean: 2 / 3 },
      { key: 'contains', n: 3, mean: 2 / 3 },
    ]);
  });

  test('exits 8 where no run has what is compared', async () => {
    const files = { 'bare.jsonl': '{"inputs":{"q":1},"outputs":{"a":1}}\n' };
    await run('record bare.jsonl -d bare -e bare', { files });

    const { status, stderr } = await run('score bare --score exact');

    expect(status).toBe(8);
    expect(stderr).toContain('warning: no run has what is to be scored: an output and');
  });

  test('writes nothing in a dry run', async () => {
    const { stderr, stdout } = await run('score nightly --score exact --dry-run');
    const again = await run('score nightly --score exact --json');

    expect(stdout).toBe('');
    expect(stderr).toContain('3 of 3 runs would be scored');
    expect(JSON_OF(again.stdout).feedback).toMatchObject({ created: 3 });
  });
});

describe('score --with', () => {
  const SED = `sed -E 's/^.*"row":([0-9]+).*$/{"row":\\1,"key":"k","score":1}/'`;

  test('gives rows to a program, and keeps its scores', async () => {
    const { status, stdout } = await machine.run(
      ['score', 'nightly', '--with', SED, '--local', '--json'],
      { environment: { PATH: process.env.PATH ?? '' } },
    );

    expect(status).toBe(0);
    expect(JSON_OF(stdout)).toMatchObject({
      feedback: { created: 3 },
      scores: [{ key: 'k', n: 3 }],
    });
  });

  test('gives a program the runs that it has not scored; --again gives it all', async () => {
    const count = `tee -a given.txt | ${SED}`;
    const score = async (...options: string[]) =>
      JSON_OF(
        (
          await machine.run(
            ['score', 'nightly', '--with', count, '--local', '--json', ...options],
            { environment: { PATH: process.env.PATH ?? '' } },
          )
        ).stdout,
      );
    const given = () =>
      readFileSync(join(machine.workingFolder, 'given.txt'), 'utf8').trim().split('\n').length;

    const first = await score('--name', 'a');
    const again = await score('--name', 'a');
    const asked = [given()];
    await score('--name', 'a', '--again');
    asked.push(given());
    const other = await score('--name', 'b');
    const missing = await score('--name', 'c', '--missing', 'k');

    expect(first).toMatchObject({ runs: { read: 3, scored: 3, before: 0 } });
    expect(again).toMatchObject({ runs: { read: 3, scored: 0, before: 3 } });
    expect(asked).toEqual([3, 6]);
    expect(other).toMatchObject({ feedback: { created: 3, changed: 0 } });
    expect(missing).toMatchObject({ runs: { scored: 0, before: 3 } });
  });

  test('says what failed, without control characters, and exits 8', async () => {
    const command = String.raw`read line; printf '\033[31mred\n' >&2; echo '{"row":0,"key":"k","score":1}'`;

    const { status, stderr } = await machine.run(
      ['score', 'nightly', '--with', command, '--local'],
      { environment: { PATH: process.env.PATH ?? '' } },
    );

    expect(status).toBe(8);
    expect(stderr).toContain('red\n');
    expect(stderr).not.toContain('\u001b[31mred');
    expect(stderr).toContain('3 scores = 1 new + 2 failed');
  });
});

describe('a program that fails as a whole', () => {
  test('leaves nothing written, not even what was compared next to it', async () => {
    const argv = ['score', 'nightly', '--score', 'exact', '--with', 'echo rubbish', '--local'];

    const { status, stderr } = await machine.run(argv, {
      environment: { PATH: process.env.PATH ?? '' },
    });
    const shown = JSON_OF((await run('experiments show nightly --json')).stdout);

    expect(status).toBe(3);
    expect(stderr).toContain('the scorer wrote no JSON object: rubbish\n');
    expect(Object.keys(shown.experiment.scores)).toEqual(['correct']);
  });
});

describe('what cannot be', () => {
  test.for([
    ['score nightly', 'nothing was named that gives scores'],
    ['score nightly --from a.csv --with cat', '--from and --with contradict each other'],
    ['score nightly --score exactly', 'there is no built-in scorer exactly'],
    ['score nightly --from a.csv --judge correctness', '--from and --judge contradict each other'],
    ['score nightly --score exact --again', '--again needs --with'],
    ['score nightly --score exact --key k', '--key needs --with'],
    ['score nightly --score exact --model openai:gpt-5', '--model needs --judge'],
    ['score nightly --with cat --output-field a', '--output-field needs --score'],
    ['score nightly --score exact --score exact', 'two checks give scores under exact'],
    ['record results.jsonl -d capitals --score-name n', '--score-name needs --score-with'],
    ['record results.jsonl -d capitals --output-field a', '--output-field needs --score'],
    ['score --score exact', 'no experiment given'],
    ['score nobody --score exact', 'no experiment "nobody"'],
  ])('%s is misuse', async ([argv = '', message = '']) => {
    const { status, stderr } = await run(argv);

    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('record with scorers', () => {
  test('compares, runs a program, and does neither again', async () => {
    const count = `tee -a rows.txt | sed -E 's/^.*"row":([0-9]+).*$/{"row":\\1,"key":"k","score":1}/'`;
    const record = () =>
      machine.run(
        [
          ...'record results.jsonl -d capitals -e scored --local --score exact --json'.split(' '),
          '--score-with',
          count,
        ],
        { environment: { PATH: process.env.PATH ?? '' } },
      );

    const first = await record();
    const again = await record();

    expect(first.status).toBe(0);
    expect(JSON_OF(first.stdout).experiments).toMatchObject([
      { feedback: 9, scores: [{ key: 'correct' }, { key: 'exact', n: 3 }, { key: 'k', n: 3 }] },
    ]);
    expect(JSON_OF(again.stdout).experiments).toMatchObject([{ status: 'complete' }]);
    const given = readFileSync(join(machine.workingFolder, 'rows.txt'), 'utf8');
    expect(given.trim().split('\n')).toHaveLength(3);
  });

  test('puts a stream into a file first', async () => {
    const { status, stdout } = await run('record -d capitals -e piped --score exact --json', {
      stdin: `${RESULTS}\n`,
    });

    expect(status).toBe(0);
    expect(JSON_OF(stdout).experiments[0].scores).toMatchObject([
      { key: 'correct', n: 3 },
      { key: 'exact', n: 3 },
    ]);
  });

  test('exits 8 if a scorer failed on a row', async () => {
    const { status, stderr } = await machine.run(
      [
        ...'record results.jsonl -d capitals -e failed --local --score-with'.split(' '),
        `read line; echo '{"row":0,"key":"k","score":1}'`,
      ],
      { environment: { PATH: process.env.PATH ?? '' } },
    );

    expect(status).toBe(8);
    expect(stderr).toContain('scorers failed 2 times; the feedback on these runs says why\n');
    expect(stderr).toMatch(
      /To score them again: ls-record score failed --with 'read line; .*--local/,
    );
    expect(stderr).not.toContain('visible so far');
  });
});

test('a recording whose scorer also writes what is no answer exits as score does', async () => {
  const noisy = `echo Loading; sed -E 's/^.*"row":([0-9]+).*$/{"row":\\1,"score":1}/'`;
  const environment = { PATH: process.env.PATH ?? '' };
  const record = 'record results.jsonl -d capitals -e noisy --local --score-with'.split(' ');

  const recorded = await machine.run([...record, noisy], { environment });
  const scored = await machine.run(['score', 'nightly', '--with', noisy, '--local'], {
    environment,
  });

  for (const { status, stderr } of [recorded, scored]) {
    expect(status).toBe(8);
    expect(stderr).toContain('warning: the scorer wrote no JSON object: Loading\n');
  }
});

test('plans say how many traces LangSmith would keep for longer', async () => {
  const home = await openTestHome();
  const environment = { LANGSMITH_ENDPOINT: home.url, LANGSMITH_API_KEY: 'home' };
  const atLangSmith = (argv: string) => machine.run(argv.split(' '), { environment });

  const plan = await atLangSmith('record results.jsonl -d capitals -e nightly --dry-run');
  await atLangSmith('record results.jsonl -d capitals -e nightly');
  const kept = await atLangSmith('score nightly --score exact --dry-run');
  const extended = await atLangSmith('score nightly --score exact --dry-run --extend-retention');
  await home.close();

  const words =
    '3 traces with scores become extended (kept for 400 days), which LangSmith charges for';
  expect(plan.stdout).toContain(`  retention ${words}\n`);
  expect(kept.stderr).toContain('  retention as before');
  expect(extended.stderr).toContain(`  retention ${words}\n`);
});

describe('recording the same rows with other scores', () => {
  const files = { 'more.jsonl': RESULTS.replaceAll('"correct":', '"bert":0.5,"correct":') };
  const how = 'ls-record score nightly --from more.jsonl';

  test('is refused with the command that adds the scores', async () => {
    const { status, stderr } = await run('record more.jsonl -d capitals -e nightly', { files });

    expect(status).toBe(2);
    expect(stderr).toContain(
      'experiment "nightly" has 3 of the first 3 rows already; their scores, times or metadata differ',
    );
    expect(stderr).toContain(`To add their scores to its runs: ${how} --local\n`);
  });

  test('says what --append does', async () => {
    const { status, stderr } = await run('record more.jsonl -d capitals -e nightly --append', {
      files,
    });

    expect(status).toBe(0);
    expect(stderr).toContain(
      `note: in "nightly" already, with the same outputs: --append adds them once more; to add only their scores: ${how}`,
    );
  });

  test('is not suggested for rows with other outputs', async () => {
    const other = { 'more.jsonl': RESULTS.replaceAll('"outputs":{"answer":"', '$&!') };

    const { status, stderr } = await run('record more.jsonl -d capitals -e nightly', {
      files: other,
    });

    expect(status).toBe(2);
    expect(stderr).toContain('experiment "nightly" already exists, with other rows');
  });
});
