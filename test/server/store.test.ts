import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Database } from '../../src/server/store/database.js';
import { openStore, Store } from '../../src/server/store.js';
import { build, startNode } from '../cli/built.js';
import { NOON, openExperiment, run, send, sendRuns, uuid } from './requests.js';

const dataset = (number: number) => ({
  id: uuid(number),
  name: `dataset ${number}`,
  description: null,
  data_type: 'kv',
  created_at: NOON,
  metadata: null,
  inputs_schema: null,
  outputs_schema: null,
  transformations: null,
});

const BY_NAME = { sortBy: 'name', descending: false, limit: 1, offset: 0 } as const;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ls-record-store-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('a store', () => {
  test('keeps what was written, and its tenant, until it is opened again', () => {
    const file = join(folder, 'kept.sqlite');
    const first = openStore({ file });
    first.datasets.create(dataset(1));
    first.close();

    const second = openStore({ file });

    expect(second.datasets.find(uuid(1))?.name).toBe('dataset 1');
    expect(second.tenantId).toBe(first.tenantId);
    second.close();
  });

  test('is for its owner only', () => {
    const file = join(folder, 'new', 'home.sqlite');

    const store = openStore({ file });
    store.datasets.create(dataset(1));

    expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700);
    for (const name of [file, `${file}-wal`, `${file}-shm`]) {
      expect(statSync(name).mode & 0o777).toBe(0o600);
    }
    store.close();
  });

  test('takes the rights of others off a file that has them', () => {
    const file = join(folder, 'open.sqlite');
    writeFileSync(file, '');
    chmodSync(file, 0o644);

    openStore({ file }).close();

    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('of the first version is opened with all that it holds, and is one of today then', () => {
    const file = join(folder, 'first.sqlite');
    const dump = readFileSync(
      new URL('../../fixtures/homes/version-1.sql', import.meta.url),
      'utf8',
    );
    const db = new Libsql(file);
    db.exec(dump);
    db.close();

    const store = openStore({ file });
    const [dataset] = store.datasets.list({ ...BY_NAME, name: 'capitals' });
    const [experiment] = store.sessions.list({ ...BY_NAME, name: 'first' });
    const { id = '' } = experiment ?? {};

    expect(dataset).toMatchObject({ example_count: 2, baseline_experiment_id: null });
    expect(store.stats.ofRuns(id)).toMatchObject({ run_count: 2 });
    expect(store.stats.ofFeedback(id, 'run')).toMatchObject([{ key: 'correct', n: 2, avg: 0.5 }]);
    expect(store.runs.query({ sessions: [id], limit: 1 })).toMatchObject([{ replaced: 0 }]);
    store.close();
    const tables = (path: string) => {
      const opened = new Libsql(path);
      const rows = opened
        .prepare("select name, sql from sqlite_schema where name like 'feedback%' order by name")
        .all();
      opened.close();
      return rows;
    };
    const today = join(folder, 'today.sqlite');
    openStore({ file: today }).close();
    expect(tables(file)).toEqual(tables(today));
  });

  test('that a newer version made is refused in words', () => {
    const file = join(folder, 'newer.sqlite');
    openStore({ file }).close();
    const db = new Libsql(file);
    db.exec('pragma user_version = 99');
    db.close();

    expect(() => openStore({ file })).toThrow(
      expect.objectContaining({
        code: 'HOME_UNAVAILABLE',
        message: `${file} was made by a newer ls-record`,
        hint: expect.stringContaining('Update'),
      }),
    );
  });

  test.for([
    ['a folder', (file: string) => mkdirSync(file)],
    ['no database', (file: string) => writeFileSync(file, 'a shopping list\n'.repeat(100))],
  ] as const)('that is %s is refused in words', ([kind, make]) => {
    const file = join(folder, `${kind}.sqlite`);
    make(file);

    expect(() => openStore({ file })).toThrow(
      expect.objectContaining({
        code: 'HOME_UNAVAILABLE',
        message: expect.stringContaining(`cannot use ${file}`),
        hint: expect.any(String),
      }),
    );
  });

  test('that has no room left says so, and writes nothing of what it was told', () => {
    const db = new Database(join(folder, 'full.sqlite'));
    const store = new Store(db);
    db.all('pragma max_page_count = 60');
    const fill = () =>
      store.transaction(() => {
        store.datasets.create(dataset(1));
        store.datasets.create({ ...dataset(2), description: 'x'.repeat(5_000_000) });
      });

    expect(fill).toThrow(
      expect.objectContaining({
        code: 'HOME_UNAVAILABLE',
        message: expect.stringContaining('the disk is full'),
      }),
    );
    expect(store.datasets.find(uuid(1))).toBeUndefined();
    store.close();
  });
});

describe('two processes on one file', () => {
  const BATCH = 20;
  let root: string;

  beforeAll(() => {
    root = join(folder, 'built');
    build(root);
    writeFileSync(
      join(root, 'serve.js'),
      `import { serveHome } from './dist/server/serve.js';
       import { openStore } from './dist/server/store.js';
       const { url } = await serveHome({ store: openStore({ file: process.argv[2] }) });
       console.log(url);`,
    );
  }, 120_000);

  async function serve(file: string) {
    const child = startNode([join(root, 'serve.js'), file]);
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout?.once('data', (text) => resolve(String(text).trim()));
      child.stderr?.once('data', (text) => reject(new Error(String(text))));
    });
    return { url, child };
  }

  /** Sends batches until the process is gone. @returns the numbers of runs that were acknowledged. */
  async function write(
    home: { url: string },
    first: number,
    batches: number,
    onAcknowledged = (_rows: number) => {},
  ): Promise<number[]> {
    const acknowledged: number[] = [];
    for (let batch = 0; batch < batches; batch++) {
      const numbers = Array.from({ length: BATCH }, (_, n) => first + batch * BATCH + n);
      const parts = numbers.map((n) => [`post.${uuid(n)}`, run(n)]);
      try {
        const { status } = await sendRuns(home, Object.fromEntries(parts));
        expect(status).toBe(202);
      } catch (error) {
        if (error instanceof TypeError) return acknowledged;
        throw error;
      }
      acknowledged.push(...numbers);
      onAcknowledged(acknowledged.length);
    }
    return acknowledged;
  }

  test('write at the same time, and lose nothing acknowledged when one is killed', async () => {
    const file = join(folder, 'shared.sqlite');
    const [one, other] = await Promise.all([serve(file), serve(file)]);
    await openExperiment(one);

    const [byOne, byOther] = await Promise.all([
      write(one, 10_000, 60),
      write(other, 50_000, 10_000, (rows) => {
        // While its next batch is under way.
        if (rows === 3 * BATCH) setTimeout(() => other.child.kill('SIGKILL'), 5);
      }),
    ]);
    const again = await serve(file);

    const { json } = await send(again, `GET /sessions/${uuid(3)}?include_stats=true`);
    const seen = await Promise.all(
      [...byOne, ...byOther].map(async (n) => (await send(one, `GET /runs/${uuid(n)}`)).status),
    );
    expect(byOne).toHaveLength(60 * BATCH);
    expect(byOther.length).toBeGreaterThan(0);
    expect(new Set(seen)).toEqual(new Set([200]));
    // The batch that was under way is there as a whole, or not at all.
    expect((json.run_count - byOne.length - byOther.length) % BATCH).toBe(0);
    one.child.kill();
    again.child.kill();
  }, 60_000);
});
