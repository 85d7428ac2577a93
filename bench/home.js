/** Home over a file, in a process of its own. argv: file. */
import { serveHome } from '../dist/server/serve.js';
import { openStore } from '../dist/server/store.js';

const home = await serveHome({ store: openStore({ file: process.argv[2] }), port: 0 });
process.send({ url: home.url });
process.on('disconnect', () => process.exit());
