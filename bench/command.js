/** Runs whole commands, against a sink or at home, and measures them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { script, withServer } from './processes.js';

const HOST = 'elsewhere.example';

/** @param gzip over TLS to a host whose name is not this machine's, so that bodies are compressed. */
export const withSink = ({ latencyMs = 0, gzip = false }, work) =>
  withServer('sink.js', [latencyMs, gzip ? HOST : ''], work);

/** Records files into a sink of their own. */
export function record(command, files, options = {}) {
  return withSink(options, (sink) => recordInto(sink, command, files, options));
}

/**
 * Records files into a sink.
 *
 * @param command.bin the program; `command.folder` is where it keeps its state.
 * @param options.joined files for `--join`; they are sources, too.
 * @param options.isNew a new experiment of rows that were recorded.
 * @returns rows, and `seconds` from the first byte read to the last acknowledgement; `roundTrips` is how many requests
 * waited for one another.
 */
export async function recordInto(sink, { bin, folder }, files, options) {
  const { joined = [], isNew, home, gzip } = options;
  const args = ['record', ...files, '-d', 'bench', '--endpoint', sink.url];
  for (const file of joined) args.push('--join', file);
  if (isNew) args.push('--new');
  const took = await run({ bin, folder, home }, args, [...files, ...joined]);
  const { requests, compressed, runs } = await sink.askLog();
  if (compressed > 0 !== Boolean(gzip)) throw new Error(`${compressed} bodies were compressed`);
  const lastAcknowledgedAt = Math.max(...requests.map(({ end }) => end));
  const seconds = (lastAcknowledgedAt - took.firstReadAt) / 1000;
  return { ...took, rows: runs, seconds, roundTrips: () => longestChain(requests) };
}

/** Records a file at home; `seconds` is from the first byte read to the end of the command. */
export async function recordAtHome({ bin, folder }, file) {
  const took = await run({ bin, folder }, ['record', file, '-d', 'bench', '--local'], [file]);
  return { ...took, seconds: (took.endedAt - took.firstReadAt) / 1000 };
}

async function run({ bin, folder, home = mkdtempSync(join(folder, 'home-')) }, args, files) {
  const report = join(mkdtempSync(join(folder, 'report-')), 'report.jsonl');
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', script('watch.js'), bin, ...args, '--verify', 'off', '--quiet'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        TMPDIR: folder,
        LS_RECORD_HOME: home,
        LANGSMITH_API_KEY: 'bench',
        NODE_EXTRA_CA_CERTS: script('../test/support/certificates/authority.pem'),
        BENCH_WATCH: JSON.stringify({ files, report, host: HOST }),
      },
    },
  );
  const [status, signal] = await once(child, 'exit');
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${signal ?? `status ${status}`}`);

  const threads = readFileSync(report, 'utf8').trimEnd().split('\n').map(JSON.parse);
  const most = (name) => Math.max(...threads.map((thread) => thread[name] ?? 0));
  const bytesRead = threads.reduce((sum, thread) => sum + thread.bytesRead, 0);
  const sourceBytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  if (bytesRead < sourceBytes) throw new Error(`watch.js saw ${bytesRead} of ${sourceBytes} bytes`);
  return {
    wholeSeconds: (performance.now() - started) / 1000,
    firstReadAt: Math.min(...threads.map(({ firstReadAt }) => firstReadAt ?? Infinity)),
    endedAt: most('endedAt'),
    cpuSeconds: most('cpuSeconds'),
    peakMb: most('peakMb'),
    bytesRead,
    sourceBytes,
  };
}

/** The most requests that were sent one after another, each once the one before it was answered. */
function longestChain(requests) {
  const lengths = new Map();
  for (const request of requests.toSorted((a, b) => a.start - b.start)) {
    const before = requests.filter(({ end }) => end <= request.start);
    lengths.set(request, 1 + Math.max(0, ...before.map((other) => lengths.get(other))));
  }
  return Math.max(...lengths.values());
}
