import { describe, expect, test } from 'vitest';
import { prepare, type ReadOptions } from '../../src/library.js';
import type { PrepareOptions } from '../../src/prepare/prepared.js';
import { readFile } from '../support/read-format.js';
import { fileOf } from '../support/rows.js';

type Cells = Readonly<Record<string, string | number | boolean>>;

const QUESTIONS = [
  'Capital of France?',
  'Sides of a hexagon?',
  'Author of Emma?',
  'Sum of 2 and 2?',
];

/** A row for each question and each of these cells; what is answered differs. */
function tried(...variants: readonly Cells[]): Cells[] {
  return variants.flatMap((cells, variant) =>
    QUESTIONS.map((question, at) => ({
      question,
      response: `answer ${variant}-${at}`,
      ...cells,
      score: variant / 10,
    })),
  );
}

function toCsv(rows: readonly Cells[]): string {
  const names = Object.keys(Object.assign({}, ...rows));
  return [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))]
    .map((cells) => `${cells.join(',')}\n`)
    .join('');
}

const DOORS = [
  ['results.csv', toCsv],
  ['results.json', (rows: readonly object[]) => JSON.stringify(rows)],
] as const;

/** What a file is read as: its experiments, how many rows each has, and what was assumed. */
async function read(name: string, text: string, options: PrepareOptions & ReadOptions = {}) {
  const { survey } = await prepare(fileOf(text, name), options);
  expect(survey.problems).toEqual([]);
  const experiments = survey.experiments.map(({ label, rows }) => [label, rows]);
  return {
    experiments: Object.fromEntries(experiments) as Record<string, number>,
    assumed: survey.files.flatMap(({ assumptions }) => assumptions).join('\n'),
  };
}

const readRows = (rows: readonly object[], options?: PrepareOptions & ReadOptions) =>
  read('results.json', JSON.stringify(rows), options);

describe.for(DOORS)('in %s', ([name, print]) => {
  test.for([
    ['prompt_version', 'baseline', 'optimized'],
    ['prompt_type', 'zero-shot', 'chain of thought'],
    ['Prompt Category', 'short', 'long'],
    ['mode', 'closed', 'open'],
    ['configName', 'a', 'b'],
    ['retriever', 'bm25', 'dense'],
    ['chunking_strategy', 'fixed', 'semantic'],
    ['flavour', 'plain', 'spiced'],
  ] as const)('%s is what tells experiments apart', async ([column, one, other]) => {
    const rows = tried({ [column]: one }, { [column]: other });

    const { experiments, assumed } = await read(name, print(rows));

    expect(experiments).toEqual({ [one]: 4, [other]: 4 });
    expect(assumed).toContain(`${column} tells experiments apart`);
    expect(assumed).toContain(`--map metadata.${column}=${column} keeps one experiment`);
    expect(assumed).toContain('--map experiment=COLUMN');
  });

  test.for([
    ['temperature', 0.1, 0.7],
    ['top_k', 3, 10],
    ['use_rag', false, true],
    ['version', 1, 2],
  ] as const)(
    '%s is named in the labels, since its values say nothing',
    async ([column, one, other]) => {
      const rows = tried({ [column]: one }, { [column]: other });

      const { experiments } = await read(name, print(rows));

      expect(experiments).toEqual({ [`${column}=${one}`]: 4, [`${column}=${other}`]: 4 });
    },
  );

  test.for([
    ['run', 1, 2],
    ['trial', 'first', 'second'],
    ['random_seed', 7, 42],
    ['sample_idx', 0, 1],
    ['attempt', 1, 2],
    ['session', 'session-1', 'session-2'],
    ['judge_model', 'a judge', 'another'],
    ['outcome_word', 'correct', 'incorrect'],
    ['flag', 0.25, 0.5],
  ] as const)('%s leaves repetitions of one experiment', async ([column, one, other]) => {
    const rows = tried({ [column]: one }, { [column]: other });

    const { experiments } = await read(name, print(rows));

    expect(Object.values(experiments)).toEqual([8]);
  });

  test('each model with each version is an experiment', async () => {
    const models = ['small', 'large'].flatMap((model) =>
      ['v1', 'v2'].map((prompt_version) => ({ model, prompt_version })),
    );

    const { experiments } = await read(name, print(tried(...models)));

    expect(experiments).toEqual({
      'small · v1': 4,
      'small · v2': 4,
      'large · v1': 4,
      'large · v2': 4,
    });
  });

  test('columns that were tried with each other tell it together, and runs stay repetitions', async () => {
    const settings = ['v1', 'v2'].flatMap((prompt_version) =>
      [0, 1].flatMap((temperature) => [1, 2].map((run) => ({ prompt_version, temperature, run }))),
    );

    const { experiments } = await read(name, print(tried(...settings)));

    expect(experiments).toEqual({
      'v1 · temperature=0': 8,
      'v1 · temperature=1': 8,
      'v2 · temperature=0': 8,
      'v2 · temperature=1': 8,
    });
  });
});

describe('a column tells experiments apart', () => {
  const rows = tried(
    { prompt_version: 'v1', style: 'plain' },
    { prompt_version: 'v2', style: 'rich' },
  );

  test('by its name first', async () => {
    const { experiments } = await readRows(
      tried({ style: 'x', mode: 'm' }, { style: 'y', mode: 'n' }),
    );

    expect(experiments).toEqual({ m: 4, n: 4 });
  });

  test('where it is nested', async () => {
    const nested = rows.map(({ prompt_version, style: _, ...row }) => ({
      ...row,
      config: { prompt_version },
    }));

    const { experiments, assumed } = await readRows(nested);

    expect(experiments).toEqual({ v1: 4, v2: 4 });
    expect(assumed).toContain('config.prompt_version tells experiments apart');
  });

  test('in rows of our own, too', async () => {
    const native = rows.map(({ question, response, prompt_version, score }) => ({
      inputs: { question },
      outputs: { response },
      metadata: { prompt_version },
      scores: { score },
    }));

    const { experiments, assumed } = await readRows(native);
    const [, option = ''] = /--map (\S+) keeps/.exec(assumed) ?? [];
    const kept = await readRows(native, { map: [option] });

    expect(experiments).toEqual({ v1: 4, v2: 4 });
    expect(kept.experiments).toEqual({ '': 8 });
  });

  test('also if some of its rows are missing', async () => {
    expect((await readRows(rows.slice(0, -1))).experiments).toEqual({ v1: 4, v2: 3 });
  });

  test('and not having it is to have another one', async () => {
    const some = tried({}, { retriever: 'bm25' });

    expect((await readRows(some)).experiments).toEqual({ 'no retriever': 4, bm25: 4 });
  });

  test('also if a row does not say which it is', async () => {
    const some = rows.map(({ prompt_version, ...row }, at) =>
      at === 7 ? row : { ...row, prompt_version },
    );

    expect((await readRows(some)).experiments).toEqual({ v1: 4, v2: 3, 'no prompt_version': 1 });
  });

  test.for([
    ['only one example', [0, 4]],
    ['only one that repeats', [0, 1, 4]],
  ] as const)('not if there is %s, but it is offered', async ([, left]) => {
    const few = rows.filter((_, at) => left.some((one) => one === at));

    const { experiments, assumed } = await readRows(few);

    expect(experiments).toEqual({ '': left.length });
    expect(assumed).toContain('--map experiment=prompt_version');
  });

  test('not if a person puts it into metadata', async () => {
    const map = ['metadata.prompt_version=prompt_version'];

    expect((await readRows(rows, { map })).experiments).toEqual({ '': 8 });
    expect((await readRows(rows, { metadataColumns: ['prompt_version'] })).experiments).toEqual({
      '': 8,
    });
  });

  test('not if a person names another', async () => {
    const { experiments } = await readRows(rows, { map: ['experiment=style'] });

    expect(experiments).toEqual({ plain: 4, rich: 4 });
  });

  test('not if it is the same for all rows of an example', async () => {
    const different = tried({}, {}).map((row, at) => ({ ...row, mode: at % 2 ? 'odd' : 'even' }));

    expect((await readRows(different)).experiments).toEqual({ '': 8 });
  });

  test('not if no example repeats', async () => {
    const once = tried({}).map((row, at) => ({ ...row, mode: at < 2 ? 'a' : 'b' }));

    expect((await readRows(once)).experiments).toEqual({ '': 4 });
  });

  test('not under any name if all answers are the same', async () => {
    const same = rows.map(({ prompt_version: _, ...row }) => ({ ...row, response: row.question }));
    const { experiments, assumed } = await readRows(same);

    expect(experiments).toEqual({ '': 8 });
    expect(assumed).toContain('--map experiment=style');
  });

  test('not if there are two such columns, which part the rows in different ways', async () => {
    const square = tried({ style: 'x' }, { style: 'y' }).map((row, at) => ({
      ...row,
      tone: at < 4 === at % 4 < 2 ? 'warm' : 'cold',
    }));

    const { experiments, assumed } = await readRows(square);

    expect(experiments).toEqual({ '': 8 });
    expect(assumed).toContain('--map experiment=style');
    expect(assumed).toContain('--map experiment=tone');
  });

  test('and never a score, whatever its values', async () => {
    const scored = tried({ mode: 'a' }, { mode: 'a' });

    expect((await readRows(scored)).experiments).toEqual({ '': 8 });
  });
});

describe('what differs between variants of one question is not an input', () => {
  test('such as the prompt that a template made of it', async () => {
    const rows = tried({ prompt_type: 'plain' }, { prompt_type: 'stepwise' }).map((row) => ({
      prompt: `${row.prompt_type}: ${row.question}`,
      ...row,
    }));

    const { experiments, assumed } = await readRows(rows);
    const { results } = await readFile(fileOf(JSON.stringify(rows)));

    expect(experiments).toEqual({ plain: 4, stepwise: 4 });
    expect(Object.keys(results[0]?.inputs ?? {})).toEqual(['question']);
    expect(assumed).toContain('prompt differs between variants of one question');
    const inputs = ['prompt,question'];
    expect((await readRows(rows, { inputs })).experiments).toEqual({ '': 8 });
  });

  test.for(['retriever', 'model'])('such as the contexts that a %s found for it', async (name) => {
    const rows = tried({ [name]: 'bm25' }, { [name]: 'dense' }).map((row) => ({
      ...row,
      contexts: [`${row[name]} on ${row.question}`],
    }));

    const { experiments } = await readRows(rows);
    const { results } = await readFile(fileOf(JSON.stringify(rows)));

    expect(experiments).toEqual({ bm25: 4, dense: 4 });
    expect(results[0]?.outputs).toHaveProperty('contexts');
  });

  test('but passages that are asked the same are', async () => {
    const rows = tried({ model: 'm' }).flatMap((row) =>
      ['one', 'two', 'three'].map((passage) => ({
        ...row,
        question: 'What is it about?',
        passage,
      })),
    );

    const { results } = await readFile(fileOf(JSON.stringify(rows)));

    expect(results[0]?.inputs).toHaveProperty('passage');
  });
});

describe('--map experiment=COLUMN', () => {
  const rows = tried({ style: 'x', tone: 'warm' }, { style: 'y', tone: 'cold' });

  test('takes two columns', async () => {
    const map = ['experiment=style', 'experiment=tone'];

    expect((await readRows(rows, { map })).experiments).toEqual({ 'x · warm': 4, 'y · cold': 4 });
  });

  test('takes what is nested, which stays where it is', async () => {
    const nested = rows.map(({ style, tone, ...row }) => ({ ...row, how: { style, tone } }));
    const map = ['experiment=how.style', 'experiment=how.tone'];

    const { experiments } = await readRows(nested, { map });
    const { results } = await readFile(fileOf(JSON.stringify(nested)), { map });

    expect(experiments).toEqual({ 'x · warm': 4, 'y · cold': 4 });
    expect(results[0]?.metadata).toMatchObject({ how: { style: 'x', tone: 'warm' } });
    expect(results[0]?.metadata).not.toHaveProperty('source_how');
  });
});

describe('a file whose beginning does not tell', () => {
  const PER_VARIANT = 1000;
  const sorted = ['v1', 'v2', 'v3'].flatMap((mode) =>
    Array.from({ length: PER_VARIANT }, (_, at) => ({
      question: `question ${at}`,
      response: `${mode} says ${at}`,
      mode,
      score: 1,
    })),
  );

  test.for(DOORS)('is parted once all of %s was read', async ([name, print]) => {
    const { experiments, assumed } = await read(name, print(sorted));

    expect(experiments).toEqual({ v1: PER_VARIANT, v2: PER_VARIANT, v3: PER_VARIANT });
    expect(assumed).toContain('mode tells experiments apart');
  });

  test('can be asked for one of them', async () => {
    const { experiments } = await readRows(sorted, { only: ['v2'] });

    expect(experiments).toEqual({ v2: PER_VARIANT });
  });

  test('is refused where there is no such experiment', async () => {
    await expect(readRows(sorted, { only: ['v4'] })).rejects.toThrow('no experiment "v4"');
  });

  test('may be several files, one for each', async () => {
    const [one = '', other = ''] = [sorted.slice(0, 300), sorted.slice(1000, 1300)].map(
      (rows, at) => fileOf(toCsv(rows), `part-${at}.csv`),
    );

    const together = await prepare([one, other]);
    const apart = await prepare([one, other], { each: true });

    expect(together.survey.experiments.map(({ label, rows }) => [label, rows])).toEqual([
      ['v1', 300],
      ['v2', 300],
    ]);
    expect(apart.survey.experiments.map(({ label }) => label)).toEqual(['', '']);
  });
});
