import { describe, expect, test } from 'vitest';
import { readFile } from '../../support/read-format.js';
import { fileOf } from '../../support/rows.js';

const USER = { role: 'user', content: 'Which river flows through Ghent?' };
const ASSISTANT = { role: 'assistant', content: 'The Leie' };
const SYSTEM = { role: 'system', content: 'Be brief.' };
const read = (rows: readonly object[], options = {}) =>
  readFile(fileOf(rows.map((row) => JSON.stringify(row)).join('\n')), options);

describe('a chat that ends with the assistant’s message is answered by it', () => {
  test.for(['messages', 'conversation', 'conversations', 'dialog', 'turns', 'trajectory'])(
    '%s',
    async (name) => {
      const { results, source } = await read([
        { id: 1, [name]: [SYSTEM, USER, ASSISTANT] },
        { id: 2, [name]: [USER, ASSISTANT, USER, ASSISTANT] },
      ]);

      expect(results).toMatchObject([
        { inputs: { messages: [SYSTEM, USER] }, outputs: { output: 'The Leie' } },
        { inputs: { messages: [USER, ASSISTANT, USER] }, outputs: { output: 'The Leie' } },
      ]);
      expect(source.assumptions.join()).toContain(
        `the last message of ${name} is what the app gave`,
      );
    },
  );

  test('with the tools that it calls', async () => {
    const call = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', function: { name: 'find', arguments: '{}' } }],
    };

    const { results } = await read([{ messages: [USER, call], score: 1 }]);

    expect(results).toMatchObject([{ outputs: { tool_calls: call.tool_calls } }]);
  });

  test('as ShareGPT writes it', async () => {
    const conversations = [
      { from: 'human', value: 'Hi' },
      { from: 'gpt', value: 'Hello', weight: 1 },
      { from: 'human', value: 'Who?' },
      { from: 'gpt', value: 'Me' },
    ];

    const { results } = await read([{ id: 'a', conversations }]);

    expect(results).toMatchObject([
      {
        inputs: {
          messages: [
            { role: 'user', content: 'Hi' },
            { role: 'assistant', content: 'Hello', weight: 1 },
            { role: 'user', content: 'Who?' },
          ],
        },
        outputs: { output: 'Me' },
      },
    ]);
  });
});

test('next to an output, the whole chat is the input', async () => {
  const { results } = await read([
    { messages: [USER, ASSISTANT, USER], response: 'The Scheldt, too', score: 1 },
  ]);

  expect(results).toMatchObject([
    { inputs: { messages: [USER, ASSISTANT, USER] }, outputs: { response: 'The Scheldt, too' } },
  ]);
});

test('outputs that are named are taken instead', async () => {
  const { results } = await read([{ messages: [USER, ASSISTANT], said: 'Lys' }], {
    outputs: ['said'],
  });

  expect(results).toMatchObject([
    { inputs: { messages: [USER, ASSISTANT] }, outputs: { said: 'Lys' } },
  ]);
});

test('a chat that ends with the user has no output', async () => {
  const { source } = await read([{ messages: [USER] }, { messages: [USER, ASSISTANT, USER] }]);

  expect(source.questions).toMatchObject([
    { message: expect.stringContaining('this is a dataset') },
  ]);
});

test('of chats, one that ends with the user is a problem', async () => {
  const { results, problems } = await read([
    { messages: [USER, ASSISTANT] },
    { messages: [USER] },
    { messages: [USER, ASSISTANT] },
  ]);

  expect(results).toHaveLength(2);
  expect(problems).toEqual([expect.stringContaining('outputs: is missing')]);
});
