import { Attachments } from './store/attachments.js';
import { Comparisons } from './store/comparisons.js';
import { Database } from './store/database.js';
import { Datasets } from './store/datasets.js';
import { Examples } from './store/examples.js';
import { FeedbackTable } from './store/feedback.js';
import { FeedbackConfigs } from './store/feedback-configs.js';
import { Figures } from './store/figures.js';
import { Passes } from './store/passes.js';
import { Queues } from './store/queues.js';
import { Rules } from './store/rules.js';
import { Runs } from './store/runs.js';
import { Sessions } from './store/sessions.js';
import { Stats } from './store/stats.js';

/** All that a home holds, in one SQLite file; SQL stands in this file's folder only. */
export class Store {
  /** The one workspace of this home. */
  readonly tenantId: string;
  readonly datasets: Datasets;
  readonly examples: Examples;
  readonly sessions: Sessions;
  readonly runs: Runs;
  readonly feedback: FeedbackTable;
  readonly feedbackConfigs: FeedbackConfigs;
  readonly figures: Figures;
  readonly comparisons: Comparisons;
  readonly stats: Stats;
  readonly attachments: Attachments;
  readonly passes: Passes;
  readonly rules: Rules;
  readonly queues: Queues;
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
    const [home] = db.all<{ tenant_id: string }>('select tenant_id from home');
    if (!home) throw new Error('a home without a tenant');
    this.tenantId = home.tenant_id;
    this.datasets = new Datasets(db);
    this.examples = new Examples(db, this.datasets);
    this.sessions = new Sessions(db);
    this.runs = new Runs(db);
    this.feedback = new FeedbackTable(db);
    this.feedbackConfigs = new FeedbackConfigs(db);
    this.figures = new Figures(db);
    this.comparisons = new Comparisons(db);
    this.stats = new Stats(db);
    this.attachments = new Attachments(db);
    this.passes = new Passes(db);
    this.rules = new Rules(db);
    this.queues = new Queues(db);
  }

  /** All that `work` writes, or nothing if it throws. */
  transaction<Result>(work: () => Result): Result {
    return this.#db.transaction(work);
  }

  /** Another text after anything was written, by this process or another. */
  changes(): string {
    return this.#db.changes();
  }

  /** Rewrites the file, without what was deleted. */
  compact(): void {
    this.#db.compact();
  }

  close(): void {
    this.#db.close();
  }
}

/**
 * Opens a home, and makes it if there is none.
 *
 * @param options.file path of the database, or `:memory:`.
 * @throws {LsRecordError} `HOME_UNAVAILABLE` if the file cannot be used, or a newer version made it.
 */
export function openStore(options: { readonly file: string }): Store {
  return new Store(new Database(options.file));
}
