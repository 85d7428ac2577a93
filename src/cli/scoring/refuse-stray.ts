import { LsRecordError } from '../../errors.js';

/**
 * Refuses options that say how to do what was not asked for.
 *
 * @param needed the option that asks for it.
 * @throws {LsRecordError} `USAGE`.
 */
export function refuseStray<O extends object>(
  options: O,
  names: readonly (keyof O & string)[],
  needed: keyof O & string,
): void {
  const stray = names.find((name) => options[name] !== undefined);
  if (stray === undefined || options[needed] !== undefined) return;
  throw new LsRecordError('USAGE', `${flagOf(stray)} needs ${flagOf(needed)}`);
}

/** `--score-name` of `scoreName`. */
function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
