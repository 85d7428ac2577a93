import { LsRecordError } from '../../errors.js';
import type { Rule } from '../../langsmith/rules.js';
import type { DatasetTarget } from '../../recorder/preparation.js';
import type { Recording } from '../../recorder/recording.js';
import type { JudgedCount } from '../../scoring/judges/follow.js';
import type { Connection } from '../access/connect.js';
import type { Context } from '../context.js';
import { type CallOptions, fromRules, openJudges, sayUsage } from '../scoring/judges.js';
import type { Terminal } from '../screen/terminal.js';
import { count, showNumber, showScore } from '../screen/words.js';
import { type Judged, scoresInWords } from './recording-words.js';

export interface JudgingOptions extends CallOptions {
  /** False: do not start them on this machine. */
  readonly judges?: boolean;
  /** Milliseconds to wait for the scores of LangSmith's judges; true: ten minutes. */
  readonly wait?: number | boolean;
}

interface Surroundings {
  readonly connection: Connection;
  readonly context: Context;
  readonly terminal: Terminal;
}

type Outcome = Pick<Judged, 'status' | 'hasFailed'>;

const UNFINISHED: Outcome = { status: 'unfinished', hasFailed: false };
const DEFAULT_WAIT_MS = 600_000;

/** The judges of a dataset, which score each experiment after it is recorded. */
export class Judging {
  readonly #rules: readonly Rule[];
  readonly #options: JudgingOptions;
  readonly #at: Surroundings;

  private constructor(rules: readonly Rule[], options: JudgingOptions, at: Surroundings) {
    this.#rules = rules;
    this.#options = options;
    this.#at = at;
  }

  /** Looks up which judges will start, and says so. */
  static async of(
    { found }: DatasetTarget,
    options: JudgingOptions,
    at: Surroundings,
  ): Promise<Judging> {
    const { connection, terminal } = at;
    const isOff = connection.where === 'home' && options.judges === false;
    const rules = found && !isOff ? await rulesOf(connection, found.id, terminal) : [];
    const enabled = rules.filter(({ isEnabled }) => isEnabled);
    const names = enabled.map(({ name }) => name).join(', ');
    if (enabled.length > 0) {
      const where = connection.where === 'home' ? 'from here' : 'on LangSmith';
      terminal.say(`Judges that will start ${where}: ${names}`);
    } else if (options.wait !== undefined) {
      const dataset = found?.name ?? 'DATASET';
      terminal.note(
        `no judge will start; add one: ls-record evaluators add --ready correctness -d ${dataset} --model openai:gpt-4o-mini`,
      );
    }
    return new Judging(enabled, options, at);
  }

  /** Runs the judges over an experiment, or follows those of LangSmith. It is recorded, whatever becomes of them. */
  async judge({ status, experiment }: Recording): Promise<Judged | undefined> {
    const { connection, context, terminal } = this.#at;
    const names = this.#rules.map(({ name }) => name);
    if (names.length === 0 || (status !== 'recorded' && status !== 'complete')) return undefined;
    try {
      return { names, ...(await this.#judge(experiment.id)) };
    } catch (error) {
      const isStopped = context.signal.aborted;
      if (!isStopped && !(error instanceof LsRecordError)) throw error;
      const { message, hint } = error as LsRecordError;
      if (!isStopped) terminal.warn(`all rows are recorded, but not all are judged: ${message}`);
      if (!isStopped && hint !== undefined) terminal.say(hint);
      const hasFailed = connection.where === 'home' && !isStopped;
      return { names, status: 'unfinished', hasFailed, isStopped };
    }
  }

  async #judge(experimentId: string): Promise<Outcome> {
    if (this.#at.connection.where === 'home') return this.#judgeHere(experimentId);
    const { wait } = this.#options;
    if (wait === undefined || wait === false) return { status: 'started', hasFailed: false };
    return this.#follow(experimentId);
  }

  async #judgeHere(experimentId: string): Promise<Outcome> {
    const { connection, context, terminal } = this.#at;
    const { scoreRuns } = await import('../../scoring/score-runs.js');
    const experiment = await connection.client.experimentStats(experimentId);
    const { datasetId } = experiment ?? {};
    if (!experiment || datasetId === undefined) return UNFINISHED;
    const judges = await openJudges(await fromRules(this.#rules), this.#options, context, terminal);
    try {
      if (judges.scorers.length === 0) return UNFINISHED;
      const { client } = connection;
      const reading = { client, experiment: { ...experiment, datasetId }, signal: context.signal };
      const { errors, refused, scores } = await terminal.spin('Judging', () =>
        scoreRuns(judges.scorers, reading),
      );
      sayUsage(judges.scorers, terminal);
      if (scores.length > 0) terminal.sayFact('scores', scoresInWords(scores));
      const isWhole = errors + refused === 0 && judges.scorers.length === this.#rules.length;
      if (errors > 0)
        terminal.warn(`the judges failed ${count(errors, 'time')}; the feedback says why`);
      return {
        status: isWhole ? 'done' : 'unfinished',
        hasFailed: errors + refused > 0,
      };
    } finally {
      await judges.close();
    }
  }

  async #follow(experimentId: string): Promise<Outcome> {
    const { connection, context, terminal } = this.#at;
    const { client } = connection;
    const { followJudges } = await import('../../scoring/judges/follow.js');
    const { keysOf } = await import('../../scoring/judges/judge.js');
    const whole = this.#rules.filter(({ samplingRate }) => samplingRate === 1);
    const runs = (await client.experimentStats(experimentId))?.runCount ?? 0;
    const { wait } = this.#options;
    const title = 'Waiting for judges';
    const { status, counts, quietMs } = await terminal.spin(title, (update) =>
      followJudges({
        client,
        experimentId,
        keys: whole.flatMap(keysOf),
        runs,
        patienceMs: typeof wait === 'number' ? wait : DEFAULT_WAIT_MS,
        signal: context.signal,
        onLook: (seen) => update(() => ({ title, facts: seen.map((one) => inWords(one, runs)) })),
      }),
    );
    terminal.sayFact('judges', counts.map((one) => inWords(one, runs)).join(', '));
    if (status === 'unfinished')
      terminal.note(`no new scores for ${Math.round(quietMs / 1000)} s; LangSmith may add more`);
    return { status, hasFailed: false };
  }
}

/** A key may be allowed to record, but not to see rules. */
async function rulesOf(
  { client }: Connection,
  datasetId: string,
  terminal: Terminal,
): Promise<Rule[]> {
  try {
    return await client.listRules(datasetId);
  } catch (error) {
    if (!(error instanceof LsRecordError) || error.code === 'STOPPED') throw error;
    terminal.detail(`cannot see the evaluators of the dataset: ${error.message}`);
    return [];
  }
}

function inWords({ key, judged, mean }: JudgedCount, runs: number): string {
  const of = `${showNumber(judged)} of ${showNumber(runs)}`;
  return mean === undefined ? `${key} (${of})` : `${key} ${showScore(mean)} (${of})`;
}
