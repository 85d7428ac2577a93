import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { LsRecordError } from '../errors.js';
import { createApp, type HomeOptions } from './app.js';
import type { Store } from './store.js';

/** A home that answers, until it is closed. */
export interface ServedHome {
  readonly url: string;
  readonly port: number;
  /** Ends it at once, idle connections too. The store stays open. */
  close(): Promise<void>;
}

/**
 * Serves a home on this machine only.
 *
 * @param options.port default: any that is free. One that is named means both addresses of this machine: a
 * browser may try either, and must not find somebody else there.
 * @throws {LsRecordError} `HOME_UNAVAILABLE` if the port cannot be had; the cause tells why, such as EADDRINUSE.
 */
export async function serveHome(
  options: HomeOptions & { readonly store: Store; readonly port?: number },
): Promise<ServedHome> {
  const { store, port: wanted = 0, ...rest } = options;
  const app = createApp(store, rest);
  const [server, other] = ['127.0.0.1', '::1'].map(
    (hostname) => createAdaptorServer({ fetch: app.fetch, hostname }) as Server,
  ) as [Server, Server];
  await listen(server, wanted, '127.0.0.1');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    await Promise.all([end(server), end(other)]);
  };
  try {
    if (wanted !== 0) await listen(other, port, '::1');
  } catch (error) {
    // Where there is no such address, nobody else can be there.
    if (isPortTaken(error)) {
      await close();
      throw error;
    }
  }

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close,
  };
}

/** Whether that is why a home cannot be served. */
export function isPortTaken(error: unknown): boolean {
  const cause = error instanceof LsRecordError ? error.cause : error;
  return cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
}

function end(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function listen(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'something else listens there' : error.message;
      const message = `cannot serve on port ${port} of this machine: ${why}`;
      const hint = 'Name another port with --port.';
      reject(new LsRecordError('HOME_UNAVAILABLE', message, { hint, cause: error }));
    });
    server.listen(port, address, () => resolve());
  });
}
