import type { Check, GateResult } from '../../experiments/gate/result.js';
import type { Block } from '../screen/report.js';
import { count, showNumber, showScore } from '../screen/words.js';

/** Lost rows that are named. */
const LOST_SHOWN = 10;
/** By this a workflow finds the comment of an earlier run. */
export const STICKY = '<!-- ls-record gate -->';

/**
 * A result for people: what failed first, then what could not be seen, then the rest.
 *
 * @param url undefined where it leads nowhere, as to a machine that is gone.
 */
export function gateBlocks(result: GateResult, url: string | undefined): Block[] {
  const line = (text: string): Block => ({ kind: 'line', text });
  return [
    { kind: 'heading', text: `${result.experiment.name} against ${nameOfBaseline(result)}`, url },
    { kind: 'line', text: verdictOf(result), ...(!result.passed && { tone: 'bad' }) },
    ...(result.baseline === null ? [] : [line(describeExamples(result))]),
    ...(result.lost.length > 0 ? [line(`Lost: ${nameLost(result)}.`)] : []),
    ...result.warnings.map((warning) => line(`Warning: ${warning}.`)),
    ...(result.checks.length > 0 ? [tableOf(result)] : []),
    ...inOrder(result.checks)
      .filter(({ status, check }) => status !== 'passed' || check === 'prove')
      .map(
        (check): Block => ({
          kind: 'line',
          text: `${titleOf(check)}: ${check.message}`,
          ...(check.status === 'failed' && { tone: 'bad' }),
        }),
      ),
    line(`Tests are one-sided, for worse. Thresholds: ${describeThresholds(result)}`),
  ];
}

function tableOf(result: GateResult): Block {
  return {
    kind: 'table',
    columns: [
      { title: '' },
      { title: 'CHECK' },
      { title: 'N', align: 'right', dispensable: 3 },
      { title: 'A', align: 'right', dispensable: 4 },
      { title: 'B', align: 'right', dispensable: 5 },
      { title: 'DIFF', align: 'right', dispensable: 2 },
      { title: 'LIMIT', align: 'right', dispensable: 1 },
    ],
    rows: inOrder(result.checks).map(cellsOf),
  };
}

const MARKS = { passed: 'ok', warned: 'warn', failed: 'FAIL' } as const;

function cellsOf(check: Check): string[] {
  const { mean_a: a, mean_b: b, difference, pairs, threshold } = check;
  const show = (value: number | null) => showScore(value ?? undefined);
  return [
    MARKS[check.status],
    titleOf(check),
    pairs === null ? '' : showNumber(pairs),
    show(a),
    show(b),
    show(difference),
    String(threshold ?? ''),
  ];
}

/** The same as a test report. @see https://github.com/testmoapp/junitxml */
export function gateAsJunit(result: GateResult): string {
  const failures = result.checks.filter(({ status }) => status === 'failed').length;
  const counts = `tests="${result.checks.length}" failures="${failures}"`;
  const cases = result.checks.map((check) => {
    const name = `<testcase classname="${escapeXml(result.experiment.name)}" name="${escapeXml(titleOf(check))}"`;
    const message = escapeXml(check.message);
    return check.status === 'failed'
      ? `    ${name}><failure message="${message}"></failure></testcase>`
      : `    ${name}><system-out>${message}</system-out></testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="ls-record gate" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function escapeXml(text: string): string {
  // XML 1.0 has no place for most control characters, even escaped.
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const ORDER = ['failed', 'warned', 'passed'] as const;

function inOrder(checks: readonly Check[]): readonly Check[] {
  return ORDER.flatMap((status) => checks.filter((check) => check.status === status));
}

/** `no-worse correct@topic=billing`. */
function titleOf({ check, key, group }: Check): string {
  if (check === 'lost') return 'lost rows';
  if (check === 'errors') return 'errors';
  return `${check} ${key}${group === null ? '' : `@${group}`}`;
}

function nameOfBaseline({ baseline }: GateResult): string {
  if (baseline === null) return 'no baseline (first run)';
  return `${baseline.name}${baseline.chosen === 'blessed' ? ' (blessed)' : ''}`;
}

function verdictOf({ passed, checks }: GateResult): string {
  const failed = checks.filter(({ status }) => status === 'failed').length;
  const warned = checks.filter(({ status }) => status === 'warned').length;
  const blind = warned > 0 ? `, ${count(warned, 'warning')}` : '';
  return passed ? `Gate passed${blind}.` : `Gate failed: ${count(failed, 'check')}${blind}.`;
}

function describeExamples({ examples }: GateResult): string {
  const { both, failed, absent, changed, new: added, quarantined } = examples;
  const others = Object.entries({ failed, absent, changed, new: added, quarantined });
  const parts = others.filter(([, n]) => n > 0).map(([name, n]) => `${showNumber(n)} ${name}`);
  return `${[`${count(both, 'example')} in both`, ...parts].join(', ')}.`;
}

function nameLost({ lost }: GateResult): string {
  const named = lost
    .slice(0, LOST_SHOWN)
    .map(({ row_id: row, example_id: id, reason }) => `${row ?? id} (${reason})`);
  const more = lost.length - named.length;
  return [...named, ...(more > 0 ? [`and ${showNumber(more)} more`] : [])].join(', ');
}

/** As they would be typed. */
function describeThresholds({ thresholds }: GateResult): string {
  const pairs = (flag: string, bounds: Readonly<Record<string, number | true>> = {}, sign = '=') =>
    Object.entries(bounds).map(
      ([key, value]) => `--${flag} ${key}${value === true ? '' : `${sign}${value}`}`,
    );
  const { no_worse, prove, min, max, max_errors, max_lost } = thresholds;
  const noWorse = pairs('no-worse', no_worse, ':');
  return [
    ...(noWorse.length > 0 ? noWorse : ['--no-worse (all scores)']),
    ...pairs('prove', prove, ':'),
    ...pairs('min', min),
    ...pairs('max', max),
    ...(max_errors === undefined ? [] : [`--max-errors ${max_errors}`]),
    ...(max_lost === undefined ? [] : [`--max-lost ${max_lost}`]),
    ...(thresholds.errors_as_worst ? ['--errors-as-worst'] : []),
    ...(thresholds.too_few === 'fail' ? ['--too-few fail'] : []),
  ].join(' ');
}
