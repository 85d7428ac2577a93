import type { ScoreSummary } from '../../prepare/score-summary.js';
import type { RowProblem } from '../../prepare/survey.js';
import { quoteForShell } from '../../quote-for-shell.js';
import type { Recording } from '../../recorder/recording.js';
import type { Connection } from '../access/connect.js';
import { meanInWords } from '../datasets/score-tables.js';
import { forPrograms } from '../screen/for-programs.js';
import { columnsOfCells } from '../screen/table.js';
import type { Terminal } from '../screen/terminal.js';
import { asArgument, count, showBytes, showNumber, showScore } from '../screen/words.js';

/** What the judges of a dataset made of an experiment. */
export interface Judged {
  /** `started`: LangSmith runs them; `done`: each run has all scores; `unfinished`: not each; `off`: by --no-judges. */
  readonly status: 'planned' | 'started' | 'done' | 'unfinished' | 'none' | 'off' | 'unknown';
  readonly names: readonly string[];
  /** A judge failed on some runs. */
  readonly hasFailed: boolean;
  /** Somebody did not want to wait. */
  readonly isStopped?: boolean;
}

/** A recording, and what the command line knows besides. */
export interface Recorded {
  readonly recording: Recording;
  /** Where a person finds the experiment; null as long as it is only planned. */
  readonly url: string | null;
  readonly rejects: string | undefined;
  /** The same as one would type it, and the options that say where it goes. */
  readonly rejectsTyped: readonly string[];
  /** The program that scored it, as options of `score`. */
  readonly scoredBy?: readonly string[];
  /** Its files could have been an experiment each: they are not parts of a whole. */
  readonly isOfSeveral?: boolean;
  /** What the judges of the dataset made of it. */
  readonly judged?: Judged | undefined;
}

const NOTES_SHOWN = 20;
export const PROBLEMS_SHOWN = 20;
const SCORES_SHOWN = 10;
/** More would not fit 80 columns. */
const SCORES_IN_TABLE = 4;

/** A recording for programs; the words below say the same to people. */
export function describeForPrograms({ recording, url, rejects, judged }: Recorded): object {
  const { experiment, files, label, problems, plan, scores, failedScores, ...rest } = recording;
  const { extendedTraces, ...others } = plan ?? {};
  return {
    id: experiment.id || null,
    name: experiment.name,
    url,
    source: files[0],
    files,
    label: label || null,
    ...rest,
    failed_scores: failedScores,
    scores: scoresForPrograms(scores),
    problems: problemsForPrograms(problems),
    rejects: rejects ?? null,
    judges: judged ? { status: judged.status, names: judged.names } : null,
    plan: plan ? { ...others, extended_traces: extendedTraces } : null,
  };
}

export function scoresForPrograms(scores: readonly ScoreSummary[]): object[] {
  return scores.map((score) => ({
    ...forPrograms(score, 'key', 'n', 'mean', 'missing'),
    values: score.values ?? [],
  }));
}

export function problemsForPrograms(problems: readonly RowProblem[]): object[] {
  return problems.map((problem) =>
    forPrograms(problem, 'file', 'line', 'column', 'field', 'message'),
  );
}

/** Says what happened; the last line accounts for every row. */
export function describeForPeople(recorded: Recorded, terminal: Terminal): void {
  const { dataset, examples, runs, feedback, errors, scores, status } = recorded.recording;
  terminal.say(titleOf(recorded));
  terminal.sayFact('dataset', `${dataset.name} (${dataset.created ? 'new' : 'existing'})`);
  terminal.sayFact('examples', examplesInWords(examples));
  if (status !== 'complete')
    terminal.sayFact('runs', `${showNumber(runs)}, with ${count(feedback, 'score')}`);
  if (status !== 'stopped') {
    if (errors > 0) terminal.sayFact('errors', `the app failed on ${count(errors, 'row')}`);
    if (scores.length > 0) terminal.sayFact('scores', scoresInWords(scores));
  }
  const { files } = recorded.recording;
  if (recorded.isOfSeveral)
    terminal.note(`${files.length} files became one experiment; for one per file, use --each`);
  describeTrouble(recorded, terminal);
  conclude(recorded.recording, '', terminal);
}

/** Says the same of one of several, which `describeTogether` compares. */
export function describeBriefly(recorded: Recorded, terminal: Terminal): void {
  describeTrouble(recorded, terminal);
  const { recording } = recorded;
  const status = statusInWords(recording);
  conclude(recording, `${recording.experiment.name}${status}: `, terminal);
}

/** Experiments that were recorded together, side by side. */
export function describeTogether(
  recorded: readonly Recorded[],
  url: string,
  connection: Pick<Connection, 'where'>,
  terminal: Terminal,
): void {
  const [first] = recorded;
  if (!first) return;
  const { dataset } = first.recording;
  const created = recorded.reduce((sum, one) => sum + one.recording.examples.created, 0);
  const examples = created === 0 ? 'no new example' : count(created, 'new example');
  terminal.say('');
  terminal.say(`Dataset ${dataset.name} (${dataset.created ? 'new' : 'existing'}), ${examples}`);
  const scored = recorded.map(({ recording: { scores } }) => scores);
  const keys = [...new Set(scored.flatMap((scores) => scores.map(({ key }) => key)))];
  const shown = keys.slice(0, SCORES_IN_TABLE);
  const haveErrors = recorded.some(({ recording: { errors } }) => errors > 0);
  terminal.sayTable(
    columnsOfCells([
      { title: 'EXPERIMENT' },
      ...['ROWS', ...(haveErrors ? ['ERRORS'] : []), ...shown].map((title) => ({
        title,
        align: 'right' as const,
      })),
    ]),
    recorded.map(({ recording: { label, experiment, rows, errors, scores } }) => [
      label || experiment.name,
      showNumber(rows.recorded),
      ...(haveErrors ? [errors === 0 ? '' : showNumber(errors)] : []),
      ...shown.map((key) => meanInWords(scores.find((score) => score.key === key))),
    ]),
  );
  if (keys.length > shown.length)
    terminal.say(`and ${count(keys.length - shown.length, 'more score')}`);
  terminal.say('');
  terminal.say(`Side by side: ${url}`);
  sayHowToOpen(connection, terminal);
}

/** The last line after a recording. */
export function sayHowToOpen({ where }: Pick<Connection, 'where'>, terminal: Terminal): void {
  terminal.say(`To open it${where === 'home' ? ' (on this machine)' : ''}: ls-record open`);
}

/** @see https://docs.langchain.com/langsmith/administration-overview, rate limits */
const EVENTS_AN_HOUR = '50,000, 250,000 or 500,000';

/** The plan of a dry run, as the answer. */
export function describePlan(
  planned: Recorded,
  { where }: Pick<Connection, 'where'>,
  terminal: Terminal,
): void {
  const { recording } = planned;
  const { dataset, examples, rows, plan } = recording;
  const events = examples.created + recording.runs + recording.feedback;
  terminal.answer('');
  terminal.answer(
    `${nameInWords(recording.files, recording.label)} would become experiment ${recording.experiment.name}`,
  );
  terminal.answer(`  dataset   ${dataset.name} (${dataset.created ? 'new' : 'existing'})`);
  terminal.answer(
    `  examples  ${showNumber(examples.created)} new, ${showNumber(examples.existing)} existing, ${showNumber(examples.updated)} to update`,
  );
  const others = rows.others === undefined ? '' : `, ${othersInWords(rows.others)}`;
  terminal.answer(
    `  rows      ${showNumber(rows.read)}, ${showNumber(rows.skipped)} of them bad${others}`,
  );
  terminal.answer(
    `  runs      ${showNumber(recording.runs)}, with ${count(recording.feedback, 'score')}`,
  );
  if (plan) {
    const bytes = plan.bytes > 0 ? `, ${showBytes(plan.bytes)} before compression` : '';
    terminal.answer(`  requests  ${showNumber(plan.requests)}${bytes}`);
    terminal.answerProse(
      `  events    ${showNumber(events)}; LangSmith accepts ${EVENTS_AN_HOUR} an hour, by plan`,
    );
    if (where === 'langsmith' && plan.extendedTraces > 0)
      terminal.answerProse(`  retention ${extendedInWords(plan.extendedTraces)}`);
    if (plan.earliest && plan.latest)
      terminal.answer(`  times     ${plan.earliest} to ${plan.latest}`);
  }
  sayNotes(recording.notes, terminal);
  describeProblems(recording.problems, rows.refused + rows.skipped, terminal);
}

/** @see https://docs.langchain.com/langsmith/administration-overview, data retention */
export function extendedInWords(traces: number): string {
  const what = count(traces, 'trace with scores becomes', 'traces with scores become');
  return `${what} extended (kept for 400 days), which LangSmith charges for`;
}

function titleOf(recorded: Recorded): string {
  const { recording } = recorded;
  const { files, label, experiment } = recording;
  return `${nameInWords(files, label)} → ${experiment.name}${statusInWords(recording)}`;
}

function statusInWords({ status, files }: Recording): string {
  if (status === 'complete') return ' (already recorded; nothing sent)';
  if (status !== 'stopped') return '';
  return files[0] === '-'
    ? ' (stopped; all rows read so far are recorded)'
    : ' (stopped; run the same command again to finish it)';
}

function examplesInWords({ created, existing, updated }: Recording['examples']): string {
  const parts = [
    ...(created > 0 ? [`${showNumber(created)} new`] : []),
    ...(existing > 0 ? [`${showNumber(existing)} existing`] : []),
    ...(updated > 0 ? [`${showNumber(updated)} updated`] : []),
  ];
  return parts.join(', ') || 'none';
}

/** `correct 0.6, f1 0.82 (4 scored), tone kind 3 / rude 2`. */
export function scoresInWords(scores: readonly ScoreSummary[]): string {
  const some = scores.slice(0, SCORES_SHOWN).map((score) => {
    const { key, n, mean, missing, values = [] } = score;
    if (mean === undefined) {
      const words = values.map((one) => `${one.value} ${showNumber(one.n)}`);
      return `${key} ${words.join(' / ')}`;
    }
    const isOfAll = missing === 0 && values.length === 0;
    return `${key} ${showScore(mean)}${isOfAll ? '' : ` (${showNumber(n)} scored)`}`;
  });
  // Not how many: beyond a hundred nobody counts them.
  return [...some, ...(scores.length > some.length ? ['and more'] : [])].join(', ');
}

function describeTrouble(
  { recording, rejectsTyped, scoredBy = [] }: Recorded,
  terminal: Terminal,
): void {
  const { experiment, dataset, rows, notes, problems, verified, failedScores } = recording;
  const { visible = 0 } = recording;
  if (verified === 'not yet')
    terminal.warn(
      `${showNumber(visible)} of ${count(rows.recorded, 'row')} visible so far; LangSmith may take minutes: ls-record experiments show ${quoteForShell(experiment.name)}`,
    );
  sayNotes(notes, terminal);
  if (failedScores > 0) {
    terminal.warn(
      `scorers failed ${count(failedScores, 'time')}; the feedback on these runs says why`,
    );
    const again = ['score', experiment.name, ...scoredBy].map(quoteForShell).join(' ');
    if (scoredBy.length > 0) terminal.say(`To score them again: ls-record ${again}`);
  }
  describeProblems(problems, rows.refused + rows.skipped, terminal);
  const [rejects, ...place] = rejectsTyped;
  if (rejects === undefined) return;
  const words = [
    'record',
    asArgument(rejects),
    '-d',
    dataset.name,
    '-e',
    experiment.name,
    '--append',
    ...place,
  ];
  const command = `ls-record ${words.map(quoteForShell).join(' ')}`;
  terminal.warn(`rows that were not recorded are in ${rejects}; once fixed: ${command}`);
}

/** Accounts for every row. */
export function conclude(recording: Recording, before: string, terminal: Terminal): void {
  const { rows, verified } = recording;
  const words = `${before}${reconcile(recording)}`;
  if (rows.recorded + (rows.others ?? 0) === rows.read && verified !== 'not yet')
    terminal.praise(words);
  else terminal.say(words);
}

/** `a.jsonl and 2 more files, gpt-5`. */
export function nameInWords(files: readonly string[], label: string): string {
  const [first = '-', ...others] = files;
  const name = first === '-' ? 'stdin' : first;
  const more = others.length > 0 ? ` and ${count(others.length, 'more file')}` : '';
  return `${name}${more}${label === '' ? '' : `, ${label}`}`;
}

/** A table of 200 columns can have a note for each. */
function sayNotes(notes: readonly string[], terminal: Terminal): void {
  for (const note of notes.slice(0, NOTES_SHOWN)) terminal.note(note);
  const more = notes.length - NOTES_SHOWN;
  if (more > 0) terminal.note(`and ${count(more, 'more note')}, which --json gives in full`);
}

function describeProblems(
  problems: readonly RowProblem[],
  total: number,
  terminal: Terminal,
): void {
  const shown = problems.slice(0, PROBLEMS_SHOWN);
  for (const problem of shown) terminal.warnOfRow(problem);
  const more = Math.max(total, problems.length) - shown.length;
  if (more > 0) terminal.say(`and ${count(more, 'more row')} with problems`);
}

function othersInWords(rows: number): string {
  return `${showNumber(rows)} left to other parts`;
}

function reconcile({ rows }: Recording): string {
  const { read, recorded, refused, skipped, left, others } = rows;
  const parts = [
    `${showNumber(recorded)} recorded`,
    ...(refused > 0 ? [`${showNumber(refused)} refused`] : []),
    ...(skipped > 0 ? [`${showNumber(skipped)} skipped`] : []),
    ...(left > 0 ? [`${showNumber(left)} remaining`] : []),
    ...(others === undefined ? [] : [othersInWords(others)]),
  ];
  return `${count(read, 'row')} read = ${parts.join(' + ')}`;
}
