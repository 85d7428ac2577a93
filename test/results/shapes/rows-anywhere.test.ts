import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type ReadFile, readFile } from '../../support/read-format.js';
import { fileOf } from '../../support/rows.js';

const QUESTIONS = [
  'Which river flows through Ghent?',
  'Who painted Guernica?',
  'How many bytes are in a kilobyte?',
];
const ANSWERS = ['The Leie', 'Miró', '1000'];
const REFERENCES = ['Leie', 'Picasso', '1000'];
const RIGHT = [true, false, true];

/** The same three rows, in whatever shape a file has them. */
const ROWS = QUESTIONS.map((question, at) => ({
  question,
  expected: REFERENCES[at],
  answer: ANSWERS[at],
  correct: RIGHT[at],
}));
const [FIRST] = ROWS;
/** The same rows without right answers, answered by a system that is right this often. */
const answered = (score: number) =>
  QUESTIONS.map((question, at) => ({ question, response: ANSWERS[at], score }));
const columnsOf = (rows: readonly object[]) => {
  const names = Object.keys(rows[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name as never])]));
};
const byKey = (rows: readonly object[], prefix: string) =>
  Object.fromEntries(rows.map((row, at) => [`${prefix}${at}`, row]));
const indexed = (rows: readonly object[]) =>
  Object.fromEntries(Object.entries(columnsOf(rows)).map(([name, cells]) => [name, { ...cells }]));

const documentOf = (value: unknown) => fileOf(JSON.stringify(value, null, 1), 'results.json');
const read = (value: unknown, options = {}) => readFile(documentOf(value), options);

/** What each row says, whatever it is called. */
function said({ results }: ReadFile) {
  return results.map(({ inputs, outputs, referenceOutputs, feedback }) => [
    Object.values(inputs ?? {})[0],
    Object.values(outputs ?? {})[0],
    Object.values(referenceOutputs ?? {})[0],
    feedback[0]?.score,
  ]);
}
const SAID = ROWS.map(({ question, answer, expected, correct }) => [
  question,
  answer,
  expected,
  correct,
]);

const ALIKE: readonly [what: string, document: unknown, metadata?: object][] = [
  ['a list next to facts', { tool: 'mine', results: ROWS }, { tool: 'mine' }],
  ['a list two objects down', { run: { at: 'night', output: { rows: ROWS } } }, { at: 'night' }],
  ['a list four objects down', { a: { b: { c: { d: ROWS } } } }],
  ['an object by id', byKey(ROWS, 'q')],
  [
    'an object by id, next to facts',
    { meta: { seed: 7 }, details: byKey(ROWS, 'q') },
    { meta: { seed: 7 } },
  ],
  [
    'an object by id, next to an object of another kind',
    { setup: { seed: 7 }, ...byKey(ROWS, 'case-') },
  ],
  [
    'rows within records',
    { rows: ROWS.map((row, at) => ({ row_idx: at, row, truncated_cells: [] })) },
    { row_idx: 0 },
  ],
  ['columns by index, as pandas writes them', indexed(ROWS)],
  ['rows by index, as pandas writes them', byKey(ROWS, '')],
  [
    'cells by column names, as pandas writes them',
    {
      columns: Object.keys(FIRST ?? {}),
      index: [0, 1, 2],
      data: ROWS.map((row) => Object.values(row)),
    },
  ],
  [
    'a table with its schema, as pandas writes it',
    {
      schema: { fields: [{ name: 'question', type: 'string' }], pandas_version: '1.4.0' },
      data: ROWS,
    },
  ],
  ['lists of one length', columnsOf(ROWS)],
  [
    'lists of one length within an object',
    { model: 'gpt-4o', predictions: columnsOf(ROWS) },
    { ls_model_name: 'gpt-4o' },
  ],
  [
    'lists named for all that is in them',
    {
      questions: QUESTIONS,
      answers: ANSWERS,
      ground_truths: REFERENCES,
      scores: RIGHT.map(Number),
      notes: ['a', 'b'],
    },
    { notes: ['a', 'b'] },
  ],
  [
    'a list next to lists of settings',
    {
      prompts: [{ name: 'a', text: 'Say {{q}}' }],
      providers: [{ id: 'openai' }],
      metrics: [{ name: 'correct', threshold: 0.5 }],
      results: ROWS,
    },
  ],
  [
    'a list next to means of groups',
    {
      by_topic: [
        { topic: 'art', correct: 0.5 },
        { topic: 'it', correct: 1 },
      ],
      accuracy: 0.7,
      results: ROWS,
    },
  ],
  [
    'a list next to errors of other rows',
    { results: ROWS, errors: [{ question: 'Why?', error: 'timeout' }] },
  ],
  [
    'a list next to examples for the prompt',
    { few_shot_examples: [{ question: 'Q', answer: 'A' }], results: ROWS },
  ],
  [
    'rows that hold steps of their own',
    { results: ROWS.map((row) => ({ ...row, steps: [{ input: 'a', output: 'b', score: 1 }] })) },
  ],
  [
    'rows that hold a history',
    { results: ROWS.map((row) => ({ ...row, history: [{ question: 'a', answer: 'b' }] })) },
  ],
  [
    'one list after another',
    {
      batches: [
        { batch: 1, items: ROWS.slice(0, 2) },
        { batch: 2, items: ROWS.slice(2) },
      ],
    },
  ],
  [
    'an array of groups',
    [
      { batch: 1, items: ROWS.slice(0, 2) },
      { batch: 2, items: ROWS.slice(2) },
    ],
  ],
  [
    'answers that name their questions',
    {
      tests: ROWS.map(({ question, expected }, at) => ({
        id: `t${at}`,
        input: question,
        target: expected,
      })),
      results: ROWS.map(({ answer, correct }, at) => ({
        test_id: `t${at}`,
        output: answer,
        passed: correct,
      })),
    },
  ],
  [
    'answers in a list of texts, next to their questions',
    {
      questions: QUESTIONS.map((text, id) => ({ id, text, expected: REFERENCES[id] })),
      answers: ANSWERS.map((text, at) => ({ question_id: at, text, correct: RIGHT[at] })),
    },
  ],
  [
    'a list next to a summary with nearly its keys',
    { summary: [{ topic: 'art', correct: 0.5 }], details: ROWS },
  ],
  [
    'lists of objects, of one length',
    {
      inputs: QUESTIONS.map((question) => ({ question })),
      outputs: ANSWERS.map((answer) => ({ answer })),
      reference_outputs: REFERENCES.map((answer) => ({ answer })),
      scores: RIGHT.map(Number),
    },
  ],
  [
    'answers under the keys of their questions',
    {
      tests: byKey(
        ROWS.map(({ question, expected }) => ({ input: question, target: expected })),
        't',
      ),
      results: byKey(
        ROWS.map(({ answer, correct }) => ({ output: answer, passed: correct })),
        't',
      ),
    },
  ],
];

describe('rows are found, and read alike, where they are', () => {
  test.for(ALIKE)('%s', async ([, document, metadata = {}]) => {
    const found = await read(document);

    expect(found.problems).toEqual([]);
    expect(found.source.questions).toEqual([]);
    expect(said(found)).toEqual(
      SAID.map((row) =>
        row.map((value, at) => (at === 3 ? expect.toBeOneOf([value, Number(value)]) : value)),
      ),
    );
    expect(Object.keys(found.experiments)).toHaveLength(1);
    expect(found.results[0]?.metadata).toMatchObject(metadata);
  });

  test.for(ALIKE)('in YAML as in JSON: %s', async ([, document]) => {
    const yaml = await readFile(fileOf(stringify(document), 'results.yaml'));

    expect(said(yaml)).toEqual(said(await read(document)));
  });

  test.for(ALIKE)('with all of the file in one line: %s', async ([, document]) => {
    const line = await readFile(fileOf(JSON.stringify(document), 'results.json'));

    expect(said(line)).toEqual(said(await read(document)));
  });
});

/** Other questions than those of ROWS. */
const OTHERS = [4, 5, 6].map((n) => ({
  question: `What is ${n} + ${n}?`,
  answer: String(n),
  correct: false,
}));
const REST = OTHERS.map(({ question, answer }) => ({ question, response: answer, score: 0 }));

const SYSTEMS: readonly [what: string, document: unknown, experiments: object][] = [
  [
    'keys of an object of lists',
    { naive: answered(0.5), graph: answered(0.7) },
    { naive: 3, graph: 3 },
  ],
  [
    'keys over objects that hold a list',
    { naive: { mean: 0.5, rows: answered(0.5) }, graph: { mean: 0.7, rows: answered(0.7) } },
    { naive: 3, graph: 3 },
  ],
  [
    'keys next to what is no system',
    { config: { seed: 1 }, naive: answered(0.5), graph: answered(0.7) },
    { naive: 3, graph: 3 },
  ],
  [
    'keys over objects by id',
    { systems: { naive: byKey(answered(0.5), 'q'), graph: byKey(answered(0.7), 'q') } },
    { naive: 3, graph: 3 },
  ],
  [
    'keys over columns',
    { naive: columnsOf(answered(0.5)), graph: columnsOf(answered(0.7)) },
    { naive: 3, graph: 3 },
  ],
  [
    'models as keys',
    { by_model: { 'gpt-4.1': answered(0.5), 'claude-3-haiku': answered(0.7) } },
    { 'gpt-4.1': 3, 'claude-3-haiku': 3 },
  ],
  [
    'a model around each list',
    {
      runs: [
        { model: 'm-a', samples: answered(0.5) },
        { model: 'm-b', samples: answered(0.7) },
      ],
    },
    { 'm-a': 3, 'm-b': 3 },
  ],
  [
    'a mode around each list',
    {
      runs: [
        { mode: 'fast', status: 'ok', samples: answered(0.5) },
        { mode: 'slow', status: 'ok', samples: answered(0.7) },
      ],
    },
    { fast: 3, slow: 3 },
  ],
  [
    'a name around each list, after it',
    {
      runs: [
        { samples: answered(0.5), name: 'fast' },
        { samples: answered(0.7), name: 'slow' },
      ],
    },
    { fast: 3, slow: 3 },
  ],
  [
    'a mode and a model',
    { runs: ['a', 'b'].map((mode) => ({ mode, model: 'm', samples: answered(0.5) })) },
    { 'a · m': 3, 'b · m': 3 },
  ],
  [
    'lists in an array, each with its name',
    [
      { system: 'x', results: answered(0.5) },
      { system: 'y', results: answered(0.7) },
    ],
    { x: 3, y: 3 },
  ],
  [
    'models below parts of the dataset',
    { art: { 'm-a': answered(1), 'm-b': answered(0) }, it: { 'm-a': REST, 'm-b': REST } },
    { 'm-a': 6, 'm-b': 6 },
  ],
  [
    'models below each question',
    {
      cases: QUESTIONS.map((question) => ({
        question,
        results: { 'm-a': { response: 'x', score: 1 }, 'm-b': { response: 'y', score: 0 } },
      })),
    },
    { 'm-a': 3, 'm-b': 3 },
  ],
  [
    'rows of our own below each system',
    {
      runs: [
        { system: 'x', rows: [{ inputs: { q: 1 }, outputs: { a: 1 } }] },
        { system: 'y', rows: [{ inputs: { q: 1 }, outputs: { a: 2 } }] },
      ],
    },
    { x: 1, y: 1 },
  ],
];

test('the answer to a question is the reference of the answers that models gave', async () => {
  const { results, problems } = await read(
    QUESTIONS.map((question, at) => ({
      question,
      answer: `${at} is right, as anybody knows who has read the question to its end`,
      model_answers: ['a', 'b'].map((model) => ({ model, answer: model, correct: at > 1 })),
    })),
  );

  expect(problems).toEqual([]);
  expect(results[0]).toMatchObject({
    inputs: { question: QUESTIONS[0] },
    outputs: { answer: 'a' },
    referenceOutputs: { answer: expect.stringMatching(/^0 is right/) },
  });
});

describe('systems side by side become experiments, by', () => {
  test.for(SYSTEMS)('%s', async ([, document, experiments]) => {
    const found = await read(document);

    expect(found.problems).toEqual([]);
    expect(found.experiments).toEqual(experiments);
    expect(found.source.hasExperiments).toBe(true);
  });
});

const PARTS: readonly [what: string, document: unknown, metadata: object][] = [
  ['parts of a dataset', { art: ROWS, sums: OTHERS }, { group: 'art' }],
  ['rows by how they ended', { passed: ROWS, failed: OTHERS }, { group: 'passed' }],
  [
    'batches',
    [
      { batch: 1, rows: ROWS },
      { batch: 2, rows: OTHERS },
    ],
    { batch: 1 },
  ],
  [
    'attempts at each question',
    {
      items: QUESTIONS.map((question, at) => ({
        id: `q${at}`,
        question,
        difficulty: 'low',
        attempts: answered(1).map(({ response, score }) => ({ response, score })),
      })),
    },
    { difficulty: 'low' },
  ],
];

describe('what is not a system stays one experiment', () => {
  test.for(PARTS)('%s', async ([, document, metadata]) => {
    const found = await read(document);

    expect(found.problems).toEqual([]);
    expect(Object.keys(found.experiments)).toEqual(['']);
    expect(found.results[0]?.metadata).toMatchObject(metadata);
  });

  test('train and test are splits', async () => {
    const { results, experiments } = await read({ train: ROWS, test: OTHERS });

    expect(experiments).toEqual({ '': 6 });
    expect(results.map(({ split }) => split)).toEqual([
      ...ROWS.map(() => ['train']),
      ...OTHERS.map(() => ['test']),
    ]);
  });
});

describe('a document is one row', () => {
  test.for([
    ['of our own', { inputs: { q: 1 }, outputs: { a: 2 } }],
    ['with a question and an answer', { question: 'q', answer: 'a', score: 1 }],
    [
      'that lists what was retrieved',
      {
        question: 'q',
        answer: 'a',
        contexts: [
          { text: 'x', score: 0.3 },
          { text: 'y', score: 0.2 },
        ],
      },
    ],
    [
      'that lists its steps',
      {
        question: 'q',
        answer: 'a',
        steps: [
          { input: 'x', output: 'y' },
          { input: 'x', output: 'y' },
        ],
      },
    ],
    [
      'with a chat',
      {
        messages: [
          { role: 'user', content: 'q' },
          { role: 'assistant', content: 'a' },
        ],
        score: 1,
      },
    ],
  ] as const)('%s', async ([, document]) => {
    const { rows, results } = await read(document);

    expect(rows).toHaveLength(1);
    expect(results).toMatchObject([{ inputs: expect.anything(), outputs: expect.anything() }]);
  });
});

describe('where two places are as likely, a person is asked, with options that work', () => {
  test.for([
    [
      'two lists of different rows',
      { first: ROWS, second: [{ prompt: 'p', completion: 'c', rating: 3, tone: 'dry' }] },
      ['first', 'second'],
    ],
    [
      'results and failures, which may be some of them',
      { results: ROWS, failures: ROWS.slice(1, 2) },
      ['results', 'failures'],
    ],
    [
      'a file with an input and an output of its own',
      { input: 'in.jsonl', output: 'out.jsonl', results: [{ question: 'q', answer: 'a' }] },
      ['.', 'results'],
    ],
    [
      'rows that hold lists with scores of their own',
      {
        results: [
          { question: 'q', answer: 'a', probes: [{ prompt: 'p', completion: 'c', score: 1 }] },
        ],
      },
      ['results', 'results.*.probes'],
    ],
    [
      'two lists of which nothing is known',
      { first: [{ frage: 'f' }], second: [{ antwort: 'a' }] },
      ['first', 'second'],
    ],
  ] as const)('%s', async ([, document, paths]) => {
    await expect(read(document)).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining(
        paths.map((path) => `--rows ${path.includes('*') ? `'${path}'` : path}`)[1] ?? '',
      ),
    });
    for (const rows of paths)
      expect((await read(document, { rows })).rows.length).toBeGreaterThan(0);
  });
});

describe('what is around rows is said', () => {
  const notesOf = async (document: unknown) => (await read(document)).source.assumptions.join('\n');

  test('and what of it goes with each row', async () => {
    const notes = await notesOf({ dataset: 'rivers', results: ROWS });

    expect(notes).toContain('the rows are read from results');
    expect(notes).toContain('added to each row from around it: dataset');
  });

  test('and what is left out', async () => {
    const notes = await notesOf({ accuracy: 0.7, prompts: [{ id: 1, text: 'x' }], results: ROWS });

    expect(notes).toContain('left out, as not about single rows: accuracy, prompts');
  });

  test('and that a system has no rows', async () => {
    const runs = [
      { mode: 'fast', results: ROWS },
      { mode: 'slow', error: 'crashed', results: [] },
    ];

    expect(await notesOf({ runs })).toContain('1 of 2 at runs.* have no rows');
  });

  test('a name that rows have too is theirs, and the other is kept', async () => {
    const rows = ROWS.map((row, at) => ({ ...row, difficulty: at }));

    const { results } = await read({ difficulty: 'all', results: rows });

    expect(results[1]?.metadata).toMatchObject({ difficulty: 1, file_difficulty: 'all' });
  });

  test('an input of all rows is offered, and not taken: it may be a file’s name', async () => {
    const document = {
      question: QUESTIONS[0],
      answers: answered(1).map(({ response, score }) => ({ response, score })),
    };

    const { source } = await read(document);
    const { results } = await read(document, { inputs: ['question'] });

    expect(source.questions[0]?.choices[0]).toMatchObject({ options: { inputs: ['question'] } });
    expect(results).toMatchObject(
      ANSWERS.map((response) => ({ inputs: { question: QUESTIONS[0] }, outputs: { response } })),
    );
  });
});

test('lists of different lengths are refused', async () => {
  await expect(read({ questions: QUESTIONS, answers: ANSWERS.slice(1) })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('questions has 3 values, answers has 2'),
  });
});

test('cells without names are refused', async () => {
  await expect(read(ROWS.map((row) => Object.values(row)))).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('its columns have no names'),
  });
});

test('a document without rows is refused with what it has', async () => {
  await expect(read({ seed: 1, tags: ['a'] })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('it is an object with seed, tags'),
  });
});

test('--rows that leads nowhere is refused with places that do not', async () => {
  await expect(read({ a: { b: ROWS } }, { rows: 'a.c' })).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('has no rows at a.c'),
    hint: expect.stringContaining('--rows a.b'),
  });
});

test('--rows takes names with dots and commas', async () => {
  const { rows } = await read({ 'gpt-4.1': { 'a,b': ROWS }, other: ROWS }, { rows: 'gpt-4.1.a,b' });

  expect(rows).toHaveLength(3);
});

test('--rows takes several names for one step', async () => {
  const { experiments } = await read(
    { naive: answered(1), graph: answered(0), others: answered(0.5) },
    { rows: 'naive,graph' },
  );

  expect(experiments).toEqual({ naive: 3, graph: 3 });
});
