import {
  Agent,
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong with a request: before the server acts, or after, its answer lost or spoiled. */
export type Fault =
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly when: 'before' | 'after';
      readonly retryAfter?: string;
    }
  | { readonly kind: 'page' | 'truncate' | 'hang' };

/** Decides on a request; `count` is how many of the same method and path shape came before it. */
export type FaultPlan = (request: {
  method: string;
  path: string;
  count: number;
}) => Fault | undefined;

/** A network between a client and a server, with faults in it. Plain HTTP on loopback. */
export async function startFaultProxy(targetUrl: string, plan: FaultPlan) {
  const target = new URL(targetUrl);
  const agent = new Agent({ keepAlive: true });
  const counts = new Map<string, number>();
  const log: string[] = [];
  let faults = 0;

  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] as string;
    const shape = `${request.method} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}')}`;
    const count = counts.get(shape) ?? 0;
    counts.set(shape, count + 1);
    log.push(shape);
    const fault = plan({ method: request.method ?? '', path, count });
    if (fault) faults++;
    void handle(request, response, fault);
  });

  async function handle(
    request: IncomingMessage,
    response: ServerResponse,
    fault: Fault | undefined,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const acts = !fault || !('when' in fault) || fault.when === 'after';
    const answer = acts ? await pass(request, Buffer.concat(chunks)) : undefined;

    if (!fault) {
      response.writeHead(answer?.status ?? 502, answer?.headers);
      response.end(answer?.body);
    } else if (fault.kind === 'reset') response.destroy();
    else if (fault.kind === 'status') {
      const headers = {
        'content-type': 'application/json',
        ...(fault.retryAfter !== undefined && { 'retry-after': fault.retryAfter }),
      };
      response.writeHead(fault.status, headers);
      response.end('{"detail":"a fault on purpose"}');
    } else if (fault.kind === 'page') {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>a proxy says hello</html>');
    } else if (fault.kind === 'truncate') {
      response.writeHead(answer?.status ?? 200, { 'content-type': 'application/json' });
      response.end(answer?.body.subarray(0, answer.body.length >> 1));
    }
  }

  function pass(request: IncomingMessage, body: Buffer) {
    return new Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }>(
      (resolve, reject) => {
        const headers = {
          ...request.headers,
          host: target.host,
          'content-length': String(body.length),
        };
        delete headers['transfer-encoding'];
        const out = forward(
          {
            agent,
            host: target.hostname,
            port: target.port,
            method: request.method,
            path: request.url,
            headers,
          },
          (answer) => {
            const chunks: Buffer[] = [];
            answer.on('data', (chunk) => chunks.push(chunk));
            answer.on('end', () => {
              const { 'transfer-encoding': _, connection: __, ...rest } = answer.headers;
              resolve({
                status: answer.statusCode ?? 502,
                headers: rest,
                body: Buffer.concat(chunks),
              });
            });
          },
        );
        out.on('error', reject);
        out.end(body);
      },
    );
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    log,
    faults: () => faults,
    close: () =>
      new Promise<void>((resolve) => {
        agent.destroy();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Numbers from 0 to 1, the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
