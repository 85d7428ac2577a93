import { pythonJson } from '../json/canonical.js';
import { parseJson } from '../json/parse.js';
import { JsonNumber, type JsonObject, type JsonValue } from '../json/value.js';
import type { LangSmith } from '../langsmith/client.js';
import { ApiRefusal } from '../langsmith/refusals.js';
import type { FeedbackUpload } from '../langsmith/runs.js';
import type * as wire from '../langsmith/wire.js';
import { packScore } from '../prepare/packed-row.js';
import { type ScoreSummary, ScoreTally } from '../prepare/score-summary.js';
import { Changes } from '../prepare/sendable.js';
import { MAX_PROBLEMS } from '../prepare/survey.js';
import { feedbackId } from '../recorder/ids.js';
import type { Feedback } from '../results/feedback.js';
import type { ScoredRun } from './runs-to-score.js';

/** A score on its way to a run. */
export interface GivenScore {
  readonly run: ScoredRun;
  readonly feedback: Feedback;
}

export interface WriterOptions {
  readonly client: LangSmith;
  readonly experimentId: string;
  /** Traces with these scores are kept for 400 days, which LangSmith charges for. */
  readonly extendRetention: boolean;
  /** Count what would be written. */
  readonly dryRun: boolean;
}

/** What became of the scores that were given. */
export interface ScoreCounts {
  readonly created: number;
  /** The run had another score under the key, which is kept in the feedback's metadata. */
  readonly changed: number;
  readonly unchanged: number;
  /** Rows and keys on which the scorer failed. */
  readonly errors: number;
  /** Refused by the server. */
  readonly refused: number;
}

type Written = 'created' | 'changed' | 'unchanged';

/** Sends scores so that each is there once, however often it is given. */
export class ScoreWriter {
  readonly #options: WriterOptions;
  readonly #counts = { created: 0, changed: 0, unchanged: 0, errors: 0, refused: 0 };
  readonly #tallies = new Map<string, ScoreTally>();
  /** How many scores each run was given by each scorer under each key. */
  readonly #given = new Map<string, Map<string, number>>();
  readonly #doubled = new Map<string, number>();
  readonly #scored = new Set<string>();
  #scores = 0;
  readonly refusals: string[] = [];
  /** Why the scorer failed first. */
  failure: string | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  get counts(): ScoreCounts {
    return this.#counts;
  }

  /** Runs that were given a score, or on which the scorer failed. */
  get runs(): number {
    return this.#given.size;
  }

  /** How many of them were given a score. */
  get runsScored(): number {
    return this.#scored.size;
  }

  /** What was given, by key. */
  get scores(): ScoreSummary[] {
    return [...this.#tallies].map(([key, tally]) => tally.summarise(key, this.runs));
  }

  /** Runs that had a score under this key already, which somebody else gave: both count. */
  get doubled(): ReadonlyMap<string, number> {
    return this.#doubled;
  }

  /** Sends a score, unless it is there. One that the server refuses is counted. */
  async write({ run, feedback }: GivenScore): Promise<void> {
    const { key, isError = false, source } = feedback;
    const n = this.#count(run.id, JSON.stringify([source?.scorer, key]));
    const idOf = (ofError: boolean) => feedbackId(run.id, key, n, source?.scorer, ofError);
    const upload = {
      ...contentOf(feedback),
      id: idOf(isError),
      runId: run.id,
      traceId: run.traceId,
      runStart: run.startUs,
    };
    const known = run.feedback.find(({ id }) => id === upload.id);
    try {
      const outcome = await this.#send(upload, known);
      this.#counts[isError ? 'errors' : outcome]++;
      if (isError) this.failure ??= feedback.comment;
      if (isError) return;
      this.#scored.add(run.id);
      this.#tally(feedback);
      if (outcome === 'created' && n === 0 && hasScore(run, key)) this.#noteDoubled(key);
      // It did not fail this time.
      const failed = idOf(true);
      if (run.feedback.some(({ id }) => id === failed)) await this.#withdraw(failed);
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      this.#counts.refused++;
      if (this.refusals.length < MAX_PROBLEMS)
        this.refusals.push(`${key} of run ${run.id}: ${error.reason}`);
    }
  }

  async #send(upload: FeedbackUpload, known: wire.RunFeedback | undefined): Promise<Written> {
    const { client, experimentId, extendRetention, dryRun } = this.#options;
    if (known) return this.#change(known, upload);
    if (dryRun) return 'created';
    try {
      await client.scoreRun(experimentId, upload, { extendRetention });
      return 'created';
    } catch (error) {
      if (!(error instanceof ApiRefusal) || error.status !== 409) throw error;
      const there = await client.findFeedback(upload.id);
      if (!there) throw error;
      // Our own first try, whose answer was lost.
      if (error.again && isSame(there, upload)) return 'created';
      return this.#change(there, upload);
    }
  }

  async #change(known: wire.RunFeedback, upload: FeedbackUpload): Promise<Written> {
    if (isSame(known, upload)) return 'unchanged';
    const source = { ...upload.source, previous: toObject(known) };
    if (!this.#options.dryRun) await this.#options.client.updateFeedback({ ...upload, source });
    return 'changed';
  }

  async #withdraw(id: string): Promise<void> {
    if (this.#options.dryRun) return;
    await this.#options.client.deleteFeedback(id).catch((error: unknown) => {
      if (!(error instanceof ApiRefusal) || error.status !== 404) throw error;
    });
  }

  #count(runId: string, giverAndKey: string): number {
    const ofRun = this.#given.get(runId) ?? new Map<string, number>();
    this.#given.set(runId, ofRun);
    const n = ofRun.get(giverAndKey) ?? 0;
    ofRun.set(giverAndKey, n + 1);
    return n;
  }

  #tally(feedback: Feedback): void {
    const tally = this.#tallies.get(feedback.key) ?? new ScoreTally();
    this.#tallies.set(feedback.key, tally);
    tally.add(feedback, ++this.#scores);
  }

  #noteDoubled(key: string): void {
    this.#doubled.set(key, (this.#doubled.get(key) ?? 0) + 1);
  }
}

function contentOf(feedback: Feedback) {
  let source: JsonObject | undefined = feedback.source;
  const packed = packScore(feedback, new Changes(), (exact) => {
    source = { ...source, exact };
  });
  return { ...packed, source };
}

/** Whether anybody scored a run under a key. */
export function hasScore({ feedback }: ScoredRun, key: string): boolean {
  return feedback.some((known) => known.key === key && !known.isError);
}

/** Whether feedback that is there says what is to be sent. */
export function isSame(
  known: wire.RunFeedback,
  upload: Pick<FeedbackUpload, 'score' | 'value' | 'comment' | 'correction'>,
): boolean {
  const { score, value, comment, correction } = upload;
  return (
    known.comment === (comment || undefined) &&
    spell(known.score) === spell(score && parseJson(score)) &&
    spell(known.value) === spell(value && parseJson(value)) &&
    spell(known.correction) === spell(correction && parseJson(correction))
  );
}

/** The same text for the same content: servers may write numbers otherwise, and true as 1. */
function spell(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return String(Number(value));
  return typeof value === 'number' || value instanceof JsonNumber
    ? String(Number(value))
    : pythonJson(value);
}

function toObject({ score, value, comment, correction }: wire.RunFeedback): JsonObject {
  const content: JsonObject = {};
  for (const [name, part] of Object.entries({ score, value, comment, correction }))
    if (part !== undefined) content[name] = part;
  return content;
}
