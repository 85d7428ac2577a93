/**
 * The protocol of the script that this began as: for each row, one request after another, GET example, POST example,
 * POST run, and a POST a score. argv: file, endpoint, rows.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { v5 } from 'uuid';

const [file, endpoint, limit] = process.argv.slice(2);
const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

async function ask(method, path, json) {
  const response = await fetch(endpoint + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(json && { body: JSON.stringify(json) }),
  });
  await response.text();
  if (!response.ok && method !== 'GET') throw new Error(`${method} ${path}: ${response.status}`);
  return response.status;
}

const datasetId = randomUUID();
const started = performance.now();
await ask('GET', '/datasets?name=bench&limit=1');
await ask('POST', '/datasets', { id: datasetId, name: 'bench', data_type: 'kv' });
await ask('POST', '/sessions', { name: 'bench', start_time: new Date().toISOString() });
let rows = 0;
for await (const line of createInterface({ input: createReadStream(file) })) {
  const row = JSON.parse(line);
  const id = v5(
    `bench-${JSON.stringify(row.inputs)}-${JSON.stringify(row.reference_outputs)}`,
    DNS,
  );
  if ((await ask('GET', `/examples/${id}`)) === 404) {
    const { inputs, reference_outputs: outputs } = row;
    await ask('POST', '/examples', { id, dataset_id: datasetId, inputs, outputs });
  }
  await ask('POST', '/runs', {
    inputs: row.inputs,
    outputs: row.outputs,
    reference_example_id: id,
    extra: { metadata: row.metadata },
  });
  for (const [key, score] of Object.entries(row.scores ?? {}))
    await ask('POST', '/feedback', { key, score });
  if (++rows === Number(limit)) break;
}
process.send({ seconds: (performance.now() - started) / 1000, rows });
process.disconnect();
process.exit();
