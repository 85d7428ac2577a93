import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../src/server/store.js';
import { uuid } from './requests.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ls-record-file-'));
  file = join(folder, 'home.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Asks the file itself, as another program would. */
function ask(sql: string): Record<string, unknown>[] {
  const db = new Libsql(file);
  const rows = db.prepare(sql).all() as Record<string, unknown>[];
  db.close();
  return rows;
}

const TABLES = 'select name, sql from sqlite_schema where sql is not null order by name';

describe('a home of version 0.1.0', () => {
  beforeEach(() => {
    const kept = new URL('../../fixtures/homes/0.1.0.sqlite.gz', import.meta.url);
    writeFileSync(file, gunzipSync(readFileSync(kept)));
  });

  test('keeps all that was recorded', () => {
    const [before] = ask('select id from datasets');
    const store = openStore({ file });

    expect(store.datasets.find(String(before?.id))).toMatchObject({
      name: 'capitals',
      example_count: 3,
      session_count: 1,
    });
    store.close();
    expect(ask('select count(*) as runs from runs')).toEqual([{ runs: 3 }]);
    expect(ask('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  test('becomes the same as one that is made today', () => {
    openStore({ file }).close();
    const [version, tables] = [ask('pragma user_version'), ask(TABLES)];
    rmSync(file);

    openStore({ file }).close();

    expect(version).toEqual(ask('pragma user_version'));
    expect(tables).toEqual(ask(TABLES));
  });

  test('is marked as a home', () => {
    openStore({ file }).close();

    expect(ask('pragma application_id')).toEqual([{ application_id: 0x4c537263 }]);
  });
});

describe('a file that is not a home', () => {
  function expectLeftAlone(words: string): void {
    const before = { bytes: readFileSync(file), mode: statSync(file).mode };

    expect(() => openStore({ file })).toThrow(
      expect.objectContaining({
        code: 'HOME_UNAVAILABLE',
        message: expect.stringContaining(words),
        hint: expect.stringContaining('LS_RECORD_HOME'),
      }),
    );
    expect({ bytes: readFileSync(file), mode: statSync(file).mode }).toEqual(before);
  }

  function makeDatabase(sql: string): void {
    const db = new Libsql(file);
    db.exec(sql);
    db.close();
  }

  test('but a database of another program is left as it is', () => {
    makeDatabase('create table bookmarks (url text)');

    expectLeftAlone('belongs to another program');
  });

  test('but a marked database of another program is left as it is, even without tables', () => {
    makeDatabase('pragma application_id = 7; pragma user_version = 1');

    expectLeftAlone('belongs to another program');
  });

  test('but a home whose version was lost is left as it is', () => {
    openStore({ file }).close();
    const db = new Libsql(file);
    db.exec('pragma user_version = 0; pragma wal_checkpoint(truncate)');
    db.close();

    expectLeftAlone('belongs to another program');
  });

  test('but a text is left as it is', () => {
    writeFileSync(file, 'shopping: bread, milk\n'.repeat(100), { mode: 0o644 });

    expectLeftAlone('is not a database');
  });

  test('but a link is not followed', () => {
    const target = join(folder, 'elsewhere');
    writeFileSync(target, '', { mode: 0o644 });
    symlinkSync(target, file);

    expectLeftAlone('is a symbolic link');
  });

  test('but a folder is refused', () => {
    mkdirSync(file);

    expect(() => openStore({ file })).toThrow(/cannot be opened/);
  });
});

test('a damaged home is named with what to do, and no word of the disk', () => {
  const store = openStore({ file });
  store.close();
  const bytes = readFileSync(file);
  bytes.fill(0xff, 100, 4096);
  writeFileSync(file, bytes);

  expect(() => openStore({ file })).toThrow(
    expect.objectContaining({
      message: `cannot use ${file}: the file is damaged (SQLITE_CORRUPT)`,
      hint: expect.stringMatching(/Move it away.*\.recover/),
    }),
  );
});

describe('when it is closed', () => {
  /** With attachments of 10 MB. */
  function fill() {
    const store = openStore({ file });
    store.transaction(() => {
      for (let n = 0; n < 2_000; n++) {
        const content = Buffer.alloc(5_000);
        store.attachments.write(uuid(1), { name: String(n), mime_type: 'a/b', content });
      }
    });
    return store;
  }

  test('its log is emptied, even where another process has it open', () => {
    const other = openStore({ file });
    fill().close();

    expect(existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0).toBe(0);
    other.close();
  });

  test('what was deleted is given back to the disk', () => {
    fill().close();
    const full = statSync(file).size;
    const store = openStore({ file });
    store.attachments.retain(uuid(1), []);
    store.close();

    expect(full).toBeGreaterThan(10_000_000);
    expect(statSync(file).size).toBeLessThan(1_000_000);
  });
});
