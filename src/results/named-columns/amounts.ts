/** Units of time that a name or a value may end in, each in seconds. */
const SECONDS = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, min: 60 };

export type Unit = keyof typeof SECONDS;

/** A number that is written for people, and its unit of time if it has one. */
export interface Amount {
  readonly value: number;
  readonly unit?: Unit | undefined;
}

const WORDS: readonly (readonly [Unit, string])[] = [
  ['ns', 'ns|nanos|nanoseconds?'],
  ['us', 'us|µs|μs|micros|microseconds?'],
  ['ms', 'ms|msecs?|millis|milliseconds?'],
  ['s', 's|secs?|seconds?'],
  ['min', 'mins?|minutes?'],
];
const UNIT_WORDS = WORDS.map(([, words]) => words).join('|');
/** `$0.002`, `1,234`, `1.2 s`, `20 tokens`. */
const AMOUNT = new RegExp(
  `^\\s*(?:US)?[$€£]?\\s?(\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:[.,]\\d+)?)\\s?(?:(${UNIT_WORDS})|tok|tokens?|USD|EUR|[$€£])?\\s*$`,
  'i',
);
/** `1m3s`, and what Python and pandas write: `0:01:03.5`, `0 days 00:01:03.5`. */
const CLOCK =
  /^\s*(?:(?:(\d+) days?,? )?(\d{1,2}):(\d\d):(\d\d(?:\.\d+)?)|(?:(\d+)h ?)?(\d+)m(?:in)? ?(\d+(?:\.\d+)?)s)\s*$/;

/** Reads a number with a currency, a unit or commas between thousands; undefined of all else, as of a plain number. */
export function readAmountText(text: string): Amount | undefined {
  const clock = CLOCK.exec(text)
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (clock) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0, h = 0, m = 0, s = 0] = clock;
    return {
      value: round(((days * 24 + hours + h) * 60 + minutes + m) * 60 + seconds + s),
      unit: 's',
    };
  }
  const [whole, digits, word] = AMOUNT.exec(text) ?? [];
  if (digits === undefined || whole?.trim() === digits.replace(',', '.')) return undefined;
  const isDecimal = /^\d+,\d+$/.test(digits) && !/^[1-9]\d{0,2},\d{3}$/.test(digits);
  return { value: Number(digits.replaceAll(',', isDecimal ? '.' : '')), unit: unitOfWord(word) };
}

/** The unit that a word stands for. */
export function unitOfWord(word = ''): Unit | undefined {
  return WORDS.find(([, words]) => new RegExp(`^(?:${words})$`, 'i').test(word))?.[0];
}

/** A time in another unit. */
export function convert(amount: number, from: Unit, to: Unit): number {
  return round((amount * SECONDS[from]) / SECONDS[to]);
}

/** The nearest double of so few digits prints the same. */
function round(number: number): number {
  return Number(number.toPrecision(12));
}
