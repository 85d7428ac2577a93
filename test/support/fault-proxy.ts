import {
  Agent,
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What goes wrong with a request: before the server acts, or after, its answer lost or spoiled. */
export type Fault =
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly when: 'before' | 'after';
      readonly retryAfter?: string;
      readonly words?: string;
      /** The whole answer. */
      readonly json?: object;
    }
  | { readonly kind: 'page'; readonly status?: number; readonly when?: 'before' | 'after' }
  | { readonly kind: 'hang'; readonly when?: 'before' | 'after' }
  | { readonly kind: 'truncate' }
  /** Answers what it wants to what it let through. */
  | { readonly kind: 'lie'; readonly tell: Lie }
  /** The server is away for a while: connections are cut, and new ones refused. */
  | { readonly kind: 'down'; readonly forMs: number; readonly when: 'before' | 'after' };

export interface HonestAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type Lie = (response: ServerResponse, honest: HonestAnswer) => void;

/** Decides on a request; `count` is how many of the same method and path shape came before it. */
export type FaultPlan = (request: {
  method: string;
  path: string;
  count: number;
  body: Buffer;
}) => Fault | undefined;

/** A network between a client and a server, with faults in it. Plain HTTP on loopback. */
export async function startFaultProxy(targetUrl: string, plan: FaultPlan) {
  const target = new URL(targetUrl);
  const agent = new Agent({ keepAlive: true });
  const counts = new Map<string, number>();
  const log: string[] = [];
  const sockets = new Set<Socket>();
  let faults = 0;
  let isClosed = false;

  const server = createServer((request, response) => {
    sockets.add(request.socket);
    const path = (request.url ?? '').split('?')[0] as string;
    const shape = `${request.method} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}')}`;
    const count = counts.get(shape) ?? 0;
    counts.set(shape, count + 1);
    log.push(shape);
    // A client that went away, or a server that did: either way there is nobody to answer.
    handle(request, response, { path, count }).catch(() => response.destroy());
  });

  async function handle(
    request: IncomingMessage,
    response: ServerResponse,
    { path, count }: { path: string; count: number },
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const fault = plan({ method: request.method ?? '', path, count, body });
    if (fault) faults++;
    const acts = !fault || !('when' in fault) || fault.when !== 'before';
    const answer = acts ? await pass(request, body) : undefined;

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
      response.end(JSON.stringify(fault.json ?? { detail: fault.words ?? 'a fault on purpose' }));
    } else if (fault.kind === 'down') {
      await goDown();
      setTimeout(() => void listen(port), fault.forMs);
    } else if (fault.kind === 'page') {
      response.writeHead(fault.status ?? 200, { 'content-type': 'text/html' });
      response.end('<html>a proxy says hello</html>');
    } else if (fault.kind === 'lie') {
      fault.tell(response, answer ?? { status: 502, headers: {}, body: Buffer.alloc(0) });
    } else if (fault.kind === 'truncate') {
      response.writeHead(answer?.status ?? 200, { 'content-type': 'application/json' });
      response.end(answer?.body.subarray(0, answer.body.length >> 1));
    }
  }

  function pass(request: IncomingMessage, body: Buffer) {
    return new Promise<HonestAnswer>((resolve, reject) => {
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
    });
  }

  function listen(at: number): Promise<void> {
    return new Promise((resolve) => {
      if (isClosed || server.listening) resolve();
      else server.listen(at, '127.0.0.1', resolve);
    });
  }

  function goDown(): Promise<void> {
    return new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    log,
    faults: () => faults,
    sentBytes: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    close: () => {
      isClosed = true;
      agent.destroy();
      return goDown();
    },
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
