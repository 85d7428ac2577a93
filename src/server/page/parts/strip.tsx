import type { Child } from 'hono/jsx';
import type { ValueCount } from '../../../experiments/scores.js';
import type { KeyComparison, Measure } from '../../../experiments/statistics.js';
import { isDoubtful, verdictInWords } from '../../../experiments/verdict-words.js';
import type { Html } from '../html.js';
import { Scroll } from '../layout.js';
import type { View } from '../query.js';
import type { Compared, Summary } from '../reads/comparisons.js';
import { scoreKeysOf } from '../reads/score-keys.js';
import { histogram } from './chart/histogram.js';
import { type Digits, digitsOf, signedPercent } from './digits.js';
import { count, dollars, seconds } from './figures.js';
import { visible, visibleText } from './visible.js';

/** The address of the same page with changes; none in a report, which leads nowhere. */
export type LinkTo = (changes: Partial<View>) => string | undefined;

/** What the experiments came to, a line a key: each against the baseline, over the examples that both have. */
export function Strip({
  summary: { experiments },
  linkTo,
}: {
  readonly summary: Summary;
  readonly linkTo: LinkTo;
}): Html {
  const keysOf = (keys: (one: Compared) => Iterable<string>) =>
    [...new Set(experiments.flatMap((one) => [...keys(one)]))].sort();
  const scores = keysOf(({ scores }) => scores.keys());
  const categories = scoreKeysOf(experiments.map(({ subject }) => subject)).filter(
    (key) => !scores.includes(key),
  );
  const measures = MEASURES.filter(([key]) =>
    experiments.some(({ measures }) => measures.has(key)),
  );
  return (
    <WideBox label="Summary" experiments={experiments.length}>
      <table class="strip">
        <caption class="sr">
          {experiments.length > 1 ? 'Each experiment against the baseline' : 'What came out'}
        </caption>
        <thead>
          <tr>
            <th scope="col">{experiments.length > 1 ? 'paired with the baseline' : 'score'}</th>
            {experiments.map(({ session: { name } }, at) => (
              <ExperimentHead at={at} name={name} />
            ))}
          </tr>
        </thead>
        <tbody>
          {scores.map((key) => scoreLine(experiments, key, linkTo))}
          {categories.map((key) => (
            <Line
              name={key}
              experiments={experiments}
              cell={({ subject }) => shares(subject.categories.get(key))}
            />
          ))}
          {keysOf(({ overall }) => overall.keys()).map((key) => (
            <Line
              name={overallName(key)}
              experiments={experiments}
              cell={({ overall }) => <b>{overallValue(overall.get(key))}</b>}
            />
          ))}
          <Line
            name="errors"
            mark="↓"
            experiments={experiments}
            cell={(one) => errorCell(one, linkTo)}
          />
          {measures.map(([key, name, show]) => (
            <Line
              name={name}
              mark="↓"
              experiments={experiments}
              cell={(one) => measureCell(one, key, show(one), linkTo)}
            />
          ))}
        </tbody>
      </table>
    </WideBox>
  );
}

/** What a score of a whole experiment is called, to tell it from scores of its runs. */
export function overallName(key: string): string {
  return `${key}, overall`;
}

export function overallValue(value: number | string | undefined): Html | string {
  if (value === undefined) return NONE;
  return visible(String(typeof value === 'number' ? Number(value.toPrecision(4)) : value));
}

/** From here on, columns would be too narrow for a page. */
const MANY = 5;

/** Room for a table with a column an experiment; the keyboard scrolls it where there are many. */
export function WideBox(props: {
  readonly label: string;
  readonly experiments: number;
  readonly children?: Child;
}): Html {
  const { label, experiments, children } = props;
  if (experiments <= MANY) return <div class="scroll">{children}</div>;
  return (
    <Scroll label={label} class="many">
      {children}
    </Scroll>
  );
}

/** Heads the column of an experiment; its whole name is above the tables. */
export function ExperimentHead(props: { readonly at: number; readonly name: string }): Html {
  return (
    <th scope="col" dir="auto">
      <span class="clamp">
        <Dot at={props.at} />
        {visible(props.name)}
      </span>
    </th>
  );
}

/** The colour of an experiment on this page. */
export function Dot({ at }: { readonly at: number }): Html {
  return <span class={`dot k${at % 6}`} />;
}

const MEASURES: readonly (readonly [Measure, string, (one: Compared) => Html | string])[] = [
  ['latency', 'latency p50', ({ subject }) => seconds(subject.latencyP50)],
  ['tokens', 'tokens, total', ({ subject }) => count(subject.totalTokens)],
  ['cost', 'cost, total', ({ subject }) => dollars(subject.totalCost)],
];

function Line(props: {
  readonly name: string;
  readonly mark?: string | undefined;
  readonly title?: string;
  readonly experiments: readonly Compared[];
  readonly cell: (one: Compared) => Html | string;
}): Html {
  const { name, mark, title, experiments, cell } = props;
  return (
    <tr>
      <th scope="row" dir="auto" title={title}>
        {mark && `${mark} `}
        {visible(name)}
      </th>
      {experiments.map((one, at) => (
        <td data-name={visibleText(one.session.name)} class={`k${at % 6}`}>
          {cell(one)}
        </td>
      ))}
    </tr>
  );
}

const NONE = <span class="none">–</span>;

function scoreLine(experiments: readonly Compared[], key: string, linkTo: LinkTo): Html {
  const digits = digitsOf(key, experiments);
  const of = ({ comparison }: Compared) => comparison?.scores.find((one) => one.key === key);
  const direction = experiments.map(of).find((found) => found)?.direction;
  const isLower = direction?.lowerIsBetter;
  return (
    <Line
      name={key}
      mark={direction && (isLower ? '↓' : '↑')}
      title={
        direction
          ? `${visibleText(key)}: ${isLower ? 'lower' : 'higher'} is better${FROM[direction.source]}`
          : visibleText(key)
      }
      experiments={experiments}
      cell={(one) => {
        const own = one.scores.get(key);
        const compared = of(one);
        if (!own) return compared ? verdictOf(compared) : NONE;
        return (
          <>
            {own.histogram && histogram(own.histogram)}
            <b>{digits.value(own.mean)}</b>{' '}
            {compared ? (
              against(compared, one, digits.difference, linkTo)
            ) : (
              <small>n {count(own.n)}</small>
            )}
          </>
        );
      }}
    />
  );
}

const FROM = {
  option: '',
  config: '',
  name: ', assumed by its name',
  default: ', assumed',
} as const;

/** The difference over the pairs, what is to be made of it, and which rows make it. */
function against(
  compared: KeyComparison,
  { session: { id } }: Compared,
  show: Digits['difference'],
  linkTo: LinkTo,
): Html {
  const { key, difference, better, worse, lost, pairs } = compared;
  const rows = (kind: 'improved' | 'regressed', n: number, mark: string, word: string) =>
    n > 0 && (
      <a
        class={kind === 'improved' ? 'up' : 'down'}
        href={linkTo({ show: kind, metric: key, vs: id, sort: undefined })}
        aria-label={`${n} ${word} by ${visibleText(key)}`}
      >
        {mark}
        {count(n)}
      </a>
    );
  return (
    <>
      {difference !== undefined && <span class={toneOf(compared)}>{show(difference)}</span>}{' '}
      {verdictOf(compared)} {rows('improved', better, '▲', 'better')}{' '}
      {rows('regressed', worse, '▼', 'worse')}{' '}
      {lost > 0 && <span class="down">{count(lost)} lost</span>}{' '}
      <small>n {count(pairs.gains.length)}</small>
    </>
  );
}

function toneOf({ judgement: { verdict } }: KeyComparison): string {
  return verdict === 'better' ? 'up' : verdict === 'worse' ? 'down' : 'muted';
}

/** A sign for whoever sees it, with the words for all others. */
export function verdictOf(compared: KeyComparison): Html {
  const { verdict } = compared.judgement;
  const words = verdictInWords(compared);
  const sign = SIGNS[verdict];
  if (sign === undefined) return <span class="muted">{words}</span>;
  return (
    <span class={toneOf(compared)} role="img" title={words}>
      {sign}
      {isDoubtful(compared) && '?'}
    </span>
  );
}

const SIGNS: Readonly<Record<string, string>> = {
  better: 'better',
  worse: 'worse',
  same: '=',
  'within noise': '≈',
};

/** `kind 38% · rude 33%`. */
export function shares(values: readonly ValueCount[] | undefined): Html | string {
  if (!values?.length) return NONE;
  const total = values.reduce((sum, { n }) => sum + n, 0);
  const shown = values.slice(0, 5).map(({ value, n }) => (
    <>
      {visible(value)} {Math.round((100 * n) / total)}%
    </>
  ));
  return (
    <>
      {shown.map((share, at) => (
        <>
          {at > 0 && ' · '}
          {share}
        </>
      ))}
      {values.length > shown.length && ' · …'}
    </>
  );
}

function errorCell(one: Compared, linkTo: LinkTo): Html {
  const { subject, comparison, session } = one;
  const compared = comparison?.scores.find(({ kind }) => kind === 'error');
  return (
    <>
      <b class={subject.errors > 0 ? 'bad' : ''}>{count(subject.errors)}</b>{' '}
      <small>of {count(subject.runs)}</small>{' '}
      {compared && against(compared, one, signedPercent, linkTo)}
      {!compared && session.end_time === null && <small>not finished</small>}
    </>
  );
}

function measureCell(
  one: Compared,
  key: Measure,
  figure: Html | string,
  linkTo: LinkTo,
): Html | string {
  const own = one.measures.get(key);
  const compared = one.comparison?.measures.find((measure) => measure.key === key);
  if (!own) return NONE;
  return (
    <>
      {own.histogram && histogram(own.histogram)}
      <b>{figure}</b> {compared && against(compared, one, signedPercent, linkTo)}
    </>
  );
}
