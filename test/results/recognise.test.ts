import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSources } from '../../src/input/open.js';
import { OUR_FIELDS, sniff } from '../../src/input/sniff.js';
import { prepare } from '../../src/prepare/prepare.js';
import { sourceId } from '../../src/recorder/ids.js';
import { recognise } from '../../src/results/recognise.js';
import { ROW_FIELDS } from '../../src/results/result.js';
import { preparePacked } from '../support/packages.js';
import { readFile } from '../support/read-format.js';
import { fileOf, sourceOf, spoolFolder } from '../support/rows.js';

const ROW = '{"inputs":{"q":1},"outputs":{"a":2}}';
const PROMPTFOO = `{"results":{"version":3,"results":[
  {"vars":{"q":"a"},"provider":"openai:gpt-4o","promptIdx":0,"response":{"output":"A"},"score":1,"success":true},
  {"vars":{"q":"a"},"provider":"openai:o3","promptIdx":0,"response":{"output":"B"},"score":0,"success":false}
]}}`;

describe('what wrote a file is recognised by its content', () => {
  test.for([
    ['rows of our own', `${ROW}\n${ROW}\n`, 'native'],
    ['a document that holds rows of our own', `{"name":"x","rows":[${ROW}]}`, 'native'],
    ['one row of our own', ROW, 'native'],
    ['a table with our names', 'inputs.q,outputs.a\n1,2\n', 'native'],
    ['results of a harness', PROMPTFOO, 'promptfoo'],
    [
      'a table that LangSmith’s pages export',
      'inputs,reference outputs,outputs,correct\na,b,c,1\n',
      'columns',
    ],
    [
      'a table with our names and others, which may be scores',
      'inputs,outputs,ok\n1,2,1\n',
      'columns',
    ],
    ['a table with names of its own', 'question,response,correct\nq,a,1\n', 'columns'],
  ] as const)('%s', async ([, content, format]) => {
    const source = await recognise(await sourceOf(content));

    expect(source.format).toBe(format);
  });

  test('unless the format is named', async () => {
    const source = await recognise(await sourceOf(`${ROW}\n`), { format: 'columns' });

    expect(source.format).toBe('columns');
  });

  test('a format that it is not is refused', async () => {
    await expect(
      recognise(await sourceOf(`${ROW}\n`), { format: 'promptfoo' }),
    ).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('rows is not in the format promptfoo'),
    });
  });

  test('a format that nobody knows is refused with those that are known', async () => {
    await expect(
      recognise(await sourceOf(`${ROW}\n`), { format: 'promptfu' }),
    ).rejects.toMatchObject({ code: 'USAGE', hint: expect.stringContaining('promptfoo') });
  });

  test('a dataset that was exported is warned of', async () => {
    const exported = `{"inputs":{"q":1},"outputs":{"a":2},"metadata":{"dataset_split":["base"]}}\n`;

    const { assumptions } = await recognise(await sourceOf(exported.repeat(2)));

    expect(assumptions).toEqual([expect.stringContaining('reference outputs')]);
  });
});

describe('a file of several experiments', () => {
  test('gives each row the label of its own', async () => {
    const { experiments } = await readFile(fileOf(PROMPTFOO));

    expect(experiments).toEqual({ 'openai:gpt-4o': 1, 'openai:o3': 1 });
  });

  test('becomes experiments that number their own rows and have identities of their own', async () => {
    const found = await preparePacked([await recognise(await sourceOf(PROMPTFOO))]);

    expect(found).toMatchObject([
      { label: 'openai:gpt-4o', isOneOfSeveral: true, rows: [{ row: 0, line: 2 }] },
      { label: 'openai:o3', isOneOfSeveral: true, rows: [{ row: 0, line: 3 }] },
    ]);
    expect(new Set(found.map(({ sources }) => sourceId(sources))).size).toBe(2);
  });

  test('leaves rows that cannot be read to the first of them', async () => {
    const broken = PROMPTFOO.replace('"promptIdx":0,"response":{"output":"A"}', '"response":nope');
    const source = await recognise(await sourceOf(broken));

    const found = await preparePacked([source]);
    const picked = await preparePacked([source], { only: ['openai:o3'] });

    expect(found).toMatchObject([
      { label: 'openai:o3', rows: [{ problem: expect.any(String) }, { row: 1 }] },
    ]);
    expect(picked).toMatchObject([{ badRows: 1, rows: [{ row: 0 }, { row: 1 }] }]);
    const other = preparePacked([source], { only: ['another'] });
    await expect(other).rejects.toMatchObject({ code: 'USAGE' });
  });
});

test('a table on stdin is read as it arrives if its header is ours, all of it', () => {
  expect(new Set([...OUR_FIELDS].sort())).toEqual(
    new Set([...ROW_FIELDS, 'usage_metadata'].sort()),
  );
  const isOurs = (header: string) => sniff(Buffer.from(`${header}\n1,2\n`), true);

  expect(isOurs('inputs.q,"outputs",scores.exact')).toEqual({ format: 'csv', isOurs: true });
  expect(isOurs('inputs,outputs,exact')).toEqual({ format: 'csv', isOurs: false });
});

test('several files are read one after another', async () => {
  const [a, b] = [fileOf(`${ROW}\n${ROW}\n`, 'a.jsonl'), fileOf('inputs,outputs\n1,2\n', 'b.csv')];
  const opened = await openSources([a, b], { spoolFolder });
  const [first, ...others] = await Promise.all(opened.map((one) => recognise(one)));
  if (!first) throw new Error('nothing was opened');

  const [one, ...more] = await preparePacked([first, ...others]);

  expect(more).toEqual([]);
  expect(one?.files).toEqual([a, b]);
  expect(one?.rows.map(({ row, file, line }) => [row, file, line])).toEqual([
    [0, a, 1],
    [1, a, 2],
    [2, b, 2],
  ]);
});

test('companion files that say more about the rows are part of its identity', async () => {
  const path = fileOf(
    '{"doc_id":0,"doc":{"q":1},"target":"a","arguments":[["p"]],"resps":[["a"]],"filtered_resps":["a"],"acc":1.0}\n',
    'samples_task_2026-01-01T00-00-00.000000.jsonl',
  );
  const results = join(dirname(path), 'results_2026-01-01T00-00-00.000000.json');
  const identityOf = async () => {
    const [opened] = await openSources([path], { spoolFolder });
    if (!opened) throw new Error('nothing was opened');
    const source = await recognise(opened);
    expect(source.format).toBe('lm-eval');
    return sourceId((await prepare([source])).sources);
  };

  writeFileSync(results, '{"model_name":"one","config":{}}');
  const before = await identityOf();
  const again = await identityOf();
  writeFileSync(results, '{"model_name":"two","config":{}}');

  expect(again).toBe(before);
  expect(await identityOf()).not.toBe(before);
});

describe('a list in which one record is odd is recognised by the others, and that one is a problem', () => {
  const good: readonly [string, object][] = [
    ['promptfoo', { testIdx: 0, promptIdx: 0, vars: { q: 'a' }, success: true, response: {} }],
    ['lm-eval', { doc_id: 0, doc: {}, arguments: [], resps: [['a']], filtered_resps: ['a'] }],
    ['braintrust', { span_id: 'a', root_span_id: 'a', scores: {}, input: 'q', output: 'a' }],
    ['openai-batch', { custom_id: 'a', response: { status_code: 200, body: { output: [] } } }],
    ['anthropic-batch', { custom_id: 'a', result: { type: 'succeeded', message: {} } }],
    ['openai-evals-api', { object: 'eval.run.output_item', sample: { output: [{}] } }],
    ['swe-bench', { instance_id: 'a', model_patch: 'b', model_name_or_path: 'c' }],
    ['phoenix', { example_id: 'a', repetition_number: 1, annotations: [], output: 'b' }],
    ['evalplus', { task_id: 'HumanEval/0', completion: 'return 1' }],
    ['mt-bench', { question_id: 1, answer_id: 'a', model_id: 'm', choices: [{ turns: ['b'] }] }],
    ['mt-bench', { question_id: 1, judge: ['j', 'p'], model: 'm', judgment: 'b', score: 1 }],
    ['alpaca-eval', { instruction: 'a', output: 'b', generator: 'c' }],
    ['bfcl', { id: 'a', result: 'b', input_token_count: 1, latency: 1 }],
    ['tau-bench', { task_id: 1, reward: 1, trial: 0, traj: [], info: {} }],
    ['lighteval', { full_prompt: 'a', predictions: ['b'], gold: ['b'], metrics: {} }],
    [
      'every-eval-ever',
      { schema_version: '1', evaluation_id: 'a', sample_id: 'b', evaluation: { score: 1 } },
    ],
  ];

  test.for(good)('%s', async ([format, record]) => {
    const lines = [record, { note: 'odd' }, record].map((one) => JSON.stringify(one));

    const { source, results, problems } = await readFile(fileOf(lines.join('\n')));

    expect(source.format).toBe(format);
    expect(results.length).toBeGreaterThan(0);
    expect(problems).toEqual([expect.stringMatching(/expected|missing/)]);
  });
});

test('evaluated tests that come after many unit tests are read if the format is said', async () => {
  const unit = { assertionResults: [{ title: 'adds', meta: {} }] };
  const evaluated = {
    assertionResults: [{ title: 'answers', meta: { eval: { scores: [], output: 'A' } } }],
  };
  const path = fileOf(JSON.stringify({ testResults: [...Array(300).fill(unit), evaluated] }));

  const { results } = await readFile(path, { format: 'vitest-evals' });

  expect(results).toMatchObject([{ inputs: { input: 'answers' }, outputs: { output: 'A' } }]);
});

test.for([
  [
    'deepeval',
    [...Array(30).fill({ input: 'q', actualOutput: 'A' }), { input: 'q', metricsData: [] }],
    (rows: unknown) => ({ testCases: rows }),
  ],
  [
    'evalite',
    [...Array(30).fill({ input: 'q', output: 'A' }), { input: 'q', output: 'A', scores: [] }],
    (rows: unknown) => ({ run: { id: 1 }, evals: [{ name: 'e', results: rows }] }),
  ],
] as const)(
  'what tells a format may stand beyond the sample if the format is said: %s',
  async ([format, rows, document]) => {
    const path = fileOf(JSON.stringify(document(rows)));

    const read = await readFile(path, { format });

    expect(read.source.format).toBe(format);
    expect(read.rows).toHaveLength(31);
  },
);
