import type { Printable } from '../../json/print.js';

/** Members of an object for programs: their names in snake_case, and null where there is none. */
export function forPrograms<T extends object>(
  object: T,
  ...names: readonly (keyof T & string)[]
): { readonly [name: string]: Printable } {
  const snakeCase = (name: string) =>
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(
    names.map((name) => [snakeCase(name), (object[name] as Printable | undefined) ?? null]),
  );
}
