import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Terminal, type TerminalOptions } from '../../src/cli/screen/terminal.js';
import type { Retry } from '../../src/langsmith/transport.js';
import { Machine, type Setup } from './command-line.js';

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
const slowDown: Retry = {
  request: 'POST /runs/multipart',
  reason: '429 too many',
  cause: 'limit',
  waitMs: 12_000,
  patienceMs: 300_000,
};

describe('answers and talk', () => {
  test('answers go to stdout, everything else to stderr', async () => {
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
    screen.answerTable([{ title: 'X', show: () => '\u001b[31mc\u202e' }], [0]);
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
  async function work(options: TerminalOptions, setup: Setup = {}): Promise<string> {
    vi.useFakeTimers();
    const context = machine.context(setup);
    const screen = await Terminal.open(context, options);
    await screen.spin('Recording', async (update) => {
      update('10 rows');
      update(() => ({ title: 'a.jsonl', facts: ['20 rows', '5 rows/s'] }));
      await vi.advanceTimersByTimeAsync(6_000);
      await vi.advanceTimersByTimeAsync(6_000);
      update('30 rows');
      await vi.advanceTimersByTimeAsync(6_000);
    });
    return context.stderr.text;
  }

  test('is a line every few seconds, if there is news', async () => {
    expect(await work({})).toBe('a.jsonl: 20 rows, 5 rows/s\n30 rows\n');
  });

  test('is the same on a terminal with --progress plain, and in CI', async () => {
    const plain = await work({ progress: 'plain' }, { terminal });
    const ci = await work({}, { terminal, environment: { CI: '1' } });

    expect(plain).toBe('a.jsonl: 20 rows, 5 rows/s\n30 rows\n');
    expect(ci).toBe(plain);
  });

  test.for([{ quiet: true }, { progress: 'none' }] as const)(
    'is silent with %j',
    async (options) => {
      expect(await work(options)).toBe('');
      expect(await work(options, { terminal })).toBe('');
    },
  );

  test('comes less often the longer it takes', async () => {
    vi.useFakeTimers();
    const context = machine.context();
    const screen = await Terminal.open(context);

    await screen.spin('Recording', async (update) => {
      for (let second = 0; second < 3600; second++) {
        update(`${second} rows`);
        await vi.advanceTimersByTimeAsync(1_000);
      }
    });

    expect(context.stderr.text.split('\n').length).toBeLessThan(100);
  });

  test('reports a long wait at once, and once for all requests that wait', async () => {
    const context = machine.context();
    const screen = await Terminal.open(context);

    await screen.spin('Recording', async () => {
      screen.wait({ ...slowDown, waitMs: 200 });
      screen.wait(slowDown);
      screen.wait(slowDown);
    });

    expect(context.stderr.text).toBe('note: LangSmith says slow down: 12 s\n');
  });
});

describe('progress on a terminal', () => {
  test('is one line, no wider than the terminal', async () => {
    const context = machine.context({ terminal: { columns: 40 }, environment: { NO_COLOR: '1' } });
    const screen = await Terminal.open(context);

    await screen.spin('Recording a file with a very long name.jsonl', async () => {});

    expect(stripVTControlCharacters(context.stderr.text)).toMatch(
      /^. Recording a file with a very long na…\r/,
    );
  });

  test('does not move on one that does not know its width', async () => {
    const context = machine.context({ terminal: { columns: 0 } });
    const screen = await Terminal.open(context);

    await screen.spin('Recording', async () => {});
    screen.say('a line that is as long as it is');

    expect(context.stderr.text).toBe('a line that is as long as it is\n');
  });

  test('counts down a wait', async () => {
    const context = machine.context({ terminal });
    const screen = await Terminal.open(context);

    screen.wait(slowDown);
    await screen.spin('Recording', async () => {});

    expect(stripVTControlCharacters(context.stderr.text)).toContain(
      'Recording: LangSmith says slow down: 12 s',
    );
  });

  test('can be cut by the terminal, but not broken', async () => {
    const context = machine.context({ terminal });
    const screen = await Terminal.open(context);

    await screen.spin('Recording', async () => {});

    expect(context.stderr.text).toContain('\u001b[?7lRecording\u001b[?7h\r');
  });
});

test('a note is said once', async () => {
  const context = machine.context();
  const screen = await Terminal.open(context);

  screen.note('times were moved');
  screen.note('times were moved');

  expect(context.stderr.text).toBe('note: times were moved\n');
});

test('facts are listed under each other, and break at words', async () => {
  const context = machine.context({ terminal: { columns: 30 } });
  const screen = await Terminal.open(context);

  screen.sayFact('runs', '5');
  screen.sayFact('scores', 'correct 0.6, f1 0.82, tone kind');

  expect(context.stderr.text).toBe(
    '  runs      5\n  scores    correct 0.6, f1\n            0.82, tone kind\n',
  );
});

test.for(['warning', 'note', 'error'] as const)(
  'the words of a %s are neither dim nor coloured: any background will do',
  async (kind) => {
    const context = machine.context({ terminal });
    const screen = await Terminal.open(context, { verbose: true });

    if (kind === 'warning') screen.warn('words');
    else if (kind === 'note') screen.note('words');
    else screen.error({ message: 'words', hint: undefined });

    expect(context.stderr.text).toSatisfy((text: string) => text.endsWith(':\u001b[39m words\n'));
  },
);

test('what the work gives or throws comes through', async () => {
  const screen = await Terminal.open(machine.context());

  await expect(screen.spin('', async () => 7)).resolves.toBe(7);
  await expect(screen.spin('', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});
