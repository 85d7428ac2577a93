import { gainOf, isZero, type Measure } from '../../../experiments/statistics.js';
import type { Html } from '../html.js';
import type { Compared } from '../reads/comparisons.js';
import type { ShownExample, ShownRun } from '../shown.js';
import { cut } from './cut.js';
import { type Digits, digitsOf } from './digits.js';
import { count, counted, dollars, seconds } from './figures.js';
import { visible } from './visible.js';

/** Characters of the comments in a cell, and of one of them; the row has all. */
const COMMENTS = 120;
const COMMENT = 60;

/** The scores of examples: of each key in the same digits, with an arrow where the baseline's differs. */
export class ScoreMarks {
  readonly #baseline: Compared;
  readonly #digits: ReadonlyMap<string, Digits>;

  constructor(
    experiments: readonly [Compared, ...Compared[]],
    /** What they show, in this order. */
    readonly columns: readonly string[],
  ) {
    this.#baseline = experiments[0];
    this.#digits = new Map(columns.map((key) => [key, digitsOf(key, experiments)]));
  }

  of({ id, runs }: Pick<ShownExample, 'id' | 'runs'>, one: Compared): Html | null {
    const { subject } = one;
    const own = runs.filter(({ experimentId }) => experimentId === one.session.id);
    if (own.length === 0) return null;
    const isFlaky = [...subject.scores.values()].some((values) => {
      const { n = 0, passed = 0 } = values.get(id) ?? {};
      return passed > 0 && passed < n;
    });
    return (
      <>
        {this.columns.map((name) => {
          const show = MEASURES.get(name);
          if (!show) return this.#score(id, one, name) ?? saidUnder(name, own);
          const value = subject.measures.get(name as Measure)?.get(id)?.mean;
          return value !== undefined && <i>{show(value)}</i>;
        })}
        {own.length > 1 && (
          <i>
            ×{count(own.length)}
            {isFlaky && ' flaky'}
          </i>
        )}
      </>
    );
  }

  #score(id: string, one: Compared, key: string): Html | undefined {
    const own = one.subject.scores.get(key)?.get(id)?.mean;
    if (own === undefined) return undefined;
    const gain = this.#gain(id, one, key, own) ?? 0;
    const text = (
      <>
        {keyName(key)} {this.#digits.get(key)?.value(own)}
      </>
    );
    return isZero(gain) ? <i>{text}</i> : marked(gain, text);
  }

  /** By how much a score of an example differs from the baseline's; undefined where it does not. */
  difference(id: string, one: Compared, key: string, own: number): Html | undefined {
    const gain = this.#gain(id, one, key, own) ?? 0;
    const before = this.#before(id, key) ?? own;
    return isZero(gain) ? undefined : marked(gain, this.#digits.get(key)?.difference(own - before));
  }

  #gain(id: string, { comparison }: Compared, key: string, own: number): number | undefined {
    const before = this.#before(id, key);
    const compared = comparison?.scores.find((score) => score.key === key);
    if (!compared || before === undefined) return undefined;
    return gainOf(compared.direction.lowerIsBetter)(before, own);
  }

  #before(id: string, key: string): number | undefined {
    return this.#baseline.subject.scores.get(key)?.get(id)?.mean;
  }
}

const MEASURES: ReadonlyMap<string, (value: number) => Html | string> = new Map<
  string,
  (value: number) => Html | string
>([
  ['latency', seconds],
  ['tokens', (value: number) => counted(Math.round(value), 'token')],
  ['cost', dollars],
]);

/** A page has a thousand of these: an element without a class is half as long. */
function marked(gain: number, text: Html | string | undefined): Html {
  const Mark = gain > 0 ? 'u' : 's';
  return (
    <Mark>
      {text} {gain > 0 ? '▲' : '▼'}
    </Mark>
  );
}

/** A long name is in the summary. */
function keyName(key: string): Html | string {
  return visible(key.length > 18 ? `${cut(key, 16)}…` : key);
}

function saidUnder(key: string, runs: readonly ShownRun[]): Html | null {
  const words = runs.flatMap(({ feedback }) =>
    feedback.flatMap((one) =>
      one.key === key && typeof one.value === 'string' ? [one.value] : [],
    ),
  );
  if (words.length === 0) return null;
  return (
    <i>
      {keyName(key)} {visible(cut([...new Set(words)].join(', '), 40))}
    </i>
  );
}

/** What was said with the scores of some runs, behind how much it is. */
export function Comments({ runs }: { readonly runs: readonly ShownRun[] }): Html | null {
  const said = runs.flatMap(({ feedback }) => feedback.filter(({ comment }) => comment));
  if (said.length === 0) return null;
  const most = Math.min(COMMENT, Math.ceil(COMMENTS / said.length));
  const lines = said.map(({ key, comment = '' }) => {
    const start = cut(comment, most);
    return `${key}: ${start}${start === comment ? '' : '…'}`;
  });
  return (
    <details>
      <summary>{counted(said.length, 'comment')}</summary>
      {visible(lines.join('\n'))}
    </details>
  );
}
