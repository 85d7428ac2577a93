import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { LangSmith } from '../../src/langsmith/client.js';
import { record } from '../../src/library.js';
import { Machine } from '../cli/command-line.js';
import { send } from '../server/requests.js';
import { agentRows } from '../support/agent-rows.js';
import { openTestHome, type TestHome } from '../support/home.js';

const COUNT = 60;
/** The versions of the agent: the last answers only some of the questions. */
const VERSIONS = {
  base: agentRows({ version: 0, count: COUNT }),
  cand: agentRows({ version: 1, count: COUNT }),
  reps: agentRows({ version: 2, count: COUNT, repetitions: 3 }),
  part: agentRows({ version: 1, count: 20 }),
} as const;
type Version = keyof typeof VERSIONS;

let home: TestHome;
let client: LangSmith;
let dataset: string;
const ids = {} as Record<Version, string>;

beforeAll(async () => {
  home = await openTestHome();
  client = new LangSmith({ endpoint: home.url });
  for (const experiment of Object.keys(VERSIONS) as Version[])
    ids[experiment] = await recordRows('agent', experiment, VERSIONS[experiment]);
  dataset = home.store.sessions.get(ids.base).reference_dataset_id ?? '';
}, 60_000);
afterAll(async () => {
  await client.close();
  await home.close();
});

async function recordRows(name: string, experiment: string, rows: readonly object[]) {
  const [recording] = await record(rows, { client, isHome: true, dataset: name, experiment });
  return recording?.experiment.id ?? '';
}

const pathTo = (experiments: readonly string[], more = '', of = dataset) =>
  `/o/${home.store.tenantId}/datasets/${of}/compare?selectedSessions=${experiments.join(',')}${more}`;
const versions = (...names: readonly Version[]) => names.map((name) => ids[name]);

async function read(path: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(home.url + path, { headers });
  return answer.text();
}

/** The words of a page, each cell of a table in a line of its own. */
function wordsOf(page: string): string {
  return page
    .replaceAll(/<\/t[dh]>/g, '\n')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&#39;', "'")
    .replaceAll(/[ \t]+/g, ' ');
}

/** The cells of a line of the summary, its name first. */
function lineOf(page: string, name: string): string[] {
  const strip = page.slice(page.indexOf('class="strip"'), page.indexOf('class="filters"'));
  const line = strip.split('<tr>').find((row) => wordsOf(row).includes(name)) ?? '';
  return wordsOf(line)
    .split('\n')
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '');
}

/** The own ids of the rows. */
function rowsOf(page: string): string[] {
  return [...page.matchAll(/<th scope="row"><a[^>]*>([^<]*)<\/a>/g)].map(([, name = '']) => name);
}

describe('the baseline', () => {
  test.for([
    ['base', 'cand', 'reps'],
    ['reps', 'cand', 'base'],
  ] as const)('is the earliest, in whatever order they are named', async (names) => {
    const page = await read(pathTo(versions(...names)));

    expect(page).toMatch(/base<\/a><small>baseline: the earliest/);
    expect(lineOf(page, 'correct')[2]).toMatch(/^\d\.\d\d \+0/);
  });

  test('is another after one click, and signs turn round', async () => {
    const page = await read(pathTo(versions('base', 'cand')));
    const [, query = ''] = /href="\?([^"]*baseline=[^"]*)"/.exec(page) ?? [];

    const turned = await read(`${pathTo([]).split('?')[0]}?${query.replaceAll('&amp;', '&')}`);

    expect(turned).toMatch(/cand<\/a><small>baseline</);
    expect(lineOf(page, 'correct')[2]).toContain('+');
    expect(lineOf(turned, 'correct')[2]).toContain('−');
  });
});

describe('a summary', () => {
  test('shows the numbers of `experiments compare --json`', async () => {
    const machine = new Machine();
    const environment = { LANGSMITH_ENDPOINT: home.url, LANGSMITH_API_KEY: 'any' };
    const { stdout } = await machine.run(['compare', ids.base, ids.cand, '--json'], {
      environment,
    });
    machine.remove();
    const page = await read(pathTo(versions('base', 'cand')));

    const [compared] = JSON.parse(stdout).comparisons;
    for (const key of ['correct', 'faithfulness', 'judge', 'toxicity']) {
      const { difference, n, better, worse, mean_baseline, mean_experiment, words } =
        compared.scores[key];
      const [, baseline = '', judged = ''] = lineOf(page, key);
      const shown = judged
        .replaceAll('−', '-')
        .match(/^(\S+) ([+-]\S+) .*▲(\d+) .*▼(\d+) .*n (\d+)$/);
      expect(Number(shown?.[1])).toBeCloseTo(mean_experiment, key === 'toxicity' ? 4 : 2);
      expect(Number(shown?.[2]) / difference).toBeCloseTo(1, 1);
      expect(shown?.slice(3).map(Number)).toEqual([better, worse, n]);
      expect(Number(baseline.split(' ')[0])).toBeCloseTo(mean_baseline, key === 'toxicity' ? 4 : 2);
      expect(page.replaceAll('&lt;', '<')).toContain(`title="${words}"`);
    }
  });

  test('has differences over the examples that both have', async () => {
    const easy = { inputs: { q: 'easy' }, outputs: {} };
    const hard = { inputs: { q: 'hard' }, outputs: {} };
    const old = await recordRows('pairs', 'old', [
      { ...easy, scores: { acc: 1 } },
      { ...hard, scores: { acc: 0 } },
    ]);
    const newer = await recordRows('pairs', 'newer', [{ ...hard, scores: { acc: 0.4 } }]);
    const of = home.store.sessions.get(old).reference_dataset_id ?? '';

    const page = await read(pathTo([newer, old], '', of));

    expect(lineOf(page, 'acc')[1]).toMatch(/^0\.50 /);
    expect(lineOf(page, 'acc')[2]).toMatch(/^0\.40 \+0\.40 .*▲1 .* n 1$/);
  });

  test('says which way is better, for errors and latency, too', async () => {
    const page = await read(pathTo(versions('base', 'cand')));

    expect(lineOf(page, 'toxicity')[0]).toBe('↓ toxicity');
    expect(lineOf(page, 'correct')[0]).toBe('↑ correct');
    expect(lineOf(page, 'errors')[2]).toMatch(/ of 60 .*n 60/);
    expect(lineOf(page, 'latency p50')[2]).toMatch(/ s [+−]\d+(\.\d+)?% .*▼/);
  });

  test('takes the direction that a feedback config keeps', async () => {
    await client.saveDirection('judge', true, false);

    const page = await read(pathTo(versions('base', 'cand')));
    home.store.feedbackConfigs.delete('judge');

    expect(lineOf(page, 'judge')[0]).toBe('↓ judge');
  });

  test('has as many digits as the values need', async () => {
    const page = await read(pathTo(versions('base', 'cand')));

    expect(lineOf(page, 'toxicity')[1]).toMatch(/^0\.00\d\d n/);
    expect(lineOf(page, 'judge')[1]).toMatch(/^\d\.\d\d n/);
  });

  test('has the shares of words', async () => {
    const page = await read(pathTo(versions('base', 'cand')));

    expect(lineOf(page, 'tone')[1]).toMatch(/^\w+ \d+% · \w+ \d+% · \w+ \d+%$/);
  });

  test('has what was said of an experiment as a whole', async () => {
    const of = { session_id: ids.cand, key: 'f1' };
    await send(home, 'POST /feedback', { ...of, score: 0.8256 });
    await send(home, 'POST /feedback', { ...of, key: 'verdict', value: 'ship' });

    const page = await read(pathTo(versions('base', 'cand')));
    const list = await read(`/o/${home.store.tenantId}/datasets/${dataset}?sort=-overall.f1`);

    expect(lineOf(page, 'f1, overall')).toEqual(['f1, overall', '–', '0.8256']);
    expect(lineOf(page, 'verdict, overall')).toEqual(['verdict, overall', '–', 'ship']);
    expect(list.indexOf('>cand</a>')).toBeLessThan(list.indexOf('>base</a>'));
    expect(wordsOf(list)).toContain('f1, overall');
  });

  test('begins with how far experiments are about the same examples', async () => {
    const page = await read(pathTo(versions('base', 'part')));
    const whole = await read(pathTo(versions('base', 'cand')));

    expect(wordsOf(page)).toContain('Only 20 of 60 examples answered by all · part lacks 40');
    expect(wordsOf(whole)).toContain('60 examples · 60 answered by all');
  });

  test('counts nothing again for another page of rows', async () => {
    await read(pathTo(versions('base', 'cand')));
    const runs = vi.spyOn(home.store.figures, 'runs');

    await read(pathTo(versions('base', 'cand'), '&page=2'));

    expect(runs).not.toHaveBeenCalled();
  });
});

describe('rows', () => {
  test('are in the order of their file', async () => {
    const page = await read(pathTo(versions('cand')));

    expect(rowsOf(page).slice(0, 3)).toEqual(['ticket-1', 'ticket-2', 'ticket-3']);
    expect(rowsOf(page)).toHaveLength(50);
  });

  test.for(['regressed', 'improved', 'different', 'errors', 'missing', 'flaky'])(
    'that are %s are as many as their tab says',
    async (show) => {
      const page = await read(pathTo(versions('base', 'cand', 'reps', 'part'), `&show=${show}`));

      const [, said] = new RegExp(`${show} (\\d+)<`, 'i').exec(page) ?? [];
      expect(Number(said)).toBeGreaterThan(0);
      expect(wordsOf(page)).toContain(`of ${said}\n`.trim());
      expect(rowsOf(page)).toHaveLength(Math.min(50, Number(said)));
    },
  );

  test('that regressed begin with the largest loss', async () => {
    const page = await read(pathTo(versions('base', 'cand'), '&show=regressed&metric=judge'));

    const losses = [...page.matchAll(/<tr id="e-.*?<\/tr>/gs)].map(([row]) => {
      const means = [...row.matchAll(/>judge (\d\.\d\d)/g)].map(([, mean]) => Number(mean));
      const [before = 0, after = 0] = means;
      return before - after;
    });
    expect(losses.length).toBeGreaterThan(5);
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
    expect(losses.at(-1)).toBeGreaterThan(0);
  });

  test('are found by words and by a condition on scores', async () => {
    const byWords = await read(pathTo(versions('base', 'cand'), '&q=%22picture+4%22'));
    const byScore = await read(
      pathTo(versions('base', 'cand'), '&q=score.correct%3C1+meta.topic=billing'),
    );

    expect(rowsOf(byWords)).toEqual(['ticket-4']);
    expect(rowsOf(byScore).length).toBeGreaterThan(1);
    expect(rowsOf(byScore).every((name) => (Number(name.slice(7)) - 1) % 3 === 0)).toBe(true);
  });

  test.for([
    ['scored.correct=1', 'there is no field &quot;scored&quot;'],
    ['score.nosuch=1', 'no experiment here has the score nosuch'],
  ] as const)('stay where %s cannot be asked', async ([q, fault]) => {
    const page = await read(pathTo(versions('base', 'cand'), `&q=${q}`));

    expect(page).toContain(fault);
    expect(rowsOf(page)).toHaveLength(50);
  });

  test('of groups are compared by themselves', async () => {
    const page = await read(pathTo(versions('base', 'cand'), '&group=metadata.topic'));
    const unknown = await read(pathTo(versions('base', 'cand'), '&group=metadata.nosuch'));

    expect(wordsOf(page)).toMatch(/billing\s+20\s/);
    expect(unknown).toContain('no example has metadata.nosuch');
  });

  test('show three scores, the one that they are chosen by first, and others where asked', async () => {
    const path = pathTo(versions('base', 'cand'));
    const keysOf = (page: string) =>
      new Set([...page.matchAll(/<([ius])>([a-z_]+)…? [^<]*<\/\1>/g)].map(([, , key]) => key));

    const page = await read(path);
    const byJudge = await read(`${path}&metric=judge`);
    const asked = await read(`${path}&cols=input&cols=tone`);

    expect(keysOf(page).size).toBe(3);
    expect([...keysOf(byJudge)][0]).toBe('judge');
    expect([...keysOf(asked)]).toEqual(['tone']);
    expect(page).toContain('Columns 6/11');
  });

  test('are chosen by the score that changed most clearly', async () => {
    const rows = (scores: (n: number) => object) =>
      Array.from({ length: 20 }, (_, n) => ({ inputs: { n }, outputs: {}, scores: scores(n) }));
    const before = await recordRows(
      'clear',
      'before',
      rows(() => ({ any: 0.5, safe: 0.5 })),
    );
    const after = await recordRows(
      'clear',
      'after',
      rows((n) => ({ any: n % 2, safe: n % 10 ? 0.1 : 0.5 })),
    );
    const dataset = home.store.sessions.get(before).reference_dataset_id ?? '';

    const page = await read(pathTo([before, after], '', dataset));

    expect(page).toContain('<option value="safe" selected="">');
    expect(wordsOf(page)).toContain('Regressed 18');
  });

  test('have no tab for kinds that cannot be there', async () => {
    const two = wordsOf(await read(pathTo(versions('base', 'cand'))));
    const asked = wordsOf(await read(pathTo(versions('base', 'cand'), '&show=missing')));
    const four = wordsOf(await read(pathTo(versions('base', 'cand', 'reps', 'part'))));

    expect(two).not.toMatch(/Missing|Flaky/);
    expect(asked).toContain('Missing 0');
    expect(four).toMatch(/Missing 40\s*Flaky \d/);
  });

  test('that failed are not compared word by word with answers', async () => {
    const page = await read(pathTo(versions('base', 'cand'), '&view=diff&show=errors'));

    expect(page).toContain('RateLimitError');
    expect(page).not.toMatch(/<(?:ins|del)>[^<]*RateLimitError/);
  });

  test('of one experiment are compared with their references', async () => {
    const page = await read(pathTo(versions('cand'), '&view=diff'));

    expect(page).toContain('<ins>');
  });

  test('show the words that differ from the baseline', async () => {
    const page = await read(pathTo(versions('base', 'cand'), '&view=diff&show=different'));

    expect(page).toMatch(/<del>cannot/);
    expect(page).toContain('<ins>');
  });

  test('are exported as they are listed, by the address or by what is accepted', async () => {
    const path = pathTo(versions('base', 'cand'), '&show=regressed&metric=correct');
    const listed = rowsOf(await read(path));

    const lines = (await read(`${path}&as=jsonl`))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const csv = (await read(path, { accept: 'text/csv' })).split('\n');
    const markdown = await read(`${path}&as=md`);

    expect(lines.map(({ row }) => row)).toEqual(listed);
    expect(lines[0].experiments[1]).toMatchObject({ name: 'cand', scores: { correct: 0 } });
    expect(csv[0]).toContain('output base,error base');
    expect(csv.filter((line) => line.startsWith('ticket-'))).toHaveLength(listed.length);
    expect(markdown.split('\n')).toHaveLength(listed.length + 3);
  });

  test('of one experiment have no differences', async () => {
    const page = await read(pathTo(versions('cand')));

    expect(wordsOf(page)).not.toMatch(/▲|▼|Regressed|baseline/);
    expect(page).toContain('<title>cand · agent · ls-record</title>');
  });
});
