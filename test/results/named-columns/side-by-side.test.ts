import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/value.js';
import { cutName } from '../../../src/results/named-columns/cut-name.js';
import type { RecogniseOptions } from '../../../src/results/recognised.js';
import { readFile } from '../../support/read-format.js';
import { fileOf } from '../../support/rows.js';

const QUESTIONS = ['Capital of France?', 'Sides of a hexagon?', 'Author of Emma?'];

/** A row for each question, with these columns: a text is said of each question, a number goes up. */
function wide(...columns: string[]): JsonObject[] {
  return QUESTIONS.map((question, at) => ({
    question,
    ...Object.fromEntries(
      columns.map((name) => [
        name,
        /score|rouge|sas|f1/i.test(name) ? (at + 1) / 10 : `${name} to ${at}`,
      ]),
    ),
  }));
}

const toJson = (rows: readonly JsonObject[]) => JSON.stringify(rows);
function toCsv(rows: readonly JsonObject[]): string {
  const names = Object.keys(rows[0] ?? {});
  return [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))]
    .map((cells) => `${cells.join(',')}\n`)
    .join('');
}

async function read(rows: readonly JsonObject[], options?: RecogniseOptions, print = toJson) {
  const file = await readFile(fileOf(print(rows), 'results'), options);
  const { source, rows: checked } = file;
  const first = Object.fromEntries(
    checked
      .slice(0, Object.keys(file.experiments).length)
      .map(({ row }) => [row.experiment ?? '', row.value as JsonObject]),
  );
  return { ...file, first, assumed: source.assumptions.join('\n') };
}

describe('a name of a column', () => {
  test.for([
    ['base_answer', 'base', 'answer'],
    ['base.answer', 'base', 'answer'],
    ['Base Answer', 'base', 'answer'],
    ['baseAnswer', 'base', 'answer'],
    ['BASE-F1', 'base', 'F1'],
    ['RAGAnswer', 'rag', 'answer'],
    ['answer_base', 'base', 'answer'],
    ['answerBase', 'base', 'answer'],
    ['Answer (base)', 'base', 'Answer'],
    ['GPT-4o answer', 'gpt_4o', 'answer'],
    ['gpt4o_latency (ms)', 'gpt-4o', 'latency (ms)'],
    ['base', 'base', ''],
    ['ответ база', 'база', 'ответ'],
  ] as const)('%s is, of %s, %s', ([column, system, rest]) => {
    expect(cutName(column, system)?.rest).toBe(rest);
  });

  test.for([
    ['baseline_answer', 'base'],
    ['database', 'base'],
    ['gpt_4o_answer', 'gpt_4'],
    ['model10_answer', 'model1'],
    ['answer_base_1', 'base'],
    ['answer', ''],
  ] as const)('%s is none of %s', ([column, system]) => {
    expect(cutName(column, system)).toBeUndefined();
  });
});

test('a true answer is not one of a system', async () => {
  const { experiments } = await read(
    wide('true_answer', 'answer_v1', 'answer_v2', 'score_v1', 'score_v2'),
  );

  expect(Object.keys(experiments)).toEqual(['v1', 'v2']);
});

describe.for([
  ['JSON', toJson],
  ['CSV', toCsv],
] as const)('--systems in %s', ([, print]) => {
  test('makes an experiment of each, on the same examples', async () => {
    const rows = wide('area', 'a_response', 'a_score', 'b_response', 'b_score');

    const { experiments, results, first } = await read(rows, { systems: ['a', 'b'] }, print);

    expect(experiments).toEqual({ a: 3, b: 3 });
    expect(new Set(results.map(({ inputs }) => JSON.stringify(inputs))).size).toBe(3);
    expect(first.a).toMatchObject({ outputs: { response: 'a_response to 0' } });
    expect(first.b).toMatchObject({
      outputs: { response: 'b_response to 0' },
      scores: { score: { score: 0.1 } },
      metadata: { area: 'area to 0' },
    });
  });

  test('takes the name from the end, too', async () => {
    const rows = wide('response_one', 'score_one', 'response_two', 'score_two');

    const { first } = await read(rows, { systems: ['one', 'two'] }, print);

    expect(first.two).toMatchObject({
      outputs: { response: 'response_two to 0' },
      scores: { score: { score: 0.1 } },
    });
  });

  test('knows a system by the beginning of its name where another has a similar one', async () => {
    const rows = wide('old_model_answer', 'old_f1', 'new_answer', 'new_f1', 'old_source');

    const { first } = await read(rows, { systems: ['old_model', 'new'] }, print);

    expect(first.old_model).toMatchObject({ scores: { f1: { score: 0.1 } } });
    expect(first.new?.metadata).toEqual({ old_source: 'old_source to 0' });
  });

  test('leaves what all share, and what is of two, to each', async () => {
    const rows = wide('topic', 'x_response', 'y_response', 'x_vs_y');

    const { first } = await read(rows, { systems: ['x', 'y'] }, print);

    const shared = { topic: 'topic to 0', x_vs_y: 'x_vs_y to 0' };
    expect(first.x?.metadata).toEqual(shared);
    expect(first.y?.metadata).toEqual(shared);
  });

  test('keeps apart what all share and what each gave under one name', async () => {
    const rows = wide('answer', 'gpt4_answer', 'llama_answer');

    const { first } = await read(rows, { systems: ['gpt4', 'llama'] }, print);

    expect(first.gpt4).toMatchObject({
      outputs: { model_answer: 'gpt4_answer to 0' },
      reference_outputs: { answer: 'answer to 0' },
    });
  });

  test('takes a column that has nothing but the name as what the system gave', async () => {
    const { first } = await read(
      wide('gpt-4o', 'claude'),
      { systems: ['gpt-4o', 'claude'] },
      print,
    );

    expect(first['gpt-4o']?.outputs).toEqual({ output: 'gpt-4o to 0' });
  });

  test('gives no row to a system of which a record says nothing', async () => {
    const [one = {}, ...others] = wide('x_response', 'y_response');
    const rows = [{ ...one, y_response: '' }, ...others];

    const { experiments, problems } = await read(rows, { systems: ['x', 'y'] }, print);

    expect(problems).toEqual([]);
    expect(experiments).toEqual({ x: 3, y: 2 });
  });

  test('refuses a name that no column has', async () => {
    await expect(read(wide('x_response'), { systems: ['x', 'z'] }, print)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('begins or ends with z'),
    });
  });
});

describe('systems that are objects', () => {
  const system = (name: string, more: object = {}) => ({ response: `${name} says`, ...more });
  const rowsOf = (more: (name: string) => object) =>
    QUESTIONS.map((question) => ({
      question,
      gt_answer: 'right',
      model1: system('one', more('one')),
      model2: system('two', more('two')),
    })) as never as JsonObject[];

  test.for(['model_name', 'name', 'model'])('are called what their %s says', async (member) => {
    const { experiments, first } = await read(rowsOf((name) => ({ [member]: `the ${name}` })));

    expect(experiments).toEqual({ 'the one': 3, 'the two': 3 });
    expect(first['the two']).toMatchObject({
      inputs: { question: QUESTIONS[0] },
      outputs: { response: 'two says' },
      reference_outputs: { gt_answer: 'right' },
    });
  });

  test('are called by their members’ names otherwise', async () => {
    const { experiments, first } = await read(rowsOf(() => ({ f1: 0.5 })));

    expect(experiments).toEqual({ model1: 3, model2: 3 });
    expect(first.model1).toMatchObject({ scores: { f1: { score: 0.5 } } });
  });

  test('may be the members of what each object holds', async () => {
    const rows = QUESTIONS.map((question) => ({
      question,
      response: { small: 's', large: 'l' },
      f1: { small: 0.2, large: 0.8 },
    }));

    const { first } = await read(rows, { systems: ['small', 'large'] });

    expect(first.large).toMatchObject({
      outputs: { response: 'l' },
      scores: { f1: { score: 0.8 } },
    });
  });
});

describe('without the option', () => {
  test.for([
    ['base_model_answer', 'base_rouge', 'finetuned_answer', 'finetuned_rouge'],
    ['base_responses', 'base_metric_sas', 'hyde_responses', 'hyde_metric_sas'],
    ['gpt4_answer', 'llama_answer'],
    ['answer_baseline', 'answer_rag'],
    ['mine_response', 'mine_f1', 'theirs_response', 'theirs_f1', 'expected_answer'],
    ['GPT-4o Answer', 'Claude 3 Answer'],
    ['answer_with_rag', 'answer_without_rag'],
    ['modelAOutput', 'modelBOutput'],
    ['GPT-4', 'Claude', 'GPT-4 score', 'Claude score'],
  ])('%s and the like are of systems, which is said', async (...[columns]) => {
    const { experiments, assumed } = await read(wide(...columns));

    expect(Object.values(experiments)).toEqual([3, 3]);
    expect(assumed).toContain('are systems side by side');
    expect(assumed).toContain('--systems');
  });

  test.for([
    ['expected_answer', 'predicted_answer'],
    ['gold_answer', 'gpt4_answer'],
    ['user_response', 'bot_response'],
    ['answer', 'llama_answer', 'llama_f1'],
    ['response', 'gpt4_answer', 'llama_answer'],
    ['initial_answer', 'final_answer'],
    ['answer_1', 'answer_2'],
    ['response_a', 'response_b', 'winner'],
  ])('%s and the like are not', async (...[columns]) => {
    const { experiments } = await read(wide(...columns));

    expect(Object.values(experiments)).toEqual([3]);
  });

  test.for([
    ['alpha_answer', 'beta_answer'],
    ['answer_1', 'answer_2'],
    ['response_a', 'response_b', 'winner'],
    ['teacher_output', 'pupil_output'],
  ])('%s and %s may be, which is asked first', async (...[columns]) => {
    const { source } = await read(wide(...columns));

    const [first, ...others] = source.questions.flatMap(({ choices }) => choices);
    expect(first?.options.systems).toHaveLength(2);
    expect(others.map(({ options }) => options.outputs?.length)).toContain(1);
    const answered = await read(wide(...columns), first?.options);
    expect(answered.source.questions).toEqual([]);
    expect(Object.values(answered.experiments)).toEqual([3, 3]);
  });

  test('a column that is named as the output is taken, and the others are not', async () => {
    const rows = wide('gpt4_answer', 'llama_answer');

    const { experiments, first } = await read(rows, { outputs: ['gpt4_answer'] });

    expect(experiments).toEqual({ '': 3 });
    expect(first['']).toMatchObject({ outputs: { gpt4_answer: 'gpt4_answer to 0' } });
  });
});

describe('each row of a system', () => {
  const rows = wide('x_response', 'x_score', 'y_response', 'y_score');

  test('has the place of its record, and a number of its own', async () => {
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');

    const { rows: read } = await readFile(fileOf(lines, 'rows.jsonl'), { systems: ['x', 'y'] });

    expect(read.map(({ row }) => [row.origin.line, row.index, row.experiment])).toEqual([
      [1, 0, 'x'],
      [1, 1, 'y'],
      [2, 2, 'x'],
      [2, 3, 'y'],
      [3, 4, 'x'],
      [3, 5, 'y'],
    ]);
  });

  test('that cannot be recorded is one of its own experiment only', async () => {
    const broken = rows.map(({ y_response, y_score, ...row }, at) =>
      at === 1 ? { ...row, y_host: 'a machine' } : { ...row, y_response, y_score },
    ) as JsonObject[];

    const { problems, experiments } = await read(broken, { systems: ['x', 'y'] });

    expect(experiments).toEqual({ x: 3, y: 3 });
    expect(problems).toHaveLength(1);
  });
});
