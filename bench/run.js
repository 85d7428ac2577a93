/**
 * Speed and memory, side by side in one run, as ratios: `npm run bench`. After `--`:
 * `--quick` takes a tenth of the rows, `--skip-many` leaves out the recording of ten times as many.
 * Everything is on loopback; the server is a process of its own that reads, decodes and answers.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, script, withServer } from './processes.js';
import { writeRows } from './rows.js';
import { measureTab } from './tab.js';

const flags = process.argv.slice(2);
const unknown = flags.find((flag) => flag !== '--quick' && flag !== '--skip-many');
if (unknown !== undefined) throw new Error(`${unknown} is neither --quick nor --skip-many`);
const ROWS = flags.includes('--quick') ? 10_000 : 100_000;
const MANY = ROWS * 10;
const SLOW_ROWS = 40;
const SDK_ROWS = 5000;
const START_UPS = 15;
const MB = 1024 * 1024;

const count = (value) => Math.round(value).toLocaleString('en');
const perSecond = ({ rows, seconds }) => rows / seconds;
const withSink = (latencyMs, work) => withServer('sink.js', [latencyMs], work);
const record = (file, latencyMs, ...options) =>
  withSink(latencyMs, ({ url }) => ask('record.js', [file, url, ...options]));
const recordAsBefore = (file, latencyMs, rows) =>
  withSink(latencyMs, ({ url }) => ask('ancestor.js', [file, url, rows]));

const COLUMNS = [44, 16, 16, 9, 8];
let missed = 0;

function print(what, measured, against, ratio, target, met) {
  const [first, ...others] = COLUMNS;
  const cells = [measured, against, ratio, target].map((cell, n) => cell.padStart(others[n]));
  console.log([what.padEnd(first), ...cells, ` ${met}`].join('  '));
}

/** One line of the table; `target` is the least, or where it is `most` the greatest, that is right. */
function report(what, measured, against, words, target) {
  const ratio = measured / against;
  const isMet = 'most' in target ? ratio <= target.most : ratio >= target.least;
  if (!isMet) missed++;
  const bound = 'most' in target ? `≤ ${target.most}` : `≥ ${target.least}`;
  const show = (value) => words.replace('#', value < 100 ? value.toFixed(1) : count(value));
  print(what, show(measured), show(against), ratio.toFixed(2), bound, isMet ? 'met' : 'MISSED');
}

function reportRate(what, ours, theirs, least) {
  report(what, perSecond(ours), perSecond(theirs), '# rows/s', { least });
}

async function measureRecording(folder) {
  const file = join(folder, 'rows.jsonl');
  const scored = join(folder, 'scored.jsonl');
  await writeRows(file, ROWS);
  await writeRows(scored, ROWS, { scores: 3 });

  const at0 = await record(file, 0);
  const at50 = await record(file, 50);
  const ancestorAt50 = await recordAsBefore(file, 50, SLOW_ROWS);
  reportRate('ancestor’s protocol, 50 ms', at50, ancestorAt50, 500);
  const scoredAt50 = await record(scored, 50);
  const ancestorScored = await recordAsBefore(scored, 50, SLOW_ROWS);
  reportRate('… with three scores a row', scoredAt50, ancestorScored, 300);
  reportRate('ancestor’s protocol, 0 ms', at0, await recordAsBefore(file, 0, 3000), 5);

  const few = join(folder, 'few.jsonl');
  await writeRows(few, SDK_ROWS);
  const sdk = await withSink(0, ({ url }) => ask('sdk.js', [few, url, SDK_ROWS]));
  reportRate('official SDK’s evaluate(), 5,000 rows, 0 ms', await record(few, 0), sdk, 10);

  const bare = await ask('bare-loop.js', [file]);
  reportRate('bare loop: our parser, our id, gzip', await record(file, 0, 'gzip'), bare, 0.4);

  for (const [latencyMs, most] of [
    [0, 1],
    [50, 2],
  ]) {
    const [first, second] = await withSink(latencyMs, async ({ url }) => [
      await ask('record.js', [file, url]),
      await ask('record.js', [file, url, 'again']),
    ]);
    const what = `second recording : first, ${latencyMs} ms`;
    report(what, second.seconds, first.seconds, '# s', { most });
  }
  return { file, at0 };
}

async function measureMemory(folder, few) {
  const file = join(folder, 'many.jsonl');
  await writeRows(file, MANY);
  const many = await record(file, 0);
  const bytesARow = ((many.peakMb - few.peakMb) * MB) / (MANY - ROWS);
  report(`peak of memory, ${count(MANY)} rows`, many.peakMb, 250, '# MB', { most: 1 });
  report('memory for each further row', bytesARow, 64, '# bytes', { most: 1 });
}

function measureStartUp() {
  const bin = script('../bin/ls-record.js');
  const median = (args) => {
    const times = Array.from({ length: START_UPS }, () => {
      const started = performance.now();
      const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
      if (status !== 0) throw new Error(`node ${args.join(' ')} ended with status ${status}`);
      return performance.now() - started;
    });
    return times.sort((a, b) => a - b)[START_UPS >> 1];
  };
  const bare = median(['-e', '0']);
  report('--version : node -e 0', median([bin, '--version']), bare, '# ms', { most: 1.5 });
  report('--help : node -e 0', median([bin, '--help']), bare, '# ms', { most: 2 });
}

const folder = mkdtempSync(join(tmpdir(), 'ls-record-bench-'));
try {
  const cores = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`;
  console.log(`node ${process.version}, ${cores}, ${count(ROWS)} rows of about 1 KB\n`);
  print('ls-record against', 'ls-record', 'the other', 'ratio', 'target', '');
  print(...COLUMNS.map((width) => '─'.repeat(width)), '──────');
  const { file, at0 } = await measureRecording(folder);
  if (!flags.includes('--skip-many')) await measureMemory(folder, at0);
  measureStartUp();
  await measureTab(folder, report);

  const home = await withServer('home.js', [join(folder, 'home.sqlite')], ({ url }) =>
    ask('record.js', [file, url]),
  );
  console.log(`\n${missed === 0 ? 'all targets met' : `${missed} missed`}; for the record:`);
  for (const [where, { cpuSeconds, peakMb, ...speed }] of [
    ['a server that answers at once', at0],
    ['home, SQLite on disk', home],
  ]) {
    const cpu = `${Math.round((cpuSeconds * 1e6) / speed.rows)} µs of processor a row`;
    console.log(`  ${where}: ${count(perSecond(speed))} rows/s, ${cpu}, peak ${count(peakMb)} MB`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
