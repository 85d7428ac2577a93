import { feedbackRow, type SentFeedback } from './feedback-body.js';
import { newId } from './new-id.js';
import { Refusal } from './refusal.js';
import type { SentRun } from './run-body.js';
import { checkPlace, checkWindow, marksOf, parentIn, requirePlace } from './run-rules.js';
import type { Attachment } from './store/attachments.js';
import type { RunWrite } from './store/runs.js';
import type { Store } from './store.js';
import { type Micros, printOrderTime } from './time.js';

/** What one request brings. */
export interface RunDelivery {
  readonly posts: readonly SentRun[];
  readonly patches: readonly SentRun[];
  readonly feedback: readonly SentFeedback[];
  readonly attachments: readonly (Attachment & { readonly runId: string })[];
}

export interface IngestOptions {
  readonly enforceTimeWindowHours?: number;
  /** Refuse runs that would be stored with a mark. */
  readonly strict?: boolean;
  /** Whether each run has to carry trace_id and dotted_order. */
  readonly needsPlace: boolean;
  readonly nowUs: Micros;
}

/** The project of runs that name none, as in LangSmith. */
const DEFAULT_PROJECT = 'default';

/** Writes all of a delivery, or nothing. @throws {Refusal} */
export function ingest(store: Store, delivery: RunDelivery, options: IngestOptions): void {
  const { posts, patches, feedback, attachments } = delivery;
  for (const run of [...posts, ...patches]) {
    if (options.needsPlace) requirePlace(run);
    if (options.enforceTimeWindowHours !== undefined) {
      checkWindow(run, options.nowUs, options.enforceTimeWindowHours);
    }
    checkPlace(run);
  }

  store.transaction(() => {
    const sessions = new SessionFinder(store, options.nowUs);
    if (options.strict) refuseMarked(store, [...posts, ...patches]);
    store.runs.write(
      posts.map((run) => placed(store, run, sessions.ofRun(run))),
      patches.map((run) => ({
        ...run,
        parent_run_id: run.parent_run_id ?? parentIn(run.dotted_order),
        session_id:
          run.session_id === null && run.session_name === null ? null : sessions.ofRun(run),
      })),
    );
    store.feedback.attach(posts.map(({ id }) => id));
    writeFeedback(store, feedback, sessions, options.nowUs);
    store.sessions.written(sessions.ids(), options.nowUs);
    for (const { runId, ...attachment } of attachments) store.attachments.write(runId, attachment);
  });
}

/** Looks each session up once a request. */
class SessionFinder {
  readonly #known = new Map<string, string>();

  constructor(
    private readonly store: Store,
    private readonly nowUs: Micros,
  ) {}

  /** The ids of all sessions that were looked up. */
  ids(): string[] {
    return [...this.#known.values()];
  }

  /** The id of a run's session; one that is known by name only is created if missing. */
  ofRun(run: SentRun): string {
    if (run.session_id !== null) return this.byId(run.session_id);
    const name = run.session_name ?? DEFAULT_PROJECT;
    const known = this.#known.get(name) ?? this.store.sessions.findByName(name)?.id;
    const id = known ?? this.#create(name, run.start_time ?? this.nowUs);
    this.#known.set(name, id);
    return id;
  }

  /** @throws {Refusal} 404 */
  byId(id: string): string {
    if (!this.#known.has(id)) this.#known.set(id, this.store.sessions.get(id).id);
    return id;
  }

  #create(name: string, startTime: Micros): string {
    const id = newId();
    this.store.sessions.create({
      id,
      name,
      description: null,
      start_time: startTime,
      end_time: null,
      extra: null,
      reference_dataset_id: null,
      default_dataset_id: null,
      trace_tier: null,
    });
    return id;
  }
}

/** Fills in what a single run may leave out. */
function placed(store: Store, run: SentRun, sessionId: string): RunWrite {
  const parentId = run.parent_run_id ?? parentIn(run.dotted_order);
  if (run.dotted_order !== null) {
    return {
      ...run,
      session_id: sessionId,
      parent_run_id: parentId,
      trace_id: run.trace_id ?? run.dotted_order.split('.')[0]?.slice(-36) ?? run.id,
    };
  }
  const own = printOrderTime(run.start_time ?? 0) + run.id;
  if (parentId === null) {
    return { ...run, session_id: sessionId, trace_id: run.id, dotted_order: own };
  }
  const parent = store.runs.find(parentId);
  if (!parent) throw new Refusal(404, `run ${run.id}: parent run ${parentId} not found`);
  const dottedOrder = `${parent.dotted_order}.${own}`;
  checkPlace({ ...run, trace_id: parent.trace_id, dotted_order: dottedOrder });
  return { ...run, session_id: sessionId, trace_id: parent.trace_id, dotted_order: dottedOrder };
}

function refuseMarked(store: Store, runs: readonly SentRun[]): void {
  const examples = store.examples.known(runs.map(({ reference_example_id: id }) => id ?? ''));
  for (const run of runs) {
    const [mark] = marksOf(run, examples.has(run.reference_example_id ?? ''));
    if (mark !== undefined) throw new Refusal(400, `run ${run.id}: ${mark}`);
  }
}

function writeFeedback(
  store: Store,
  feedback: readonly SentFeedback[],
  sessions: SessionFinder,
  nowUs: Micros,
): void {
  const runs = store.runs.heads(feedback.flatMap(({ run_id }) => run_id ?? []));
  store.feedback.create(
    feedback.map((sent) => {
      // Feedback may overtake its run on the way here: what it does not say is filled in when the run comes.
      const sessionId = sent.session_id ?? runs.get(sent.run_id ?? '')?.session_id ?? null;
      return feedbackRow(sent, {
        id: sent.id ?? newId(),
        now: nowUs,
        session_id: sessionId && sessions.byId(sessionId),
      });
    }),
  );
}
