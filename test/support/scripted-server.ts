import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What to answer; `destroy` cuts the connection instead, `hang` says nothing at all. */
export type Answer =
  | {
      status?: number;
      json?: unknown;
      text?: string;
      type?: string;
      headers?: Record<string, string>;
    }
  | 'destroy'
  | 'hang';

/** A server that says what a test tells it to, and remembers what it was asked. */
export async function startScriptedServer(
  answer: (request: ReceivedRequest, count: number) => Answer,
  tls?: { cert: string; key: string },
) {
  const requests: ReceivedRequest[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const received = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString(),
      };
      requests.push(received);
      const given = answer(received, requests.length);
      if (given === 'hang') return;
      if (given === 'destroy') {
        response.destroy();
        return;
      }
      const type = given.type ?? (given.text === undefined ? 'application/json' : 'text/html');
      response.writeHead(given.status ?? 200, { 'content-type': type, ...given.headers });
      response.end(given.text ?? JSON.stringify(given.json ?? {}));
    });
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    port,
    requests,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** What /info answers, so that a test can think of other requests. */
export const INFO = {
  version: '0.17.0',
  instance_flags: { gzip_body_enabled: true, dataset_examples_multipart_enabled: true },
  batch_ingest_config: {
    use_multipart_endpoint: true,
    size_limit: 100,
    size_limit_bytes: 20_971_520,
  },
};
