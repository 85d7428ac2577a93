import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '../../src/server/app.js';
import { assetPath } from '../../src/server/page/assets.js';
import { pages } from '../../src/server/page/pages.js';
import { openStore, type Store } from '../../src/server/store.js';

const NOON = Date.UTC(2026, 0, 31, 12) * 1000;
const SECOND = 1_000_000;
const STYLE_PATH = assetPath('style.css');

let store: Store;
let app: ReturnType<typeof pages>;

beforeEach(() => {
  store = openStore({ file: ':memory:' });
  app = pages(store);
  return () => store.close();
});

describe('the datasets', () => {
  test.for(['/', '/o/{t}/datasets'])('are on %s, each with its counts', async (path) => {
    const dataset = addDataset('capitals');
    addExamples(dataset, [{ inputs: '{"country":"France"}' }]);
    addExperiment(dataset, 'first');

    const page = await read(path.replace('{t}', store.tenantId));

    expect(rowsOf(page)).toEqual([
      'capitals | 1 | 1 | 31 Jan 2026, 12:00 UTC | 31 Jan 2026, 12:00 UTC',
    ]);
    expect(page).toContain(`href="/o/${store.tenantId}/datasets/${dataset}"`);
  });

  test('that are not there yet are replaced by the command that makes one', async () => {
    const page = await read('/');

    expect(page).toContain('ls-record record results.jsonl --dataset capitals --local');
  });

  test('are followed by a link to projects once an SDK has traced to one', async () => {
    const before = await read('/');
    addExperiment(null, 'my app');

    const after = await read('/');
    const projects = await read(`/o/${store.tenantId}/projects`);

    expect(before).not.toContain('/projects');
    expect(after).toContain(`href="/o/${store.tenantId}/projects"`);
    expect(rowsOf(projects)).toEqual(['my app | 0 | 31 Jan 2026, 12:00 UTC']);
  });
});

describe('a dataset', () => {
  test('lists its experiments, the latest first, with what came out of each', async () => {
    const dataset = addDataset('capitals');
    const first = addExperiment(dataset, 'first');
    addExperiment(dataset, 'second', NOON + SECOND);
    const [france = '', peru = ''] = addExamples(dataset, [{ inputs: '{}' }, { inputs: '{}' }]);
    addRun(first, {
      reference_example_id: france,
      seconds: 0.5,
      scores: { correct: 'true' },
      total_tokens: 1200,
    });
    addRun(first, { reference_example_id: peru, scores: { correct: 'false' }, error: 'no answer' });

    const page = await read(datasetPath(dataset));

    expect(rowsOf(page)).toEqual([
      'second bless second unfinished: 0 of 2 examples, last written 31 Jan 2026, 12:00 UTC | – | 0 | – | – | – | 31 Jan 2026, 12:00 UTC',
      'first baseline bless first unfinished: 2 of 2 examples, last written 31 Jan 2026, 12:00 UTC | 0.50 | 2 | 50% | 0.75 s | 1,200 | 31 Jan 2026, 12:00 UTC',
    ]);
  });

  test.for([
    ['capitals', 'capitals'],
    ['two words', "'two words'"],
    ["it's", "'it'\\''s'"],
    ['-x', "'-x'"],
  ] as const)(
    'called %s without experiments tells the command to type',
    async ([name, argument]) => {
      const dataset = addDataset(name);

      const page = await read(datasetPath(dataset));

      expect(textOf(page)).toContain(
        `ls-record record results.jsonl --dataset ${argument} --local`,
      );
    },
  );
});

describe('an experiment', () => {
  test('is a table of examples with what was answered, its scores, latency and tokens', async () => {
    const dataset = addDataset('capitals');
    const experiment = addExperiment(dataset, 'first');
    const [france = null] = addExamples(dataset, [
      { inputs: '{"country":"France"}', outputs: '{"capital":"Paris"}' },
    ]);
    addRun(experiment, {
      reference_example_id: france,
      outputs: '{"capital":"Lyon"}',
      scores: { closeness: '0.25', correct: 'false' },
      seconds: 0.84,
      total_tokens: 16,
    });

    const page = await read(comparePath(dataset, experiment));

    expect(comparedRows(page)).toEqual([
      '1 | France | Paris | Lyon closeness 0.25 correct 0.00 0.84 s',
    ]);
  });

  test('shows no negative latency for a run whose end is before its start', async () => {
    const { dataset, experiment } = addAnswered({ seconds: -0.02 });

    expect(comparedRows(await read(comparePath(dataset, experiment)))[0]).not.toContain('-0.0');
  });

  test('names rows by their own ids, and shows no latency of those without times', async () => {
    const extra = '{"metadata":{"row_id":"<case> 17","untimed":true}}';
    const { dataset, experiment, run } = addAnswered({ extra, seconds: 0 });
    const other = addExperiment(dataset, 'other');

    const page = await read(comparePath(dataset, experiment));
    const compared = await read(comparePath(dataset, experiment, other));
    const single = await read(runPath(experiment, run));

    expect(comparedRows(page)).toEqual(['&lt;case&gt; 17 | – | – | Paris']);
    expect(textOf(page)).not.toContain('latency, median');
    expect(comparedRows(compared)[0]).toMatch(/^&lt;case&gt; 17 .* Paris \| not recorded yet/);
    expect(textOf(single)).toContain('Row &lt;case&gt; 17 Status Success Latency – ');
  });

  test('shows the error of a run that failed', async () => {
    const { dataset, experiment } = addAnswered({ outputs: null, error: 'RateLimitError: 429' });

    const page = await read(comparePath(dataset, experiment));

    expect(comparedRows(page)[0]).toContain('RateLimitError: 429');
  });

  test('has the repetitions of an example in one row, and all of them in the full view', async () => {
    const { dataset, experiment, example } = addAnswered({
      outputs: '{"output":"once"}',
      scores: { correct: 'true' },
    });
    addRun(experiment, {
      reference_example_id: example,
      outputs: '{"output":"twice"}',
      start_time: NOON + SECOND,
      scores: { correct: 'false' },
    });

    const page = await read(comparePath(dataset, experiment));
    const full = await read(`${comparePath(dataset, experiment)}&view=full`);

    expect(comparedRows(page)).toEqual([expect.stringMatching(/ once correct 0\.50 .*×2 flaky$/)]);
    expect(comparedRows(full)[0]).toMatch(/once.*twice/);
    expect(textOf(page)).toContain('Flaky 1');
  });

  test('says how many runs a mean covers, where some have no score', async () => {
    const { dataset, experiment } = addAnswered({ scores: { correct: 'true' } });
    addRun(experiment, { reference_example_id: addExamples(dataset, [{ inputs: '{}' }])[0] ?? '' });

    const page = await read(comparePath(dataset, experiment));

    expect(textOf(page)).toMatch(/correct 1\.00 n 1 .* 0 of 2/);
  });

  test('shows a text where an evaluator gave no number', async () => {
    const { dataset, experiment, run } = addAnswered({});
    addFeedback(run, experiment, { key: 'grade', value: '"excellent"' });

    const page = await read(comparePath(dataset, experiment));

    expect(comparedRows(page)[0]).toContain('grade excellent');
  });

  test('keeps rows whose example was deleted', async () => {
    const { dataset, experiment, example } = addAnswered({ inputs: '{"country":"Peru"}' });
    store.examples.delete([example], NOON + SECOND);

    const page = await read(comparePath(dataset, experiment));

    expect(comparedRows(page)[0]).toContain('Peru The example was deleted since.');
  });

  test('cuts a long payload, and says how much is missing', async () => {
    const { dataset, experiment } = addAnswered({
      outputs: JSON.stringify({ output: `${'a'.repeat(399)}😀${'b'.repeat(2000)}` }),
    });

    const page = await read(comparePath(dataset, experiment));
    const full = await read(`${comparePath(dataset, experiment)}&view=full`);

    expect(page).toContain(`>${'a'.repeat(113)}…</p>`);
    expect(full).toContain(`>${'a'.repeat(399)}</div>`);
    expect(full).toContain('… 2,002 more characters');
  });

  test('comes in pages of fifty rows, in the order of the file, with their number', async () => {
    const dataset = addDataset('large');
    const experiment = addExperiment(dataset, 'first');
    const payloads = Array.from({ length: 101 }, (_, number) => ({
      inputs: `{"number":${number}}`,
    }));
    for (const id of addExamples(dataset, payloads))
      addRun(experiment, { reference_example_id: id });
    const path = comparePath(dataset, experiment);

    const [first, middle, last, beyond] = [
      await read(path),
      await read(`${path}&page=2`),
      await read(`${path}&page=3`),
      await read(`${path}&page=99`),
    ];

    expect([first, middle, last].map((page) => comparedRows(page).length)).toEqual([50, 50, 1]);
    expect([first, middle, last].map(relationsOf)).toEqual([['next'], ['prev', 'next'], ['prev']]);
    expect(middle).toContain(`selectedSessions=${experiment.slice(0, 8)}&amp;page=3`);
    expect(comparedRows(last)[0]).toMatch(/^101 \| 100 /);
    expect(textOf(middle)).toContain('Rows 51 to 100 of 101');
    expect(comparedRows(beyond)).toEqual(comparedRows(last));
  });

  test.for(['0', '-1', '1.5', 'x', '1e99', ''])('takes page %j for the first', async (number) => {
    const { dataset, experiment } = addAnswered({});

    const page = await read(`${comparePath(dataset, experiment)}&page=${number}`);

    expect(comparedRows(page)).toHaveLength(1);
  });
});

describe('experiments side by side', () => {
  test('answer the same example in one row, with their distance from the first', async () => {
    const { dataset, experiment, example } = addAnswered({
      outputs: '{"output":"Lyon"}',
      scores: { correct: 'false' },
    });
    const second = addExperiment(dataset, 'second');
    addRun(second, {
      reference_example_id: example,
      outputs: '{"output":"Paris"}',
      scores: { correct: 'true' },
    });

    const page = await read(comparePath(dataset, experiment, second));

    expect(comparedRows(page)).toEqual([
      expect.stringMatching(/ Lyon correct 0\.00 .*Paris correct 1\.00 ▲ /),
    ]);
    expect(textOf(page)).toMatch(/correct 0\.00 n 1 1\.00 \+1\.0 too few to tell .* ▲ ?1 /);
  });

  test('leave a gap where one has no run', async () => {
    const { dataset, experiment } = addAnswered({});
    const second = addExperiment(dataset, 'second');

    const page = await read(comparePath(dataset, experiment, second));

    expect(comparedRows(page)[0]).toMatch(/ not recorded yet$/);
  });

  test.for([
    ['one parameter', (first: string, second: string) => `selectedSessions=${first},${second}`],
    [
      'an escaped comma',
      (first: string, second: string) => `selectedSessions=${first}%2C${second}`,
    ],
    [
      'a parameter each',
      (first: string, second: string) => `selectedSessions=${first}&selectedSessions=${second}`,
    ],
  ] as const)('are named in %s', async ([, query]) => {
    const { dataset, experiment } = addAnswered({});
    const second = addExperiment(dataset, 'second');

    const page = await read(`${datasetPath(dataset)}/compare?${query(experiment, second)}`);

    expect(page).toContain('<title>second against first · capitals · ls-record</title>');
  });

  test.for([
    ['is not there', 0, '1 more was asked for'],
    ['is too many for a page', 13, '2 more were asked for'],
  ] as const)('say so when one %s', async ([, additional, remark]) => {
    const { dataset, experiment } = addAnswered({});
    const others = Array.from({ length: additional }, (_, number) =>
      addExperiment(dataset, `other ${number}`),
    );
    const ids = additional === 0 ? [randomUUID()] : others;

    const text = textOf(await read(comparePath(dataset, experiment, ...ids)));

    expect(text).toContain(remark);
  });

  test('lead back to the dataset when none is named', async () => {
    const dataset = addDataset('capitals');

    const answer = await app.request(`${datasetPath(dataset)}/compare`);

    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe(datasetPath(dataset));
  });
});

describe('a run', () => {
  test('shows payloads, reference, feedback with its comment, tags and metadata', async () => {
    const { experiment, run } = addAnswered({
      inputs: '{"question":"Capital of France?"}',
      outputs: '{"answer":"Lyon"}',
      reference: '{"answer":"Paris"}',
      tags: '["nightly"]',
      extra: '{"metadata":{"ls_model_name":"gpt-4o-mini"}}',
    });
    addFeedback(run, experiment, { key: 'correct', score: 'false', comment: 'it is Paris' });

    const text = textOf(await read(runPath(experiment, run)));

    expect(text).toMatch(/Inputs question Capital of France\? .*Outputs answer Lyon /);
    expect(text).toContain('Reference outputs answer Paris');
    expect(text).toMatch(/correct false\s+it is Paris/);
    expect(text).toContain('tagged nightly');
    expect(text).toContain('ls_model_name gpt-4o-mini');
  });

  test('links to its children, and they back to it', async () => {
    const { experiment, run } = addAnswered({});
    const child = addRun(experiment, { name: 'retrieve', parent_run_id: run, trace_id: run });

    const [above, below] = [
      await read(runPath(experiment, run)),
      await read(runPath(experiment, child)),
    ];

    expect(above).toContain(`href="${runPath(experiment, child)}"`);
    expect(below).toContain(`href="${runPath(experiment, run)}"`);
  });

  test('shows a conversation turn by turn', async () => {
    const { experiment, run } = addAnswered({
      inputs: JSON.stringify({
        messages: [
          { role: 'system', content: 'Be brief.' },
          { type: 'human', content: [{ type: 'text', text: 'Hello' }] },
        ],
      }),
    });

    const text = textOf(await read(runPath(experiment, run)));

    expect(text).toMatch(/system Be brief\.\s+human Hello/);
  });

  test.for(['1.0', '9007199254740993', '0.1000', '1E+2'])('keeps the number %s', async (number) => {
    const { experiment, run } = addAnswered({ outputs: `{"a":${number},"b":[{"c":${number}}]}` });

    const text = textOf(await read(runPath(experiment, run)));

    expect(text).toContain(`a ${number} b [{"c":${number}}]`);
  });

  test('is also among the runs of its project', async () => {
    const { experiment, run } = addAnswered({ name: 'my app' });

    const page = await read(projectPath(experiment));

    expect(page).toContain(`href="${runPath(experiment, run)}"`);
    expect(rowsOf(page)[0]).toMatch(/^my app \| llm \| /);
  });
});

describe('text from outside', () => {
  const EVIL = `<img src=x onerror="alert('1')">&amp;`;

  test('is escaped wherever it is', async () => {
    const dataset = addDataset(EVIL, EVIL);
    const experiment = addExperiment(dataset, EVIL, NOON, EVIL);
    const payload = JSON.stringify({
      [EVIL]: EVIL,
      list: [EVIL],
      messages: [{ role: EVIL, content: EVIL }],
    });
    const [example = ''] = addExamples(dataset, [{ inputs: payload, outputs: payload }]);
    const run = addRun(experiment, {
      reference_example_id: example,
      name: EVIL,
      run_type: EVIL,
      inputs: payload,
      outputs: payload,
      error: EVIL,
      tags: JSON.stringify([EVIL]),
      extra: JSON.stringify({ metadata: { [EVIL]: EVIL } }),
    });
    addRun(experiment, { parent_run_id: run, trace_id: run, name: EVIL });
    const text = JSON.stringify(EVIL);
    addFeedback(run, experiment, { key: EVIL, value: text, comment: EVIL, correction: text });
    const second = addExperiment(dataset, `${EVIL} too`);

    const all = await Promise.all(
      [
        '/',
        datasetPath(dataset),
        comparePath(dataset, experiment),
        comparePath(dataset, experiment, second),
        projectPath(experiment),
        runPath(experiment, run),
      ].map(read),
    );

    for (const page of all) {
      expect(page).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;');
      expect(page).not.toContain('<img');
      expect(page).not.toContain('onerror="');
    }
  });

  test.for([
    ['a bell', '\\u0007', 'U+0007'],
    ['NUL', '\\u0000', 'U+0000'],
    ['a change of reading order', '\u202e', 'U+202E'],
    ['a C1 control', '\u009b', 'U+009B'],
    ['half a surrogate pair', '\\ud83d', 'U+D83D'],
    ['a carriage return alone', '\\r', 'U+000D'],
  ] as const)('names %s', async ([, character, name]) => {
    const { experiment, run } = addAnswered({ outputs: `{"output":"a${character}b"}` });

    const page = await read(runPath(experiment, run));

    expect(page).toContain(`a<span class="control">${name}</span>b`);
  });

  test('keeps its line ends, and emoji made of several characters', async () => {
    const text = 'a\r\nb\n\tc 👩‍👩‍👧';
    const { experiment, run } = addAnswered({ outputs: JSON.stringify({ output: text }) });

    const page = await read(runPath(experiment, run));

    expect(page).toContain(`>${text}</div>`);
  });
});

describe('every page', () => {
  test('may run and load nothing but its own script and style', async () => {
    const { dataset, experiment, run } = addAnswered({});
    const paths = [
      '/',
      STYLE_PATH,
      datasetPath(dataset),
      comparePath(dataset, experiment),
      projectPath(experiment),
      runPath(experiment, run),
      datasetPath('unknown'),
    ];

    for (const path of paths) {
      const answer = await createApp(store).request(path, { headers: { host: 'localhost' } });

      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(
        /^default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';/,
      );
      expect(policy).not.toContain('unsafe');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('referrer-policy')).toBe('same-origin');
      expect(await answer.text()).not.toMatch(
        /<script(?! type="module" src="\/pages\/)|\sstyle=|https?:\/\/|url\(/,
      );
    }
  });

  test('loads assets that a browser keeps for good, and is compressed', async () => {
    const home = createApp(store);
    const headers = { host: 'localhost', 'accept-encoding': 'gzip' };
    const page = await home.request('/', { headers });
    const paths = [...(await read('/')).matchAll(/"(\/pages\/[^"]+)"/g)].map(
      ([, path = '']) => path,
    );

    expect(page.headers.get('content-encoding')).toBe('gzip');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(paths).toHaveLength(2);
    for (const path of paths) {
      const asset = await home.request(path, { headers });
      expect(asset.status).toBe(200);
      expect(asset.headers.get('cache-control')).toContain('immutable');
    }
  });

  test('follows the light or dark of the system', async () => {
    const answer = await app.request(STYLE_PATH);

    expect(answer.headers.get('content-type')).toContain('text/css');
    expect(await answer.text()).toContain('prefers-color-scheme:dark');
  });

  test('that is not there says what is missing', async () => {
    const { dataset, experiment, run } = addAnswered({});
    const other = addDataset('other');
    const otherExperiment = addExperiment(other, 'other experiment');
    const expected = {
      [datasetPath('unknown')]: 'There is no such dataset',
      [comparePath('unknown', experiment)]: 'There is no such dataset',
      [comparePath(dataset, otherExperiment)]: 'This dataset has no such experiment',
      [`${datasetPath(dataset)}/e/unknown`]: 'This dataset has no such example',
      [projectPath('unknown')]: 'There is no such project',
      [runPath(experiment, 'unknown')]: 'There is no such run',
      [runPath(otherExperiment, run)]: 'There is no such run',
      [`/o/${store.tenantId}/settings`]: 'There is no such page',
      [`/o/elsewhere/datasets/${dataset}`]: 'This workspace is not on this machine',
    };

    const answers = await Promise.all(
      Object.keys(expected).map(async (path) => {
        const answer = await app.request(path);
        return [answer.status, /<h1[^>]*>([^<]*)/.exec(await answer.text())?.[1]];
      }),
    );

    expect(answers).toEqual(Object.values(expected).map((title) => [404, title]));
  });
});

async function read(path: string): Promise<string> {
  const answer = await app.request(path);
  expect(answer.status).toBe(200);
  return answer.text();
}

function datasetPath(dataset: string): string {
  return `/o/${store.tenantId}/datasets/${dataset}`;
}

function comparePath(dataset: string, ...experiments: string[]): string {
  return `${datasetPath(dataset)}/compare?selectedSessions=${experiments.join(',')}`;
}

function projectPath(experiment: string): string {
  return `/o/${store.tenantId}/projects/p/${experiment}`;
}

function runPath(experiment: string, run: string): string {
  return `${projectPath(experiment)}/r/${run}`;
}

/** The rows of a comparison. */
function comparedRows(page: string): string[] {
  return rowsOf(page.slice(page.indexOf('<table class="rows'), page.indexOf('class="settings"')));
}

/** The text of each row of the first table, its cells between bars. */
function rowsOf(page: string): string[] {
  const [, body = ''] = /<tbody>(.*?)<\/tbody>/s.exec(page) ?? [];
  return [...body.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[dh][ >].*?<\/t[dh]>/gs)]
      .map(([cell]) => textOf(cell))
      .filter((text) => text !== '')
      .join(' | '),
  );
}

function textOf(markup: string): string {
  const text = markup
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
  return text.replace(/\s+/g, ' ').trim();
}

function relationsOf(page: string): string[] {
  return [...page.matchAll(/rel="(prev|next)"/g)].map(([, relation = '']) => relation);
}

function addDataset(name: string, description: string | null = null): string {
  const { id } = store.datasets.create({
    id: randomUUID(),
    name,
    description,
    data_type: 'kv',
    created_at: NOON,
    metadata: null,
    inputs_schema: null,
    outputs_schema: null,
    transformations: null,
  });
  return id;
}

function addExamples(dataset: string, payloads: { inputs: string; outputs?: string }[]): string[] {
  const examples = payloads.map(({ inputs, outputs = null }) => ({
    id: randomUUID(),
    inputs,
    outputs,
    metadata: '{}',
    source_run_id: null,
  }));
  store.examples.create(dataset, examples, NOON);
  return examples.map(({ id }) => id);
}

function addExperiment(
  dataset: string | null,
  name: string,
  startTime = NOON,
  description: string | null = null,
): string {
  const { id } = store.sessions.create({
    id: randomUUID(),
    name,
    description,
    start_time: startTime,
    end_time: null,
    extra: null,
    reference_dataset_id: dataset,
    default_dataset_id: null,
    trace_tier: null,
  });
  return id;
}

type RunWrite = Parameters<Store['runs']['write']>[0][number];
type RunFields = Partial<RunWrite> & { seconds?: number; scores?: Record<string, string> };

function addRun(experiment: string, { seconds = 1, scores = {}, ...fields }: RunFields): string {
  const id = randomUUID();
  const start = fields.start_time ?? NOON;
  const run: RunWrite = {
    id,
    session_id: experiment,
    trace_id: id,
    parent_run_id: null,
    dotted_order: id,
    reference_example_id: null,
    name: 'ls-record',
    run_type: 'llm',
    start_time: start,
    end_time: start + seconds * SECOND,
    error: null,
    inputs: '{}',
    outputs: '{"output":"Paris"}',
    extra: null,
    events: null,
    serialized: null,
    tags: null,
    prompt_tokens: null,
    completion_tokens: null,
    total_tokens: null,
    prompt_cost: null,
    completion_cost: null,
    total_cost: null,
    replaced: 0,
    ...fields,
  };
  store.runs.write([run], []);
  for (const [key, score] of Object.entries(scores)) addFeedback(id, experiment, { key, score });
  return id;
}

/** An experiment on a dataset of one example, with one run. */
function addAnswered({ reference, ...fields }: RunFields & { reference?: string }) {
  const dataset = addDataset('capitals');
  const experiment = addExperiment(dataset, 'first');
  const [example = ''] = addExamples(dataset, [
    { inputs: fields.inputs ?? '{}', ...(reference === undefined ? {} : { outputs: reference }) },
  ]);
  const run = addRun(experiment, { reference_example_id: example, ...fields });
  return { dataset, experiment, example, run };
}

type FeedbackRow = Parameters<Store['feedback']['create']>[0][number];

function addFeedback(
  run: string,
  experiment: string,
  fields: Partial<FeedbackRow> & { key: string },
): void {
  const score: unknown = JSON.parse(fields.score ?? 'null');
  store.feedback.create([
    {
      id: randomUUID(),
      run_id: run,
      session_id: experiment,
      trace_id: run,
      score: null,
      score_number: score === null ? null : Number(score),
      value: null,
      comment: null,
      correction: null,
      source: null,
      extra: null,
      error: null,
      group_id: null,
      comparison_id: null,
      start_time: NOON,
      created_at: NOON,
      modified_at: NOON,
      ...fields,
    },
  ]);
}
