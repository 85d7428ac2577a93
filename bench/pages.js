/** How long pages take: four experiments on the same examples, compared on one page. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { withServer } from './processes.js';
import { writeRows } from './rows.js';
import { line } from './table.js';

const EXPERIMENTS = 4;
const TIMES = 3;

const WARM = [
  ['the same again', '', 150],
  ['page 200', '&page=200', 150],
  ['regressed by score_1', '&show=regressed&metric=score_1', 150],
  ['the slowest first', '&sort=-latency', 150],
  ['a condition on a score', '&q=score.score_1<0.1', 150],
];

export async function* pages({ bin, folder, rows, input }) {
  const count = rows / 5;
  const home = mkdtempSync(join(folder, 'pages-'));
  for (let n = 0; n < EXPERIMENTS; n++) {
    const file = await input(`pages-${n}.jsonl`, (path) =>
      writeRows(path, count, { scores: 3, shift: n * 17 }),
    );
    const names = ['-d', 'pages', '-e', `version-${n}`];
    const args = [bin, 'record', file, ...names, '--local', '--quiet'];
    const { status } = spawnSync(process.execPath, args, {
      env: { PATH: process.env.PATH, HOME: home, LS_RECORD_HOME: home },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) throw new Error(`recording version-${n} ended with status ${status}`);
  }
  const serve = (work) => withServer('page-server.js', [bin, join(home, 'home.sqlite')], work);
  const first = await serve(({ url }) => read(url));
  yield line('a first look, which counts', first.ms, 2500, '# ms', { most: 1 });
  const lines = await serve(async ({ url }) => {
    const cold = await read(url);
    const found = [line('a page, server just started', cold.ms, 700, '# ms', { most: 1 })];
    for (const [what, query, most] of WARM) {
      await read(url + query);
      const times = [];
      for (let n = 0; n < TIMES; n++) times.push((await read(url + query)).ms);
      found.push(line(`… ${what}`, Math.min(...times), most, '# ms', { most: 1 }));
    }
    const { body } = cold;
    found.push(line('… its size', body.length / 1000, 120, '# kB', { most: 1 }));
    found.push(line('… compressed', gzipSync(body).length / 1000, 20, '# kB', { most: 1 }));
    return found;
  });
  yield* lines;
}

async function read(url) {
  const start = performance.now();
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  const body = Buffer.from(await answer.arrayBuffer());
  return { body, ms: performance.now() - start };
}
