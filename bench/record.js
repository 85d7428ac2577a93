/**
 * Records one file in a process of its own, and tells its parent the time and the peak of memory.
 * argv: file, endpoint, then any of gzip (compress, though it is loopback) and again (a second experiment).
 */
import { tmpdir } from 'node:os';
import { LangSmith, openSources, record } from '../dist/index.js';

const [file, endpoint, ...flags] = process.argv.slice(2);
const client = new LangSmith({ endpoint, ...(flags.includes('gzip') && { compress: true }) });
const [source] = await openSources([file], { spoolFolder: tmpdir() });

const started = performance.now();
const recording = await record(source, {
  client,
  dataset: 'bench',
  verify: 'off',
  ...(flags.includes('again') && { another: true }),
});
const seconds = (performance.now() - started) / 1000;
await client.close();

const { read, recorded } = recording.rows;
if (recorded !== read) throw new Error(`only ${recorded} of ${read} rows were recorded`);
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
process.send({ rows: read, seconds, cpuSeconds, peakMb: maxRSS / 1024 });
process.disconnect();
