import { describeProblem } from '../recorder/invalid-rows.js';
import type { Recording, RowProblem } from '../recorder/recording.js';
import type { Connection } from './connect.js';
import type { Terminal } from './terminal.js';
import { count, quoteForShell, showBytes, showNumber } from './words.js';

/** A recording, and what the command line knows besides. */
export interface Recorded {
  readonly source: string;
  readonly recording: Recording;
  /** Where a person finds the experiment; null as long as it is only planned. */
  readonly url: string | null;
  readonly rejects: string | undefined;
}

const NOTES_SHOWN = 20;
const PROBLEMS_SHOWN = 20;

/** A recording for programs; the words below say the same to people. */
export function describeForPrograms({ source, recording, url, rejects }: Recorded): object {
  const { experiment, problems, plan, ...rest } = recording;
  return {
    ...experiment,
    url,
    source,
    ...rest,
    problems: problemsForPrograms(problems),
    rejects: rejects ?? null,
    plan: plan ?? null,
  };
}

export function problemsForPrograms(problems: readonly RowProblem[]): object[] {
  return problems.map(({ file, line, column, field, message }) => ({
    file,
    line,
    column: column ?? null,
    field: field ?? null,
    message,
  }));
}

/** Says what happened; the last line accounts for every row. */
export function describeForPeople(
  recorded: Recorded,
  { where, staysOpen }: Pick<Connection, 'where' | 'staysOpen'>,
  terminal: Terminal,
): void {
  const { source, recording, rejects } = recorded;
  const { experiment, dataset, rows, examples, status } = recording;

  terminal.say(`${sourceInWords(source)} → ${experiment.name}${statusInWords(status, source)}`);
  const examplesInWords = [
    `${showNumber(examples.created)} new`,
    `${showNumber(examples.existing)} there before`,
    ...(examples.updated > 0 ? [`${showNumber(examples.updated)} updated`] : []),
  ].join(', ');
  terminal.say(
    `Dataset ${dataset.name} (${dataset.created ? 'new' : 'existing'}); examples: ${examplesInWords}`,
  );
  terminal.say(`${count(recording.runs, 'run')}, ${count(recording.feedback, 'score')}`);
  if (recording.verified === 'not yet') {
    terminal.warn('the server took everything, but does not show all of it yet');
  }
  sayNotes(recording.notes, terminal);
  describeProblems(recording.problems, rows.refused + rows.skipped, terminal);
  if (rejects !== undefined) {
    const command = `ls-record record ${quoteForShell(rejects)} -d ${quoteForShell(dataset.name)} -e ${quoteForShell(experiment.name)} --append`;
    terminal.warn(`what was not recorded is in ${rejects}; when it is mended: ${command}`);
  }
  if (where === 'home') {
    const toSee = staysOpen ? '' : ' To see it: ls-record open';
    terminal.say(`It is on this machine.${toSee}`);
  }

  const isWhole = rows.recorded === rows.read && recording.verified !== 'not yet';
  if (isWhole) terminal.praise(reconcile(recording));
  else terminal.say(reconcile(recording));
}

/** The plan of a dry run, as the answer. */
export function describePlan({ source, recording }: Recorded, terminal: Terminal): void {
  const { dataset, examples, rows, plan } = recording;
  terminal.answer(`${sourceInWords(source)} would become experiment ${recording.experiment.name}`);
  terminal.answer(`  dataset   ${dataset.name} (${dataset.created ? 'new' : 'existing'})`);
  terminal.answer(
    `  examples  ${showNumber(examples.created)} new, ${showNumber(examples.existing)} there before, ${showNumber(examples.updated)} to update`,
  );
  terminal.answer(`  rows      ${showNumber(rows.read)}, ${showNumber(rows.skipped)} of them bad`);
  terminal.answer(
    `  runs      ${showNumber(recording.runs)}, with ${count(recording.feedback, 'score')}`,
  );
  if (plan) {
    terminal.answer(
      `  requests  ${showNumber(plan.requests)}, ${showBytes(plan.bytes)} before compression`,
    );
    if (plan.earliest && plan.latest)
      terminal.answer(`  times     ${plan.earliest} to ${plan.latest}`);
  }
  sayNotes(recording.notes, terminal);
  describeProblems(recording.problems, rows.refused + rows.skipped, terminal);
}

function statusInWords(status: Recording['status'], source: string): string {
  if (status === 'complete') return ' (already recorded: nothing was sent)';
  if (status !== 'stopped') return '';
  return source === '-'
    ? ' (stopped: what was read is recorded)'
    : ' (stopped: run the same command again to finish it)';
}

function sourceInWords(source: string): string {
  return source === '-' ? 'stdin' : source;
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
  for (const problem of shown) terminal.warn(describeProblem(problem));
  const more = Math.max(total, problems.length) - shown.length;
  if (more > 0) terminal.warn(`and ${count(more, 'more row')} with problems`);
}

function reconcile({ rows, status }: Recording): string {
  const { read, recorded, refused, skipped } = rows;
  const left = read - recorded - refused - skipped;
  const parts = [
    `${showNumber(recorded)} recorded`,
    ...(refused > 0 ? [`${showNumber(refused)} refused`] : []),
    ...(skipped > 0 ? [`${showNumber(skipped)} skipped`] : []),
    ...(left > 0 && status === 'stopped' ? [`${showNumber(left)} to go`] : []),
  ];
  return `${count(read, 'row')} read = ${parts.join(' + ')}`;
}
