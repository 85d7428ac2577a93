/** Evaluates with one release of the official SDK, as its users do: node evaluate.js <package> */
const [name] = process.argv.slice(2);
const { Client } = await import(name);
const { evaluate, evaluateComparative } = await import(`${name}/evaluation`);

const client = new Client();
const countries = { France: 'Paris', Italy: 'Rome', Spain: 'Madrid' };

async function createCapitals() {
  const dataset = await client.createDataset('capitals');
  await client.createExamples({
    inputs: Object.keys(countries).map((country) => ({ country })),
    outputs: Object.values(countries).map((capital) => ({ capital })),
    datasetId: dataset.id,
  });
}

function evaluateCapitals(experimentPrefix, answer) {
  return evaluate(answer, {
    client,
    data: 'capitals',
    experimentPrefix,
    evaluators: [
      (run, example) => ({
        key: 'correct',
        score: Number(run.outputs.capital === example.outputs.capital),
      }),
      (run) => ({ key: 'letters', score: run.outputs.capital.length, comment: 'of the capital' }),
    ],
    summaryEvaluators: [(runs, _examples) => ({ key: 'runs', score: runs.length })],
  });
}

async function createPictures() {
  const dataset = await client.createDataset('pictures');
  const examples = [{ country: 'France' }, { country: 'Italy' }].map((inputs) => ({
    dataset_id: dataset.id,
    inputs,
    attachments: { flag: { mimeType: 'text/plain', data: new TextEncoder().encode('tricolour') } },
  }));
  if (name === 'langsmith-0.2') await client.uploadExamplesMultipart(dataset.id, examples);
  else await client.createExamples(examples);
}

async function describeFlag(_inputs, { attachments }) {
  const response = await fetch(attachments.flag.presigned_url);
  return { flag: await response.text() };
}

function preferLonger([first, second], _example) {
  const isLonger = first.outputs.capital.length > second.outputs.capital.length;
  return {
    key: 'longer',
    scores: { [first.id]: Number(isLonger), [second.id]: Number(!isLonger) },
  };
}

await createCapitals();
const right = await evaluateCapitals('right', ({ country }) => ({ capital: countries[country] }));
const wrong = await evaluateCapitals('wrong', () => ({ capital: 'Atlantis' }));
await client.awaitPendingTraceBatches();

await createPictures();
await evaluate(describeFlag, {
  client,
  data: 'pictures',
  experimentPrefix: 'flags',
  includeAttachments: true,
  evaluators: [(run) => ({ key: 'seen', score: Number(run.outputs.flag === 'tricolour') })],
});

const experiments = [right.experimentName, wrong.experimentName];
await evaluateComparative(experiments, { client, evaluators: [preferLonger] });
await client.awaitPendingTraceBatches();
