import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Machine } from './command-line.js';
import { KEYS, Typist } from './typist.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const files = { 'answers.jsonl': '{"inputs":{"q":1},"outputs":{"a":1}}\n' };
const record = ['record', 'answers.jsonl', '--local'];

async function recordInto(...datasets: string[]): Promise<void> {
  for (const dataset of datasets) {
    const { status } = await machine.run([...record, '-d', dataset, '-e', `of ${dataset}`], {
      files,
    });
    expect(status).toBe(0);
  }
}

function experimentsOf(dataset: string) {
  return machine.run(['experiments', 'list', '-d', dataset, '--local', '--json']);
}

describe('the dataset that was not named', () => {
  test('is asked for, the latest used first and with its counts', async () => {
    await recordInto('older', 'newer');

    const typist = new Typist(machine, record);
    await typist.sees('create new');

    expect(typist.screen).toMatch(/❯ newer +1 example, 1 experiment\n +older +1 example/);
    typist.types(KEYS.enter);
    expect(await typist.end).toBe(0);
    expect(typist.screen).toContain('✔ Which dataset? newer');
  });

  test('is chosen with the arrows', async () => {
    await recordInto('older', 'newer');

    const typist = new Typist(machine, record);
    await typist.sees('create new');
    typist.types(KEYS.down);
    await typist.sees('❯ older');
    typist.types(KEYS.enter);

    expect(await typist.end).toBe(0);
    expect(typist.screen).toContain('✔ Which dataset? older');
  });

  test('is searched for as one types', async () => {
    await recordInto('capitals', 'capitals-v2', 'rivers');

    const typist = new Typist(machine, record);
    await typist.sees('rivers');
    typist.types('capitals');
    await typist.sees('❯ capitals ');

    // The one of that very name comes first, though the other was used later.
    typist.types(KEYS.enter);
    expect(await typist.end).toBe(0);
    expect(typist.screen).toContain('✔ Which dataset? capitals\n');
  });

  test('is what was typed, even if Enter comes before the search has ended', async () => {
    await recordInto('capitals', 'capitals-old', 'rivers');

    const typist = new Typist(machine, record);
    await typist.sees('create new');
    typist.types(`capitals${KEYS.enter}`);

    expect(await typist.end).toBe(0);
    expect(typist.screen).toContain('✔ Which dataset? capitals\n');
  });

  test('is made in place under the name that was typed', async () => {
    await recordInto('capitals');

    const typist = new Typist(machine, record);
    await typist.sees('capitals');
    typist.types('lakes');
    await typist.sees('❯ + create new "lakes"');
    typist.types(KEYS.enter);

    expect(await typist.end).toBe(0);
    expect((await experimentsOf('lakes')).status).toBe(0);
  });

  test('is proposed if there are none', async () => {
    const typist = new Typist(machine, record, { files });
    await typist.sees('❯ + create new "answers"');
    typist.types(KEYS.enter);

    expect(await typist.end).toBe(0);
    expect((await experimentsOf('answers')).status).toBe(0);
  });

  test('cannot be created again if it is there', async () => {
    await recordInto('answers');

    const typist = new Typist(machine, record);
    await typist.sees('❯ answers');

    expect(typist.screen).not.toContain('create new');
    typist.types(KEYS.ctrlC);
    expect(await typist.end).toBe(130);
  });

  test('is drawn without what its name would do to the screen, and no wider than that', async () => {
    await recordInto(`\u001b[2J\u001b]0;owned\u0007evil\u202e${'日本語'.repeat(30)}`);

    const typist = new Typist(machine, record);
    await typist.sees('create new');
    typist.types(KEYS.ctrlC);
    await typist.end;

    for (const evil of ['\u001b[2J', '\u001b]', '\u202e']) expect(typist.raw).not.toContain(evil);
    expect(typist.screen).toMatch(/❯ evil(日本語)+[日本]*… +1 example/);
  });

  test.for([
    [{}, true],
    [{ NO_COLOR: '1' }, false],
    [{ FORCE_COLOR: '0' }, false],
  ] as [Record<string, string>, boolean][])(
    'with %j is asked for in colours: %s',
    async ([environment, isColoured]) => {
      const typist = new Typist(machine, record, { files, environment });
      await typist.sees('create new');
      typist.types(KEYS.ctrlC);
      await typist.end;

      expect(typist.raw.includes('\u001b[36m')).toBe(isColoured);
    },
  );

  test.for([
    ['Ctrl-C', KEYS.ctrlC],
    ['Ctrl-D', KEYS.ctrlD],
  ] as const)('is left open with %s, and nothing is done', async ([, key]) => {
    await recordInto('capitals');

    const typist = new Typist(machine, record);
    await typist.sees('create new');
    typist.types(key);

    expect(await typist.end).toBe(130);
    expect(typist.screen).toContain('interrupted; nothing was changed');
    expect(typist.screen).not.toMatch(/^\s+at /m);
    expect(typist.answer).toBe('');
  });

  test.for([
    ['--no-input', { terminal: { columns: 60 } }, ['--no-input']],
    ['CI', { terminal: { columns: 60 }, environment: { CI: 'true' } }, []],
    ['a dumb terminal', { terminal: { columns: 60 }, environment: { TERM: 'dumb' } }, []],
    ['no terminal', {}, []],
  ] as const)('is not asked for with %s', async ([, setup, argv]) => {
    const { status, stderr } = await machine.run([...record, ...argv], { files, ...setup });

    expect(status).toBe(2);
    expect(stderr).toContain('--dataset');
  });
});
