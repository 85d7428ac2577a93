/**
 * A LangSmith that keeps names and ids, but no content: reads and decodes each request, answers at once or after a set
 * latency. A process of its own, so that what it costs is not counted to the client.
 * argv: latency in ms, then for TLS the name that it goes by.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { gunzipSync } from 'node:zlib';

const latencyMs = Number(process.argv[2] ?? 0);
const host = process.argv[3];
const datasets = new Map();
const sessions = new Map();
/** Of all datasets: id → when it last changed. */
const examples = new Map();
let log = emptyLog();

function emptyLog() {
  return { requests: [], compressed: 0, runs: 0, feedback: 0, examples: 0 };
}

const now = () => new Date().toISOString();
const clock = () => performance.timeOrigin + performance.now();
const refuse = (status, detail) => {
  throw Object.assign(new Error(detail), { status });
};
const found = (map, id) => map.get(id) ?? refuse(404, 'not found');
addSession({ name: 'default' });

function addDataset({ id = randomUUID(), ...given }) {
  const isTaken =
    datasets.has(id) || [...datasets.values()].some(({ name }) => name === given.name);
  if (isTaken) refuse(409, 'a dataset of this name exists');
  const time = now();
  const dataset = {
    ...given,
    id,
    tenant_id: '22222222-2222-4222-8222-222222222222',
    created_at: time,
    as_of: time,
    example_count: 0,
  };
  datasets.set(id, dataset);
  return dataset;
}

function addSession({ id = randomUUID(), ...given }) {
  const isTaken =
    sessions.has(id) || [...sessions.values()].some(({ name }) => name === given.name);
  if (isTaken) refuse(409, 'a session of this name exists');
  const session = {
    start_time: now(),
    reference_dataset_id: null,
    ...given,
    id,
    tenant_id: '22222222-2222-4222-8222-222222222222',
  };
  sessions.set(id, session);
  return session;
}

/** All or none, as LangSmith has it. */
function addExamples(datasetId, ids) {
  const dataset = found(datasets, datasetId);
  if (ids.some((id) => examples.has(id))) refuse(409, 'an example of this id exists');
  dataset.as_of = now();
  dataset.example_count += ids.length;
  log.examples += ids.length;
  for (const id of ids) examples.set(id, { dataset_id: datasetId, modified_at: dataset.as_of });
  return dataset.as_of;
}

function updateExamples(ids) {
  const time = now();
  for (const id of ids) {
    const example = found(examples, id);
    found(datasets, example.dataset_id).as_of = time;
    example.modified_at = time;
  }
  return time;
}

const toExample = (id) => ({ id, ...found(examples, id), created_at: now(), inputs: {} });

function listExamples(query) {
  const ids = query.getAll('id');
  const [offset, limit] = [Number(query.get('offset') ?? 0), Number(query.get('limit') ?? 100)];
  const listed =
    ids.length > 0
      ? ids.filter((id) => examples.has(id))
      : [...examples.keys()].slice(offset, offset + limit);
  return listed.map(toExample);
}

/** Those of a name or an id, as the query says; else all. */
function list(map, query) {
  const [name, id] = [query.get('name'), query.get('id')];
  return [...map.values()].filter(
    (item) => (name === null || item.name === name) && (id === null || item.id === id),
  );
}

const EXAMPLE_ID = /name="([0-9a-f-]{36})\.inputs"/g;
const exampleIds = (body) =>
  [...body.toString('latin1').matchAll(EXAMPLE_ID)].map((match) => match[1]);

/** How many parts of a form are named so, and then by an id alone. */
function countParts(body, prefix) {
  const marker = `name="${prefix}`;
  let count = 0;
  for (let at = body.indexOf(marker); at !== -1; at = body.indexOf(marker, at + 1)) {
    if (body[at + marker.length + 36] === 0x22) count++;
  }
  return count;
}

const accepted = { message: 'accepted' };

const routes = {
  'GET /info': () => ({
    version: '0.17.0',
    instance_flags: { gzip_body_enabled: true, dataset_examples_multipart_enabled: true },
    batch_ingest_config: {
      use_multipart_endpoint: true,
      size_limit: 100,
      size_limit_bytes: 20_971_520,
    },
  }),
  'GET /datasets': ({ query }) => list(datasets, query),
  'GET /datasets/{id}': ({ id }) => found(datasets, id),
  'GET /datasets/{id}/version': ({ id }) => ({ as_of: found(datasets, id).as_of }),
  'GET /datasets/{id}/versions': ({ id }) => [{ as_of: found(datasets, id).as_of }],
  'POST /datasets': ({ json }) => addDataset(json()),
  'POST /datasets/{id}/examples': ({ id, body }) => {
    const ids = exampleIds(body);
    return { count: ids.length, example_ids: ids, as_of: addExamples(id, ids) };
  },
  'PATCH /datasets/{id}/examples': ({ body }) => {
    const ids = exampleIds(body);
    return { count: ids.length, example_ids: ids, as_of: updateExamples(ids) };
  },
  'GET /examples': ({ query }) => listExamples(query),
  'GET /examples/{id}': ({ id }) => toExample(id),
  'POST /examples': ({ json }) => {
    const { id = randomUUID(), dataset_id: datasetId } = json();
    addExamples(datasetId, [id]);
    return toExample(id);
  },
  'POST /examples/bulk': ({ json }) => {
    const created = json();
    const ids = created.map(({ id }) => id);
    addExamples(created[0].dataset_id, ids);
    return ids.map(toExample);
  },
  'PATCH /examples/{id}': ({ id }) => {
    updateExamples([id]);
    return toExample(id);
  },
  'GET /sessions': ({ query }) => list(sessions, query),
  'GET /sessions/{id}': ({ id }) => found(sessions, id),
  'POST /sessions': ({ json }) => addSession(json()),
  'PATCH /sessions/{id}': ({ id, json }) => {
    const given = Object.entries(json()).filter(([, value]) => value !== null);
    return Object.assign(found(sessions, id), Object.fromEntries(given));
  },
  'POST /runs/query': () => ({ runs: [], cursors: { next: null } }),
  'POST /runs/multipart': ({ body }) => {
    log.runs += countParts(body, 'post.');
    log.feedback += countParts(body, 'feedback.');
    return accepted;
  },
  'POST /runs/batch': ({ json }) => {
    log.runs += json().post?.length ?? 0;
    return accepted;
  },
  'POST /runs': ({ json }) => {
    json();
    log.runs++;
    return accepted;
  },
  'PATCH /runs/{id}': ({ json }) => json() && accepted,
  'GET /feedback': () => [],
  'POST /feedback': ({ json }) => {
    log.feedback++;
    return json();
  },
};

/** All others answer 200. */
const STATUSES = {
  'POST /datasets/{id}/examples': 201,
  'PATCH /datasets/{id}/examples': 201,
  'POST /runs/multipart': 202,
  'POST /runs/batch': 202,
  'POST /runs': 202,
  'PATCH /runs/{id}': 202,
};
const ID = /[0-9a-f]{8}-[0-9a-f-]{27}/;

function answer({ method, url, headers }, raw) {
  const [full, query] = url.split('?');
  const path = full.replace(/^(\/api)?(\/v1)?(\/platform)?/, '');
  const route = `${method} ${path.replace(ID, '{id}')}`;
  try {
    const isCompressed = headers['content-encoding'] === 'gzip';
    if (isCompressed) log.compressed++;
    const body = isCompressed ? gunzipSync(raw) : raw;
    const handle = routes[route] ?? refuse(404, 'not found');
    const json = () => JSON.parse(body);
    const given = { id: ID.exec(path)?.[0], query: new URLSearchParams(query), body, json };
    return { status: STATUSES[route] ?? 200, json: handle(given) };
  } catch ({ status = 422, message }) {
    return { status, json: { detail: message } };
  }
}

const tls = host && {
  cert: readFileSync(new URL('../test/support/certificates/other-host.pem', import.meta.url)),
  key: readFileSync(new URL('../test/support/certificates/key.pem', import.meta.url)),
};
const server = tls ? createTlsServer(tls) : createPlainServer();
server.on('request', (request, response) => {
  const entry = { request: `${request.method} ${request.url}`, start: clock() };
  log.requests.push(entry);
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { status, json } = answer(request, Buffer.concat(chunks));
    const send = () => {
      entry.end = clock();
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(json));
    };
    if (latencyMs > 0) setTimeout(send, latencyMs);
    else send();
  });
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  process.send?.({ url: tls ? `https://${host}:${port}` : `http://127.0.0.1:${port}` });
});
process.on('message', () => {
  process.send(log);
  log = emptyLog();
});
process.on('disconnect', () => process.exit());
