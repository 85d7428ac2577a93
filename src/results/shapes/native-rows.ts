import type { Row } from '../../input/row.js';
import { isJsonObject, type JsonObject } from '../../json/value.js';
import { without } from '../format-kit/members.js';
import { labelExperiment, splitModel } from '../format-kit/model.js';
import { addMetadata } from '../format-kit/reader.js';
import { ownValue, textOf } from '../named-columns/facts.js';
import type { Placement } from '../named-columns/placement.js';

export function isOfExperiment({ target: [head] }: Placement): boolean {
  return head === 'experiment' || head === 'model';
}

/** Puts what is around a row of our own shape where rows have such things. */
export function withPlaced(row: Row, placements: readonly Placement[]): Row {
  return isJsonObject(row.value) ? { ...row, ...place(row.value, placements) } : row;
}

function place(
  record: JsonObject,
  placements: readonly Placement[],
): Pick<Row, 'experiment'> & { value: JsonObject } {
  const value = without(
    record,
    placements.map(({ column }) => column),
  );
  const metadata: JsonObject = {};
  const labels: string[] = [];
  for (const {
    column,
    below = [],
    target: [head = ''],
  } of placements) {
    const found = ownValue(record, column) ?? null;
    if (found === null || below.length > 0) continue;
    if (isOfExperiment({ column, target: [head] })) labels.push(textOf(found));
    if (head === 'model') addMetadata(metadata, { ...splitModel(textOf(found)) });
    else if (head === 'id' || head === 'split') value[head] ??= found;
    else addMetadata(metadata, { [column]: found });
  }
  const given = value.metadata ?? {};
  if (isJsonObject(given) && Object.keys(metadata).length > 0)
    value.metadata = { ...metadata, ...given };
  const experiment = labelExperiment(labels.join(' · ') || undefined);
  return { value, experiment: experiment || undefined };
}
