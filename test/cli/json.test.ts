import { expect, test } from 'vitest';
import { COMMAND_GROUPS, type Entry } from '../../src/cli/command-table.js';
import { Machine } from './command-line.js';

const commands = COMMAND_GROUPS.flatMap(({ entries }) => entries.flatMap((one) => wordsOf(one)));
/** A server runs until it is stopped. */
const ending = commands.filter((words) => words.join(' ') !== 'serve');

function wordsOf(entry: Entry): string[][] {
  if ('load' in entry) return [[entry.word]];
  return entry.entries.flatMap((one) => wordsOf(one).map((words) => [entry.word, ...words]));
}

/** The one object that was printed; a second one would not parse. */
async function answerOf(argv: readonly string[]) {
  const machine = new Machine();
  const { status, stdout } = await machine.run(argv);
  machine.remove();
  return { status, answer: JSON.parse(stdout) };
}

test.for(commands)('%s --json answers misuse with one object', async (words) => {
  const { status, answer } = await answerOf([...words, '--json', '--nonsense']);

  expect(status).toBe(2);
  expect(answer).toMatchObject({ version: 1, error: { code: 'USAGE' } });
});

test.for(ending)('%s --json answers with one object that has a version', async (words) => {
  const { status, answer } = await answerOf([...words, '--json']);

  expect(answer.version).toBe(1);
  expect('error' in answer).toBe(status !== 0 && !('ok' in answer));
});

test.for(ending)('%s x --json does so where there is nothing yet', async (words) => {
  const { answer } = await answerOf([...words, 'x', '--json', '--local']);

  expect(answer.version).toBe(1);
});
