import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerQuestions } from '../../src/cli/recording/column-questions.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const question = {
  message: 'which column is the answer?',
  choices: [
    { options: { outputs: ['answer, given'] }, meaning: 'answer, given is what the app gave' },
    { options: { outputs: ['model output'] }, meaning: 'model output is what the app gave' },
  ],
  hasGuess: true,
  mayBeDataset: true,
  columns: ['  answer, given  Paris', '  model output   Lima'],
};
const questions = [question];
const source = { name: 'answers.csv', questions };

describe('columns that cannot be inferred, without a terminal', () => {
  test.for([
    ['in a pipe', {}, {}],
    ['with --no-input', { terminal: { columns: 80 } }, { input: false }],
    ['in CI', { terminal: { columns: 80 }, environment: { CI: 'true' } }, {}],
  ] as const)('%s are an error whose hint is the option to add', async ([, setup, options]) => {
    const asked = answerQuestions(source, new Map(), options, machine.context(setup));

    await expect(asked).rejects.toMatchObject({
      code: 'USAGE',
      message: 'answers.csv: cannot infer what every column is\n  which column is the answer?',
      hint: [
        'Say which it is, for example:',
        "  --outputs 'answer, given'",
        'or, if it is a dataset:',
        '  ls-record datasets create NAME --from answers.csv',
        'The columns are:',
        '  answer, given  Paris',
        '  model output   Lima',
      ].join('\n'),
    });
  });

  test('have a place for a name where nothing speaks for one, and several as a list', async () => {
    const both = { inputs: ['a, b', 'c'] };
    const asked = answerQuestions(
      {
        name: 'x.csv',
        questions: [
          { ...question, choices: [{ options: both, meaning: '' }], mayBeDataset: false },
          { ...question, hasGuess: false, mayBeDataset: false },
        ],
      },
      new Map(),
      {},
      machine.context(),
    );

    await expect(asked).rejects.toMatchObject({
      hint: expect.stringContaining(`\n  --inputs '"a, b",c' --outputs COLUMN\n`),
    });
  });

  test('are of a dataset where no column can be an answer', async () => {
    const questions = [{ ...question, choices: [], message: 'this is a dataset' }];
    const asked = answerQuestions(
      { name: "it's.csv", questions },
      new Map(),
      {},
      machine.context({ terminal: { columns: 80 } }),
    );

    await expect(asked).rejects.toMatchObject({
      hint: expect.stringContaining(`  ls-record datasets create NAME --from 'it'\\''s.csv'\n`),
    });
  });
});

describe('columns that cannot be inferred, on a terminal', () => {
  test('are asked about, on stderr; the answer is an option', async () => {
    const context = machine.context({ terminal: { columns: 80 } });
    const asked = answerQuestions(source, new Map(), {}, context);
    await expect.poll(() => context.stderr.text).toContain('which column is the answer?');
    context.stdin.push('\u001b[B');
    context.stdin.push('\r');

    expect(await asked).toEqual([{ outputs: ['model output'] }]);
    expect(context.stdout.text).toBe('');
  });

  test('are asked about once, not for each file that has the same', async () => {
    const answer = { outputs: ['answer, given'] };
    const answered = new Map([[JSON.stringify([question.message, question.choices]), answer]]);
    const context = machine.context({ terminal: { columns: 80 } });

    const answers = await answerQuestions(source, answered, {}, context);

    expect(answers).toEqual([answer]);
    expect(context.stderr.text).toBe('');
  });
});
