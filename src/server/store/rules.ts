import { Refusal } from '../refusal.js';
import type { Micros } from '../time.js';
import type { Database } from './database.js';

/** An evaluator that is bound to a dataset or a project. */
export interface RuleRow {
  readonly id: string;
  readonly dataset_id: string | null;
  readonly session_id: string | null;
  readonly display_name: string;
  /** JSON text of an object: its other fields, as they were sent. */
  readonly body: string;
  readonly created_at: Micros;
  readonly updated_at: Micros;
}

/** A rule with the names of what it is bound to. */
export interface NamedRule extends RuleRow {
  readonly dataset_name: string | null;
  readonly session_name: string | null;
}

export interface RuleQuery {
  readonly ids?: readonly string[];
  readonly datasetId?: string;
  readonly sessionId?: string;
  readonly nameContains?: string;
  readonly type?: 'dataset' | 'session';
}

/** The rules of a home. Names are not unique, as on LangSmith. */
export class Rules {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  list(query: RuleQuery): NamedRule[] {
    return this.#db.all(
      `select rules.*, datasets.name as dataset_name, sessions.name as session_name
       from rules left join datasets on datasets.id = dataset_id left join sessions on sessions.id = session_id
       where (?1 is null or rules.id in (select value from json_each(?1)))
         and (?2 is null or dataset_id = ?2)
         and (?3 is null or session_id = ?3)
         and (?4 is null or instr(lower(display_name), lower(?4)) > 0)
         and (?5 is null or (?5 = 'dataset') = (dataset_id is not null))
       order by rules.created_at, rules.id`,
      query.ids ? JSON.stringify(query.ids) : null,
      query.datasetId ?? null,
      query.sessionId ?? null,
      query.nameContains ?? null,
      query.type ?? null,
    );
  }

  /** @throws {Refusal} 404 */
  get(id: string): NamedRule {
    const [rule] = this.list({ ids: [id] });
    if (!rule) throw absent(id);
    return rule;
  }

  write(row: RuleRow): void {
    this.#db.run(
      `insert or replace into rules (id, dataset_id, session_id, display_name, body, created_at, updated_at)
       values (?, ?, ?, ?, ?, ?, ?)`,
      row.id,
      row.dataset_id,
      row.session_id,
      row.display_name,
      row.body,
      row.created_at,
      row.updated_at,
    );
  }

  /** @throws {Refusal} 404 */
  delete(id: string): void {
    if (this.#db.run('delete from rules where id = ?', id) === 0) throw absent(id);
  }
}

function absent(id: string): Refusal {
  return new Refusal(404, `Rule ${id} not found`);
}
