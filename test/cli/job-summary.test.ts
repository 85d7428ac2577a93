import { expect, test } from 'vitest';
import { summarise } from '../../src/cli/recording/job-summary.js';
import type { Recorded } from '../../src/cli/recording/recording-words.js';

function recorded(name: string, scores: Recorded['recording']['scores']): Recorded {
  return {
    url: `https://smith.langchain.com/${name}`,
    rejects: undefined,
    rejectsTyped: [],
    recording: {
      experiment: { id: '1', name, url: '' },
      dataset: { id: '2', name: 'capitals', created: false },
      files: ['a.jsonl'],
      label: '',
      rows: { read: 2000, recorded: 2000, refused: 0, skipped: 0, left: 0 },
      examples: { created: 0, existing: 2000, updated: 0 },
      runs: 2000,
      feedback: 0,
      errors: 3,
      failedScores: 0,
      scores,
      status: 'recorded',
      verified: 'yes',
      problems: [],
      notes: [],
    },
  };
}

test('experiments are listed under each other, with links and the scores of all', () => {
  const text = summarise(
    [
      recorded('a', [{ key: 'f1', n: 1500, mean: 0.25, missing: 500 }]),
      recorded('b', [{ key: 'tone', n: 2000, missing: 0, values: [{ value: 'kind', n: 1200 }] }]),
    ],
    'langsmith',
  );

  expect(text).toBe(`
### LangSmith experiments

| Experiment | Dataset | Rows | Errors | f1 | tone |
| --- | --- | ---: | ---: | ---: | ---: |
| [a](https://smith.langchain.com/a) | capitals | 2,000 | 3 | 0.25 (1,500) |  |
| [b](https://smith.langchain.com/b) | capitals | 2,000 | 3 |  | kind (1,200) |

Scores are means; (n) where not every row has one.

`);
});

test('a link to a machine that is gone after the job is left out', () => {
  expect(summarise([recorded('a', [])], 'home')).toContain('| a | capitals |');
});

test('a name neither leaves its cell nor becomes a link, HTML, or a mention', () => {
  const text = summarise([recorded('x](http://evil)|`<img>`@me\n| y', [])], 'home');

  expect(text).toContain('| x\\](http\\://evil)\\|\\`\\<img\\>\\`@<!-- -->me \\| y | capitals |');
});

test('what would not fit the page is counted', () => {
  const scores = Array.from({ length: 20 }, (_, n) => ({
    key: `s${n}`,
    n: 1,
    mean: 1,
    missing: 0,
  }));
  const text = summarise(
    Array.from({ length: 103 }, (_, n) => recorded(`e${n}`, scores)),
    'home',
  );

  expect(text).toContain('And 3 more experiments.');
  expect(text).toContain('And 8 more scores.');
});
