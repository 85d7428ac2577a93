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
 * @param options.port default: any that is free.
 * @throws {LsRecordError} `HOME_UNAVAILABLE` if the port cannot be had; the cause tells why, such as EADDRINUSE.
 */
export async function serveHome(
  options: HomeOptions & { readonly store: Store; readonly port?: number },
): Promise<ServedHome> {
  const { store, port: wanted = 0, ...rest } = options;
  const app = createApp(store, rest);
  const server = createAdaptorServer({ fetch: app.fetch, hostname: '127.0.0.1' }) as Server;
  await listen(server, wanted);
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'something else listens there' : error.message;
      const message = `cannot serve on port ${port} of this machine: ${why}`;
      const hint = 'Name another port with --port.';
      reject(new LsRecordError('HOME_UNAVAILABLE', message, { hint, cause: error }));
    });
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
