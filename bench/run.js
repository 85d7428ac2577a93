/**
 * Speed and memory, side by side in one run, as ratios: `npm run bench`, or with `-- --quick` a tenth of the rows.
 * Everything is on loopback; the server is a process of its own that reads, decodes and answers.
 */
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRows } from './rows.js';

const quick = process.argv.includes('--quick');
const ROWS = quick ? 10_000 : 100_000;
const folder = mkdtempSync(join(tmpdir(), 'ls-record-bench-'));
const script = (name) => new URL(name, import.meta.url).pathname;
const table = [];

async function run(name, args) {
  const child = fork(script(name), args.map(String), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const result = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof result[0] !== 'object' || result[0] === null) throw new Error(`${name} failed`);
  return result[0];
}

/** A fresh server for each measurement. */
async function withSink(latencyMs, work) {
  const sink = fork(script('./sink.js'), [String(latencyMs)]);
  const [{ port }] = await once(sink, 'message');
  try {
    return await work(`http://127.0.0.1:${port}`);
  } finally {
    sink.kill();
  }
}

async function withHome(work) {
  const home = fork(script('./home.js'), [join(folder, 'home.sqlite')]);
  const [{ url }] = await once(home, 'message');
  try {
    return await work(url);
  } finally {
    home.kill();
  }
}

const ours = (file, latencyMs, ...flags) =>
  withSink(latencyMs, (url) => run('./record.js', [file, url, ...flags]));
const rate = ({ rows, seconds }) => rows / seconds;

function report(what, ratio, target, detail) {
  const row = { what, ratio: `${ratio.toFixed(2)} ×`, target, detail };
  table.push(row);
  console.log(`${row.what.padEnd(58)} ${row.ratio.padStart(10)}   ${target.padEnd(10)} ${detail}`);
}

const perSecond = (value) => `${Math.round(value).toLocaleString('en')} rows/s`;
const mb = (value) => `${Math.round(value)} MB`;

console.log(`${ROWS.toLocaleString('en')} rows of about 1 KB; node ${process.version}\n`);
const file = join(folder, 'rows.jsonl');
const scored = join(folder, 'scored.jsonl');
await writeRows(file, ROWS);
await writeRows(scored, ROWS, { scores: 3 });

const at0 = await ours(file, 0);
const at50 = await ours(file, 50);
const scored50 = await ours(scored, 50);
console.log(
  `recorded to a server that answers at once: ${perSecond(rate(at0))}, peak ${mb(at0.peakMb)}`,
);
const home = await withHome((url) => run('./record.js', [file, url]));
console.log(
  `recorded at home (SQLite on disk): ${perSecond(rate(home))}, peak of the client ${mb(home.peakMb)}\n`,
);

const slow = await withSink(50, (url) => run('./ancestor.js', [file, url, 40]));
report(
  'ancestor’s protocol, 50 ms',
  rate(at50) / rate(slow),
  '≥ 500',
  `${perSecond(rate(at50))} : ${rate(slow).toFixed(1)}`,
);
const slowScored = await withSink(50, (url) => run('./ancestor.js', [scored, url, 40]));
report(
  'the same with three scores a row',
  rate(scored50) / rate(slowScored),
  '≥ 300',
  `${perSecond(rate(scored50))} : ${rate(slowScored).toFixed(1)}`,
);
const fast = await withSink(0, (url) => run('./ancestor.js', [file, url, 3000]));
report(
  'ancestor’s protocol, 0 ms',
  rate(at0) / rate(fast),
  '≥ 5',
  `${perSecond(rate(at0))} : ${perSecond(rate(fast))}`,
);

const few = join(folder, 'few.jsonl');
await writeRows(few, 5000);
const fewOurs = await ours(few, 0);
const sdk = await withSink(0, (url) => run('./sdk.js', [few, url, 5000]));
report(
  'official SDK’s evaluate(), 5,000 rows, 0 ms',
  rate(fewOurs) / rate(sdk),
  '≥ 10',
  `${perSecond(rate(fewOurs))} : ${perSecond(rate(sdk))}`,
);

const bare = await run('./bare-loop.js', [file]);
const gzipped = await ours(file, 0, 'gzip');
report(
  'bare loop: parser, id, gzip on one thread',
  rate(gzipped) / rate(bare),
  '≥ 0.4',
  `${perSecond(rate(gzipped))} : ${perSecond(rate(bare))}`,
);

for (const [latencyMs, target] of [
  [0, '≤ 1'],
  [50, '≤ 2'],
]) {
  const [first, second] = await withSink(latencyMs, async (url) => [
    await run('./record.js', [file, url]),
    await run('./record.js', [file, url, 'again']),
  ]);
  report(
    `second recording against the first, ${latencyMs} ms`,
    second.seconds / first.seconds,
    target,
    `${second.seconds.toFixed(1)} s : ${first.seconds.toFixed(1)} s`,
  );
}

const many = join(folder, 'many.jsonl');
await writeRows(many, ROWS * 10);
const million = await ours(many, 0);
const bytesARow = ((million.peakMb - at0.peakMb) * 1024 * 1024) / (ROWS * 9);
report(
  `peak memory, ${(ROWS * 10).toLocaleString('en')} rows`,
  million.peakMb / 250,
  '≤ 1',
  `${mb(million.peakMb)} : 250 MB`,
);
report(
  'bytes of memory for each further row',
  bytesARow / 64,
  '≤ 1',
  `${bytesARow.toFixed(0)} : 64`,
);

function startUp(args) {
  const times = Array.from({ length: 15 }, () => {
    const started = performance.now();
    spawnSync(process.execPath, args, { stdio: 'ignore' });
    return performance.now() - started;
  });
  return times.sort((a, b) => a - b)[7];
}
const bin = script('../bin/ls-record.js');
const nothing = startUp(['-e', '0']);
for (const [flag, target] of [
  ['--version', '≤ 1.5'],
  ['--help', '≤ 2'],
]) {
  const time = startUp([bin, flag]);
  report(
    `${flag} against node -e 0`,
    time / nothing,
    target,
    `${time.toFixed(0)} ms : ${nothing.toFixed(0)} ms`,
  );
}

rmSync(folder, { recursive: true });
