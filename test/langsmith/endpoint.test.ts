import { describe, expect, test } from 'vitest';
import { parseEndpoint } from '../../src/langsmith/endpoint.js';
import { Links } from '../../src/langsmith/links.js';

const CLOUD = 'https://api.smith.langchain.com';

test.for([
  [`${CLOUD}/`, CLOUD, 'https://smith.langchain.com', true],
  [` ${CLOUD}/api/v1 `, CLOUD, 'https://smith.langchain.com', true],
  [
    'https://eu.api.smith.langchain.com/api/v1',
    'https://eu.api.smith.langchain.com',
    'https://eu.smith.langchain.com',
    true,
  ],
  [
    'https://eu.p.api.smith.langchain.com',
    'https://eu.p.api.smith.langchain.com',
    'https://eu.smith.langchain.com',
    true,
  ],
  ['https://museum.example/api', 'https://museum.example', 'https://museum.example', false],
  [
    'https://host.example/langsmith/api/v1/',
    'https://host.example/langsmith',
    'https://host.example/langsmith',
    false,
  ],
  ['http://localhost:1984', 'http://localhost:1984', 'http://localhost:1984', false],
] as const)('%s has its API at %s and its pages at %s', ([text, root, pages, isCloud]) => {
  expect(parseEndpoint(text)).toMatchObject({ root, pages, isCloud });
});

describe('an endpoint is refused that is', () => {
  test.for([
    'api.smith.langchain.com',
    'ftp://host',
    '',
    'https://user:secret@host',
    'https://host?key=secret',
  ])('%s', (text) => {
    expect(() => parseEndpoint(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(() => parseEndpoint(text)).not.toThrow(/secret/);
  });
});

test.for([
  ['http://127.0.0.1:4984', true],
  ['http://[::1]:4984', true],
  ['http://localhost', true],
  ['http://127.0.0.1.example.com', false],
] as const)('%s is this machine: %s', ([text, isLoopback]) => {
  expect(parseEndpoint(text).isLoopback).toBe(isLoopback);
});

test('links have LangSmith’s own forms', () => {
  const links = new Links(parseEndpoint(CLOUD));

  expect(links.dataset({ tenantId: 't', id: 'd' })).toBe(
    'https://smith.langchain.com/o/t/datasets/d',
  );
  expect(
    links.experiments('d', [
      { tenantId: 't', id: 'a' },
      { tenantId: 't', id: 'b' },
    ]),
  ).toBe('https://smith.langchain.com/o/t/datasets/d/compare?selectedSessions=a,b');
});

test('each piece of a link is encoded, whatever it is', () => {
  const links = new Links(parseEndpoint(CLOUD));
  const evil = 'x/../..?a=b#) ![i](y)';
  const encoded = 'x%2F..%2F..%3Fa%3Db%23)%20!%5Bi%5D(y)';

  expect(links.run({ tenantId: evil, id: evil }, evil)).toBe(
    `https://smith.langchain.com/o/${encoded}/projects/p/${encoded}/r/${encoded}`,
  );
  expect(links.experiments(evil, [{ tenantId: evil, id: evil }])).toBe(
    `https://smith.langchain.com/o/${encoded}/datasets/${encoded}/compare?selectedSessions=${encoded}`,
  );
});
