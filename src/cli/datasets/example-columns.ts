import { printJson } from '../../json/print.js';
import type { JsonObject, JsonValue } from '../../json/value.js';
import type { ExampleParts } from '../../recorder/example-rows.js';
import { loadCsvWriter } from '../screen/csv.js';

/** Parts of an example whose members have columns of their own, as `record` names them. */
const GROUPS = [
  ['inputs', ({ inputs }: ExampleParts) => inputs],
  ['reference_outputs', ({ referenceOutputs }: ExampleParts) => referenceOutputs ?? {}],
  ['example_metadata', ({ metadata }: ExampleParts) => metadata],
] as const satisfies [string, (example: ExampleParts) => JsonObject][];

/**
 * Lines of a CSV table of examples, the titles first. A column for each name that any of them has, so that they are
 * read twice.
 */
export async function* exampleCsv(
  read: () => Iterable<ExampleParts> | AsyncIterable<ExampleParts>,
): AsyncGenerator<string> {
  const line = await loadCsvWriter();
  const names = GROUPS.map(() => new Set<string>());
  for await (const example of read()) {
    for (const [at, [, membersOf]] of GROUPS.entries())
      for (const name of Object.keys(membersOf(example))) names[at]?.add(name);
  }
  const columns = GROUPS.flatMap(([group, membersOf], at) =>
    [...(names[at] ?? [])].map((name) => ({ title: `${group}.${name}`, membersOf, name })),
  );

  yield line(['id', 'split', ...columns.map(({ title }) => title)]);
  for await (const example of read()) {
    const members = columns.map(({ membersOf, name }) => ownMember(membersOf(example), name));
    yield line([example.id, printSplit(example.split), ...members.map(printCell)]);
  }
}

function ownMember(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Text as it is, all else as JSON. */
function printCell(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : printJson(value);
}

function printSplit(split: readonly string[]): string {
  const [only, ...others] = split;
  return others.length === 0 ? (only ?? '') : printJson(split);
}
