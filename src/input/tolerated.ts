const WORDS = {
  comma: (n: number) => `${count(n, 'stray comma')} ignored`,
  comment: (n: number) => `${count(n, 'comment line')} left out`,
  severalOnLine: (n: number) =>
    n === 1
      ? '1 line holds several objects: each is a row'
      : `${n} lines hold several objects: each is a row`,
  emptyRow: (n: number) => `${count(n, 'empty row')} left out`,
  title: (n: number) => `${count(n, 'line')} above the header left out`,
  formula: (n: number) =>
    `${count(n, 'formula')} without a stored value read as empty: open the workbook in a spreadsheet and save it`,
  textAround: (n: number) => `${count(n, 'line')} of text around the table left out`,
  figures: (n: number) =>
    n === 1
      ? '1 row left out that sums up the rows above it'
      : `${n} rows left out that sum up the rows above them`,
  repeatedHeader: (n: number) =>
    `${count(n, 'row')} left out that ${n > 1 ? 'repeat' : 'repeats'} the header`,
} satisfies Record<string, (times: number) => string>;

/** What is not as its format has it, and is read all the same. */
export type Tolerance = keyof typeof WORDS;

/** How often what was tolerated while files were read. */
export class Tolerated {
  readonly #times = new Map<Tolerance, number>();
  /** The first lines with it. */
  readonly #lines = new Map<Tolerance, readonly number[]>();

  add(what: Tolerance, times = 1, lines: readonly number[] = []): void {
    this.#times.set(what, (this.#times.get(what) ?? 0) + times);
    if (lines.length > 0)
      this.#lines.set(what, [...(this.#lines.get(what) ?? []), ...lines].slice(0, MAX_LINES));
  }

  addAll(others: Tolerated): void {
    for (const [what, times] of others.#times) this.add(what, times, others.#lines.get(what));
  }

  sentences(): string[] {
    return [...this.#times].map(([what, times]) => {
      const lines = this.#lines.get(what) ?? [];
      const more = lines.length < times ? ', …' : '';
      const place = `: line${times > 1 ? 's' : ''} ${lines.join(', ')}${more}`;
      return `${WORDS[what](times)}${lines.length > 0 ? place : ''}`;
    });
  }
}

const MAX_LINES = 3;

function count(times: number, what: string): string {
  return `${times.toLocaleString('en-US')} ${what}${times === 1 ? '' : 's'}`;
}
