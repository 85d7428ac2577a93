import { createHash, randomBytes } from 'node:crypto';
import type { Database } from './database.js';

const CODE_MS = 10 * 60_000;
const SESSION_MS = 30 * 24 * 3_600_000;

/** What lets a browser see the pages of this home. Only hashes are kept. */
export class Passes {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** A code that opens one session, within ten minutes. */
  issueCode(now = Date.now()): string {
    this.#db.run('delete from passes where expires_at < ?', now);
    return this.#issue('code', now + CODE_MS);
  }

  /** A session of 30 days for a code; undefined if the code is used, too old, or none. */
  exchange(code: string, now = Date.now()): string | undefined {
    return this.#db.transaction(() => {
      const taken = this.#db.run(
        "delete from passes where hash = ? and kind = 'code' and expires_at >= ?",
        hash(code),
        now,
      );
      return taken === 1 ? this.#issue('session', now + SESSION_MS) : undefined;
    });
  }

  isSession(text: string, now = Date.now()): boolean {
    const found = this.#db.all(
      "select 1 from passes where hash = ? and kind = 'session' and expires_at >= ?",
      hash(text),
      now,
    );
    return found.length === 1;
  }

  #issue(kind: 'code' | 'session', expiresAt: number): string {
    const pass = randomBytes(24).toString('base64url');
    this.#db.run(
      'insert into passes (hash, kind, expires_at) values (?, ?, ?)',
      hash(pass),
      kind,
      expiresAt,
    );
    return pass;
  }
}

function hash(pass: string): string {
  return createHash('sha256').update(pass).digest('hex');
}
