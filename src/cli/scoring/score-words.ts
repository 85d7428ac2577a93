import type { RowProblem } from '../../prepare/survey.js';
import { shorten } from '../../results/found.js';
import type { JudgeScorer } from '../../scoring/judges/judge-scorer.js';
import type { Scoring } from '../../scoring/score-runs.js';
import type { Connection } from '../access/connect.js';
import type { NamedExperiment } from '../datasets/named-experiment.js';
import {
  extendedInWords,
  PROBLEMS_SHOWN,
  problemsForPrograms,
  scoresForPrograms,
  scoresInWords,
} from '../recording/recording-words.js';
import type { Terminal } from '../screen/terminal.js';
import { count, showNumber } from '../screen/words.js';
import { judgesForPrograms, sayUsage } from './judges.js';

/** What scoring came to, and what the command line knows besides. */
export interface Scored {
  readonly experiment: NamedExperiment;
  readonly url: string;
  readonly scoring: Scoring;
  readonly isPlan: boolean;
  readonly extendsRetention: boolean;
  /** The key whose absence makes a run one to score. */
  readonly missing: string | undefined;
  /** What was read of files with scores. */
  readonly rows: { readonly read: number; readonly skipped: number } | undefined;
  readonly problems: readonly RowProblem[];
  readonly judges?: readonly JudgeScorer[];
}

export function scoringForPrograms(scored: Scored): object {
  const { experiment, url, scoring, isPlan, extendsRetention, rows, problems, judges } = scored;
  const { created, changed, unchanged, errors, refused, runs } = scoring;
  const { runsRead, runsScored, runsBefore } = scoring;
  return {
    experiment: { id: experiment.id, name: experiment.name, url },
    status: isPlan ? 'planned' : 'scored',
    runs: { read: runsRead, scored: runsScored, before: runsBefore },
    feedback: { created, changed, unchanged, errors, refused },
    scores: scoresForPrograms(scoring.scores),
    extended_traces: extendsRetention ? runs : 0,
    rows: rows ?? null,
    problems: problemsForPrograms(problems),
    judges: judgesForPrograms(judges ?? []),
    stray_answers: scoring.strayAnswers,
    trouble: scoring.problems,
  };
}

/** Says what happened; the last line accounts for every score. */
export function describeScoring(
  scored: Scored,
  { where }: Pick<Connection, 'where'>,
  terminal: Terminal,
): void {
  const { experiment, scoring, isPlan, extendsRetention, rows, missing } = scored;
  const { runs, runsScored, runsBefore, runsRead, scores, doubled } = scoring;
  const verb = isPlan ? 'would be scored' : 'scored';
  terminal.say(
    `${experiment.name}: ${showNumber(runsScored)} of ${count(runsRead, 'run')} ${verb}`,
  );
  if (scores.length > 0) terminal.sayFact('scores', scoresInWords(scores));
  sayUsage(scored.judges ?? [], terminal);
  if (where === 'langsmith') {
    terminal.sayFact(
      'retention',
      extendsRetention
        ? extendedInWords(runs)
        : 'as before; --extend-retention keeps these traces for 400 days',
    );
  }
  if (runsBefore > 0)
    terminal.note(
      missing === undefined
        ? `this program scored ${count(runsBefore, 'run')} before; --again scores them again`
        : `${count(runsBefore, 'run')} left out: scored under ${missing} already`,
    );
  for (const [key, n] of doubled)
    terminal.note(
      `${count(n, 'run')} had a score under ${key} from elsewhere; both count in its mean`,
    );
  if (hasNothing(scored))
    terminal.warn('no run has what is to be scored: an output and, for most scorers, a reference');
  if (rows && rows.skipped > 0) terminal.warn(`${count(rows.skipped, 'row')} skipped`);
  describeProblems(scored, terminal);
  const words = reconcile(scoring);
  if (hasTrouble(scored)) terminal.say(words);
  else terminal.praise(words);
}

/** Whether something was not scored that should be. */
export function hasTrouble(scored: Scored): boolean {
  const { errors, refused, strayAnswers } = scored.scoring;
  const skipped = scored.rows?.skipped ?? 0;
  return errors + refused + strayAnswers + skipped > 0 || hasNothing(scored);
}

/** No run has what scorers need, such as a reference; not that all are scored already, or none was sampled. */
function hasNothing({ scoring, judges = [] }: Scored): boolean {
  const { runs, runsBefore, runsRead } = scoring;
  return runsRead > 0 && runs + runsBefore === 0 && judges.every(({ usage }) => !usage.sampledOut);
}

function describeProblems({ problems, scoring }: Scored, terminal: Terminal): void {
  for (const problem of problems.slice(0, PROBLEMS_SHOWN)) terminal.warnOfRow(problem);
  const { problems: trouble, errors, refused, failure, strayAnswers } = scoring;
  for (const text of trouble.slice(0, PROBLEMS_SHOWN)) terminal.warn(text);
  const more = refused + strayAnswers - Math.min(trouble.length, PROBLEMS_SHOWN);
  if (more > 0) terminal.warn(`and ${count(more, 'more problem')}`);
  if (errors > 0)
    terminal.warn(
      `the scorer failed ${count(errors, 'time')}${becauseOf(failure)}; the feedback on each run says why. Run the same command to score them again`,
    );
}

/** Quotes the first of several reasons. */
export function becauseOf(failure: string | undefined): string {
  return failure === undefined ? '' : ` (${shorten(failure)})`;
}

function reconcile({ created, changed, unchanged, errors, refused }: Scoring): string {
  const parts = [
    `${showNumber(created)} new`,
    ...(changed > 0 ? [`${showNumber(changed)} changed`] : []),
    ...(unchanged > 0 ? [`${showNumber(unchanged)} existing`] : []),
    ...(errors > 0 ? [`${showNumber(errors)} failed`] : []),
    ...(refused > 0 ? [`${showNumber(refused)} refused`] : []),
  ];
  const total = created + changed + unchanged + errors + refused;
  return `${count(total, 'score')} = ${parts.join(' + ')}`;
}
