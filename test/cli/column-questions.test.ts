import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerQuestions } from '../../src/cli/recording/column-questions.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const questions = [
  {
    message: 'which column is the answer?',
    choices: [
      { map: 'outputs.answer=answer', meaning: 'answer is what the app gave' },
      { map: 'outputs.answer=model output', meaning: 'model output is what the app gave' },
    ],
  },
];
const source = { name: 'answers.csv', questions };

describe('columns that cannot be told, with nobody to ask', () => {
  test.for([
    ['in a pipe', {}, {}],
    ['with --no-input', { terminal: { columns: 80 } }, { input: false }],
    ['in CI', { terminal: { columns: 80 }, environment: { CI: 'true' } }, {}],
  ] as const)('%s are an error whose hint is the option to add', async ([, setup, options]) => {
    const asked = answerQuestions(source, new Map(), options, machine.context(setup));

    await expect(asked).rejects.toMatchObject({
      code: 'USAGE',
      message:
        'answers.csv: it cannot be told what all columns mean\n  which column is the answer?',
      hint: [
        'Say it, for example:',
        '  --map outputs.answer=answer',
        'or, where that is not what is meant:',
        "  --map 'outputs.answer=model output'  model output is what the app gave",
      ].join('\n'),
    });
  });
});

describe('columns that cannot be told, on a terminal', () => {
  test('are asked about, on stderr; the answer is a --map', async () => {
    const context = machine.context({ terminal: { columns: 80 } });
    const asked = answerQuestions(source, new Map(), {}, context);
    await expect.poll(() => context.stderr.text).toContain('which column is the answer?');
    context.stdin.push('\u001b[B');
    context.stdin.push('\r');

    expect(await asked).toEqual(['outputs.answer=model output']);
    expect(context.stdout.text).toBe('');
  });

  test('are asked about once, not for each file that has the same', async () => {
    const [question] = questions;
    const answered = new Map([
      [JSON.stringify([question?.message, question?.choices]), 'outputs.answer=answer'],
    ]);
    const context = machine.context({ terminal: { columns: 80 } });

    const answers = await answerQuestions(source, answered, {}, context);

    expect(answers).toEqual(['outputs.answer=answer']);
    expect(context.stderr.text).toBe('');
  });
});
