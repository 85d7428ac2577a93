/**
 * A LangSmith that keeps nothing but the ids of examples: reads and decodes each request, answers at once or after a set
 * latency. A process of its own, so that what it costs is not counted to the client. argv: latency in ms.
 */
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

const latencyMs = Number(process.argv[2] ?? 0);
const startedAt = new Date().toISOString();
const counts = { requests: 0, runs: 0, feedback: 0, examples: 0 };
const examples = new Set();
const dataset = {
  id: '11111111-1111-4111-8111-111111111111',
  tenant_id: 't',
  name: 'bench',
  created_at: startedAt,
};
let session = { id: 'none', tenant_id: 't', name: 'bench', start_time: startedAt, extra: {} };

const now = () => new Date().toISOString();
const EXAMPLE_ID = /name="([0-9a-f-]{36})\.inputs"/g;

/** How often a marker stands in a buffer. */
function occurrences(bytes, marker) {
  let count = 0;
  for (let at = bytes.indexOf(marker); at !== -1; at = bytes.indexOf(marker, at + 1)) count++;
  return count;
}

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
  'GET /counts': () => counts,
  'GET /datasets': () => (examples.size > 0 ? [{ ...dataset, example_count: examples.size }] : []),
  'GET /datasets/{id}': () => dataset,
  'GET /datasets/{id}/version': () => ({ as_of: startedAt }),
  'POST /datasets': (body) => Object.assign(dataset, JSON.parse(body)),
  'POST /datasets/{id}/examples': (body) => {
    const ids = [...body.toString('latin1').matchAll(EXAMPLE_ID)].map((match) => match[1]);
    for (const id of ids) examples.add(id);
    counts.examples += ids.length;
    return { count: ids.length, example_ids: ids, as_of: now() };
  },
  'GET /examples': (_, query) =>
    query
      .getAll('id')
      .filter((id) => examples.has(id))
      .map((id) => ({ id, modified_at: startedAt })),
  'GET /examples/{id}': (_, __, path) => {
    const id = path.split('/').at(-1);
    return examples.has(id) ? { ...dataset, id, dataset_id: dataset.id, inputs: {} } : undefined;
  },
  'POST /examples': (body) => {
    counts.examples++;
    return JSON.parse(body);
  },
  'GET /sessions': (_, query) => (query.has('name') ? [] : [session]),
  'GET /sessions/{id}': (_, __, path) => (path.endsWith(session.id) ? session : undefined),
  'POST /sessions': (body) => {
    session = { ...session, id: '22222222-2222-4222-8222-222222222222', ...JSON.parse(body) };
    return session;
  },
  'PATCH /sessions/{id}': (body) => {
    session = { ...session, ...JSON.parse(body) };
    return session;
  },
  'POST /runs/query': () => ({ runs: [], cursors: { next: null } }),
  'POST /runs/multipart': (body) => {
    counts.runs += occurrences(body, '.inputs"');
    counts.feedback += occurrences(body, 'name="feedback.');
    return { message: 'accepted' };
  },
  'POST /runs': () => {
    counts.runs++;
    return { message: 'accepted' };
  },
  'POST /feedback': (body) => {
    counts.feedback++;
    return JSON.parse(body);
  },
};

function answer(method, url, raw, encoding) {
  const body = encoding === 'gzip' ? gunzipSync(raw) : raw;
  const [full, query] = url.split('?');
  const path = full.replace(/^(\/api)?(\/v1)?(\/platform)?/, '');
  const shape = path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}');
  if (shape !== '/counts') counts.requests++;
  return routes[`${method} ${shape}`]?.(body, new URLSearchParams(query), path);
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const raw = Buffer.concat(chunks);
    const json = answer(request.method, request.url, raw, request.headers['content-encoding']);
    const send = () => {
      response.writeHead(json === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(json ?? { detail: 'not found' }));
    };
    if (latencyMs > 0) setTimeout(send, latencyMs);
    else send();
  });
});
server.listen(0, '127.0.0.1', () =>
  process.send?.({ url: `http://127.0.0.1:${server.address().port}` }),
);
process.on('disconnect', () => process.exit());
