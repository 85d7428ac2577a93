import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { calledAs } from '../../src/cli/context.js';
import { main } from '../../src/cli/main.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const ROW = '{"inputs":{"q":"a"},"outputs":{"a":"b"},"scores":{"ok":1}}\n';
const record = (...more: string[]) =>
  machine.run(['record', ...more, '-d', 'capitals', '--local'], {
    files: { 'a.jsonl': ROW, 'b.jsonl': ROW.replace('"a"', '"c"') },
  });

describe('a command that does not exist', () => {
  test.for([
    ['pull', 'Did you mean ls-record experiments pull?'],
    ['list', 'Did you mean ls-record experiments list or ls-record datasets list'],
    ['version', 'Did you mean ls-record --version?'],
    ['https://example.com/a.jsonl', 'To record a file: ls-record record'],
  ] as const)('%s is answered with the one that was meant', async ([word, hint]) => {
    const { status, stderr } = await machine.run([word]);

    expect(status).toBe(2);
    expect(stderr).toContain(hint);
  });
});

describe('hints', () => {
  test.for([
    ['/usr/bin/ls-record', {}, 'ls-record'],
    ['/x/node_modules/.bin/ls-record', { npm_command: 'exec' }, 'npx ls-record'],
    ['/home/ada/bin/ls-record.js', {}, 'node bin/ls-record.js'],
    ['/else/bin/ls-record.js', {}, 'node /else/bin/ls-record.js'],
  ] as const)('of %s name the program as it was called', ([path, environment, called]) => {
    expect(calledAs(path, environment, '/home/ada')).toBe(called);
  });

  test('are typed as the program was called', async () => {
    const context = machine.context({ files: { 'a.jsonl': ROW } });

    await main(['record', 'a.jsonl', '-d', 'capitals', '--local'], {
      ...context,
      program: 'npx ls-record',
    });

    expect(context.stderr.text).toContain('npx ls-record open\n');
    expect(context.stderr.text).not.toContain('npx npx');
  });

  test('without a key name what this machine has', async () => {
    await record('a.jsonl');

    const { status, stderr } = await machine.run(['datasets', 'list']);

    expect(status).toBe(4);
    expect(stderr).toContain('There is 1 dataset on this machine: add --local.');
  });

  test('without a key and without any recording name nothing', async () => {
    const { stderr } = await machine.run(['datasets', 'list']);

    expect(stderr).not.toContain('There is');
  });
});

describe('record', () => {
  test('prints the URL on stdout, and last on stderr the command that opens it', async () => {
    const { stdout, stderr } = await record('a.jsonl');

    expect(stdout).toMatch(/^http\S+\n$/);
    const last = stderr.trimEnd().split('\n').at(-1);
    expect(last).toBe('To open it (on this machine): ls-record open');
    expect((await machine.run(['open', '--print', '--local'])).status).toBe(0);
  });

  test('says that several files are one experiment, and how they would be several', async () => {
    expect((await record('a.jsonl', 'b.jsonl')).stderr).toContain(
      'note: 2 files became one experiment; for one per file, use --each',
    );
    expect((await record('a.jsonl', 'b.jsonl', '--each')).stderr).not.toContain('--each');
  });

  test('downloads nothing, and says how to pipe it in', async () => {
    const { status, stderr } = await record('https://example.com/a.jsonl');

    expect(status).toBe(2);
    expect(stderr).toContain('curl -fsSL https://example.com/a.jsonl | ls-record record');
  });
});

test('a chat is recognised by the last message of its user', async () => {
  const messages = [
    { role: 'system', content: 'You are a travel agent.' },
    { role: 'user', content: [{ type: 'text', text: 'A train to Rome?' }] },
  ];
  const row = { inputs: { messages }, outputs: 'no', latency_ms: 5 };
  const files = { 'chat.jsonl': `${JSON.stringify(row)}\n` };
  await machine.run(['record', 'chat.jsonl', '-d', 'chats', '-e', 'one', '--local'], { files });

  const examples = await machine.run(['examples', 'list', 'chats', '--local']);
  const shown = await machine.run(['experiments', 'show', 'one', '--local']);

  expect(examples.stdout).toMatch(/^A train to Rome\?/m);
  expect(shown.stdout).toMatch(/A train to Rome\?$/m);
  expect(shown.stdout).not.toContain('travel agent');
});
