import type { Printable } from '../../json/print.js';
import type { Session } from '../command.js';
import { answerCsv } from './csv.js';
import type { Column } from './table.js';
import { showNumber } from './words.js';

/** One thing that a list says of its items: a member in JSON, a column in CSV, a column on the screen. */
export interface ListColumn<T> extends Partial<Column<T>> {
  /** Its name in JSON and CSV; without one it is on the screen only. */
  readonly key?: string;
  /** Its value for programs; null if there is none. */
  readonly value?: (item: T) => Printable;
  /** For one of the two only. */
  readonly only?: 'json' | 'csv';
}

/** A number on the screen. */
export const NUMBER = { show: showNumber, align: 'right' } as const;

/**
 * The column of a value, on the screen if it has a title there. What is undefined is null for programs, and empty for people.
 *
 * @param look how it is shown; by default as it is.
 */
export function field<T, V extends Printable | undefined>(
  key: string,
  value: (item: T) => V,
  title?: string,
  look: Omit<Column<T>, 'title' | 'show'> & { show?: (value: NonNullable<V>) => string } = {},
): ListColumn<T> {
  const { show = String, ...others } = look;
  const shown = (item: T) => {
    const known = value(item) ?? undefined;
    return known === undefined ? '' : show(known);
  };
  return {
    key,
    value: (item) => value(item) ?? null,
    ...(title !== undefined && { title, show: shown }),
    ...others,
  };
}

export interface List<T> {
  /** What the JSON object calls the items. */
  readonly name: string;
  readonly items: readonly T[];
  readonly columns: readonly ListColumn<T>[];
  /** Said instead of a table without rows. */
  readonly none: string;
  readonly csv?: boolean | undefined;
}

/** Answers with a list: as JSON, as CSV, or as a table. @returns the titles that the screen had no room for. */
export async function answerList<T>({ terminal }: Session, list: List<T>): Promise<string[]> {
  const { name, items, columns, none, csv } = list;
  const membersFor = (kind: 'json' | 'csv') =>
    columns.flatMap(({ key, value, only = kind }) =>
      key !== undefined && value && only === kind ? [{ key, value }] : [],
    );
  if (terminal.json) {
    const members = membersFor('json');
    const toJson = (item: T) =>
      Object.fromEntries(members.map(({ key, value }) => [key, value(item)]));
    terminal.answerJson({ [name]: items.map(toJson) });
    return [];
  }
  if (csv) {
    const members = membersFor('csv');
    const titles = members.map(({ key }) => key);
    const toCells = (item: T) => members.map(({ value }) => String(value(item) ?? ''));
    await answerCsv(terminal, titles, items.map(toCells));
    return [];
  }
  if (items.length === 0) {
    terminal.say(none);
    return [];
  }
  return terminal.answerTable(
    columns.flatMap(({ title, show, ...column }) =>
      title !== undefined && show ? [{ ...column, title, show }] : [],
    ),
    items,
  );
}
