import { tmpdir } from 'node:os';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { nameOf, type ProgramOptions, programScorer } from '../../src/scoring/program.js';
import type { Answer, RowToScore } from '../../src/scoring/scorer.js';

const rowOf = (row: number): RowToScore => ({
  row,
  id: `q${row}`,
  exampleId: undefined,
  inputs: { n: row },
  outputs: { text: 'x'.repeat(1000) },
  referenceOutputs: undefined,
  error: undefined,
  metadata: {},
});

/** A program that is given each line as `row`, and `end` once there are no more. */
function nodeProgram(onRow: string, onEnd = ''): string {
  const script = `
    const say = (answer) => console.log(typeof answer === 'string' ? answer : JSON.stringify(answer));
    require('node:readline').createInterface({ input: process.stdin })
      .on('line', (line) => { const row = JSON.parse(line); ${onRow} })
      .on('close', () => { ${onEnd} });`;
  return `"${process.execPath}" -e '${script.replaceAll("'", `'\\''`)}'`;
}

async function scoreRows(
  command: string,
  rows: number,
  options: Partial<ProgramOptions> = {},
  signal = new AbortController().signal,
) {
  const talk: string[] = [];
  const scorer = programScorer({
    command,
    workingFolder: tmpdir(),
    environment: { PATH: process.env.PATH },
    key: 'score',
    timeoutMs: 20_000,
    stop: ({ pid = 0 }) => {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    },
    onTalk: (line) => talk.push(line),
    ...options,
  });
  const answers: Answer[] = [];
  const given = async function* () {
    for (let row = 0; row < rows; row++) yield rowOf(row);
  };
  for await (const answer of scorer.score(given(), signal)) answers.push(answer);
  return { answers, talk };
}

const feedbackOf = (answers: readonly Answer[]) =>
  answers.map((answer) => ('feedback' in answer ? [answer.row, answer.feedback] : answer));

describe('a program', () => {
  test('gets all of a row, and answers in any order', async () => {
    const command = nodeProgram(
      'kept.push(row)',
      `for (const { row, inputs, id } of kept.reverse())
         say({ row, key: 'twice', score: inputs.n * 2, comment: id });`,
    ).replace('const say', 'const kept = []; const say');

    const { answers } = await scoreRows(command, 3);

    expect(feedbackOf(answers)).toEqual([
      [2, { key: 'twice', score: 4, comment: 'q2' }],
      [1, { key: 'twice', score: 2, comment: 'q1' }],
      [0, { key: 'twice', score: 0, comment: 'q0' }],
    ]);
  });

  test('may give several scores at once, or one without a key', async () => {
    const command = nodeProgram(
      `say({ row: 0, score: 0.5 }); say({ row: 0, scores: { a: true, b: { score: 1, comment: 'c' } } })`,
    );

    const { answers } = await scoreRows(command, 1);

    expect(feedbackOf(answers)).toEqual([
      [0, { key: 'score', score: 0.5 }],
      [0, { key: 'a', score: true }],
      [0, { key: 'b', score: 1, comment: 'c' }],
    ]);
  });

  test('that reads slowly is given thousands of rows', async () => {
    const { answers } = await scoreRows(nodeProgram('say({ row: row.row, score: 1 })'), 5000);

    expect(answers).toHaveLength(5000);
  });

  test('is heard on stderr', async () => {
    const { talk } = await scoreRows(
      nodeProgram('console.error("row", row.row); say({ row: row.row, score: 1 })'),
      2,
    );

    expect(talk).toEqual(['row 0', 'row 1']);
  });
});

describe('a row has an error instead of a score', () => {
  test.for([
    ['the program says so', `say({ row: 1, error: 'no idea' })`, 'no idea'],
    [
      'its score is none',
      'say({ row: 1, key: "k", score: [1] })',
      'the scorer gave no score: found a list of 1, expected a number, true or false, text or null',
    ],
    ['its score is null', 'say({ row: 1, key: "k", score: null })', 'the scorer gave no score'],
    ['the program crashes on it', 'process.exit(3)', 'the scorer ended with status 3'],
    ['it is left out', '', 'the scorer ended with status 0'],
  ] as const)('if %s', async ([, onSecond, why]) => {
    const command = nodeProgram(
      `if (row.row === 0) say({ row: 0, key: 'k', score: 1 }); else { ${onSecond} }`,
    );

    const { answers } = await scoreRows(command, 2);

    expect(feedbackOf(answers)).toMatchObject([
      [0, { key: 'k', score: 1 }],
      [1, { comment: why, isError: true }],
    ]);
  });

  test('if the program is silent for too long', async () => {
    const command = `read line; echo '{"row":0,"key":"k","score":1}'; sleep 60`;

    const { answers } = await scoreRows(command, 2, { timeoutMs: 800 });

    expect(feedbackOf(answers)[1]).toEqual([
      1,
      { key: 'k', comment: 'the scorer gave no answer for 0.8 s', isError: true },
    ]);
  });
});

test('a program that fails after it has answered every row may owe more scores', async () => {
  const { answers } = await scoreRows(
    nodeProgram('say({ row: row.row, key: "k", score: 1 })', 'process.exitCode = 4'),
    1,
  );

  expect(answers).toEqual([
    { row: 0, feedback: { key: 'k', score: 1 } },
    {
      problem:
        'the scorer ended with status 4 after it had answered every row: scores may be missing',
    },
  ]);
});

test('a line that is about no row is a problem of its own', async () => {
  const { answers } = await scoreRows(
    nodeProgram('say("hello"); say({ row: 7, score: 1 }); say({ row: 0, score: 1 })'),
    1,
  );

  expect(answers).toEqual([
    { problem: 'the scorer wrote no JSON object: hello' },
    { problem: 'the scorer named no row that it was given: {"row":7,"score":1}' },
    { row: 0, feedback: { key: 'score', score: 1 } },
  ]);
});

test.for([
  ['cannot be started', 'no-such-program-anywhere', 'ended with status 127'],
  ['scores nothing', nodeProgram(''), 'ended with status 0'],
] as const)('a program that %s fails as a whole', async ([, command, how]) => {
  await expect(scoreRows(command, 2)).rejects.toMatchObject({
    code: 'SCORER_FAILED',
    message: expect.stringContaining(`the scorer ${how} and scored no row`),
  });
});

test.for([
  ['python judge.py --strict', 'judge.py'],
  ['./judge.sh', 'judge.sh'],
  ['uv run "evals/tone.py" --model x', 'evals/tone.py'],
  ['/home/me/evals/tone.py', 'tone.py'],
  ['python -m judges.tone', expect.stringMatching(/^python-[0-9a-f]{8}$/)],
  ['KEY=sk-secret judge', expect.stringMatching(/^command-[0-9a-f]{8}$/)],
] as const)(
  'is called after its script, and never shows a command whole: %s',
  ([command, name]) => {
    expect(nameOf(command)).toEqual(name);
  },
);

test('is not started for no row', async () => {
  expect(await scoreRows('exit 3', 0)).toEqual({ answers: [], talk: [] });
});

test('an interrupted program is stopped', async () => {
  const stop = new AbortController();
  const command = nodeProgram('console.error("here")', 'setInterval(() => {}, 1000)');
  const onTalk = () => stop.abort(new Error('stopped'));

  await expect(scoreRows(command, 1, { onTalk }, stop.signal)).rejects.toThrow('stopped');
});
