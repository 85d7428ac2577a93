import { printJson } from '../../json/print.js';
import { isNumber, type JsonValue } from '../../json/value.js';
import type { ExperimentSummary } from '../../prepare/experiment-tally.js';
import type { ScoreSummary } from '../../prepare/score-summary.js';
import type { Survey } from '../../prepare/survey.js';
import { chunksOf } from '../../recorder/batches.js';
import type { SummaryScores } from '../../results/formats/format.js';
import { columnsOfCells } from '../screen/table.js';
import type { Terminal } from '../screen/terminal.js';
import { count, showCost, showNumber, showSeconds } from '../screen/words.js';

/** So many keys fit 80 columns when experiments are side by side. */
const KEYS_A_TABLE = 4;

/** Scores of the only experiment, or of several side by side, and those of experiments as a whole. */
export function answerScores(
  { experiments, summaries }: Survey,
  terminal: Terminal,
  shown: number,
): void {
  const [only, ...others] = experiments;
  if (only && others.length === 0) answerOnly(only.scores, terminal, shown);
  if (others.length > 0) {
    answerExperiments(experiments, terminal, shown);
    answerMeans(experiments, terminal, shown);
  }
  answerSummaries(summaries, others.length > 0, terminal, shown);
}

function answerOnly(scores: readonly ScoreSummary[], terminal: Terminal, shown: number): void {
  const haveWords = scores.some(({ values }) => values);
  answer(
    terminal,
    [
      { title: 'SCORE' },
      { title: 'N', align: 'right' },
      { title: 'MEAN', align: 'right' },
      { title: 'MISSING', align: 'right' },
      ...(haveWords ? [{ title: 'VALUES' }] : []),
    ],
    scores.map((score) => [
      score.key,
      showNumber(score.n),
      score.mean === undefined ? '' : showScore(score.mean),
      score.missing === 0 ? '' : showNumber(score.missing),
      ...(haveWords ? [valuesInWords(score)] : []),
    ]),
    shown,
  );
}

/** A line an experiment, as they would be compared; n is shown where it is not all rows. */
function answerMeans(
  experiments: readonly ExperimentSummary[],
  terminal: Terminal,
  shown: number,
): void {
  const keys = [...new Set(experiments.flatMap(({ scores }) => scores.map(({ key }) => key)))];
  const some = keys.slice(0, shown);
  for (const columns of chunksOf(some, KEYS_A_TABLE)) {
    answer(
      terminal,
      [{ title: 'MEAN (N)' }, ...columns.map((title) => ({ title, align: 'right' as const }))],
      experiments.map(({ label, scores }) => [
        nameOf(label),
        ...columns.map((key) => meanInWords(scores.find((score) => score.key === key))),
      ]),
      shown,
    );
  }
  if (keys.length > some.length)
    terminal.answer(`and ${count(keys.length - some.length, 'more score')}`);
}

/** The mean; of words, the most frequent one; says how many rows have it where some have none. */
export function meanInWords(score: ScoreSummary | undefined): string {
  if (!score) return '';
  const { mean, n, missing, values = [] } = score;
  const [most] = values;
  if (mean === undefined) return most ? `${most.value} (${showNumber(most.n)})` : '';
  return missing === 0 && !most ? showScore(mean) : `${showScore(mean)} (${showNumber(n)})`;
}

function answerExperiments(
  experiments: readonly ExperimentSummary[],
  terminal: Terminal,
  shown: number,
): void {
  const has = (pick: (one: ExperimentSummary) => unknown) => experiments.some((one) => pick(one));
  const columns: { title: string; show: (one: ExperimentSummary) => string; if?: boolean }[] = [
    { title: 'ROWS', show: ({ rows }) => showNumber(rows) },
    { title: 'ERRORS', show: ({ errors }) => (errors === 0 ? '' : showNumber(errors)) },
    { title: 'EXAMPLES', show: ({ examples }) => showNumber(examples) },
    {
      title: 'MEDIAN',
      show: ({ latency }) => (latency ? showSeconds(latency.p50) : ''),
      if: has(({ latency }) => latency),
    },
    {
      title: 'TOKENS',
      show: ({ tokens }) => (tokens.total === undefined ? '' : showNumber(tokens.total)),
      if: has(({ tokens }) => tokens.total),
    },
    {
      title: 'COST',
      show: ({ cost }) => (cost === undefined ? '' : showCost(cost)),
      if: has(({ cost }) => cost),
    },
  ];
  const kept = columns.filter((column) => column.if !== false);
  answer(
    terminal,
    [{ title: 'EXPERIMENT' }, ...kept.map(({ title }) => ({ title, align: 'right' as const }))],
    experiments.map((one) => [nameOf(one.label), ...kept.map(({ show }) => show(one))]),
    shown,
  );
}

function answerSummaries(
  summaries: readonly SummaryScores[],
  areSeveral: boolean,
  terminal: Terminal,
  shown: number,
): void {
  answer(
    terminal,
    [
      { title: 'OF THE WHOLE' },
      ...(areSeveral ? [{ title: 'EXPERIMENT' }] : []),
      { title: 'SCORE', align: 'right' },
    ],
    summaries.flatMap(({ experiment = '', scores }) =>
      scores.map(({ key, score }) => [
        key,
        ...(areSeveral ? [nameOf(experiment)] : []),
        showScore(score),
      ]),
    ),
    shown,
  );
}

/** Rows that belong to none of several experiments. */
function nameOf(label: string): string {
  return label || '(unnamed)';
}

function valuesInWords({ values = [] }: ScoreSummary): string {
  return values.map(({ value, n }) => `${value} ${showNumber(n)}`).join(', ');
}

function showScore(score: JsonValue): string {
  if (isNumber(score)) return String(Number(Number(score).toFixed(4)));
  return typeof score === 'string' ? score : printJson(score);
}

function answer(
  terminal: Terminal,
  columns: Parameters<typeof columnsOfCells>[0],
  rows: readonly (readonly string[])[],
  shown: number,
): void {
  if (rows.length === 0) return;
  terminal.answer('');
  terminal.answerTable(columnsOfCells(columns), rows.slice(0, shown));
  if (rows.length > shown) terminal.answer(`and ${showNumber(rows.length - shown)} more`);
}
