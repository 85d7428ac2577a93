import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Terminal } from '../../src/cli/terminal.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => {
  vi.useRealTimers();
  machine.remove();
});

const terminal = { columns: 80 };
const RED = '\u001b[31m';

describe('answers and talk', () => {
  test('answers go to stdout, all else to stderr', async () => {
    const context = machine.context();
    const screen = await Terminal.open(context, { verbose: true });

    screen.answer('the answer');
    screen.say('said');
    screen.note('noted');
    screen.warn('warned');
    screen.detail('detailed');
    screen.error({ message: 'failed', hint: 'mend it' });

    expect(context.stdout.text).toBe('the answer\n');
    expect(context.stderr.text).toBe(
      'said\nnote: noted\nwarning: warned\ndetailed\nerror: failed\nmend it\n',
    );
  });

  test('--quiet leaves answers, warnings and errors', async () => {
    const context = machine.context();
    const screen = await Terminal.open(context, { quiet: true, verbose: true });

    screen.answer('the answer');
    screen.say('said');
    screen.note('noted');
    screen.praise('praised');
    screen.detail('detailed');
    screen.warn('warned');
    screen.error({ message: 'failed', hint: undefined });

    expect(context.stdout.text).toBe('the answer\n');
    expect(context.stderr.text).toBe('warning: warned\nerror: failed\n');
  });

  test('nothing from outside can colour, move or hide', async () => {
    const context = machine.context();
    const screen = await Terminal.open(context);

    screen.answer('a\u001b[2J\nb');
    screen.answerTable([{ title: 'X' }], [['\u001b[31mc\u202e']]);
    screen.say('\u009b31md');
    screen.error({ message: 'e\rf', hint: 'g\u0007' });

    expect(context.stdout.text).toBe('a b\nX\nc\n');
    expect(context.stderr.text).toBe('d\nerror: e f\ng\n');
  });
});

describe('colours', () => {
  async function errorWith(
    environment: Record<string, string>,
    onTerminal: boolean,
  ): Promise<string> {
    const context = machine.context({ environment, ...(onTerminal && { terminal }) });
    (await Terminal.open(context)).error({ message: 'failed', hint: undefined });
    return context.stderr.text;
  }

  test.for([
    [{}, true],
    [{ FORCE_COLOR: '1' }, false],
    [{ FORCE_COLOR: '' }, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ] as [Record<string, string>, boolean][])(
    'are there with %j, on a terminal: %s',
    async ([environment, onTerminal]) => {
      expect(await errorWith(environment, onTerminal)).toContain(RED);
    },
  );

  test.for([
    [{}, false],
    [{ NO_COLOR: '1' }, true],
    [{ TERM: 'dumb' }, true],
    [{ FORCE_COLOR: '0' }, true],
  ] as [Record<string, string>, boolean][])(
    'are not there with %j, on a terminal: %s',
    async ([environment, onTerminal]) => {
      expect(await errorWith(environment, onTerminal)).toBe('error: failed\n');
    },
  );
});

describe('a question', () => {
  test('may be asked on a terminal', async () => {
    expect((await Terminal.open(machine.context({ terminal }))).mayAsk).toBe(true);
  });

  test.for([
    ['stdin is piped', {}, {}],
    ['--no-input was given', { terminal }, { input: false }],
    ['it runs in CI', { terminal, environment: { CI: 'true' } }, {}],
    ['the terminal is dumb', { terminal, environment: { TERM: 'dumb' } }, {}],
  ] as const)('may not be asked when %s', async ([, setup, options]) => {
    expect((await Terminal.open(machine.context(setup), options)).mayAsk).toBe(false);
  });
});

describe('progress without a terminal', () => {
  async function work(options: { quiet?: boolean }): Promise<string> {
    vi.useFakeTimers();
    const context = machine.context();
    const screen = await Terminal.open(context, options);
    await screen.spin('Recording', async (update) => {
      update('10 rows');
      update('20 rows');
      await vi.advanceTimersByTimeAsync(6_000);
      await vi.advanceTimersByTimeAsync(6_000);
      update('30 rows');
      await vi.advanceTimersByTimeAsync(6_000);
    });
    return context.stderr.text;
  }

  test('is a line every few seconds, if there is news', async () => {
    expect(await work({})).toBe('20 rows\n30 rows\n');
  });

  test('is silent with --quiet', async () => {
    expect(await work({ quiet: true })).toBe('');
  });
});

test('what the work gives or throws comes through', async () => {
  const screen = await Terminal.open(machine.context());

  await expect(screen.spin('', async () => 7)).resolves.toBe(7);
  await expect(screen.spin('', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});
