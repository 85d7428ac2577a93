/** The least that recording costs on one thread: our parser, our id function, gzip, nothing sent. argv: file. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { constants, gzipSync } from 'node:zlib';
import { parseJson } from '../dist/json/parse.js';
import { printJson } from '../dist/json/print.js';
import { exampleIdByContent } from '../dist/recorder/ids.js';

const [file] = process.argv.slice(2);
const started = performance.now();
let rows = 0;
let batch = [];
for await (const line of createInterface({ input: createReadStream(file) })) {
  const row = parseJson(line);
  exampleIdByContent('bench', row.inputs, row.reference_outputs);
  batch.push(printJson(row));
  if (batch.length === 100) {
    gzipSync(batch.join('\n'), { level: constants.Z_BEST_SPEED });
    batch = [];
  }
  rows++;
}
process.send({ seconds: (performance.now() - started) / 1000, rows });
process.disconnect();
