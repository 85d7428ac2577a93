/**
 * Speed, memory and work, as ratios in one run: `npm run bench`. After `--`: names of measurements (else all but the very
 * long), `--quick` for a tenth of the rows, `--bin PATH` for the program of another build, to compare with this one.
 * Everything is on loopback; the server is a process of its own that reads, decodes and answers.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LONG, measurements } from './measurements.js';
import { script } from './processes.js';
import { printHead, printLine, showNumber } from './table.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { bin: { type: 'string' }, quick: { type: 'boolean' } },
});
const all = Object.keys(measurements);
const unknown = positionals.find((name) => !all.includes(name));
if (unknown) throw new Error(`${unknown} is none of ${all.join(', ')}`);
const names = positionals.length > 0 ? positionals : all.filter((name) => !LONG.includes(name));
const rows = values.quick ? 10_000 : 100_000;

const folder = mkdtempSync(join(tmpdir(), 'ls-record-bench-'));
const inputs = new Map();
/** The path of a file that `write` writes when it is first asked for. */
async function input(name, write) {
  const path = join(folder, name);
  if (!inputs.has(name)) inputs.set(name, write(path));
  await inputs.get(name);
  return path;
}

const measure = (name, bin) => measurements[name]({ bin: resolve(bin), folder, rows, input });

try {
  const cores = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`;
  console.log(`node ${process.version}, ${cores}, ${showNumber(rows)} rows of about 1 KB\n`);
  printHead(values.bin !== undefined);
  let missed = 0;
  for (const name of names) {
    const others = values.bin && measure(name, values.bin);
    for await (const line of measure(name, script('../bin/ls-record.js'))) {
      printLine(line, others && (await others.next()).value);
      if (!line.isMet) missed++;
    }
  }
  console.log(`\n${missed === 0 ? 'all as wanted' : `${missed} missed`}`);
} finally {
  rmSync(folder, { recursive: true });
}
