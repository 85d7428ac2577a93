import { setTimeout as sleep } from 'node:timers/promises';
import { LsRecordError } from '../../errors.js';
import type { Rule } from '../../langsmith/rules.js';
import type { Dataset } from '../../langsmith/wire.js';
import { quoteForShell } from '../../quote-for-shell.js';
import type { Recording } from '../../recorder/recording.js';
import type { JudgedCount } from '../../scoring/judges/follow.js';
import type { Connection } from '../access/connect.js';
import type { Context } from '../context.js';
import { type CallOptions, fromRules, openJudges, sayUsage, whyNot } from '../scoring/judges.js';
import { becauseOf } from '../scoring/score-words.js';
import { tellAmounts } from '../screen/progress.js';
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
/** Once all is recorded, nobody should wait to hear of judges. */
const PATIENCE_MS = 5_000;

/** The judges of a dataset, which score each experiment after it is recorded. */
export class Judging {
  readonly #options: JudgingOptions;
  readonly #at: Surroundings;
  /** Those that are enabled, or why that is not known. */
  #found: Promise<readonly Rule[] | string> = Promise.resolve([]);
  #rules: readonly Rule[] = [];
  /** What is known of them once they were announced. */
  #outlook: Judged['status'] | undefined;

  constructor(options: JudgingOptions, at: Surroundings) {
    this.#options = options;
    this.#at = at;
  }

  /** Asks which judges will start, while rows are read. A new dataset has none. */
  lookUp(dataset: Dataset | undefined): void {
    const { connection } = this.#at;
    if (dataset && !this.#isOff) this.#found = rulesOf(connection, dataset.id);
  }

  get #isOff(): boolean {
    return this.#at.connection.where === 'home' && this.#options.judges === false;
  }

  /** Runs the judges over an experiment, or follows those of LangSmith. It is recorded, whatever becomes of them. */
  async judge({ status, experiment }: Recording): Promise<Judged> {
    const { connection, context, terminal } = this.#at;
    await this.#announce();
    const names = this.#rules.map(({ name }) => name);
    const { hasFailed } = UNFINISHED;
    if (names.length === 0) return { names, status: this.#outlook ?? 'off', hasFailed };
    if (status === 'planned' || status === 'stopped')
      return { names, status: status === 'planned' ? status : 'unfinished', hasFailed };
    try {
      return { names, ...(await this.#judge(experiment)) };
    } catch (error) {
      const isStopped = context.signal.aborted;
      if (!isStopped && !(error instanceof LsRecordError)) throw error;
      const { message, hint } = error as LsRecordError;
      const isHere = connection.where === 'home';
      const why = isStopped ? 'interrupted' : message;
      if (isHere || !isStopped)
        terminal.warn(`all rows are recorded, but not all are judged: ${why}`);
      if (!isStopped && hint !== undefined) terminal.say(hint);
      if (isHere) this.#sayHowToJudge(experiment.name, this.#rules);
      const hasFailed = isHere && !isStopped;
      return { names, status: 'unfinished', hasFailed, isStopped };
    }
  }

  /** Says which judges will start, or that there is none. */
  async #announce(): Promise<void> {
    if (this.#outlook || this.#isOff) return;
    const { connection, terminal } = this.#at;
    const late = sleep(PATIENCE_MS, 'the server does not answer', { ref: false });
    const found = await Promise.race([this.#found, late]);
    if (typeof found === 'string') {
      this.#outlook = 'unknown';
      terminal.note(`cannot see which judges will start: ${found}`);
      return;
    }
    this.#rules = found;
    this.#outlook = found.length > 0 ? 'planned' : 'none';
    const names = found.map(({ name }) => name).join(', ');
    const where = connection.where === 'home' ? 'from here' : 'on LangSmith';
    if (found.length > 0) terminal.say(`Judges that will start ${where}: ${names}`);
    else terminal.say('No judge will start. To add one: ls-record evaluators add --help');
  }

  async #judge({ id, name }: Recording['experiment']): Promise<Outcome> {
    if (this.#at.connection.where === 'home') return this.#judgeHere(id, name);
    const { wait } = this.#options;
    if (wait === undefined || wait === false) return { status: 'started', hasFailed: false };
    return this.#follow(id);
  }

  async #judgeHere(experimentId: string, name: string): Promise<Outcome> {
    const { connection, context, terminal } = this.#at;
    const { scoreRuns } = await import('../../scoring/score-runs.js');
    const experiment = await connection.client.experimentStats(experimentId);
    const { datasetId } = experiment ?? {};
    if (!experiment || datasetId === undefined) return UNFINISHED;
    const judges = await openJudges(await fromRules(this.#rules), this.#options, context, terminal);
    for (const one of judges.unable) terminal.warn(whyNot(one));
    const unable = judges.unable.map((one) => one.name);
    try {
      const { client } = connection;
      const { signal } = context;
      const title = 'Judging';
      const { errors, refused, failure, scores } = await terminal.spin(title, (update) =>
        scoreRuns(judges.scorers, {
          client,
          experiment: { ...experiment, datasetId },
          signal,
          onProgress: tellAmounts(update, title, 'run'),
        }),
      );
      sayUsage(judges.scorers, terminal);
      if (scores.length > 0) terminal.sayFact('scores', scoresInWords(scores));
      const hasFailed = errors + refused > 0;
      if (errors > 0)
        terminal.warn(`the judges failed ${count(errors, 'time')}${becauseOf(failure)}`);
      // Which of them failed on a run is not known here.
      const open = this.#rules.filter((rule) => hasFailed || unable.includes(rule.name));
      if (open.length === 0) return { status: 'done', hasFailed };
      this.#sayHowToJudge(name, open);
      return { status: 'unfinished', hasFailed };
    } finally {
      await judges.close();
    }
  }

  #sayHowToJudge(experiment: string, rules: readonly Rule[]): void {
    const words = ['score', experiment, ...rules.flatMap(({ name }) => ['--judge', name])];
    this.#at.terminal.say(`To judge what is left: ls-record ${words.map(quoteForShell).join(' ')}`);
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
async function rulesOf({ client }: Connection, datasetId: string): Promise<Rule[] | string> {
  try {
    const rules = await client.listRules(datasetId);
    return rules.filter(({ isEnabled }) => isEnabled);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function inWords({ key, judged, mean }: JudgedCount, runs: number): string {
  const of = `${showNumber(judged)} of ${showNumber(runs)}`;
  return mean === undefined ? `${key} (${of})` : `${key} ${showScore(mean)} (${of})`;
}
