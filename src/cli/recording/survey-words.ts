import { addTo } from '../../group-by.js';
import type { ExperimentSummary } from '../../prepare/experiment-tally.js';
import type { FileSummary, Survey } from '../../prepare/survey.js';
import { describeProblem } from '../../recorder/invalid-rows.js';
import { answerScores } from '../datasets/score-tables.js';
import type { Terminal } from '../screen/terminal.js';
import { count, said, showCost, showNumber, showSeconds } from '../screen/words.js';

const LINES_SHOWN = 20;
const MODELS_SHOWN = 5;

/** What one wants to read before pressing enter, as the answer. */
export function describeReport(
  report: Survey,
  terminal: Terminal,
  { all = false }: { all?: boolean } = {},
): void {
  const shown = all ? Number.POSITIVE_INFINITY : LINES_SHOWN;
  describeFiles(report.files, terminal, shown);
  describeCounts(report, terminal);
  describeTotals(report.experiments, terminal);
  answerScores(report, terminal, shown);
  const assumptions = report.files.flatMap((file) => file.assumptions);
  const assumed = [...new Set(assumptions), ...report.notes];
  if (assumed.length > 0) {
    terminal.answer('');
    terminal.answer('Assumed:');
    answerLines(assumed, terminal, shown);
  }
  if (report.badRows === 0) return;
  terminal.answer('');
  terminal.answer(`${count(report.problemCount, 'problem')} in ${count(report.badRows, 'row')}:`);
  answerLines(report.problems.map(describeProblem), terminal, shown, report.problemCount);
}

/** Files that were read as the same thing are listed together. */
function describeFiles(files: readonly FileSummary[], terminal: Terminal, shown: number): void {
  const alike = new Map<string, FileSummary[]>();
  for (const file of files) {
    const { format, described, columns } = file;
    const kind = JSON.stringify([format, described, columns]);
    addTo(alike, kind, file);
  }
  for (const [first, ...others] of [...alike.values()].slice(0, shown)) {
    if (!first) continue;
    const more = others.length > 0 ? ` and ${count(others.length, 'more file')}` : '';
    terminal.answerProse(`${nameOf(first)}${more}: ${first.described}`);
    answerLines(first.columns, terminal, shown);
  }
  const more = alike.size - shown;
  if (more > 0) terminal.answer(`and files of ${count(more, 'more kind')}`);
  terminal.answer('');
}

function nameOf({ name }: FileSummary): string {
  return name === '-' ? 'stdin' : name;
}

function describeCounts({ rows, badRows, experiments }: Survey, terminal: Terminal): void {
  const sum = (pick: (one: ExperimentSummary) => number) =>
    experiments.reduce((total, one) => total + pick(one), 0);
  const errors = sum((one) => one.errors);
  const repeated = sum((one) => one.repeated);
  const examples = sum((one) => one.examples);
  const parts = said([
    count(rows, 'row'),
    badRows > 0 && `${showNumber(badRows)} of them bad`,
    errors > 0 && `${showNumber(errors)} with an app error`,
    experiments.length > 1 && count(experiments.length, 'experiment'),
    experiments.length === 1 && count(examples, 'example'),
    repeated > 0 && `${showNumber(repeated)} repeated`,
  ]);
  terminal.answer(parts.join(', '));
}

/** Prints what all experiments come to together. */
function describeTotals(experiments: readonly ExperimentSummary[], terminal: Terminal): void {
  const earliest = experiments.flatMap((one) => one.earliest ?? []).sort()[0];
  const latest = experiments
    .flatMap((one) => one.latest ?? [])
    .sort()
    .at(-1);
  if (earliest !== undefined && latest !== undefined)
    terminal.answer(`  times    ${showRange(earliest, latest)}`);

  const [only, ...others] = experiments;
  if (only?.latency && others.length === 0) {
    const { p50, p95 } = only.latency;
    terminal.answer(
      `  latency  ${showSeconds(p50)} median, ${showSeconds(p95)} at the 95th percentile`,
    );
  }
  const tokens = tokensInWords(experiments);
  if (tokens !== '') terminal.answer(`  tokens   ${tokens}`);
  const cost = addUp(experiments, (one) => one.cost);
  if (cost !== undefined) terminal.answer(`  cost     ${showCost(cost)}`);
  const models = [...new Set(experiments.flatMap((one) => one.models))];
  if (models.length === 0) return;
  const more = models.length > MODELS_SHOWN ? ` and ${models.length - MODELS_SHOWN} more` : '';
  const named = models.slice(0, MODELS_SHOWN).join(', ');
  terminal.answer(`  ${models.length > 1 ? 'models ' : 'model  '}  ${named}${more}`);
}

function tokensInWords(experiments: readonly ExperimentSummary[]): string {
  const input = addUp(experiments, ({ tokens }) => tokens.input);
  const output = addUp(experiments, ({ tokens }) => tokens.output);
  const all = addUp(experiments, ({ tokens }) => tokens.total);
  return [
    ...(input === undefined ? [] : [`${showNumber(input)} in`]),
    ...(output === undefined ? [] : [`${showNumber(output)} out`]),
    ...(all === undefined ? [] : [`${showNumber(all)} in all`]),
  ].join(', ');
}

/** Undefined where no experiment tells. */
function addUp(
  experiments: readonly ExperimentSummary[],
  pick: (one: ExperimentSummary) => number | undefined,
): number | undefined {
  const known = experiments.flatMap((one) => pick(one) ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
}

/** `2026-01-31 12:00:00 to 12:04:10 UTC`. */
function showRange(earliest: string, latest: string): string {
  const [from, to] = [earliest, latest].map((iso) => iso.slice(0, 19).replace('T', ' ')) as [
    string,
    string,
  ];
  if (from === to) return `${from} UTC`;
  const isSameDay = from.slice(0, 10) === to.slice(0, 10);
  return `${from} to ${isSameDay ? to.slice(11) : to} UTC`;
}

/** @param total how many there are, if `lines` are the first of them only. */
function answerLines(
  lines: readonly string[],
  terminal: Terminal,
  shown: number,
  total = lines.length,
): void {
  const some = lines.slice(0, shown);
  for (const line of some) terminal.answerProse(`  ${line}`);
  if (total > some.length) terminal.answer(`  and ${showNumber(total - some.length)} more`);
}
