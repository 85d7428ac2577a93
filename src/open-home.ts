import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LangSmith } from './langsmith/client.js';

/** A local LangSmith-compatible server, and a client of it. */
export interface OpenHome {
  readonly client: LangSmith;
  /** Where it answers, also for the official SDKs, and the key that it asks for. */
  readonly url: string;
  readonly key: string;
  close(): Promise<void>;
}

/**
 * Serves home on this machine: a LangSmith-compatible server over a file.
 *
 * @param folder where its data is kept; default: a folder that is removed when it is closed.
 * @throws {LsRecordError} `HOME_UNAVAILABLE`
 */
export async function openHome(folder?: string): Promise<OpenHome> {
  const [{ openStore }, { serveHome }, { makeFolder }] = await Promise.all([
    import('./server/store.js'),
    import('./server/serve.js'),
    import('./make-folder.js'),
  ]);
  const own = folder ?? (await mkdtemp(join(tmpdir(), 'ls-record-home-')));
  makeFolder(own);
  const store = openStore({ file: join(own, 'home.sqlite') });
  const key = `lsr_home_${randomBytes(24).toString('hex')}`;
  const server = await serveHome({ store, requireKey: key });
  const client = new LangSmith({ endpoint: server.url, key });
  return {
    client,
    url: server.url,
    key,
    close: async () => {
      await client.close();
      await server.close();
      store.close();
      if (folder === undefined) await rm(own, { recursive: true, force: true });
    },
  };
}
