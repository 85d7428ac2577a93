import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Machine, type Setup } from './command-line.js';

let machine: Machine;
const ROWS = [
  '{"id":"fr","inputs":{"question":"France?"},"outputs":{"answer":"Paris"},"reference_outputs":{"answer":"Paris"}}',
  '{"id":"it","inputs":{"question":"Italy?"},"outputs":{"answer":"Milan"},"reference_outputs":{"answer":"Rome"}}',
].join('\n');

const run = (argv: string | string[], setup?: Setup) => {
  const words = typeof argv === 'string' ? argv.split(' ') : argv;
  return machine.run([...words, '--local', '--no-input'], setup);
};

beforeEach(async () => {
  machine = new Machine();
  await run('record rows.jsonl -d capitals -e nightly', { files: { 'rows.jsonl': ROWS } });
  // The first of them loads the program.
}, 60_000);
afterEach(() => machine.remove());

const READY = 'evaluators add --ready correctness -d capitals --model openai:gpt-4o-mini';
const evaluators = async () =>
  JSON.parse((await run('evaluators list capitals --json')).stdout).evaluators;

describe('evaluators add', () => {
  test('adds a ready judge once, and changes it after showing how', async () => {
    const first = await run(`${READY} --json`);
    const again = await run(`${READY} --json`);
    const changed = await run(`${READY} --sampling 0.5`);

    expect(JSON.parse(first.stdout)).toMatchObject({ status: 'created' });
    expect(JSON.parse(again.stdout)).toMatchObject({ status: 'unchanged' });
    expect(changed.stderr).toContain('  sampling: 1 → 0.5\nChanged evaluator "correctness"');
    expect(await evaluators()).toMatchObject([
      { name: 'correctness', sampling: 0.5, model: 'openai:gpt-4o-mini', runs_here: true },
    ]);
  });

  test('writes nothing with --dry-run', async () => {
    const { status, stderr } = await run(`${READY} --dry-run`);

    expect(status).toBe(0);
    expect(stderr).toContain('Would add evaluator "correctness" of "capitals".');
    expect(await evaluators()).toEqual([]);
  });

  test('reads a file, which options override', async () => {
    const file = [
      'name: polite',
      'prompt:',
      '  - {role: system, content: You grade manners.}',
      '  - {role: human, content: "Is this polite? {{answer}}"}',
      'map: {answer: outputs.answer}',
      'model: openai:gpt-4o-mini',
      'type: category:polite,neutral,rude',
      'feedback_key: manners',
    ].join('\n');

    await run('evaluators add -d capitals --file judge.yaml --model ollama:llama3', {
      files: { 'judge.yaml': file },
    });
    const shown = await run('evaluators show polite -d capitals');

    expect(shown.stdout).toContain('ollama:llama3');
    expect(shown.stdout).toContain('manners (polite, neutral, rude)');
    expect(shown.stdout).toContain('answer = outputs.answer');
    expect(shown.stdout).toContain(
      'system: You grade manners.\nhuman: Is this polite? {{answer}}\n',
    );
  });

  test('sends the body that LangSmith takes, without a null in it', async () => {
    await run([
      ...'evaluators add tone -d capitals --model anthropic:claude --type 1-5 --prompt'.split(' '),
      'Rate {{output}} for {{input}}',
    ]);
    const { evaluator } = JSON.parse((await run('evaluators show tone -d capitals --json')).stdout);

    expect(evaluator.structured).toEqual({
      prompt: [['human', 'Rate {{output}} for {{input}}']],
      template_format: 'mustache',
      schema: {
        name: 'eval',
        description: 'The score of tone.',
        parameters: {
          type: 'object',
          title: 'eval',
          properties: {
            comment: { type: 'string', description: expect.any(String) },
            tone: { type: 'number', minimum: 1, maximum: 5, description: 'From 1 to 5.' },
          },
          required: ['comment', 'tone'],
        },
      },
      variable_mapping: { output: 'output', input: 'input' },
      model: {
        lc: 1,
        type: 'constructor',
        id: ['langchain', 'chat_models', 'anthropic', 'ChatAnthropic'],
        kwargs: {
          model_name: 'claude',
          temperature: 0,
          anthropic_api_key: { lc: 1, type: 'secret', id: ['ANTHROPIC_API_KEY'] },
        },
      },
    });
  });

  const ADD = 'evaluators add x -d capitals --model openai:gpt-4o';
  test.for([
    [
      'a variable of nothing',
      [...ADD.split(' '), '--prompt', 'Is {{it}} good?'],
      '--map it=inputs.NAME',
    ],
    [
      'a field that no row has',
      [...ADD.split(' '), '--prompt', 'Is {{it}} good?', '--map', 'it=outputs.text'],
      'There is outputs.answer.',
    ],
    [
      'no variable',
      [...ADD.split(' '), '--prompt', 'Is it good?'],
      'each row would score the same',
    ],
    [
      'a model of no provider',
      'evaluators add --ready relevance -d capitals --model gpt-4o'.split(' '),
      'openai:gpt-4o-mini',
    ],
    [
      'no model',
      'evaluators add --ready relevance -d capitals'.split(' '),
      'the judge has no model',
    ],
    ['a type of nothing', [...READY.split(' '), '--type', '5-1'], 'there is no type "5-1"'],
    ['a prompt of no file', [...ADD.split(' '), '--prompt', 'gone.txt'], 'cannot read gone.txt'],
  ] as const)('refuses %s', async ([, argv, words]) => {
    const { status, stderr } = await run([...argv]);

    expect([2, 3]).toContain(status);
    expect(stderr).toContain(words);
    expect(await evaluators()).toEqual([]);
  });
});

test('evaluators remove asks, and names what there is', async () => {
  await run(READY);

  const unasked = await run('evaluators remove correctness -d capitals');
  const removed = await run('evaluators remove correctness -d capitals --yes');
  const again = await run('evaluators remove correctness -d capitals --yes');

  expect(unasked.status).toBe(2);
  expect(removed).toMatchObject({
    status: 0,
    stderr: 'Removed evaluator "correctness" of "capitals".\n',
  });
  expect(again.status).toBe(2);
  expect(again.stderr).toContain('Add one: ls-record evaluators add NAME');
});
