import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COMMAND_GROUPS, type Entry } from '../../src/cli/command-table.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

function pathsOf(entries: readonly Entry[]): string[][] {
  return entries.flatMap((entry) =>
    'load' in entry
      ? [[entry.word]]
      : [[entry.word], ...pathsOf(entry.entries).map((path) => [entry.word, ...path])],
  );
}

const paths = pathsOf(COMMAND_GROUPS.flatMap(({ entries }) => entries));
const commands = [[], ...paths];

async function helpOf(command: readonly string[], columns = 80): Promise<string> {
  const answer = await machine.run([...command, '--help'], { terminal: { columns } });
  expect({ status: answer.status, stderr: answer.stderr }).toEqual({ status: 0, stderr: '' });
  return answer.stdout;
}

describe.for(commands.map((words) => [words.join(' '), words] as const))(
  'the help of ls-record %s',
  ([name, words]) => {
    test('reads as it should at 80 columns', async () => {
      await expect(await helpOf(words)).toMatchFileSnapshot(
        `snapshots/help/${name.replaceAll(' ', '-') || 'ls-record'}.txt`,
      );
    });

    test('says what it is for, then how it is typed, then examples, then everything else', async () => {
      const text = await helpOf(words);

      const typed = `ls-record ${name}`.trim();
      expect(text).toMatch(new RegExp(`^[A-Z][^\n]+\n([^\n]+\n)*\nUsage: ${typed} `));
      expect(text).toContain(`\n\nExamples:\n  $ `);
      expect(text.indexOf('Examples:')).toBeLessThan(
        text.search(/^(Arguments|Options|[A-Z][\w ]+):\n(?! {2}\$)/m),
      );
      expect(text.match(/Examples:/g)).toHaveLength(1);
    });

    test.for([80, 60])('fits %d columns, but for lines that are copied', async (columns) => {
      const lines = (await helpOf(words, columns)).split('\n');

      const tooLong = lines.filter(
        (line) => line.length > columns && !/^( {2}\$|Usage:) /.test(line),
      );
      expect(tooLong).toEqual([]);
    });

    test('has a line in the help above it', async () => {
      const above = await helpOf(words.slice(0, -1));

      expect(above).toMatch(new RegExp(`^  ${words.at(-1) ?? '-h, --help'} +\\S`, 'm'));
    });
  },
);

test.for([
  [
    ['help', 'record'],
    ['record', '--help'],
  ],
  [
    ['help', 'datasets', 'list'],
    ['datasets', 'list', '-h'],
  ],
  [
    ['help', 'datasets'],
    ['datasets', '--help'],
  ],
  [['help'], ['--help']],
])('%j is %j', async ([typed = [], same = []]) => {
  expect(await machine.run(typed)).toEqual(await machine.run(same));
  expect((await machine.run(typed)).stdout).toContain('Usage: ');
});

test('without a terminal, help has 80 columns', async () => {
  const { stdout } = await machine.run(['record', '--help']);

  expect(stdout).toBe(await helpOf(['record'], 80));
});

test('ls-record alone says how to begin', async () => {
  const { status, stdout, stderr } = await machine.run([]);

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.match(/^ {2}\$ ls-record /gm)).toHaveLength(3);
  expect(stdout).toContain('ls-record --help');
});

test.for([
  ['recrod', 'Did you mean record?'],
  ['recrod --help', 'Did you mean record?'],
  ['help recrod', 'Did you mean record?'],
  ['results.jsonl', 'ls-record record results.jsonl'],
  ['datasets', 'Commands: list, show, create, export, delete.'],
  ['datasets frobnicate', 'Commands: list, show, create, export, delete.'],
  ['datasets lst --help', 'Did you mean list?'],
  ['record --datset x', 'Did you mean --dataset?'],
  ['completion tcsh', 'Allowed choices are bash, zsh, fish.'],
])('ls-record %s exits 2 and says: %s', async ([typed = '', hint = '']) => {
  const { status, stdout, stderr } = await machine.run(typed.split(' '));

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(hint);
});

test('a format whose name is misspelt is guessed', async () => {
  const files = { 'a.json': '[{"inputs":{"q":1},"outputs":{"a":1}}]' };

  const { status, stderr } = await machine.run(['validate', 'a.json', '--format', 'promptfo'], {
    files,
  });

  expect(status).toBe(2);
  expect(stderr).toContain('Did you mean promptfoo?');
});
