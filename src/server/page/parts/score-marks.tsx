import { gainOf, isZero } from '../../../experiments/statistics.js';
import type { Html } from '../html.js';
import type { Compared } from '../reads/comparisons.js';
import type { ShownExample, ShownRun } from '../shown.js';
import { cut } from './cut.js';
import { type Digits, digitsFor } from './digits.js';
import { count, counted, dollars, seconds } from './figures.js';
import { rangeOf } from './strip.js';
import { visible } from './visible.js';

/** Characters of a comment in a cell; the row has all of it. */
const COMMENT = 80;

/** The scores of examples: of each key in the same digits, with an arrow where the baseline's differs. */
export class ScoreMarks {
  readonly #baseline: Compared;
  readonly #keys: readonly (readonly [string, Digits])[];
  readonly #categories: readonly string[];
  readonly #isShown: (name: string) => boolean;

  constructor(
    experiments: readonly [Compared, ...Compared[]],
    isShown: (name: string) => boolean,
    /** With differences in numbers. */
    readonly isLong = false,
  ) {
    const keys = [...new Set(experiments.flatMap(({ scores }) => [...scores.keys()]))].sort();
    const words = experiments.flatMap(({ subject }) => [...subject.categories.keys()]);
    this.#baseline = experiments[0];
    this.#isShown = isShown;
    this.#categories = [...new Set(words)]
      .filter((key) => !keys.includes(key) && isShown(key))
      .sort();
    this.#keys = keys
      .filter(isShown)
      .map((key) => [
        key,
        digitsFor(rangeOf(experiments.flatMap(({ scores }) => scores.get(key) ?? []))),
      ]);
  }

  of({ id, runs }: Pick<ShownExample, 'id' | 'runs'>, one: Compared): Html | null {
    const { subject } = one;
    const own = runs.filter(({ experimentId }) => experimentId === one.session.id);
    if (own.length === 0) return null;
    const measure = (name: 'latency' | 'tokens' | 'cost') =>
      this.#isShown(name) ? subject.measures.get(name)?.get(id)?.mean : undefined;
    const [latency, tokens, cost] = [measure('latency'), measure('tokens'), measure('cost')];
    const isFlaky = [...subject.scores.values()].some((values) => {
      const { n = 0, passed = 0 } = values.get(id) ?? {};
      return passed > 0 && passed < n;
    });
    return (
      <>
        {this.#keys.map(([key, digits]) => this.#score(id, one, key, digits))}
        {this.#categories.map((key) => saidUnder(key, own))}
        {latency !== undefined && <i>{seconds(latency)}</i>}
        {tokens !== undefined && <i>{counted(Math.round(tokens), 'token')}</i>}
        {cost !== undefined && <i>{dollars(cost)}</i>}
        {own.length > 1 && (
          <i>
            ×{count(own.length)}
            {isFlaky && ' flaky'}
          </i>
        )}
      </>
    );
  }

  #score(id: string, { subject, comparison }: Compared, key: string, digits: Digits): Html | null {
    const own = subject.scores.get(key)?.get(id)?.mean;
    if (own === undefined) return null;
    const before = this.#baseline.subject.scores.get(key)?.get(id)?.mean;
    const compared = comparison?.scores.find((score) => score.key === key);
    const gain =
      compared && before !== undefined ? gainOf(compared.direction.lowerIsBetter)(before, own) : 0;
    if (before === undefined || isZero(gain))
      return (
        <i>
          {this.#nameOf(key)} {digits.value(own)}
        </i>
      );
    // A page has a thousand of these: an element without a class is half as long.
    const Mark = gain > 0 ? 'u' : 's';
    return (
      <Mark>
        {this.#nameOf(key)} {digits.value(own)}
        {this.isLong && ` ${digits.difference(own - before)}`} {gain > 0 ? '▲' : '▼'}
      </Mark>
    );
  }

  #nameOf(key: string): Html | string {
    return this.isLong ? visible(key) : keyName(key);
  }
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
  const said = runs.flatMap(({ feedback }) =>
    feedback.flatMap(({ key, comment }) => {
      if (!comment) return [];
      const start = cut(comment, COMMENT);
      return [`${key}: ${start}${start === comment ? '' : '…'}`];
    }),
  );
  if (said.length === 0) return null;
  return (
    <details>
      <summary>{counted(said.length, 'comment')}</summary>
      {visible(said.join('\n'))}
    </details>
  );
}
