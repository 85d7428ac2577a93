import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CommandOutline } from '../../src/cli/completion/outline.js';
import { answerShell } from '../../src/cli/completion/replies.js';
import { splitLine } from '../../src/cli/completion/shell-words.js';
import { build } from './built.js';
import { Machine, type Setup } from './command-line.js';

const KEY = 'lsv2_pt_secret';
const BREAKS = ' \t\n"\'><=;|&(:';
const ROW = '{"inputs":{"q":1},"outputs":{"a":1}}\n';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

/** What a shell is answered, and how often the server was asked. */
async function ask(argv: readonly string[], setup: Setup = {}, refresh = async () => {}) {
  const context = machine.context(setup);
  let asked = 0;
  await answerShell(argv, context, () => {
    asked++;
    return refresh();
  });
  expect(context.stderr.text).toBe('');
  const [first, ...words] = context.stdout.text.split('\n').slice(0, -1);
  return { first, words, asked };
}

async function recordInto(...datasets: readonly string[]): Promise<void> {
  for (const [index, dataset] of datasets.entries()) {
    const argv = ['record', 'a.jsonl', '-d', dataset, '-e', `run ${index + 1}`, '--local'];
    const { status } = await machine.run(argv, { files: { 'a.jsonl': ROW } });
    expect(status).toBe(0);
  }
}

/** Makes what was found out last an old story. */
function age(): void {
  for (const file of cacheFiles()) {
    const { names } = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ asked_at: 0, names }));
  }
}

const refresh = (options = '{"local":true}', setup: Setup = {}) => ask(['refresh', options], setup);

const isJournal = (name: string) => name.endsWith('.jsonl');

function cacheFiles(): string[] {
  const folder = join(machine.root, 'data/completion');
  return readdirSync(folder).map((place) => join(folder, place, 'completion.json'));
}

describe('a shell is offered', () => {
  test.for([
    ['commands', ['rec'], ['record:record evaluation results as an experiment']],
    ['the commands of a group', ['datasets', 'cr'], ['create:']],
    ['options', ['record', '--da'], ['--dataset:dataset name']],
    ['choices', ['record', '--identity', 'i'], ['inputs', 'id']],
    ['choices of an option in one word', ['record', '--identity=co'], ['content']],
    ['choices of an argument', ['completion', 'z'], ['zsh']],
    ['no option twice', ['record', '--append', '--app'], []],
    [
      'a repeatable option again',
      ['record', '--only', 'x', '--onl'],
      ['--only:record one of several'],
    ],
    ['nothing that is hidden', ['record', '--api'], []],
    [
      'formats by what wrote them, and by how they are written',
      ['record', '--format', 'json'],
      ['json', 'jsonl'],
    ],
    ['formats that a harness wrote', ['validate', '--format', 'promptf'], ['promptfoo']],
    ['commands that there is help for', ['help', 'rec'], ['record:']],
    ['commands of a group that there is help for', ['help', 'datasets', 'cr'], ['create:']],
    [
      'options of the command, though a value is the word of another',
      ['record', '-e', 'open', '--da'],
      ['--dataset:'],
    ],
    ['nothing after a word that is no command', ['recrod', ''], []],
    ['no options after --', ['record', '--', '--da'], []],
  ] as [string, string[], string[]][])('%s: %j', async ([, typed, expected]) => {
    const { words } = await ask(['zsh', ...typed]);

    expect(words).toHaveLength(expected.length);
    for (const [index, start] of expected.entries())
      expect(words[index]).toMatch(new RegExp(`^${start}`));
  });

  test.for([
    [['record', 'res']],
    [['validate', 'a.jsonl', '']],
    [['record', '-d', 'x', '--rejects', '']],
    [['record', '--dotenv=']],
  ])('files: %j', async ([typed = []]) => {
    expect((await ask(['zsh', ...typed])).first).toBe('files');
  });
});

describe('datasets and experiments', () => {
  test('come from what the server said last', async () => {
    await recordInto('capitals', 'rivers');
    await refresh();

    const names = async (...typed: string[]) =>
      (await ask(['fish', ...typed, '--local', ''])).words;
    expect((await ask(['fish', 'record', '--local', '-d', ''])).words).toEqual([
      'rivers',
      'capitals',
    ]);
    expect(await names('datasets', 'show')).toEqual(['rivers', 'capitals']);
    expect(await names('experiments', 'show')).toEqual(['run 2', 'run 1']);
    expect(await names('experiments', 'compare', 'run 2')).toEqual(['run 1']);
    expect(await names('open')).toEqual(['run 2', 'run 1', 'rivers', 'capitals']);
    expect((await ask(['fish', 'record', '--local', '-d', 'capitals', '-e', ''])).words).toEqual([
      'run 1',
    ]);
  });

  const typed = ['zsh', 'record', '--local', '-d', ''];

  test('are waited for the first time, and not with every key', async () => {
    await recordInto('capitals');

    const first = await ask(typed, {}, async () => {
      await refresh();
    });
    const second = await ask(typed);

    expect(first).toEqual({ first: 'words', words: ['capitals'], asked: 1 });
    expect(second).toEqual({ first: 'words', words: ['capitals'], asked: 0 });
  });

  test('are not waited for longer than a moment', async () => {
    const never = () => new Promise<void>(() => {});

    const first = await ask(typed, {}, never);

    expect(first).toEqual({ first: 'words', words: [], asked: 1 });
  });

  test('are reported at once if they are old, and asked for meanwhile', async () => {
    await recordInto('capitals');
    await refresh();
    age();
    const never = () => new Promise<void>(() => {});

    const old = await ask(typed, {}, never);

    expect(old).toEqual({ first: 'words', words: ['capitals'], asked: 1 });
    expect(await ask(typed)).toMatchObject({ asked: 0 });
  });

  test('each place and each login has names of its own', async () => {
    await recordInto('capitals');
    await refresh();
    const environment = { LANGSMITH_API_KEY: KEY };

    expect((await ask(['zsh', 'record', '--local', '-d', ''])).words).toEqual(['capitals']);
    expect((await ask(['zsh', 'record', '-d', ''], { environment })).words).toEqual([]);
  });

  test('only their owner can read them, and no key is among them', async () => {
    await ask(['zsh', 'record', '-d', ''], { environment: { LANGSMITH_API_KEY: KEY } });

    const files = cacheFiles();
    expect(files).toHaveLength(1);
    for (const file of files) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(file + readFileSync(file, 'utf8')).not.toContain('secret');
    }
  });

  test('a server that cannot be reached leaves what was known, and says nothing', async () => {
    const environment = { LANGSMITH_API_KEY: KEY, LANGSMITH_ENDPOINT: 'http://127.0.0.1:9' };
    await ask(['zsh', 'record', '-d', ''], { environment });
    const before = cacheFiles().map((file) => readFileSync(file, 'utf8'));

    await refresh('{}', { environment });

    expect(cacheFiles().map((file) => readFileSync(file, 'utf8'))).toEqual(before);
  });

  test('without a key where LangSmith is meant, there is nothing to offer and nothing to say', async () => {
    const environment = { LANGSMITH_ENDPOINT: 'https://langsmith.example/api' };

    expect((await ask(['zsh', 'record', '-d', ''], { environment })).words).toEqual([]);
  });
});

test('profiles are offered with where they lead', async () => {
  const profiles = { work: { api_url: 'https://eu.smith.example', api_key: KEY }, home: {} };
  machine.write('user/.langsmith/config.json', JSON.stringify({ profiles }));

  const { words, asked } = await ask(['fish', 'whoami', '--profile', '']);

  expect(words).toEqual(['work\thttps://eu.smith.example', 'home']);
  expect(asked).toBe(0);
});

test('resume is offered what was cut off, and nothing that is done', async () => {
  await recordInto('capitals');
  const [done] = readdirSync(join(machine.root, 'data/recordings')).filter(isJournal);
  const lines = readFileSync(join(machine.root, 'data/recordings', done ?? ''), 'utf8');
  const [header = ''] = lines.split('\n');
  const cutOff = { ...JSON.parse(header).header, id: 'c0ffee', files: ['b.jsonl'] };
  machine.write('data/recordings/c0ffee.jsonl', `${JSON.stringify({ header: cutOff })}\n`);

  const { words } = await ask(['fish', 'resume', '']);

  expect(words).toEqual(['c0ffee\tb.jsonl → capitals']);
});

test('workspaces are offered by id, with their names', async () => {
  const environment = { LANGSMITH_API_KEY: KEY };
  await ask(['fish', 'whoami', '--workspace', ''], { environment });
  const workspaces = [{ value: 'f00d', note: 'Kitchen' }];
  const [file = ''] = cacheFiles();
  const { asked_at, names } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ asked_at, names: { ...names, workspaces } }));

  const { words } = await ask(['fish', 'whoami', '--workspace', ''], { environment });

  expect(words).toEqual(['f00d\tKitchen']);
});

test.for([
  ['a  "b c" d\\ e', ['a', 'b c', 'd e']],
  ["a 'b \\ c", ['a', 'b \\ c']],
  ['a ', ['a', '']],
  ['a ""', ['a', '']],
  ['--x="y z', ['--x=y z']],
] as [string, string[]][])('the line %j is read as a shell reads it', ([line, words]) => {
  expect(splitLine(line).map(({ text }) => text)).toEqual(words);
});

describe.skipIf(spawnSync('bash', ['--version']).status !== 0)('in bash', () => {
  const root = mkdtempSync(join(tmpdir(), 'ls-record-completion-'));
  beforeAll(() => build(root), 60_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** What bash puts in place of the word before the cursor, where our script completes. */
  function complete(line: string): string[] {
    const script = join(machine.root, 'completion.bash');
    const command = `ls-record() { ${JSON.stringify(process.execPath)} ${join(root, 'bin/ls-record.js')} "$@"; }`;
    writeFileSync(
      script,
      `${command}
source <(ls-record completion bash)
COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDS=(ls-record) COMP_WORDBREAKS=$2
# Only while bash itself completes can it be asked for more.
compopt() { :; }
_ls_record
printf '%s\\n' "\${COMPREPLY[@]}"
complete -p ls-record >&2`,
    );
    const { stdout, stderr } = spawnSync('bash', ['--norc', script, line, BREAKS], {
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        HOME: machine.homeFolder,
        LS_RECORD_HOME: join(machine.root, 'data'),
      },
    });
    expect(stderr).toBe('complete -o default -F _ls_record ls-record\n');
    return stdout.split('\n').filter((reply) => reply !== '');
  }

  test('words are quoted as bash wants them, and only what follows a break is replaced', async () => {
    await recordInto('capitals', 'my $et', 'team:a');
    await refresh();

    expect(complete('ls-record rec')).toEqual(['record']);
    expect(complete('ls-record record --local -d my')).toEqual(['my\\ \\$et']);
    expect(complete('ls-record record --local -d "my')).toEqual(['my $et']);
    expect(complete('ls-record record --local --dataset=ca')).toEqual(['capitals']);
    expect(complete('ls-record record --local -d team:')).toEqual(['a']);
    expect(complete('ls-record record x')).toEqual([]);
  });

  test('the first time, the program itself finds out', async () => {
    await recordInto('capitals');

    // How long it waits is not for a busy machine to decide here.
    await expect
      .poll(() => complete('ls-record record --local -d ca'), { timeout: 30_000 })
      .toEqual(['capitals']);
  });
});

test('what the build keeps of the commands has the options of all', async () => {
  const context = machine.context();

  await answerShell(['outline'], context);

  const leaves = leavesOf(JSON.parse(context.stdout.text));
  expect(leaves.map(({ word }) => word)).toEqual(
    expect.arrayContaining(['record', 'compare', 'export', 'doctor']),
  );
  for (const { options } of leaves)
    expect(options.map(({ flags }) => flags)).toContainEqual(['--json']);
});

function leavesOf(command: CommandOutline): CommandOutline[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

test.for(['bash', 'zsh', 'fish'])(
  'completion %s prints a script that says how to install it',
  async (shell) => {
    const { status, stdout, stderr } = await machine.run(['completion', shell]);

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('# To install it');
    expect(stdout).toContain(`__complete ${shell} `);
  },
);
