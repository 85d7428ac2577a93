import type {
  ChangedRow,
  Comparison,
  ScoreComparison,
  SideScore,
} from '../../experiments/compare.js';
import type { SettingPair } from '../../experiments/settings.js';
import type { Context } from '../context.js';
import { printable } from '../screen/printable.js';
import { columnsOfCells } from '../screen/table.js';
import type { Terminal } from '../screen/terminal.js';
import { columnsOf, shorten } from '../screen/width.js';
import { count, showCost, showNumber, showScore, showSeconds } from '../screen/words.js';
import type { NamedExperiment } from './named-experiment.js';
import { rowName } from './row-name.js';

/** Two experiments, and what their rows say when they are held side by side. */
export interface Compared {
  readonly a: NamedExperiment;
  readonly b: NamedExperiment;
  readonly comparison: Comparison;
  readonly settings: readonly SettingPair[];
  readonly url: string;
}

/** In a cell of Markdown, where a table need not fit a terminal. */
const MARKDOWN_CELL = 120;
const VALUES_SHOWN = 5;

const SCORE_COLUMNS = [
  { title: 'N', dispensable: 7 },
  { title: 'A', dispensable: 1 },
  { title: 'B', dispensable: 2 },
  { title: 'DIFF', dispensable: 5 },
  { title: 'BETTER', dispensable: 4 },
  { title: 'WORSE', dispensable: 3 },
  { title: 'SAME', dispensable: 6 },
];

export function answerComparison(
  compared: Compared,
  terminal: Terminal,
  { stdout }: Context,
): void {
  const { a, b, comparison, settings, url } = compared;
  terminal.answer(`A  ${a.name}`);
  terminal.answer(`B  ${b.name}`);
  terminal.answer('');
  terminal.answer(overlapInWords(comparison));
  terminal.answer(verdictOf(comparison));

  const right = (title: string) => ({ title, align: 'right' as const });
  const numeric = comparison.scores.filter(isNumeric);
  if (numeric.length > 0) {
    terminal.answer('');
    const columns = SCORE_COLUMNS.map(({ title, dispensable }) => ({
      ...right(title),
      dispensable,
    }));
    terminal.answerTable(
      columnsOfCells([{ title: 'SCORE' }, ...columns]),
      numeric.map((score) => [score.key, ...cellsOf(score)]),
    );
  }
  const inWords = comparison.scores.filter((score) => !isNumeric(score));
  if (inWords.length > 0) {
    terminal.answer('');
    terminal.answerTable(
      columnsOfCells([{ title: 'SCORE' }, { title: 'A' }, { title: 'B' }]),
      inWords.map(({ key, a, b }) => [key, meanOrValues(a), meanOrValues(b)]),
    );
  }
  terminal.answer('');
  terminal.answerTable(
    columnsOfCells([{ title: 'FIGURE' }, right('A'), right('B'), right('DIFF')]),
    figuresOf(compared),
  );

  const columns = columnsOf(stdout) ?? Number.POSITIVE_INFINITY;
  const answerLine = (line: string) => terminal.answer(shorten(printable(line), columns));
  if (comparison.changed.length > 0) {
    terminal.answer('');
    terminal.answer('CHANGED MOST');
    for (const row of comparison.changed) {
      answerLine(`${changeInWords(row)}  ${row.input}`);
      answerLine(`  ${rowName(row)}`);
    }
  }
  if (comparison.lone.length > 0) {
    terminal.answer('');
    terminal.answer(`IN ONE ONLY${moreLone(comparison)}`);
    for (const row of comparison.lone) answerLine(`${row.side.toUpperCase()}  ${row.input}`);
  }
  if (settings.length > 0) {
    terminal.answer('');
    terminal.answerTable(
      columnsOfCells([{ title: 'SETTING' }, { title: 'A' }, { title: 'B' }]),
      settings.map((pair) => [pair.name, pair.a ?? '', pair.b ?? '']),
    );
  }
  terminal.answer('');
  terminal.answer(url);
}

/** The same for a comment or a job's summary. */
export function answerComparisonAsMarkdown(compared: Compared, terminal: Terminal): void {
  const { a, b, comparison, settings, url } = compared;
  const table = (titles: readonly string[], rows: readonly (readonly string[])[], left = 1) => {
    terminal.answer('');
    const line = (cells: readonly string[]) => `| ${cells.map(markdownCell).join(' | ')} |`;
    terminal.answer(line(titles));
    terminal.answer(`| ${titles.map((_, at) => (at < left ? '---' : '--:')).join(' | ')} |`);
    for (const row of rows) terminal.answer(line(row));
  };
  terminal.answer(`### [${markdownCell(b.name)} against ${markdownCell(a.name)}](${url})`);
  terminal.answer('');
  terminal.answer(`${verdictOf(comparison)} ${overlapInWords(comparison)}`);
  const titles = ['N', 'A', 'B', 'Difference', 'Better', 'Worse', 'Same'];
  if (comparison.scores.length > 0)
    table(
      ['Score', ...titles],
      comparison.scores.map((score) => [score.key, ...cellsOf(score)]),
    );
  table(['', 'A', 'B', 'Difference'], figuresOf(compared));
  if (comparison.changed.length > 0)
    table(
      ['Changed most', 'Input', 'Row'],
      comparison.changed.map((row) => [changeInWords(row), row.input, row.rowId ?? row.exampleId]),
      3,
    );
  if (settings.length > 0)
    table(
      ['Setting', 'A', 'B'],
      settings.map((pair) => [pair.name, pair.a ?? '', pair.b ?? '']),
      3,
    );
}

function overlapInWords({ examples }: Comparison): string {
  const { both, onlyA, onlyB } = examples;
  const lone = [
    ...(onlyA > 0 ? [`${showNumber(onlyA)} in A only`] : []),
    ...(onlyB > 0 ? [`${showNumber(onlyB)} in B only`] : []),
  ];
  return `${[`${count(both, 'example')} in both`, ...lone].join(', ')}.`;
}

/** That nothing got worse is worth a sentence, too. */
function verdictOf({ scores, examples }: Comparison): string {
  if (examples.both === 0) return 'No example is in both, so no rows are compared.';
  const worse = scores.filter(({ matched }) => matched.regressed > 0);
  if (scores.every(({ matched }) => matched.n === 0)) return 'No score is in both.';
  if (worse.length === 0) return 'No regressions.';
  const most = worse.map(({ key, matched }) => `${key} ${showNumber(matched.regressed)}`);
  return `Worse: ${most.join(', ')}.`;
}

function cellsOf(score: ScoreComparison): string[] {
  const { a, b, difference, matched, lowerIsBetter } = score;
  const n = a.n === b.n ? showNumber(a.n) : `${showNumber(a.n)}/${showNumber(b.n)}`;
  const counts = [matched.improved, matched.regressed, matched.same];
  const arrow = lowerIsBetter ? ' ↓' : '';
  return [
    n,
    meanOrValues(a),
    meanOrValues(b),
    difference === undefined ? '' : `${signed(difference)}${arrow}`,
    ...counts.map((n) => (matched.n === 0 ? '' : showNumber(n))),
  ];
}

function isNumeric({ a, b }: ScoreComparison): boolean {
  return a.mean !== undefined || b.mean !== undefined;
}

/** Of a score in words, the most frequent ones. */
function meanOrValues({ mean, values }: SideScore): string {
  if (mean !== undefined) return showScore(mean);
  return values
    .slice(0, VALUES_SHOWN)
    .map(({ value, n }) => `${value} ${showNumber(n)}`)
    .join(', ');
}

function figuresOf({ a, b, comparison }: Compared): string[][] {
  const [ofA, ofB] = [comparison.a, comparison.b];
  const figures: [string, number | undefined, number | undefined, (value: number) => string][] = [
    ['rows', ofA.rows, ofB.rows, showNumber],
    ['errors', ofA.errors, ofB.errors, showNumber],
    ['latency p50', ofA.latencyP50, ofB.latencyP50, showSeconds],
    ['tokens', a.totalTokens || undefined, b.totalTokens || undefined, showNumber],
    ['cost', a.totalCost || undefined, b.totalCost || undefined, showCost],
  ];
  return figures
    .filter(([, valueA, valueB]) => valueA !== undefined || valueB !== undefined)
    .map(([title, valueA, valueB, show]) => {
      const bothKnown = valueA !== undefined && valueB !== undefined;
      const difference = bothKnown ? valueB - valueA : 0;
      const sign = difference > 0 ? '+' : '-';
      return [
        title,
        valueA === undefined ? '' : show(valueA),
        valueB === undefined ? '' : show(valueB),
        difference === 0 ? '' : `${sign}${show(Math.abs(difference))}`,
      ];
    });
}

function changeInWords({ key, a, b, better }: ChangedRow): string {
  return `${better ? 'better' : 'worse '}  ${key} ${showScore(a)} → ${showScore(b)}`;
}

function moreLone({ lone, examples }: Comparison): string {
  const more = examples.onlyA + examples.onlyB - lone.length;
  return more > 0 ? ` (and ${showNumber(more)} more)` : '';
}

function signed(difference: number): string {
  const shown = showScore(difference);
  return difference > 0 && shown !== '0' ? `+${shown}` : shown;
}

/** What would end a cell, or begin markup, is written so that it is shown; nobody is called by name. */
function markdownCell(text: string): string {
  return shorten(printable(text), MARKDOWN_CELL)
    .replaceAll(/[\\`*_[\]|~#!<&]/g, (mark) => `\\${mark}`)
    .replaceAll('@', '@<!-- -->');
}
