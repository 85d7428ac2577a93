import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const EXAMPLES = [
  '{"inputs":{"question":"France?","n":9007199254740993},"outputs":{"answer":"Paris","x":1.0},"metadata":{"source":"atlas","dataset_split":["test","base"]}}',
  '{"inputs":{"question":"日本?"},"reference_outputs":{"answer":"東京"},"split":"train"}',
  '{"inputs":{"question":"=1+1"}}',
].join('\n');
const files = { 'examples.jsonl': EXAMPLES };

function run(...argv: string[]) {
  return machine.run([...argv, '--local'], { files });
}

async function runJson(...argv: string[]) {
  const { status, stdout } = await run(...argv, '--json');
  return { status, ...JSON.parse(stdout) };
}

function create(name = 'capitals') {
  return run('datasets', 'create', name, '--from', 'examples.jsonl', '--quiet');
}

function written(name: string): string {
  return readFileSync(join(machine.workingFolder, name), 'utf8');
}

describe('datasets create', () => {
  test('makes an empty dataset, and answers with its URL', async () => {
    const { status, stdout, stderr } = await run('datasets', 'create', 'empty');

    expect(status).toBe(0);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/o\/\S+\/datasets\/\S+\n$/);
    expect(stderr).toContain('Created "empty" with 0 examples.');
  });

  test('fills it from a file; rows that say the same are one example', async () => {
    const twice = { 'examples.jsonl': `${EXAMPLES}\n${EXAMPLES}\n` };

    const made = await machine.run(
      ['datasets', 'create', 'capitals', '--from', 'examples.jsonl', '--local', '--json'],
      { files: twice },
    );

    expect(JSON.parse(made.stdout)).toMatchObject({
      dataset: { name: 'capitals' },
      created: true,
      examples: { created: 3, existing: 3 },
    });
  });

  test('names examples as record does, so that they are shared', async () => {
    await create();
    const row = { inputs: { question: '日本?' }, reference_outputs: { answer: '東京' } };

    await machine.run(['record', 'rows.jsonl', '-d', 'capitals', '--local'], {
      files: { 'rows.jsonl': JSON.stringify({ ...row, outputs: { answer: '京都' } }) },
    });

    const { dataset } = await runJson('datasets', 'show', 'capitals');
    expect(dataset).toMatchObject({ examples: 3, experiments: 1 });
  });

  test('refuses a name that is taken, and adds with --append what is not there yet', async () => {
    await create();
    writeFileSync(join(machine.workingFolder, 'more.jsonl'), `${EXAMPLES}\n{"inputs":{"q":1}}`);

    const refused = await run('datasets', 'create', 'capitals', '--from', 'more.jsonl');
    const added = await run('datasets', 'create', 'capitals', '--from', 'more.jsonl', '--append');

    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('dataset "capitals" already');
    expect(added.status).toBe(0);
    expect(added.stderr).toContain('Added 1 example to "capitals"; 3 already existed.');
  });

  test('writes nothing if a row is bad, and says which', async () => {
    writeFileSync(
      join(machine.workingFolder, 'bad.jsonl'),
      '{"inputs":{"q":1}}\n{"inputs":{},"metadata":3}\nnonsense\n',
    );

    const { status, stderr } = await run('datasets', 'create', 'bad', '--from', 'bad.jsonl');

    expect(status).toBe(3);
    expect(stderr).toContain('2 of 3 rows cannot be read as examples; nothing was written');
    expect(stderr).toContain('bad.jsonl:2: metadata: found the number 3, expected an object');
    expect(stderr).toContain('bad.jsonl:3:');
    expect((await runJson('datasets', 'list')).datasets).toEqual([]);
  });

  test('reads what is piped in, and keeps nothing of it', async () => {
    const { status } = await machine.run(
      ['datasets', 'create', 'piped', '--from', '-', '--local', '--quiet'],
      { stdin: EXAMPLES },
    );

    expect(status).toBe(0);
    expect((await runJson('datasets', 'show', 'piped')).dataset.examples).toBe(3);
    expect(readdirSync(join(machine.root, 'data', 'recordings'))).toEqual([]);
  });

  test.for([
    ['questions alone', 'question\nCapital of France?\n', 'Capital of France?', null],
    ['an unknown name', 'Frage\nCapital of France?\n', 'Capital of France?', null],
    ['questions and answers', 'question,answer\nFrance?,Paris\n', 'France?', 'Paris'],
    [
      'results, without what the app gave',
      'question,response,ground_truth,f1\nFrance?,Lyon,Paris,0\n',
      'France?',
      'Paris',
    ],
  ] as const)('takes the columns of %s', async ([, table, input, reference]) => {
    writeFileSync(join(machine.workingFolder, 'table.csv'), table);

    const { status } = await run('datasets', 'create', 'table', '--from', 'table.csv');
    const exported = await run('datasets', 'export', 'table');

    expect(status).toBe(0);
    const { inputs, outputs } = JSON.parse(exported.stdout);
    expect(Object.values(inputs)).toEqual([input]);
    expect(Object.values(outputs ?? {})).toEqual(reference === null ? [] : [reference]);
  });

  test('asks for a name of its own where no column can be told to be the input', async () => {
    writeFileSync(join(machine.workingFolder, 'table.csv'), 'eins,zwei\na b c,d e f\n');

    const { status, stderr } = await run('datasets', 'create', 'table', '--from', 'table.csv');

    expect(status).toBe(2);
    expect(stderr).toContain('table.csv: no column is known to be what the app was given');
    expect(stderr).toContain('Rename the column to inputs.NAME. The columns are:\n  eins  a b c');
  });

  test('calls stdin by its name where something is wrong with it', async () => {
    const { status, stderr } = await machine.run(
      ['datasets', 'create', 'piped', '--from', '-', '--local'],
      { stdin: '' },
    );

    expect(status).toBe(3);
    expect(stderr).toContain('stdin is empty');
    expect(stderr).not.toContain(machine.root);
  });
});

describe('datasets export', () => {
  test('gives JSON Lines with every digit, the metadata and the splits', async () => {
    await create();

    const { status, stdout } = await run('datasets', 'export', 'capitals', '--split', 'test');

    expect(status).toBe(0);
    expect(stdout).toContain('"inputs":{"question":"France?","n":9007199254740993}');
    expect(stdout).toContain('"reference_outputs":{"answer":"Paris","x":1.0}');
    expect(JSON.parse(stdout)).toMatchObject({
      outputs: { answer: 'Paris' },
      metadata: { source: 'atlas' },
      example_metadata: { source: 'atlas' },
      split: ['test', 'base'],
    });
  });

  test('is read back without loss', async () => {
    await create();
    await run('datasets', 'export', 'capitals', '-o', 'first.jsonl');
    await run('datasets', 'create', 'copy', '--from', 'first.jsonl');
    await run('datasets', 'export', 'copy', '-o', 'second.jsonl');

    const withoutIds = (name: string) =>
      written(name)
        .split('\n')
        .map((line) => line.replace(/"id":"[^"]*",/, ''))
        .sort();
    expect(withoutIds('second.jsonl')).toEqual(withoutIds('first.jsonl'));
  });

  test('is recorded by record on the very examples that it came from', async () => {
    await create();
    const { stdout } = await run('datasets', 'export', 'capitals');
    const answered = stdout
      .trimEnd()
      .split('\n')
      .map((line) => ({ ...JSON.parse(line), outputs: { answer: 'Lyon' } }));
    // JSON.parse loses the digits of this one.
    const exact = answered
      .map((row) => JSON.stringify(row))
      .filter((row) => !row.includes('Paris'));

    const { status } = await machine.run(
      ['record', 'answered.jsonl', '-d', 'capitals', '--local'],
      {
        files: { 'answered.jsonl': exact.join('\n') },
      },
    );

    expect(status).toBe(0);
    expect((await runJson('datasets', 'show', 'capitals')).dataset).toMatchObject({
      examples: 3,
      newest_experiments: [{ runs: 2 }],
    });
  });

  test('writes CSV that is safe to open where the file is named so', async () => {
    await create();

    const told = await runJson('datasets', 'export', 'capitals', '-o', 'capitals.csv');

    expect(told).toMatchObject({ format: 'csv', examples: 3 });
    const [titles, ...rows] = written('capitals.csv').trimEnd().split('\n');
    expect(titles?.split(',').sort()).toEqual([
      'example_metadata.source',
      'id',
      'inputs.n',
      'inputs.question',
      'reference_outputs.answer',
      'reference_outputs.x',
      'split',
    ]);
    expect(rows.some((row) => row.includes('"\'=1+1"'))).toBe(true);
    expect(rows.some((row) => row.includes('9007199254740993'))).toBe(true);
  });

  test('never overwrites a file without --force, and leaves nothing unfinished', async () => {
    await create();
    writeFileSync(join(machine.workingFolder, 'there.jsonl'), 'precious');

    const refused = await run('datasets', 'export', 'capitals', '-o', 'there.jsonl');
    expect(refused.status).toBe(2);
    expect(written('there.jsonl')).toBe('precious');

    const forced = await run('datasets', 'export', 'capitals', '-o', 'there.jsonl', '--force');
    expect(forced.status).toBe(0);
    expect(written('there.jsonl').trimEnd().split('\n')).toHaveLength(3);
    expect(readdirSync(machine.workingFolder).sort()).toEqual(['examples.jsonl', 'there.jsonl']);
  });

  test('says so where a file cannot be written', async () => {
    await create();
    mkdirSync(join(machine.workingFolder, 'folder'));

    const folder = await run('datasets', 'export', 'capitals', '-o', 'folder');
    const nowhere = await run('datasets', 'export', 'capitals', '-o', 'nowhere/x.jsonl');

    expect(folder.stderr).toContain('folder is a folder');
    expect(nowhere.status).toBe(5);
    expect(nowhere.stderr).toContain('cannot write');
  });

  test('names the splits there are if one is wrong', async () => {
    await create();

    const { status, stderr } = await run('datasets', 'export', 'capitals', '--split', 'nope');

    expect(status).toBe(2);
    expect(stderr).toContain('Its splits: base, test, train.');
  });
});

describe('datasets show', () => {
  test('shows counts, splits, fields and the newest experiments', async () => {
    await create();
    await machine.run(['record', 'rows.jsonl', '-d', 'capitals', '-e', 'first', '--local'], {
      files: {
        'rows.jsonl': '{"inputs":{"question":"=1+1"},"outputs":{"a":2},"scores":{"right":1}}',
      },
    });

    const { dataset } = await runJson('datasets', 'show', 'capitals');
    const { stdout } = await run('datasets', 'show', 'capitals');

    expect(dataset).toMatchObject({
      examples: 3,
      splits: ['base', 'test', 'train'],
      has_inputs_schema: false,
      newest_experiments: [{ name: 'first', runs: 1, scores: { right: { n: 1, avg: 1 } } }],
    });
    expect(dataset.fields.inputs.sort()).toEqual(['n', 'question']);
    expect(stdout).toContain('Splits       base, test, train\n');
    expect(stdout).toMatch(/first {2,}\S+ \S+ {2,}1 {2}right 1\n/);
    expect(stdout).toContain(`${dataset.url}\n`);
  });

  test.for(['name', 'id', 'url'] as const)('finds a dataset by its %s', async (by) => {
    await create();
    const { datasets } = await runJson('datasets', 'list');

    const { dataset } = await runJson('datasets', 'show', datasets[0][by]);

    expect(dataset).toMatchObject({ name: 'capitals' });
  });

  test('finds it by the URL of one of its experiments', async () => {
    const recorded = await machine.run(['record', 'rows.jsonl', '-d', 'capitals', '--local'], {
      files: { 'rows.jsonl': '{"inputs":{},"outputs":{}}' },
    });
    const [, experiment] = /selectedSessions=(\S+)/.exec(recorded.stdout) ?? [];

    const { dataset } = await runJson('datasets', 'show', `https://x/o/y/projects/p/${experiment}`);

    expect(dataset).toMatchObject({ name: 'capitals' });
  });

  test('knows a page that is of neither a dataset nor an experiment', async () => {
    const { status, stderr } = await run(
      'datasets',
      'show',
      'https://smith.langchain.com/settings',
    );

    expect(status).toBe(2);
    expect(stderr).toContain('is not the URL of a dataset or an experiment');
  });
});

describe('datasets list', () => {
  test('sorts, searches and limits', async () => {
    for (const name of ['beta', 'Alpha', 'gamma']) await run('datasets', 'create', name);
    await create('full alpha');

    const names = async (...argv: string[]) =>
      (await runJson('datasets', 'list', ...argv)).datasets.map(
        (dataset: { name: string }) => dataset.name,
      );

    expect(await names('--sort', 'name')).toEqual(['Alpha', 'beta', 'full alpha', 'gamma']);
    expect(await names('--sort', 'examples', '--limit', '1')).toEqual(['full alpha']);
    expect((await names('--search', 'ALPHA')).sort()).toEqual(['Alpha', 'full alpha']);
  });

  test('answers in CSV', async () => {
    await create('a, "b"');

    const { stdout } = await run('datasets', 'list', '--csv');

    expect(stdout).toMatch(/^id,name,description,examples,/);
    expect(stdout).toContain(',"a, ""b""",,3,0,');
  });

  test('leaves out what does not fit, rather than a useless piece of it', async () => {
    await create('日本の首都');

    const narrow = await machine.run(['datasets', 'list', '--local'], {
      terminal: { columns: 60 },
    });
    const wide = await machine.run(['datasets', 'list', '--local'], { terminal: { columns: 120 } });

    expect(narrow.stdout).not.toContain('ID');
    expect(narrow.stdout).toMatch(/日本の首都 +3 +0 +\d{4}-\d\d-\d\d \d\d:\d\d\n/);
    expect(wide.stdout).toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]+\n/);
  });
});

describe('datasets delete', () => {
  test('is refused where there is no terminal, and tells what would go', async () => {
    await create();

    const { status, stderr } = await run('datasets', 'delete', 'capitals');

    expect(status).toBe(2);
    expect(stderr).toContain(
      'this would delete dataset "capitals" on this machine with its 3 examples and 0 experiments',
    );
    expect((await runJson('datasets', 'list')).datasets).toHaveLength(1);
  });

  test('deletes with --yes', async () => {
    await create();

    const told = await runJson('datasets', 'delete', 'capitals', '--yes');

    expect(told).toMatchObject({ status: 0, deleted: { name: 'capitals', examples: 3 } });
    expect((await runJson('datasets', 'list')).datasets).toEqual([]);
  });

  test.for([
    ['y', 0],
    ['n', 1],
  ] as const)('asks on a terminal: %s leaves %i', async ([key, left]) => {
    await create();
    const context = machine.context({ terminal: { columns: 80 } });
    const { main } = await import('../../src/cli/main.js');

    const end = main(['datasets', 'delete', 'capitals', '--local'], context);
    await expect.poll(() => context.stderr.text, { timeout: 5000 }).toContain('(y/N)');
    context.stdin.push(`${key}\r`);

    expect(await end).toBe(0);
    expect((await runJson('datasets', 'list')).datasets).toHaveLength(left);
  });
});

test('a name that is not there is reported, with where to look', async () => {
  for (const command of ['show', 'export', 'delete']) {
    const { status, stderr } = await run('datasets', command, 'nope');

    expect(status).toBe(2);
    expect(stderr).toContain('no dataset "nope"');
    expect(stderr).toContain('ls-record datasets list');
  }
});

test('an export that is stopped leaves no file', async () => {
  await create();
  const { LsRecordError } = await import('../../src/errors.js');
  machine.stop.abort(new LsRecordError('STOPPED', 'stopped by SIGINT', { cause: 'SIGINT' }));

  const { status } = await run('datasets', 'export', 'capitals', '-o', 'out.jsonl');

  expect(status).toBe(130);
  expect(readdirSync(machine.workingFolder)).toEqual(['examples.jsonl']);
});

test('what is exported to a terminal cannot move its cursor', async () => {
  const files = { 'evil.jsonl': JSON.stringify({ inputs: { q: '\u009b31m\u202eevil' } }) };
  await machine.run(['datasets', 'create', 'evil', '--from', 'evil.jsonl', '--local'], { files });
  const command = ['datasets', 'export', 'evil', '--local'];

  const shown = await machine.run(command, { terminal: { columns: 80 } });
  const piped = await machine.run(command);

  expect(shown.stdout).toMatch(/^[ -~]+\n$/);
  expect(piped.stdout).toContain('\u009b31m\u202eevil');
  expect(JSON.parse(shown.stdout)).toEqual(JSON.parse(piped.stdout));
});
