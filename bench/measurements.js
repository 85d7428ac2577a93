/** What the bench measures, by name: each yields lines of the table. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { record, recordAtHome, recordInto, withSink } from './command.js';
import { pages } from './pages.js';
import { ask } from './processes.js';
import {
  writeBatch,
  writeBatchRequests,
  writeCsv,
  writeGzip,
  writePromptfoo,
  writeRows,
  writeZip,
} from './rows.js';
import { tab } from './tab.js';
import { line, processorTime, rate, showNumber } from './table.js';

const SLOW_ROWS = 40;
const SDK_ROWS = 5000;
const FEW_ROWS = 100;
const TIMES = 5;
const START_UPS = 15;
const MB = 1024 * 1024;

/** 100 MB, so that a second look at the first rows weighs little. */
const LONG_ROWS = { count: 20_000, length: 5 };

export const measurements = {
  speed,
  bare,
  again,
  bytes,
  experiments,
  everyday,
  home,
  'start-up': startUp,
  tab,
  pages,
  memory,
};
/** Only when named. */
export const LONG = ['memory', 'pages'];

const rowsFile = ({ rows, input }) => input('rows.jsonl', (path) => writeRows(path, rows));

async function* speed(bench) {
  const { rows, input } = bench;
  const file = await rowsFile(bench);
  const scored = await input(`scored-${rows}.jsonl`, (path) =>
    writeRows(path, rows, { scores: 3 }),
  );
  const few = await input('few.jsonl', (path) => writeRows(path, SDK_ROWS));
  const asBefore = (path, latencyMs, limit) =>
    withSink({ latencyMs }, ({ url }) => ask('ancestor.js', [path, url, limit]));

  const slow = { latencyMs: 50 };
  const at50 = await record(bench, [file], slow);
  yield rate('ancestor’s protocol, 50 ms', at50, await asBefore(file, 50, SLOW_ROWS), 1400);
  const scoredAt50 = await record(bench, [scored], slow);
  const scoredBefore = await asBefore(scored, 50, SLOW_ROWS);
  yield rate('… with three scores a row', scoredAt50, scoredBefore, 1400);
  const at0 = await record(bench, [file]);
  yield rate('ancestor’s protocol, 0 ms', at0, await asBefore(file, 0, 3000), 20);
  const sdk = await withSink({}, ({ url }) => ask('sdk.js', [few, url, SDK_ROWS]));
  const what = 'official SDK’s evaluate(), 5,000 rows, 0 ms';
  yield rate(what, await record(bench, [few]), sdk, 14);
}

async function* bare(bench) {
  const file = await rowsFile(bench);
  const least = await ask('bare-loop.js', [file]);
  const plain = await record(bench, [file]);
  yield rate('bare loop: our parser, our id, gzip', plain, least, 0.45);
  yield processorTime(plain);
  const compressed = await record(bench, [file], { gzip: true });
  yield rate('… bodies compressed, over TLS', compressed, least, 0.45);
  yield processorTime(compressed);
}

async function* again(bench) {
  const file = await rowsFile(bench);
  for (const [latencyMs, most] of [
    [0, 1],
    [50, 2],
  ]) {
    const home = mkdtempSync(join(bench.folder, 'home-'));
    const [first, second] = await withSink({ latencyMs }, async (sink) => [
      await recordInto(sink, bench, [file], { home }),
      await recordInto(sink, bench, [file], { home, isNew: true }),
    ]);
    const what = `second recording : first, ${latencyMs} ms`;
    yield line(what, second.seconds, first.seconds, '# s', { most });
  }
}

async function* bytes(bench) {
  const { input } = bench;
  const make = (name, write, options) =>
    input(name, (path) => write(path, LONG_ROWS.count, { ...LONG_ROWS, ...options }));
  const rows = await make('long.jsonl', writeRows);
  const answers = await make('answers.jsonl', writeBatch);
  const requests = await make('requests.jsonl', writeBatchRequests);

  for (const [what, most, files, joined] of [
    ['JSONL', 1.05, [rows]],
    ['CSV', 1.05, [await make('long.csv', writeCsv)]],
    ['gzip', 1.05, [await input('long.jsonl.gz', (path) => writeGzip(path, rows))]],
    ['zip', 2.05, [await input('long.zip', (path) => writeZip(path, rows))]],
    [
      'promptfoo, 3 providers',
      2.05,
      [await make('promptfoo.json', writePromptfoo, { providers: 3 })],
    ],
    ['batch and --join', 1.05, [answers], [requests]],
  ]) {
    const { bytesRead, sourceBytes } = await record(bench, files, { joined });
    yield line(`source bytes read : size, ${what}`, bytesRead / MB, sourceBytes / MB, '# MB', {
      most,
    });
  }
}

/** The same rows from one provider and from twenty. */
async function* experiments(bench) {
  const take = async (providers) => {
    const file = await bench.input(`providers-${providers}.json`, (path) =>
      writePromptfoo(path, 10_000, { providers, repeats: 20 }),
    );
    return record(bench, [file]);
  };
  const one = await take(1);
  const twenty = await take(20);
  const what = 'processor: 20 experiments of a file : 1';
  yield line(what, twenty.cpuSeconds, one.cpuSeconds, '# s', { most: 1.3 });
}

async function* everyday(bench) {
  const file = await bench.input('everyday.jsonl', (path) => writeRows(path, FEW_ROWS));
  const latency = { latencyMs: 50 };
  const ours = [];
  const theirs = [];
  for (let n = 0; n < TIMES; n++) {
    ours.push(await record(bench, [file], latency));
    theirs.push(
      await withSink(latency, async ({ url }) => {
        const started = performance.now();
        await ask('sdk.js', [file, url, FEW_ROWS]);
        return (performance.now() - started) / 1000;
      }),
    );
  }
  const trips = Math.max(...ours.map(({ roundTrips }) => roundTrips()));
  yield line('100 rows, 50 ms: requests one after another', trips, 9, '#', { most: 1 });
  const seconds = median(ours.map(({ wholeSeconds }) => wholeSeconds));
  const what = '… whole command : official SDK’s evaluate()';
  yield line(what, seconds * 1000, median(theirs) * 1000, '# ms', { most: 1 });
}

async function* home(bench) {
  const file = await rowsFile(bench);
  const recorded = { ...(await recordAtHome(bench, file)), rows: bench.rows };
  yield rate('home, SQLite on disk', recorded, { rows: 8000, seconds: 1 }, 1);
  yield processorTime(recorded);
}

async function* startUp({ bin }) {
  const times = { bare: [], version: [], help: [] };
  for (let n = 0; n < START_UPS; n++) {
    times.bare.push(timeOf(['-e', '0']));
    times.version.push(timeOf([bin, '--version']));
    times.help.push(timeOf([bin, '--help']));
  }
  const bareMs = median(times.bare);
  yield line('--version : node -e 0', median(times.version), bareMs, '# ms', { most: 1.3 });
  yield line('--help : node -e 0', median(times.help), bareMs, '# ms', { most: 1.6 });
}

function timeOf(args) {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with status ${status}`);
  return performance.now() - started;
}

/** Ten times as many rows: their peak, and what each further row adds. */
async function* memory(bench) {
  const take = async (count) => {
    const write = (path) => writeRows(path, count, { scores: 3 });
    return record(bench, [await bench.input(`scored-${count}.jsonl`, write)]);
  };
  const { rows } = bench;
  const few = await take(rows);
  const many = await take(rows * 10);
  const bytesARow = ((many.peakMb - few.peakMb) * MB) / (rows * 9);
  yield line(`peak of ${showNumber(rows * 10)} rows, three scores`, many.peakMb, 250, '# MB', {
    most: 1,
  });
  yield line('memory for each further row', bytesARow, 64, '# bytes', { most: 1 });
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
