import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
} from 'node:fs';
import { dirname } from 'node:path';
import Libsql from 'libsql';
import { LsRecordError } from '../../errors.js';
import { newId } from '../new-id.js';
import { MIGRATIONS } from './schema.js';

/** What a column holds. The driver cannot bind booleans. */
export type SqlValue = string | number | null | Buffer;

type Statement = ReturnType<Libsql.Database['prepare']>;

const FIRST_OF_HOME = ['home', 'datasets', 'sessions', 'runs'];

const BUSY_TIMEOUT_MS = 10_000;
const BUSY_TRIES = 3;
const STATEMENTS_KEPT = 300;
const IN_MEMORY = ':memory:';
/** "LSrc" in ASCII: tells the file apart from the databases of other programs. @see https://sqlite.org/pragma.html#pragma_application_id */
const APPLICATION_ID = 0x4c537263;

/** One SQLite file. Every call is synchronous, so a transaction is never interleaved within a process. */
export class Database {
  readonly #file: string;
  readonly #libsql: Libsql.Database;
  readonly #statements = new Map<string, Statement>();
  #inTransaction = false;

  /** @throws {LsRecordError} `HOME_UNAVAILABLE` */
  constructor(file: string) {
    this.#file = file;
    this.#libsql = this.#guard(() => openPrivately(file));
    try {
      this.#guard(() => this.#prepareFile());
    } catch (error) {
      this.close();
      throw error;
    }
  }

  all<Row>(sql: string, ...values: readonly (SqlValue | readonly SqlValue[])[]): Row[] {
    return this.#guard(() => this.#statement(sql).all(values.flat()) as Row[]);
  }

  /** @returns how many rows changed. */
  run(sql: string, ...values: readonly SqlValue[]): number {
    return this.#guard(() => this.#statement(sql).run(values as SqlValue[]).changes);
  }

  /** All that `work` writes, or nothing if it throws. Within another transaction it is part of that one. */
  transaction<Result>(work: () => Result): Result {
    if (this.#inTransaction) return work();
    this.#guard(() => this.#begin());
    this.#inTransaction = true;
    try {
      const result = work();
      this.#guard(() => this.#libsql.exec('commit'));
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  /** Another text after anything was written: what this connection wrote, and how often others did. */
  changes(): string {
    const [own] = this.all<{ n: number }>('select total_changes() n');
    return `${this.#pragma('data_version')}.${own?.n ?? 0}`;
  }

  /** Also turns a home of 0.1.0 into one that gives back space by itself. */
  compact(): void {
    this.#guard(() => this.#libsql.exec('pragma auto_vacuum = incremental; vacuum'));
  }

  /** Gives back to the disk what was deleted, and what the log no longer needs. */
  close(): void {
    this.#statements.clear();
    try {
      this.#libsql.exec('pragma busy_timeout = 0');
      if (this.#pragma('freelist_count') > 0) this.#libsql.exec('pragma incremental_vacuum');
      this.#libsql.exec('pragma wal_checkpoint(truncate)');
    } catch {
      // Read-only, full, or busy with another process, which will do it: nothing is lost by leaving it.
    }
    this.#libsql.close();
  }

  #begin(): void {
    for (let tries = 1; ; tries++) {
      try {
        this.#libsql.exec('begin immediate');
        return;
      } catch (error) {
        if (!isBusy(error) || tries === BUSY_TRIES) throw error;
      }
    }
  }

  #rollBack(): void {
    try {
      this.#libsql.exec('rollback');
    } catch {
      // A full disk has ended the transaction already; the first error is the one that counts.
    }
  }

  #statement(sql: string): Statement {
    const kept = this.#statements.get(sql);
    if (kept) return kept;
    if (this.#statements.size >= STATEMENTS_KEPT) this.#statements.clear();
    const statement = this.#libsql.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #prepareFile(): void {
    this.#libsql.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
    this.#claim();
    this.#useWal();
    // What is acknowledged survives a power cut, too. Ids come in no order: with little memory, or
    // checkpoints after every megabyte, the same pages would be written again and again.
    this.#libsql.exec(
      'pragma synchronous = full; pragma cache_size = -65536; pragma wal_autocheckpoint = 16000',
    );
    this.transaction(() => {
      const version = this.#pragma('user_version');
      if (version > MIGRATIONS.length) throw tooNew(this.#file);
      if (version === MIGRATIONS.length) return;
      for (const migration of MIGRATIONS.slice(version)) this.#libsql.exec(migration);
      if (version === 0) this.run('insert into home (tenant_id) values (?)', newId());
      this.#libsql.exec(`pragma user_version = ${MIGRATIONS.length}`);
    });
  }

  /** Makes sure that the file is a home before anything in it is changed. */
  #claim(): void {
    // In this order: another process that makes the home just now marks it before it makes tables.
    const tables = this.#tables();
    const id = this.#pragma('application_id');
    const version = this.#pragma('user_version');
    const isEmpty = tables.length === 0;
    // Homes of 0.1.0 are not marked.
    const isUnmarked = version === 1 && FIRST_OF_HOME.every((name) => tables.includes(name));
    const isOurs =
      id === APPLICATION_ID ? isEmpty || version > 0 : id === 0 && (isEmpty || isUnmarked);
    if (!isOurs) throw foreign(this.#file);
    if (id === 0) {
      // Before the first table: later it would take a rewrite of the whole file.
      this.#libsql.exec('pragma auto_vacuum = incremental');
      this.#libsql.exec(`pragma application_id = ${APPLICATION_ID}`);
    }
    if (this.#file !== IN_MEMORY) chmodSync(this.#file, 0o600);
  }

  #tables(): string[] {
    const rows = this.#libsql.prepare("select name from sqlite_schema where type = 'table'").all();
    return (rows as { name: string }[]).map(({ name }) => name);
  }

  #pragma(name: 'user_version' | 'application_id' | 'freelist_count' | 'data_version'): number {
    const [row] = this.#libsql.prepare(`pragma ${name}`).all() as Record<string, number>[];
    return row?.[name] ?? 0;
  }

  /** Readers then never wait for a writer. Two that set it at once can meet a busy file. */
  #useWal(): void {
    for (let tries = 1; this.#file !== IN_MEMORY; tries++) {
      try {
        const [row] = this.#libsql.prepare('pragma journal_mode').all() as {
          journal_mode: string;
        }[];
        if (row?.journal_mode !== 'wal') this.#libsql.exec('pragma journal_mode = wal');
        return;
      } catch (error) {
        if (!isBusy(error) || tries === BUSY_TRIES) throw error;
      }
    }
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw asUnavailable(error, this.#file) ?? error;
    }
  }
}

function openPrivately(file: string): Libsql.Database {
  if (file === IN_MEMORY) return new Libsql(file);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Not through a link, which could lead to a file of somebody else, and not waiting for a pipe.
  const { O_RDWR, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const opened = openSync(file, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    const stat = fstatSync(opened);
    if (!stat.isFile()) throw foreign(file);
    // The umask may have taken away what the owner needs.
    if (stat.size === 0) fchmodSync(opened, 0o600);
  } finally {
    closeSync(opened);
  }
  return new Libsql(file, { timeout: BUSY_TIMEOUT_MS });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

function foreign(file: string): LsRecordError {
  return new LsRecordError(
    'HOME_UNAVAILABLE',
    `${file} belongs to another program: it was left as it is`,
    {
      hint: 'Move it away, or name another folder with LS_RECORD_HOME.',
    },
  );
}

function tooNew(file: string): LsRecordError {
  return new LsRecordError('HOME_UNAVAILABLE', `${file} was made by a newer ls-record`, {
    hint: 'Update ls-record, or name another folder with LS_RECORD_HOME.',
  });
}

/** What is wrong with the disk or the file, as against a bug of ours. */
const REASONS: [RegExp, string, string][] = [
  [/^(SQLITE_FULL|ENOSPC|EDQUOT)/, 'the disk is full', 'Make room there.'],
  [
    /^(SQLITE_READONLY|SQLITE_PERM|SQLITE_AUTH|EACCES|EPERM|EROFS)/,
    'it cannot be written',
    'Check who owns the file and its folder, or name another folder with LS_RECORD_HOME.',
  ],
  [/^SQLITE_(BUSY|LOCKED)/, 'another process keeps it locked', 'Wait for that process, or end it.'],
  [
    /^SQLITE_NOTADB/,
    'it is not a database',
    'Move the file away, or name another folder with LS_RECORD_HOME.',
  ],
  [
    /^SQLITE_CORRUPT/,
    'the file is damaged',
    'Move it away to begin a new one, or put a copy of it back. SQLite may save its rows: sqlite3 FILE .recover',
  ],
  [
    /^ELOOP/,
    'it is a symbolic link',
    'Put the file itself there, or name its folder with LS_RECORD_HOME.',
  ],
  [
    /^(SQLITE_CANTOPEN|SQLITE_IOERR|ENOTDIR|EISDIR|ENOENT|EEXIST|EIO|ENAMETOOLONG)/,
    'it cannot be opened',
    'Check the path and the disk, or name another folder with LS_RECORD_HOME.',
  ],
];

function asUnavailable(error: unknown, file: string): LsRecordError | undefined {
  const code = codeOf(error);
  const reason = REASONS.find(([pattern]) => pattern.test(code));
  return (
    reason &&
    new LsRecordError('HOME_UNAVAILABLE', `cannot use ${file}: ${reason[1]} (${code})`, {
      hint: reason[2],
      cause: error,
    })
  );
}
