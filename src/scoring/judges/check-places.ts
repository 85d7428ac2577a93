import { LsRecordError } from '../../errors.js';
import type { Judge } from './judge.js';
import { type Facts, type FieldPlace, valueAt } from './variables.js';

/**
 * Checks that what a prompt shows is there in some rows of the dataset.
 *
 * @param rows some of them; those without outputs are examples that nobody has answered.
 * @returns variables that could not be checked, since no row has that part.
 * @throws {LsRecordError} `USAGE` naming the fields that there are.
 */
export function checkPlaces({ places }: Pick<Judge, 'places'>, rows: readonly Facts[]): string[] {
  const unchecked: string[] = [];
  for (const [variable, place] of places) {
    if (rows.some((row) => valueAt(row, place) !== undefined)) continue;
    const having = rows.map((row) => row[place.part]).filter((part) => part !== undefined);
    if (place.part === 'referenceOutputs' && having.length === 0 && rows.length > 0)
      throw new LsRecordError('USAGE', `{{${variable}}}: the examples have no reference outputs`, {
        hint: 'Judge without a reference, or add reference outputs to the examples.',
      });
    if (having.length === 0) {
      unchecked.push(variable);
      continue;
    }
    const names = [...new Set(having.flatMap((object) => Object.keys(object)))];
    throw new LsRecordError('USAGE', `{{${variable}}}: no row has ${showPlace(place)}`, {
      hint: `There is ${names.map((name) => showPlace({ ...place, path: [name] })).join(', ')}.`,
    });
  }
  return unchecked;
}

const NAMES = { inputs: 'inputs', outputs: 'outputs', referenceOutputs: 'reference' } as const;

/** As a mapping writes it. */
export function showPlace({ part, path }: FieldPlace): string {
  return [NAMES[part], ...path].join('.');
}
