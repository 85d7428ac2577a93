/** Units of time that a name or a value may end in, each in seconds. */
const SECONDS = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, min: 60 };

export type Unit = keyof typeof SECONDS;

/** A number that is written for people, and its unit of time if it has one. */
export interface Amount {
  readonly value: number;
  readonly unit?: Unit | undefined;
}

const UNITS: readonly (readonly [Unit, RegExp])[] = [
  ['ns', /^(?:ns|nanos|nanoseconds?)$/i],
  ['us', /^(?:us|µs|μs|micros|microseconds?)$/i],
  ['ms', /^(?:ms|msecs?|millis|milliseconds?)$/i],
  ['s', /^(?:s|secs?|seconds?)$/i],
  ['min', /^(?:mins?|minutes?)$/i],
];
const GROUPS = String.raw`\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d+`;
/** `1,234`, `1,234.5`, `1.234,5` */
const GROUPED = new RegExp(`^\\s*([-+]?)(${GROUPS})\\s*$`);
/** `$0.002`, `1,234`, `1.2 s`, `20 tokens`; but costs in euros are none in dollars. */
const AMOUNT = new RegExp(
  `^\\s*(?:US)?\\$?\\s?(${GROUPS}|\\d+(?:[.,]\\d+)?)\\s?([a-zµμ]*|\\$)\\s*$`,
  'i',
);
const COUNTED = /^(?:|tok|tokens?|USD|\$)$/i;
/** Begins with a number whose comma cannot part thousands: `0,85`, `€ 1,5`. */
const DECIMAL_COMMA = /^\D{0,4}(?:0,\d+|\d+,(?:\d{1,2}|\d{4,}))(?![\d.,])/;
/** `1m3s`, and what Python and pandas write: `0:01:03.5`, `0 days 00:01:03.5`. */
const CLOCK =
  /^\s*(?:(?:(\d+) days?,? )?(\d{1,2}):(\d\d):(\d\d(?:\.\d+)?)|(?:(\d+)h ?)?(\d+)m(?:in)? ?(\d+(?:\.\d+)?)s)\s*$/;

/** What commas of a column are for; undefined where `1,234` may mean either. */
export type Commas = 'decimal' | 'thousands' | undefined;

/** Tells it by those values that can be read in one way only, and by numbers as large. */
export function commasOf(values: readonly unknown[], numbers: readonly number[]): Commas {
  const has = (pattern: RegExp) =>
    values.some((one) => typeof one === 'string' && pattern.test(one));
  if (has(DECIMAL_COMMA)) return 'decimal';
  return has(/\d,\d{3}[,.]\d/) || numbers.some((one) => one >= 100) ? 'thousands' : undefined;
}

/** Reads a number with a currency, a unit or commas between thousands; undefined of all else, as of a plain number. */
export function readAmountText(text: string, commas?: Commas): Amount | undefined {
  const clock = CLOCK.exec(text)
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (clock) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0, h = 0, m = 0, s = 0] = clock;
    const all = ((days * 24 + hours + h) * 60 + minutes + m) * 60 + seconds + s;
    return { value: round(all), unit: 's' };
  }
  const [whole, digits, word = ''] = AMOUNT.exec(text) ?? [];
  if (digits === undefined || whole?.trim() === digits.replace(',', '.')) return undefined;
  const unit = unitOfWord(word);
  const value = unit || COUNTED.test(word) ? readDigits(digits, commas) : undefined;
  return value === undefined ? undefined : { value, unit };
}

/** Reads a number whose thousands are parted; undefined of all else. */
export function readGrouped(text: string, commas?: Commas): number | undefined {
  const [, sign, digits] = GROUPED.exec(text) ?? [];
  const value = digits === undefined ? undefined : readDigits(digits, commas);
  return sign === '-' && value !== undefined ? -value : value;
}

function readDigits(digits: string, commas: Commas): number | undefined {
  const isOpen = /^[1-9]\d{0,2},\d{3}$/.test(digits);
  if (isOpen && commas === undefined) return undefined;
  const isDecimal =
    /\..*,/.test(digits) || (/^\d+,\d+$/.test(digits) && !(isOpen && commas === 'thousands'));
  return Number(
    isDecimal ? digits.replaceAll('.', '').replace(',', '.') : digits.replaceAll(',', ''),
  );
}

/** The unit that a word stands for. */
export function unitOfWord(word: string): Unit | undefined {
  return UNITS.find(([, words]) => words.test(word))?.[0];
}

/** A time in another unit. */
export function convert(amount: number, from: Unit, to: Unit): number {
  return round((amount * SECONDS[from]) / SECONDS[to]);
}

/** The nearest double of so few digits prints the same. */
function round(number: number): number {
  return Number(number.toPrecision(12));
}
