import type { PickerChoice, PickerList } from './list-view.js';

export interface PickerQuestion<T> {
  readonly message: string;
  /** Those that have this in their name, the likeliest first. Read only as far as they are looked at. */
  find(typed: string): AsyncIterable<PickerChoice<T>>;
  /** What can be made of what is typed; not offered if there is one of that name. */
  readonly create?: (typed: string) => PickerChoice<T>;
}

/** So that not every letter of a word is asked for. */
const TYPING_PAUSE_MS = 120;
/** Read ahead of the pointer, so that moving on does not wait. */
const AHEAD = 30;

/** A list that is searched: what was found, and where the pointer is. */
export class Search<T> implements PickerList {
  readonly message: string;
  typed = '';
  active = 0;
  readonly #question: PickerQuestion<T>;
  readonly #onChange: () => void;
  readonly #onError: (error: unknown) => void;
  #found: Found<T> | undefined;
  #creation: PickerChoice<T> | undefined;
  /** What is found was found for something else than what is typed now. */
  #isOutdated = true;
  #pause: NodeJS.Timeout | undefined;

  constructor(
    question: PickerQuestion<T>,
    on: { change: () => void; error: (error: unknown) => void },
  ) {
    this.message = question.message;
    this.#question = question;
    this.#onChange = on.change;
    this.#onError = on.error;
    void this.#find('');
  }

  get choices(): readonly PickerChoice<T>[] {
    return this.#found?.choices ?? [];
  }

  get creation(): PickerChoice<T> | undefined {
    return this.#creation;
  }

  get hasMore(): boolean {
    return this.#found?.hasMore ?? false;
  }

  get isLoading(): boolean {
    return this.#isOutdated;
  }

  /** What the pointer is at; undefined while that is not known, or if there is nothing. */
  get chosen(): PickerChoice<T> | undefined {
    if (this.#isOutdated) return undefined;
    return this.choices[this.active] ?? this.#creation;
  }

  /** What is meant by Enter before the list came: that very name, though others hold it too. */
  get named(): PickerChoice<T> | undefined {
    if (this.#isOutdated) return undefined;
    const name = this.typed.trim();
    return this.choices.find((one) => one.name === name) ?? this.#creation ?? this.choices[0];
  }

  type(text: string): void {
    if (text === this.typed) return;
    this.typed = text;
    this.#isOutdated = true;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.#find(text), TYPING_PAUSE_MS);
  }

  /** Moves the pointer; a single step beyond an end goes on at the other one. */
  move(by: number): void {
    const last = this.choices.length - (this.#creation ? 0 : 1);
    const to = this.active + by;
    if (to < 0) this.active = by === -1 ? Math.max(last, 0) : 0;
    else if (to > last) this.active = by === 1 && !this.hasMore ? 0 : Math.max(last, 0);
    else this.active = to;
    if (this.#found) void this.#readAhead(this.#found);
  }

  end(): void {
    clearTimeout(this.#pause);
    this.#found?.forget();
  }

  async #find(typed: string): Promise<void> {
    const name = typed.trim();
    const found = new Found(this.#question.find(name));
    await this.#readAhead(found, () => {
      if (this.typed !== typed) return;
      this.#found?.forget();
      this.#found = found;
      this.#isOutdated = false;
      this.active = 0;
      const creation = this.#question.create?.(name);
      const isThere = found.choices.some((choice) => choice.name === creation?.name);
      this.#creation = isThere ? undefined : creation;
    });
  }

  async #readAhead(found: Found<T>, then?: () => void): Promise<void> {
    try {
      await found.readTo((found === this.#found ? this.active : 0) + AHEAD);
      then?.();
      this.#onChange();
    } catch (error) {
      this.#onError(error);
    }
  }
}

/** The beginning of what a search gives, which grows as it is looked at. */
class Found<T> {
  readonly choices: PickerChoice<T>[] = [];
  hasMore = true;
  readonly #source: AsyncIterator<PickerChoice<T>>;
  #reading = Promise.resolve();

  constructor(source: AsyncIterable<PickerChoice<T>>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  readTo(count: number): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read(count));
    return this.#reading;
  }

  /** Nobody looks at it any more. */
  forget(): void {
    this.hasMore = false;
    this.#reading
      .then(() => this.#source.return?.())
      .catch(() => {
        // Why it failed was said when it did.
      });
  }

  async #read(count: number): Promise<void> {
    while (this.hasMore && this.choices.length < count) {
      const next = await this.#source.next();
      if (next.done) this.hasMore = false;
      else this.choices.push(next.value);
    }
  }
}
