import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

async function create(examples: readonly object[]): Promise<void> {
  await machine.run(['datasets', 'create', 'capitals', '--from', 'a.jsonl', '--local', '--quiet'], {
    files: { 'a.jsonl': examples.map((example) => JSON.stringify(example)).join('\n') },
  });
}

function list(...argv: string[]) {
  return machine.run(['examples', 'list', 'capitals', '--local', ...argv]);
}

const FRANCE = { inputs: { question: 'France?' }, outputs: { answer: 'Paris' }, split: 'test' };
const JAPAN = { inputs: { question: '日本?', hard: true }, metadata: { source: 'atlas' } };

describe('examples list', () => {
  test('shows a text on its own as it is, and everything else as JSON', async () => {
    await create([FRANCE, JAPAN]);

    const { stdout } = await list();

    expect(stdout).toMatch(/^INPUTS +REFERENCE +SPLIT +ID\n/);
    expect(stdout).toMatch(/^France\? +Paris +test +[0-9a-f-]{36}$/m);
    expect(stdout).toMatch(/^\{"question":"日本\?","hard":true\} +base +[0-9a-f-]{36}$/m);
  });

  test('takes only some splits, and at most so many', async () => {
    await create([FRANCE, JAPAN, { inputs: { question: 'Spain?' }, split: 'test' }]);

    const questions = async (...argv: string[]) =>
      JSON.parse((await list('--json', ...argv)).stdout).examples.map(
        ({ inputs }: typeof FRANCE) => inputs.question,
      );

    expect((await questions('--split', 'test')).sort()).toEqual(['France?', 'Spain?']);
    expect(await questions('--limit', '1')).toHaveLength(1);
  });

  test('answers in JSON in which no number loses a digit', async () => {
    await machine.run(['datasets', 'create', 'capitals', '--from', 'a.jsonl', '--local'], {
      files: { 'a.jsonl': '{"inputs":{"n":9007199254740993,"x":1.0}}' },
    });

    const { stdout } = await list('--json');

    expect(stdout).toContain('"inputs":{"n":9007199254740993,"x":1.0}');
    expect(JSON.parse(stdout).examples).toMatchObject([
      { reference_outputs: null, metadata: {}, split: ['base'] },
    ]);
  });

  test('answers in CSV, a column for each name', async () => {
    await create([FRANCE, JAPAN]);

    const { stdout } = await list('--csv');

    expect(stdout.split('\n')[0]?.split(',').sort()).toEqual([
      'example_metadata.source',
      'id',
      'inputs.hard',
      'inputs.question',
      'reference_outputs.answer',
      'split',
    ]);
    expect(stdout).toMatch(/,test,(France\?,,Paris,|,France\?,Paris,)$/m);
  });

  test('shows the first of many, and says how to see the others', async () => {
    await create(Array.from({ length: 60 }, (_, n) => ({ inputs: { n } })));

    const cut = await list();
    const all = await list('--json');

    expect(cut.stdout.trimEnd().split('\n')).toHaveLength(51);
    expect(cut.stderr).toContain('The first 50 of 60 examples');
    expect(JSON.parse(all.stdout).examples).toHaveLength(60);
  });

  test('says so where there are none', async () => {
    await machine.run(['datasets', 'create', 'capitals', '--local']);

    const { status, stdout, stderr } = await list();

    expect([status, stdout]).toEqual([0, '']);
    expect(stderr).toContain('no examples in "capitals" yet');
  });
});
