import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withoutCommands } from '../../src/cli/screen/github.js';
import { Terminal } from '../../src/cli/screen/terminal.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const actions = { CI: 'true', GITHUB_ACTIONS: 'true' };
const good = '{"inputs":{"q":1},"outputs":{"a":1},"scores":{"correct":true}}\n';
const bad = '{"inputs":{"q":1}}\n';
const record = ['record', 'rows.jsonl', '-d', 'capitals', '--local'];

/** Lines of a kind in the log. */
function linesOf(log: string, kind: string): string[] {
  return log.split('\n').filter((line) => line.startsWith(`::${kind}`));
}

describe('in the log of GitHub Actions', () => {
  test('a bad row is pinned to its line, from the root of the repository', async () => {
    const { status, stderr } = await machine.run(record, {
      files: { 'rows.jsonl': good + bad },
      environment: { ...actions, GITHUB_WORKSPACE: machine.root },
    });

    expect(status).toBe(3);
    expect(linesOf(stderr, 'error')).toEqual([
      '::error::1 of 2 rows cannot be recorded; nothing was written%0AFix these rows, or skip them with --on-invalid skip.',
      expect.stringMatching(/^::error file=work\/rows\.jsonl,line=2::rows\.jsonl:2: /),
    ]);
  });

  test('many bad rows leave room for the remark on them all, and are lines like any other', async () => {
    const { status, stderr } = await machine.run([...record, '--on-invalid', 'skip'], {
      files: { 'rows.jsonl': good + bad.repeat(30) },
      environment: actions,
    });

    expect(status).toBe(8);
    const warnings = linesOf(stderr, 'warning');
    expect(warnings).toHaveLength(9);
    expect(warnings.at(-1)).toContain('--append');
    expect(stderr).toContain('warning: rows.jsonl:20:');
    expect(stderr).toContain('and 10 more rows with problems');
  });

  test('a name in the answer for programs is not a command, and means what it meant', async () => {
    const { stdout } = await machine.run(['datasets', 'show', '##[error]x', '--local', '--json'], {
      environment: actions,
    });

    expect(stdout).not.toContain('##[');
    expect(JSON.parse(stdout).error.message).toContain('"##[error]x"');
  });

  test('a row of stdin is pinned to no file', async () => {
    const { stderr } = await machine.run(['record', '-', '-d', 'capitals', '--local'], {
      stdin: good + bad,
      environment: actions,
    });

    expect(linesOf(stderr, 'error')).toContainEqual(expect.stringMatching(/^::error::stdin:2: /));
  });

  test('the talk while something is recorded is folded, and nothing is where nothing was said', async () => {
    const context = machine.context({ environment: actions });
    const terminal = await Terminal.open(context);

    await terminal.group('first', async () => terminal.say('a'));
    await terminal.group('second', async () => {});

    expect(context.stderr.text).toBe('::group::first\na\n::endgroup::\n');
  });

  test('a group ends before the failure in it is reported', async () => {
    const context = machine.context({ environment: actions });
    const terminal = await Terminal.open(context);
    const work = async () => {
      terminal.say('a');
      throw new Error('no');
    };

    await expect(terminal.group('first', work)).rejects.toThrow('no');

    expect(context.stderr.text).toBe('::group::first\na\n::endgroup::\n');
  });

  test('the answer stays free of commands', async () => {
    const { stdout } = await machine.run(record, {
      files: { 'rows.jsonl': good },
      environment: actions,
    });

    expect(stdout).toMatch(/^http\S+\n$/);
  });

  test('a message keeps its % and its lines', async () => {
    const context = machine.context({ environment: actions });
    const terminal = await Terminal.open(context);

    terminal.error({ message: '100%: of this', hint: 'mend\nit' });

    expect(context.stderr.text).toBe('::error::100%25: of this%0Amend%0Ait\n');
  });

  test('a file name cannot add to what a command says', async () => {
    const context = machine.context({ environment: actions });
    const terminal = await Terminal.open(context);

    terminal.warnOfRow({ file: 'a,line=9::b.jsonl', line: 1, column: 7, message: 'no' });

    expect(context.stderr.text).toBe(
      '::warning file=a%2Cline=9%3A%3Ab.jsonl,line=1,col=7::a,line=9::b.jsonl:1:7: no\n',
    );
  });

  test.for([
    ['::add-mask::x', ': :add-mask::x'],
    ['  ::set-env name=A::b', '  : :set-env name=A::b'],
    ['a ##[set-env name=A]b', 'a ## [set-env name=A]b'],
    ['std::vector', 'std::vector'],
  ] as const)('%s from outside is not a command', ([text, shown]) => {
    expect(withoutCommands(text)).toBe(shown);
  });

  test('what is said begins no command', async () => {
    const context = machine.context({ environment: actions });
    const terminal = await Terminal.open(context);

    terminal.say('::stop-commands::x');
    terminal.answer('::stop-commands::x');

    expect(context.stderr.text).toBe(': :stop-commands::x\n');
    expect(context.stdout.text).toBe(': :stop-commands::x\n');
  });
});

test('elsewhere the log holds no commands', async () => {
  const { stderr } = await machine.run([...record, '--on-invalid', 'skip'], {
    files: { 'rows.jsonl': good + bad },
    environment: { CI: 'true' },
  });

  expect(stderr).not.toMatch(/^::/m);
});

describe('the summary of a job', () => {
  const summary = () => join(machine.root, 'summary.md');

  test('gets a table of what was recorded, after what was there', async () => {
    machine.write('summary.md', '# Tests\n');

    await machine.run([...record, '-e', 'night|ly <b>'], {
      files: { 'rows.jsonl': good.repeat(3) },
      environment: { ...actions, GITHUB_STEP_SUMMARY: summary() },
    });

    expect(readFileSync(summary(), 'utf8').split('\n')).toEqual([
      '# Tests',
      '',
      '### LangSmith experiment',
      '',
      '| Experiment | Dataset | Rows | Errors | correct |',
      '| --- | --- | ---: | ---: | ---: |',
      '| night\\|ly \\<b\\> | capitals | 3 | 0 | 1 |',
      '',
      'Scores are means; (n) where not every row has one.',
      '',
      '',
    ]);
  });

  test('says how many rows were not recorded', async () => {
    await machine.run([...record, '--on-invalid', 'skip'], {
      files: { 'rows.jsonl': good + bad },
      environment: { ...actions, GITHUB_STEP_SUMMARY: summary() },
    });

    expect(readFileSync(summary(), 'utf8')).toContain('| **1 of 2** |');
  });

  test('that cannot be written does not fail the recording', async () => {
    const { status, stdout, stderr } = await machine.run(record, {
      files: { 'rows.jsonl': good },
      environment: { ...actions, GITHUB_STEP_SUMMARY: join(machine.root, 'none', 'summary.md') },
    });

    expect(status).toBe(0);
    expect(stdout).toMatch(/^http\S+\n$/);
    expect(linesOf(stderr, 'warning')).toEqual([
      expect.stringContaining('cannot write the job summary: ENOENT'),
    ]);
  });

  test('gets nothing of a dry run', async () => {
    machine.write('summary.md', '');

    await machine.run([...record, '--dry-run'], {
      files: { 'rows.jsonl': good },
      environment: { ...actions, GITHUB_STEP_SUMMARY: summary() },
    });

    expect(readFileSync(summary(), 'utf8')).toBe('');
  });
});
