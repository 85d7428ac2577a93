/** The official SDK's evaluate() over outputs that are stored already, into a new dataset. argv: file, endpoint, rows. */
import { readFileSync } from 'node:fs';
import { Client } from 'langsmith';
import { evaluate } from 'langsmith/evaluation';

const [file, endpoint, limit] = process.argv.slice(2);
const rows = readFileSync(file, 'utf8')
  .split('\n')
  .slice(0, Number(limit))
  .map((line) => JSON.parse(line));
const client = new Client({ apiUrl: endpoint, apiKey: 'bench' });
const outputs = new Map(rows.map((row) => [row.inputs.question, row.outputs]));

const started = performance.now();
const { id: datasetId } = await client.createDataset('bench');
const examples = rows.map((row, n) => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  dataset_id: datasetId,
  inputs: row.inputs,
  outputs: row.reference_outputs,
  created_at: new Date().toISOString(),
  modified_at: new Date().toISOString(),
  runs: [],
}));
// Its own upload of examples, a request for all, then one GET for each.
await client.createExamples(
  examples.map(({ id, inputs, outputs: reference }) => ({
    id,
    inputs,
    outputs: reference,
    dataset_id: datasetId,
  })),
);
await evaluate((inputs) => outputs.get(inputs.question), {
  data: examples,
  client,
  experimentPrefix: 'bench',
  maxConcurrency: 16,
});
await client.awaitPendingTraceBatches();
process.send({ seconds: (performance.now() - started) / 1000, rows: rows.length });
process.disconnect();
process.exit();
