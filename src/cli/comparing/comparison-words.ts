import type { CategoryComparison, Comparison, RepeatedKey } from '../../experiments/compare.js';
import type { RowTexts } from '../../experiments/compared-rows.js';
import type { ValueCount } from '../../experiments/scores.js';
import { differingSettings } from '../../experiments/settings.js';
import type { KeyComparison } from '../../experiments/statistics.js';
import {
  isDoubtful,
  showDifference,
  showInterval,
  showP,
  showSensitivity,
} from '../../experiments/verdict-words.js';
import type { Block, ReportColumn } from '../screen/report.js';
import { count, said, showCost, showNumber, showScore, showSeconds } from '../screen/words.js';
import type { ComparedPair } from './compared-pair.js';
import { inputOf, nameOfRow, scoresInWords } from './row-words.js';

const VALUES_SHOWN = 5;
const right = 'right' as const;

/** What there is to say of one experiment against the baseline: what failed first, then verdicts, figures and rows. */
export function comparisonBlocks(pair: ComparedPair): Block[] {
  const { comparison, named } = pair;
  return [
    { kind: 'heading', text: `${comparison.b.name} against ${comparison.a.name}`, url: pair.url },
    ...leadBlocks(pair),
    ...scoreBlocks(comparison.scores),
    ...measureBlocks(comparison),
    ...categoryBlocks(comparison.categories),
    ...repetitionBlocks(comparison.repetitions),
    ...groupBlocks(pair),
    ...rowBlocks(named),
    ...settingBlocks(pair),
    ...(pair.url === undefined ? [] : [{ kind: 'link', url: pair.url } as const]),
  ];
}

/** What has to be known before any number: rows that are lost, experiments that hardly align, the verdict in a sentence. */
function leadBlocks({ comparison, baselineReason }: ComparedPair): Block[] {
  const { a, b, failed, fixed, alignment, isFinished, chosen, scores } = comparison;
  const line = (text: string): Block => ({ kind: 'line', text });
  const bad = (text: string): Block => ({ kind: 'line', text, tone: 'bad' });
  const { absent, added, changed, both } = alignment;
  const hardly = 2 * both.length < Math.max(a.rows.size, b.rows.size);
  const overlap = said([
    `${count(both.length, 'example')} in both`,
    absent.length > 0 &&
      `${showNumber(absent.length)} ${isFinished ? 'lost' : 'not recorded yet'} in ${b.name}`,
    changed.length > 0 && `${showNumber(changed.length)} edited in between`,
    added.length > 0 && `${showNumber(added.length)} new in ${b.name}`,
  ]).join(', ');
  return said([
    hardly && bad(`The experiments share few examples: ${overlap}.`),
    failed.length > 0 &&
      bad(
        `${count(failed.length, 'example')} newly failing in ${b.name}, with an error or a missing score.`,
      ),
    ...scores
      .filter(({ pairs }) => pairs.scoredA > 0 && pairs.scoredB === 0 && b.rows.size > 0)
      .map(({ key }) => bad(`No example of ${b.name} has the score ${key}.`)),
    absent.length > 0 &&
      isFinished &&
      !hardly &&
      bad(`${count(absent.length, 'example')} of ${a.name} without a row in ${b.name}.`),
    line(summaryOf(comparison)),
    !hardly && line(`${overlap}.`),
    fixed.length > 0 && line(`${count(fixed.length, 'example')} fixed: failed in ${a.name}.`),
    changed.length > 0 &&
      line(
        'Edited examples have the same inputs but another reference or metadata. To treat them as one example, record with --identity inputs.',
      ),
    chosen !== undefined &&
      line(
        `Only the ${showNumber(chosen.examples)} of ${count(chosen.of, 'example')} that match the condition.`,
      ),
    scores.some(isUnpaired) &&
      line(
        'A and B are means over all examples of each; DIFF is over the N examples that have the score in both.',
      ),
    line(`A is ${a.name}, the baseline (${baselineReason}); B is ${b.name}.`),
  ]);
}

function isUnpaired({ pairs }: KeyComparison): boolean {
  const { length } = pairs.gains;
  return length > 0 && (pairs.scoredA !== length || pairs.scoredB !== length);
}

/** The verdicts in a sentence; that nothing got worse is said only where nothing was lost. */
export function summaryOf({ scores, lost, alignment }: Comparison): string {
  if (alignment.both.length === 0) return 'No example is in both, so nothing to compare.';
  const keysOf = (verdict: string) =>
    scores
      .filter(({ judgement }) => judgement.verdict === verdict)
      .map(({ key, better, worse, pairs }) =>
        verdict === 'too few to tell'
          ? `${key} (${worse} worse, ${better} better of ${pairs.gains.length})`
          : key,
      );
  const judged = scores.filter(({ judgement }) => judgement.verdict !== 'not comparable');
  if (judged.length === 0) return 'No score is in both.';
  const parts = (
    ['worse', 'better', 'within noise', 'same', 'too few to tell', 'not comparable'] as const
  )
    .map((verdict) => [verdict, keysOf(verdict)] as const)
    .filter(([, keys]) => keys.length > 0)
    .map(([verdict, keys]) => `${verdict}: ${keys.join(', ')}`);
  const all = `${parts.join('; ')}.`;
  const sentence = all.charAt(0).toUpperCase() + all.slice(1);
  const isQuiet =
    lost === 0 && keysOf('worse').length === 0 && keysOf('too few to tell').length === 0;
  return isQuiet && judged.length === scores.length
    ? `No regressions found. ${sentence}`
    : sentence;
}

function scoreBlocks(scores: readonly KeyComparison[]): Block[] {
  if (scores.length === 0) return [];
  const columns: ReportColumn[] = [
    { title: 'SCORE' },
    { title: 'N', align: right, dispensable: 3 },
    { title: 'A', align: right, dispensable: 4 },
    { title: 'B', align: right, dispensable: 5 },
    { title: 'DIFF', align: right, dispensable: 1 },
    { title: '95 %', align: right, dispensable: 9 },
    { title: 'BETTER', align: right, dispensable: 8 },
    { title: 'WORSE', align: right, dispensable: 7 },
    { title: 'SAME', align: right, dispensable: 10 },
    { title: 'LOST', align: right, dispensable: 2 },
    { title: 'P', align: right, dispensable: 11 },
    { title: 'SEEN FROM', align: right, dispensable: 6 },
    { title: 'VERDICT' },
  ];
  const doubtful = scores
    .filter(isDoubtful)
    .map((score) => `${showSensitivity(score)} (${score.key})`.trim());
  return said<Block>([
    { kind: 'table', columns, rows: scores.map(scoreCells) },
    doubtful.length > 0 && {
      kind: 'line',
      text: `Only a difference of ${doubtful.join(', ')} would have been detected; a smaller one could matter and be missed.`,
    },
  ]);
}

function scoreCells(score: KeyComparison): string[] {
  const { key, direction, meanA, meanB, pairs, better, worse, same, lost, judgement } = score;
  const n = pairs.gains.length;
  return [
    `${key} ${direction.lowerIsBetter ? '↓' : '↑'}`,
    showNumber(n),
    showScore(meanA),
    showScore(meanB),
    showDifference(score),
    showInterval(score),
    ...[better, worse, same].map((times) => (n === 0 ? '' : showNumber(times))),
    lost === 0 ? '' : showNumber(lost),
    showP(judgement.adjustedP),
    showSensitivity(score),
    verdictMark(score),
  ];
}

function verdictMark(score: KeyComparison): string {
  const { verdict } = score.judgement;
  return verdict === 'not judged' ? '' : `${verdict}${isDoubtful(score) ? ' ?' : ''}`;
}

function measureBlocks({ a, b, measures }: Comparison): Block[] {
  const line = <T>(
    title: string,
    key: string,
    show: (value: T) => string,
    values: readonly (T | undefined)[],
  ) => {
    const measure = measures.find((one) => one.key === key);
    return [
      title,
      ...values.map((value) => (value === undefined ? '' : show(value))),
      ...(measure
        ? [
            showDifference(measure),
            showInterval(measure),
            showSensitivity(measure),
            verdictMark(measure),
          ]
        : []),
    ];
  };
  const rows = [
    line('runs', '', showNumber, [a.runs, b.runs]),
    line('errors', '', showNumber, [a.errors, b.errors]),
    line('latency p50', 'latency', showSeconds, [a.latencyP50, b.latencyP50]),
    line('tokens', 'tokens', showNumber, [a.totalTokens, b.totalTokens]),
    line('cost', 'cost', showCost, [a.totalCost, b.totalCost]),
  ].filter(([, ofA, ofB]) => ofA !== '' || ofB !== '');
  const columns: ReportColumn[] = [
    { title: 'FIGURE' },
    { title: 'A', align: right },
    { title: 'B', align: right },
    { title: 'PER EXAMPLE', align: right, dispensable: 1 },
    { title: '95 %', align: right, dispensable: 4 },
    { title: 'SEEN FROM', align: right, dispensable: 3 },
    { title: 'VERDICT', dispensable: 2 },
  ];
  return [{ kind: 'table', columns, rows }];
}

function categoryBlocks(categories: readonly CategoryComparison[]): Block[] {
  if (categories.length === 0) return [];
  return [
    {
      kind: 'table',
      columns: [{ title: 'CATEGORY' }, { title: 'A' }, { title: 'B' }],
      rows: categories.map(({ key, a, b }) => [key, sharesOf(a), sharesOf(b)]),
    },
  ];
}

/** `kind 38%, rude 30%`. */
function sharesOf(values: readonly ValueCount[]): string {
  const total = values.reduce((sum, { n }) => sum + n, 0);
  return values
    .slice(0, VALUES_SHOWN)
    .map(({ value, n }) => `${value} ${Math.round((100 * n) / total)}%`)
    .join(', ');
}

function repetitionBlocks(repetitions: readonly RepeatedKey[]): Block[] {
  if (repetitions.length === 0) return [];
  const rows = repetitions.flatMap(({ key, a, b }) => {
    const ks = new Set([...(a?.passes ?? []), ...(b?.passes ?? [])].map(({ k }) => k));
    const of = (side: RepeatedKey['a'], k: number) => side?.passes.find((one) => one.k === k);
    const line = (title: string, show: (side: RepeatedKey['a']) => string) => [
      title,
      show(a),
      show(b),
    ];
    return [
      line(`${key}: repetitions`, (side) => spanOf(side)),
      line(`${key}: flaky examples`, (side) => (side ? showNumber(side.flaky) : '')),
      ...[...ks]
        .filter((k) => k > 1)
        .flatMap((k) => [
          line(`${key}: pass@${k}`, (side) => showScore(of(side, k)?.any)),
          line(`${key}: pass^${k}`, (side) => showScore(of(side, k)?.all)),
        ]),
    ];
  });
  const columns = [
    { title: 'REPETITIONS' },
    { title: 'A', align: right },
    { title: 'B', align: right },
  ];
  return [{ kind: 'table', columns, rows }];
}

/** `3`, `1 to 3`: different numbers of repetitions are said. */
function spanOf(side: RepeatedKey['a']): string {
  if (!side) return '1';
  const { fewest, most } = side;
  return fewest === most ? showNumber(most) : `${showNumber(fewest)} to ${showNumber(most)}`;
}

function groupBlocks({ comparison: { groups }, by }: ComparedPair): Block[] {
  if (!groups) return [];
  const columns: ReportColumn[] = [
    { title: (by ?? '').toUpperCase() },
    { title: 'SCORE' },
    { title: 'N', align: right },
    { title: 'DIFF', align: right },
    { title: '95 %', align: right, dispensable: 2 },
    { title: 'SEEN FROM', align: right, dispensable: 1 },
    { title: 'VERDICT' },
  ];
  const rows = groups.flatMap(({ group, scores }) =>
    scores.map((score) => [
      group,
      score.key,
      showNumber(score.pairs.gains.length),
      showDifference(score),
      showInterval(score),
      showSensitivity(score),
      verdictMark(score),
    ]),
  );
  return [{ kind: 'table', columns, rows }];
}

function rowBlocks(named: readonly RowTexts[]): Block[] {
  if (named.length === 0) return [];
  const rows = named.map((row) => ({
    head: [row.status.padEnd(6), scoresInWords(row), inputOf(row)],
    name: nameOfRow(row),
  }));
  return [{ kind: 'rows', title: 'ROWS TO LOOK AT', rows }];
}

function settingBlocks({ sides: [{ experiment: a }, { experiment: b }] }: ComparedPair): Block[] {
  if (!a || !b) return [];
  const settings = differingSettings(a, b);
  if (settings.length === 0) return [];
  return [
    {
      kind: 'table',
      columns: [{ title: 'SETTING' }, { title: 'A' }, { title: 'B' }],
      rows: settings.map(({ name, a = '', b = '' }) => [name, a, b]),
    },
  ];
}
