import { createConnection } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { type TestHome, test } from '../support/home.js';
import { send } from './requests.js';

/** The first line that a home answers to bytes of a request, which `more` goes on with until then. */
function answerTo(home: TestHome, head: string, more?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(home.port, '127.0.0.1');
    const go = () => {
      while (more && !socket.destroyed && socket.write(more));
    };
    socket.on('connect', () => {
      socket.write(head);
      go();
    });
    socket.on('drain', go);
    socket.on('data', (data) => {
      resolve(String(data).split('\r\n')[0] ?? '');
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed without an answer')));
  });
}

describe('pages of others', () => {
  test('a name that was made to point here is refused', async ({ home }) => {
    const line = await answerTo(home, 'GET /info HTTP/1.1\r\nHost: evil.example\r\n\r\n');

    expect(line).toContain('403');
  });

  test.for(['https://evil.example', 'null', 'http://127.0.0.1:1'])(
    'a page of %s cannot write, in whatever type its body is',
    async (origin, { home }) => {
      const headers = { origin, 'content-type': 'text/plain' };

      const { status } = await send(home, 'POST /datasets', { name: 'x' }, headers);
      const datasets = await send(home, 'GET /datasets');

      expect(status).toBe(403);
      expect(datasets.json).toEqual([]);
    },
  );

  test('nor is any answer for them to read', async ({ home }) => {
    const response = await fetch(`${home.url}/datasets`, {
      headers: { origin: 'https://evil.example' },
    });

    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('large bodies', () => {
  test('one that does not say its length is refused as soon as it is too long', async ({
    home,
  }) => {
    const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
    const head = 'POST /datasets HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n';

    const line = await answerTo(home, head, chunk);

    expect(line).toContain('413');
  });

  test('one that unpacks to too much is refused', async ({ home }) => {
    const bomb = gzipSync(Buffer.alloc(129 * 1024 * 1024), { level: 1 });

    const response = await fetch(`${home.url}/datasets`, {
      method: 'POST',
      headers: { 'content-encoding': 'gzip' },
      body: bomb,
    });

    expect(response.status).toBe(413);
  });
});
