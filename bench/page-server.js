/**
 * A home that answers pages without a key. argv: the program's file, the database. Says where the page of all its
 * experiments is, and when asked, how much processor time it took so far.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , bin, file] = process.argv;
const load = (path) => import(pathToFileURL(join(bin, '../../dist/server', path)).href);
const { openStore } = await load('store.js');
const { serveHome } = await load('serve.js');

const store = openStore({ file });
const home = await serveHome({ store });
const order = { sortBy: 'name', descending: false, limit: 10, offset: 0 };
const sessions = store.sessions.list({ ...order, referenceFree: false });
const path = `/o/${store.tenantId}/datasets/${sessions[0].reference_dataset_id}/compare`;
const url = `${home.url}${path}?selectedSessions=${sessions.map(({ id }) => id)}`;
process.send?.({ url });
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000 });
});
process.on('disconnect', () => process.exit());
