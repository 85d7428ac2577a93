import { Refusal } from '../refusal.js';
import type { Database } from './database.js';

/** A file that belongs to a run or an example. */
export interface Attachment {
  readonly name: string;
  readonly mime_type: string;
  readonly content: Buffer;
}

/** The files of runs and examples. */
export class Attachments {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  write(ownerId: string, { name, mime_type, content }: Attachment): void {
    this.#db.run(
      'insert or replace into attachments (owner_id, name, mime_type, content) values (?, ?, ?, ?)',
      ownerId,
      name,
      mime_type,
      content,
    );
  }

  find(ownerId: string, name: string): Attachment | undefined {
    return this.#db.all<Attachment>(
      'select name, mime_type, content from attachments where owner_id = ? and name = ?',
      ownerId,
      name,
    )[0];
  }

  /** What there is of each owner, without the content. */
  heads(ownerIds: readonly string[]): Map<string, Omit<Attachment, 'content'>[]> {
    const rows = this.#db.all<Omit<Attachment, 'content'> & { owner_id: string }>(
      `select owner_id, name, mime_type from attachments
       where owner_id in (select value from json_each(?)) order by name`,
      JSON.stringify(ownerIds),
    );
    const byOwner = new Map<string, Omit<Attachment, 'content'>[]>();
    for (const { owner_id, ...head } of rows) {
      byOwner.set(owner_id, [...(byOwner.get(owner_id) ?? []), head]);
    }
    return byOwner;
  }

  /** Keeps only those of an owner that are named. */
  retain(ownerId: string, names: readonly string[]): void {
    this.#db.run(
      'delete from attachments where owner_id = ? and name not in (select value from json_each(?))',
      ownerId,
      JSON.stringify(names),
    );
  }

  /** @throws {Refusal} 400 if there is one of the new name. */
  rename(ownerId: string, from: string, to: string): void {
    if (from !== to && this.find(ownerId, to)) {
      throw new Refusal(400, `cannot rename attachment ${from}: there is a ${to}`);
    }
    this.#db.run(
      'update attachments set name = ? where owner_id = ? and name = ?',
      to,
      ownerId,
      from,
    );
  }
}
