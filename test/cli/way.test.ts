import { describe, expect, onTestFinished, test } from 'vitest';
import { chooseProxy } from '../../src/cli/access/proxy.js';
import { collectTrust } from '../../src/cli/access/tls.js';
import { parseEndpoint } from '../../src/langsmith/endpoint.js';
import { AUTHORITY } from '../support/certificates.js';
import { Machine } from './command-line.js';

const CLOUD = 'https://eu.api.smith.langchain.com';
const PROXY = 'http://proxy.example.com:3128';

function proxyFor(endpoint: string, environment: Record<string, string>) {
  return chooseProxy({ environment }, parseEndpoint(endpoint)).proxy?.value;
}

describe('the proxy', () => {
  test.for([
    [{ HTTPS_PROXY: PROXY }, PROXY],
    [{ https_proxy: PROXY, HTTPS_PROXY: 'http://other' }, PROXY],
    [{ ALL_PROXY: PROXY }, PROXY],
    [{ HTTP_PROXY: PROXY }, PROXY],
    [{ HTTPS_PROXY: 'proxy.example.com:3128' }, PROXY],
    [{ HTTPS_PROXY: ' ' }, undefined],
    [{}, undefined],
  ] as [Record<string, string>, string | undefined][])('of %j is %s', ([environment, expected]) => {
    expect(proxyFor(CLOUD, environment)).toBe(expected);
  });

  test.for([
    ['*', CLOUD],
    ['eu.api.smith.langchain.com', CLOUD],
    ['EU.API.SMITH.LANGCHAIN.COM:443', CLOUD],
    ['.langchain.com', CLOUD],
    ['*.langchain.com', CLOUD],
    ['a.example, langchain.com', CLOUD],
    ['own.example:8443', 'https://own.example:8443/api'],
  ] as const)('is passed by with NO_PROXY=%s for %s', ([exceptions, endpoint]) => {
    expect(proxyFor(endpoint, { HTTPS_PROXY: PROXY, NO_PROXY: exceptions })).toBeUndefined();
  });

  test.for([
    '',
    'chain.com',
    'smith.langchain.com:80',
    'eu.example',
    'x.eu.api.smith.langchain.com',
  ])('is used though NO_PROXY=%s', (exceptions) => {
    expect(proxyFor(CLOUD, { HTTPS_PROXY: PROXY, NO_PROXY: exceptions })).toBe(PROXY);
  });

  test('is never asked for this machine', () => {
    expect(
      proxyFor('http://127.0.0.1:4984', { HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY }),
    ).toBeUndefined();
  });

  test.for(['ftp://proxy', 'http://', '::'])('%s is a misuse', (value) => {
    expect(() => proxyFor(CLOUD, { HTTPS_PROXY: value })).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('HTTPS_PROXY') }),
    );
  });
});

describe('trusted are', () => {
  function trust(environment: Record<string, string>, caCert?: string) {
    const machine = new Machine();
    onTestFinished(() => machine.remove());
    machine.write('work/none.pem', 'no certificate');
    return collectTrust(machine.context({ environment }), caCert);
  }

  test('the authority of --ca-cert, besides all others', () => {
    const { sources } = trust({ SSL_CERT_FILE: AUTHORITY }, AUTHORITY);

    expect(sources).toEqual(['Node', `--ca-cert ${AUTHORITY}`]);
  });

  test('those of SSL_CERT_FILE, instead of the system’s', () => {
    const { sources, problems } = trust({ SSL_CERT_FILE: AUTHORITY });

    expect({ sources, problems }).toEqual({
      sources: ['Node', `SSL_CERT_FILE ${AUTHORITY}`],
      problems: [],
    });
  });

  test.for([
    ['none.pem', 'it contains no readable certificate'],
    ['gone.pem', 'no such file'],
  ] as const)('no less when SSL_CERT_FILE names %s, which is reported', ([file, problem]) => {
    const { problems, certificates } = trust({ SSL_CERT_FILE: file });

    expect(problems).toEqual([`SSL_CERT_FILE ${file}: ${problem}`]);
    expect(certificates.join()).toContain('BEGIN CERTIFICATE');
  });

  test('none if --ca-cert names no certificate: that is a misuse', () => {
    expect(() => trust({}, 'none.pem')).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('none.pem') }),
    );
  });
});
