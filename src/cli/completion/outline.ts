/** What can be typed at a word, as plain data: read in a moment, where the commands themselves take longer than Tab may. */
export interface CommandOutline {
  readonly word: string;
  readonly summary: string;
  readonly options: readonly OptionOutline[];
  readonly arguments: readonly ArgumentOutline[];
  readonly commands: readonly CommandOutline[];
}

export interface OptionOutline {
  /** `-d` and `--dataset`; the last is the one that is offered. */
  readonly flags: readonly string[];
  /** What commands know its value by. */
  readonly name: string;
  readonly note: string;
  /** What its value is called, `file` of `--join <file>`; null if it has none. */
  readonly takes: string | null;
  readonly choices: readonly string[] | null;
  readonly isRepeatable: boolean;
  readonly isNegated: boolean;
}

export interface ArgumentOutline {
  readonly name: string;
  readonly choices: readonly string[] | null;
  readonly isVariadic: boolean;
}
