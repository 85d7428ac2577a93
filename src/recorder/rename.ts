import { type ExampleName, ExampleTable, pairOf } from '../prepare/example-table.js';
import { type PackedRow, unpackRow } from '../prepare/packed-row.js';
import type { Part } from '../prepare/prepared.js';
import { checkRow } from '../results/parse.js';
import type { Result } from '../results/result.js';
import { uuidText } from '../uuid.js';

/**
 * The same rows with other examples: their ids hash the dataset's, and another process may have created the dataset
 * since they were named. Ids come from what was read, not from what is sent instead.
 */
export function renamePart(
  part: Part,
  nameExample: (result: Result) => ExampleName | undefined,
): Part {
  return {
    ...part,
    async *read() {
      const seen = { ids: new ExampleTable(), pairs: new ExampleTable() };
      for await (const rows of part.read())
        yield rows.map((row) => renameRow(row, seen, nameExample));
    },
  };
}

function renameRow(
  row: PackedRow,
  seen: { readonly ids: ExampleTable; readonly pairs: ExampleTable },
  nameExample: (result: Result) => ExampleName | undefined,
): PackedRow {
  const { file } = row;
  const { line, row: index, problem } = row.head;
  if (problem !== undefined) return row;
  const value = unpackRow(row);
  const checked = checkRow({ origin: { file, line }, index, shape: 'document', value });
  const name = 'result' in checked ? nameExample(checked.result) : undefined;
  if (!name) return row;
  const { id, byContent } = name;
  const pair = pairOf(name);
  const head = {
    ...row.head,
    example: uuidText(id),
    isFirst: seen.ids.addNew(name) || undefined,
    byContent: byContent && uuidText(byContent),
    isFirstByContent: (pair && seen.pairs.addNew(pair)) || undefined,
  };
  return { ...row, head };
}
