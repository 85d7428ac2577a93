import { describe, expect, test } from 'vitest';
import { Links } from '../../src/langsmith/links.js';
import { parseLink } from '../../src/langsmith/parse-link.js';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';
const C = '33333333-3333-4333-8333-333333333333';

describe('the URL of a page tells', () => {
  test.for([
    ['a dataset', `https://smith.langchain.com/o/${A}/datasets/${B}`, B, []],
    ['its tab', `https://smith.langchain.com/o/${A}/datasets/${B}?tab=2#x`, B, []],
    ['one of its examples', `https://eu.smith.langchain.com/o/${A}/datasets/${B}/e/${C}`, B, []],
    [
      'an experiment',
      `http://127.0.0.1:4984/o/${A}/datasets/${B}/compare?selectedSessions=${C}`,
      B,
      [C],
    ],
    ['several', `https://x/o/${A}/datasets/${B}/compare?selectedSessions=${C}%2C${A}`, B, [C, A]],
    ['a project', `https://smith.langchain.com/o/${A}/projects/p/${C}`, undefined, [C]],
    ['a run of it', `https://x/ls/o/${A}/projects/p/${C}/r/${B}?poll=true`, undefined, [C]],
  ] as const)('%s', ([, url, datasetId, experimentIds]) => {
    expect(parseLink(url)).toEqual({ ...(datasetId && { datasetId }), experimentIds });
  });

  test('what a link of ours was made of', () => {
    const url = new Links({ pages: 'https://host' }).experiments(B, [
      { tenantId: A, id: C },
      { tenantId: A, id: A },
    ]);

    expect(parseLink(url)).toEqual({ datasetId: B, experimentIds: [C, A] });
  });

  test.for([
    'capitals',
    'https://smith.langchain.com/',
    'https://smith.langchain.com/datasets/capitals',
    `https://smith.langchain.com/public/${A}/d`,
    `https://smith.langchain.com/o/${A}/annotation-queues/${B}`,
  ])('nothing, of %s', (text) => {
    expect(parseLink(text)).toBeUndefined();
  });
});
