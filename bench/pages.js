/**
 * How long pages take, and how large they are: four experiments on the same examples, compared on one page. Times are the
 * server's processor time, which on an idle machine is what a reader waits: other programs change it less.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { withServer } from './processes.js';
import { writeRows } from './rows.js';
import { line } from './table.js';

const EXPERIMENTS = 4;
const TIMES = 3;
/** With the latency, seven marks in each cell. */
const SCORES = 6;

/** Asked for the first time, then again: both are to be quick. */
const PAGES = [
  ['the page again', '', 150],
  ['page 200', '&page=200', 150],
  ['regressed by score_1', '&show=regressed&metric=score_1', 150],
  ['different answers', '&show=different', 150],
  ['the slowest first', '&sort=-latency', 150],
  ['a condition on a score', '&q=score.score_1<0.1', 150],
  ['a condition on words', '&q=capital', 150],
  ['grouped by the model', '&group=metadata.ls_model_name', 1000],
];

export async function* pages({ bin, folder, rows, input }) {
  const count = rows / 5;
  const home = mkdtempSync(join(folder, 'pages-'));
  for (let n = 0; n < EXPERIMENTS; n++) {
    const file = await input(`pages-${n}.jsonl`, (path) =>
      writeRows(path, count, { scores: SCORES, shift: n * 17 }),
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
  yield* await serve(async (server) => {
    const { url } = server;
    const cold = await time(server, url);
    const text = cold.body.toString();
    const found = [
      atMost('the first page after recording, server just started', cold.ms, 700, 'ms'),
    ];
    const timeTwice = async (what, address, most) => {
      const { ms } = await time(server, address);
      found.push(atMost(`… ${what}, the first time`, ms, most, 'ms'));
      const times = [];
      for (let n = 0; n < TIMES; n++) times.push((await time(server, address)).ms);
      found.push(atMost(`… ${what}`, Math.min(...times), Math.min(most, 150), 'ms'));
    };
    for (const [what, query, most] of PAGES) await timeTwice(what, url + query, most);
    const example = /<tr id="e-([\da-f-]+)"/.exec(text)?.[1];
    await timeTwice('the page of a row', url.replace('/compare?', `/e/${example}?`), 60);
    found.push(atMost('… size of the page, 50 rows', cold.body.length / 1000, 120, 'kB'));
    found.push(atMost('… compressed', gzipSync(cold.body).length / 1000, 20, 'kB'));
    found.push(atMost('… elements', text.match(/<[a-z]/g).length, 4000, ''));
    const [style, scripts] = await assetSizes(url, text);
    found.push(atMost('… style', style / 1000, 14, 'kB'));
    found.push(atMost('… all scripts', scripts / 1000, 15, 'kB'));
    return found;
  });
}

/** The sizes of the style and of all scripts, each of which names those that it loads. */
async function assetSizes(url, page) {
  const address = (pattern, text) => new URL(pattern.exec(text)[1], url).href;
  const style = await read(address(/href="([^"]+\.css)"/, page));
  const scripts = new Set([address(/src="([^"]+\.js)"/, page)]);
  let bytes = 0;
  for (const script of scripts) {
    const body = await read(script);
    bytes += body.length;
    for (const [, name] of body.toString().matchAll(/from '(\.\/[\w-]+\.js)'/g))
      scripts.add(new URL(name, script).href);
  }
  return [style.length, bytes];
}

const atMost = (what, measured, most, unit) =>
  line(what, measured, most, `# ${unit}`.trim(), { most: 1 });

async function time({ askLog }, url) {
  const before = await askLog();
  const body = await read(url);
  return { body, ms: (await askLog()).cpuMs - before.cpuMs };
}

async function read(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}
