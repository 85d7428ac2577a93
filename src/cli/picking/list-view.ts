import type { ChalkInstance } from 'chalk';
import { printable } from '../screen/printable.js';
import { shorten, widestOf, widthOf } from '../screen/width.js';

/** What can be picked. */
export interface PickerChoice<T> {
  readonly value: T;
  /** Anything: it is made harmless when it is drawn. */
  readonly name: string;
  /** How it is listed, if not by its name. */
  readonly label?: string;
  /** What helps to tell it from others, such as `12 examples`. */
  readonly note?: string;
}

/** What there is to draw. */
export interface PickerList {
  readonly message: string;
  readonly typed: string;
  readonly choices: readonly PickerChoice<unknown>[];
  /** Set apart below the others. */
  readonly creation: PickerChoice<unknown> | undefined;
  /** Index of the choice the pointer is at; that of the creation comes after all others. */
  readonly active: number;
  readonly isLoading: boolean;
  /** There are more choices than were read so far. */
  readonly hasMore: boolean;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const MOST_SHOWN = 10;
/** Question, creation, keys, and one that stays free. */
const OTHER_LINES = 4;
const KEYS = '↑↓ to move, Enter to select, type to search';

/** How many choices are seen at once. */
export function shownAtOnce({ rows }: Size): number {
  return Math.max(1, Math.min(MOST_SHOWN, rows - OTHER_LINES));
}

/** The lines of a list, the question first; none is wider than the screen. */
export function drawList(list: PickerList, size: Size, ink: ChalkInstance): string[] {
  const width = size.columns - 1;
  const { choices, creation, active } = list;
  const point = (isActive: boolean, text: string) =>
    isActive ? ink.cyan(`❯ ${text}`) : `  ${text}`;

  const shown = shownAtOnce(size);
  const first = Math.max(0, Math.min(active - Math.floor(shown / 2), choices.length - shown));
  const visible = choices.slice(first, first + shown);
  const layout = layOut(visible, width - 2);
  const lines = visible.map((choice, index) => {
    const isActive = first + index === active;
    const name = pad(shorten(printable(choice.name), layout.name), layout.name);
    const note = layout.note > 0 ? printable(choice.note ?? '').padStart(layout.note) : '';
    return point(isActive, `${name}${isActive ? note : ink.dim(note)}`.trimEnd());
  });

  if (creation) {
    const text = shorten(printable(creation.label ?? creation.name), width - 4);
    lines.push(point(active === choices.length, `+ ${text}`));
  }
  const state = describeState(list, first + visible.length);
  return [question(list, width, ink), ...lines, ink.dim(shorten(`  ${state}`, width))];
}

/** Columns before the place where the next letter goes. */
export function widthOfQuestion({ message, typed }: PickerList, { columns }: Size): number {
  const head = widthOf(message) + 3;
  return head + widthOf(tail(typed, columns - 1 - head));
}

function question({ message, typed }: PickerList, width: number, ink: ChalkInstance): string {
  return `${ink.cyan('?')} ${ink.bold(message)} ${tail(typed, width - widthOf(message) - 3)}`;
}

function describeState({ choices, hasMore, isLoading, typed }: PickerList, last: number): string {
  if (isLoading && choices.length === 0) return 'searching …';
  if (choices.length === 0) return typed === '' ? 'none yet' : 'no name contains this';
  const total = `${choices.length}${hasMore ? '+' : ''}`;
  return last < choices.length || hasMore ? `${last} of ${total}; ${KEYS}` : KEYS;
}

/** Notes are left out where they would leave too little of the names. */
function layOut(choices: readonly PickerChoice<unknown>[], width: number) {
  const noteWidth = widestOf(choices.map(({ note = '' }) => printable(note)));
  const nameWidth = widestOf(choices.map(({ name }) => printable(name)));
  const room = width - noteWidth - 2;
  if (noteWidth === 0 || room < Math.min(nameWidth, 20)) {
    return { name: Math.min(nameWidth, width), note: 0 };
  }
  return { name: Math.min(nameWidth, room), note: noteWidth + 2 };
}

/** The end of what is typed, as far as it fits. */
function tail(typed: string, width: number): string {
  const letters = [...printable(typed)];
  while (letters.length > 0 && widthOf(letters.join('')) > width) letters.shift();
  return letters.join('');
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}
